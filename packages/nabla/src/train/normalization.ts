/** Recomputes the running mean and variance of batch norm, and measures the gap between training and inference mode. */
import type { NdArray } from "../array/ndarray.ts";
import { known } from "../base/error.ts";
import { fork, seedKey } from "../base/random.ts";
import { batches } from "../data/batches.ts";
import type { Examples } from "../data/examples.ts";
import type { Table } from "../data/table.ts";
import { compile } from "../engine/program.ts";
import { state } from "../graph/leaf.ts";
import { buildModel } from "../nn/model.ts";
import { checkExamples, checkTrained } from "./check-job.ts";
import { defaults } from "./defaults.ts";
import { exampleFeeds, inputsFor } from "./example-inputs.ts";
import { examplesFrom } from "./job.ts";
import { beginningFeeds, fedInputs, type Measures, numbersOf, Tally } from "./measures.ts";
import { TrainingObjective, termsOf } from "./objective.ts";
import { evaluate, type Trained, type UseOptions } from "./trained.ts";

/** Options of a pass over the training rows, as `recomputeStatistics` makes it. */
export interface PassOptions extends UseOptions {
  /** The batch size; by default that of trainings. */
  readonly batch?: number;
  /** The seed of the order of the batches; by default that of trainings. */
  readonly seed?: number;
}

/**
 * The model with recomputed running mean and variance: the plain mean over all full batches, dropout off (precise batch
 * norm: Wu and Johnson 2021). Running averages lag while weights still change, and do not fit averaged weights.
 */
export async function recomputeStatistics(
  trained: Trained,
  data: Examples | Table,
  options: PassOptions = {},
): Promise<Trained> {
  const { buffers } = await trainingPass(trained, data, options);
  return { ...trained, weights: new Map([...trained.weights, ...buffers]) };
}

/**
 * The cost of a model in training mode, with the mean and variance of each batch, and in inference mode, with running
 * ones.
 */
export interface NormalizationGap {
  readonly learning: Measures;
  readonly answering: Measures;
  /**
   * The error in inference mode minus that in training mode; far above 0 where the running mean and variance do not
   * fit.
   */
  readonly gap: number;
}

/** Measures the gap on the same full batches. */
export async function normalizationGap(
  trained: Trained,
  data: Examples | Table,
  options: PassOptions = {},
): Promise<NormalizationGap> {
  const { learning } = await trainingPass(trained, data, options);
  const answering = await evaluate(trained, data, options);
  return { learning, answering, gap: answering.error - learning.error };
}

async function trainingPass(
  trained: Trained,
  data: Examples | Table,
  { batch = defaults.batch, seed = defaults.seed, engine }: PassOptions,
): Promise<{ readonly buffers: ReadonlyMap<string, NdArray>; readonly learning: Measures }> {
  checkTrained("the model", trained);
  checkExamples(data, "the data");
  const { model, loss, weights } = trained;
  const examples = examplesFrom(data);
  const variables = new Map([...weights].map(([path, array]) => [path, state(path, array)]));
  const given = inputsFor(examples);
  const built = buildModel(model, given.x, { variables, mode: "train", dropoutActive: false });
  const terms = termsOf(loss);
  const { sums: outputs } = new TrainingObjective(terms, built.output, given);
  const updates = [...built.buffers].map(([path, next]) => [known(variables.get(path), path), next] as const);
  const program = await compile(
    { inputs: [...given.all, ...fedInputs(built)], outputs, updates },
    engine === undefined ? {} : { engine },
  );
  const feeds: Record<string, NdArray | number> = beginningFeeds(built);
  // a momentum of 1/k at batch k makes the running average the plain one
  const momenta = [...built.numbers.keys()].filter((name) => built.buffers.has(name.replace(/momentum$/, "mean")));
  const tally = new Tally(terms);
  let k = 0;
  const size = Math.min(batch, examples.rows);
  for (const part of batches(examples, { size, last: "drop", key: fork(seedKey(seed), "statistics") })) {
    k += 1;
    for (const name of momenta) feeds[name] = 1 / k;
    tally.add(numbersOf(await program.run({ ...feeds, ...exampleFeeds(part) })), part.rows);
  }
  return {
    buffers: await program.readAll(
      new Map([...built.buffers.keys()].map((path) => [path, known(variables.get(path), path)])),
    ),
    learning: tally.measures(examples),
  };
}
