/** `nabla train <file> --target <column>` */
import type { Command } from "commander";
import { NablaError } from "nabla";
import type { Plan } from "../experiment/plan.ts";
import type { RunEvent, RunResult } from "../runs/run-events.ts";
import { type ExperimentOptions, withExperiment } from "./experiment-options.ts";
import { jsonOption, quietOption, withStore } from "./options.ts";

interface TrainOptions extends ExperimentOptions {
  readonly store?: string;
  readonly strict?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly report?: boolean;
  readonly untilGood?: boolean;
  readonly live?: boolean;
}

/** Declares `nabla train`: its arguments, its options and what it does. */
export function configureTrain(command: Command): void {
  withExperiment(
    withStore(command).argument(
      "[files...]",
      "a table (CSV, JSON, Parquet, Excel), several with the same columns, a folder of images by class, or IDX files",
    ),
  )
    .option(
      "--strict",
      "end without training where the data have a warning: leaks, torn groups, repeated rows, two units in a column",
    )
    .option("--until-good", "keep improving until bias and variance are low, or the time is up")
    .option("--live", "let `nabla adjust` change it from another terminal")
    .option("--no-report", "write no report beside the model")
    .option(...jsonOption)
    .option(...quietOption)
    .action(run);
}

async function run(files: readonly string[], options: TrainOptions): Promise<void> {
  const { requestedExperiment } = await import("./stated-experiment.ts");
  const { planExperiment, planWithoutLeaks } = await import("../experiment/plan.ts");
  const { trainPlan } = await import("../runs/train-file.ts");
  const { openStore } = await import("../store/open.ts");
  const { present } = await import("../terminal/present-run.ts");
  const {
    store: place,
    strict = false,
    json = false,
    quiet = false,
    report = true,
    untilGood: again = false,
    live = false,
  } = options;
  const stated = await requestedExperiment(files, options);
  // so that there is a penalty to be raised
  const experiment =
    live && stated.penalty === undefined ? { ...stated, penalty: { kind: "l2", strength: 0 } } : stated;
  if (again && live) {
    const message =
      "--live and --until-good cannot be carried out together: one lets you change it, the other changes it";
    throw new NablaError("usage/both", message, "leave one of them out");
  }
  const beside = report ? { report: (await import("../report/report-beside.ts")).reportBeside(place) } : {};
  await present(begin, { json, quiet, ...beside, ...(place === undefined ? {} : { place }) });

  async function* begin(signal: AbortSignal): AsyncGenerator<RunEvent, RunResult, undefined> {
    const plan = await (again ? planWithoutLeaks : planExperiment)(experiment);
    if (strict) refuse(plan);
    // Only now: an error in the data must not leave an empty store.
    await using store = await openStore(place);
    if (!again) return yield* trainPlan(plan, { store, signal, live });
    const { untilGood } = await import("../runs/until-good.ts");
    return yield* untilGood(plan, { store, signal, spent: performance.now() / 1000 });
  }
}

/** Throws the warnings about the data, a line each. */
function refuse({ suspicions = [] }: Plan): void {
  const [first] = suspicions;
  if (first === undefined) return;
  const hints = [...new Set(suspicions.map(({ hint }) => hint))].join("; ");
  throw new NablaError(first.code, suspicions.map(({ message }) => message).join("\nerror: "), hints);
}
