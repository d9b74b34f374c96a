/** `nabla train <file> --target <column>` */
import type { Command } from "commander";
import { activationFrom, NablaError, optimizerFrom, SCALINGS, scheduleFrom } from "nabla";
import type { Plan, RunEvent } from "../experiment/events.ts";
import type { PartialExperiment } from "../experiment/experiment.ts";
import {
  augments,
  fractions,
  imageShape,
  kindOf,
  names,
  notNegative,
  oneOf,
  positive,
  probability,
  seconds,
  share,
  units,
  whole,
  withStore,
} from "./options.ts";

interface TrainOptions extends Omit<PartialExperiment, "data" | "penalty" | "output"> {
  readonly config?: string;
  readonly penalty?: number;
  readonly out?: string;
  readonly store?: string;
  readonly strict?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly report?: boolean;
  readonly untilGood?: boolean;
  readonly live?: boolean;
}

export function configure(command: Command): void {
  withStore(command)
    .argument("[file]", "a table (.csv, .tsv, .parquet, .json, .jsonl), a folder of images by class, or IDX files")
    .option("--target <column>", "the column to learn")
    .option(
      "--task <task>",
      "classification or regression (default: by the target's values)",
      oneOf("classification", "regression"),
    )
    .option("--hidden <units>", 'units of the hidden layers, such as 64,32, or "none"', units)
    .option("--activation <kind>", "relu, leakyRelu, elu, gelu, sigmoid or tanh", kindOf(activationFrom))
    .option("--keep <probability>", "dropout: the probability of keeping a hidden unit", probability)
    .option(
      "--optimizer <kind>",
      "gradientDescent, momentum, rmsprop, adam, adamW, nadam, amsgrad, adamax, adagrad, adadelta, lion or lamb",
      kindOf(optimizerFrom),
    )
    .option("--rate <number>", "the learning rate", positive)
    .option(
      "--schedule <kind>",
      "constant, cosine, oneCycle, warmRestarts, cyclic, onPlateau, exponential, inverseTime, squareRoot or staircase",
      kindOf(scheduleFrom),
    )
    .option("--penalty <strength>", "an L2 penalty on large weights", notNegative)
    .option("--batch <rows>", "rows in a step", whole(1))
    .option("--epochs <count>", "passes over the training part, at most", whole(1))
    .option("--patience <epochs>", "epochs without a better dev error that end the training", whole(1))
    .option("--time <time>", "time at most, such as 60s or 5m", seconds)
    .option("--split <shares>", "train/dev/test, such as 60/20/20 (default: by the number of rows)", fractions)
    .option("--group <column>", "rows of one value stay in one part, such as those of a patient")
    .option("--time-column <column>", "train lies before dev, and dev before test")
    .option("--mix-by <column>", "each source that the column names has the same share of every part")
    .option("--feed-split-columns", "the column that divides the rows is an input too")
    .option("--ignore <columns>", "columns that are no inputs, such as id,paid", names)
    .option("--folds <count>", "measure the error by cross-validation too, for few rows", whole(2))
    .option("--strict", "end without training where parts drift, rows repeat or the target leaks")
    .option("--image <size>", "what images are brought to, such as 28x28x1 (height x width x channels)", imageShape)
    .option("--augment <kinds>", "random changes of training rows, such as shift,rotate or noise", augments)
    .option("--scaling <kind>", "how numbers are scaled: standardize, minMax or robust", oneOf(...SCALINGS))
    .option("--seed <number>", "decides every random number", whole(0))
    .option("--split-seed <number>", "decides the parts alone, so that runs with other seeds share them", whole(0))
    .option("--config <file>", "an experiment.yaml; options stand above it")
    .option("--out <folder>", "where the model goes (default: .nabla/models/<run>)")
    .option("--human <error>", "the error of people who know, from 0 to below 1 (default: 0)", share)
    .option("--until-good", "change and train again until the verdict is good, or the time is up")
    .option("--live", "let `nabla adjust` change it from another terminal")
    .option("--no-report", "write no report beside the model")
    .option("--json", "print one JSON document and nothing else")
    .option("--quiet", "print no progress, and one line at the end")
    .action(run);
}

async function run(file: string | undefined, options: TrainOptions): Promise<void> {
  const { experimentOf } = await import("./experiment-options.ts");
  const { planExperiment, planWithoutLeaks, trainPlan } = await import("../experiment/train-file.ts");
  const { openStore } = await import("../store/open.ts");
  const { present } = await import("./present.ts");
  const { reportBeside } = await import("./report-beside.ts");
  const {
    config,
    store: place,
    strict = false,
    json = false,
    quiet = false,
    report = true,
    untilGood: again = false,
    live = false,
    ...said
  } = options;
  const stated = await experimentOf({ file, config, said });
  // so that there is a penalty to be raised
  const experiment =
    live && stated.penalty === undefined ? { ...stated, penalty: { kind: "l2", strength: 0 } } : stated;
  if (again && live) {
    const said = "--live and --until-good cannot be carried out together: one lets you change it, the other changes it";
    throw new NablaError("usage/both", said, "leave one of them out");
  }
  if (again && experiment.folds !== undefined) {
    const said = "--folds and --until-good cannot be carried out together: the time would not suffice";
    throw new NablaError("usage/both", said, "train until good first, then once more with --folds");
  }
  const beside = report ? { report: reportBeside(place) } : {};
  await present(begin, { json, quiet, ...beside, ...(place === undefined ? {} : { place }) });

  async function* begin(signal: AbortSignal): AsyncGenerator<RunEvent, void, undefined> {
    const plan = await (again ? planWithoutLeaks : planExperiment)(experiment);
    if (strict) refuse(plan);
    // Only now: a mistake in the data must not leave an empty store behind.
    await using store = await openStore(place);
    if (!again) yield* trainPlan(plan, { store, signal, live });
    else
      yield* (await import("../experiment/until-good.ts")).untilGood(plan, {
        store,
        signal,
        spent: performance.now() / 1000,
      });
  }
}

/** Throws what speaks against the data, a line each. */
function refuse({ suspicions = [] }: Plan): void {
  const [first] = suspicions;
  if (first === undefined) return;
  const hints = [...new Set(suspicions.map(({ hint }) => hint))].join("; ");
  throw new NablaError(first.code, suspicions.map(({ said }) => said).join("\nerror: "), hints);
}
