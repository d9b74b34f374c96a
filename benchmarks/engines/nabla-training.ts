/** The workloads as nabla trains them. */
import type { NdArray } from "../../packages/nabla/src/array/ndarray.ts";
import type { Batch } from "../../packages/nabla/src/data/batches.ts";
import type { Arrays } from "../../packages/nabla/src/data/examples.ts";
import { relu } from "../../packages/nabla/src/nn/activations.ts";
import { batchNorm } from "../../packages/nabla/src/nn/batch-norm.ts";
import { chain } from "../../packages/nabla/src/nn/chain.ts";
import { sigmoidCrossEntropy, softmaxCrossEntropy } from "../../packages/nabla/src/nn/classification-losses.ts";
import { conv2d } from "../../packages/nabla/src/nn/convolution.ts";
import { dense } from "../../packages/nabla/src/nn/dense.ts";
import { dropout } from "../../packages/nabla/src/nn/dropout.ts";
import { embedding } from "../../packages/nabla/src/nn/embedding.ts";
import { flatten } from "../../packages/nabla/src/nn/flatten.ts";
import type { Layer } from "../../packages/nabla/src/nn/layer.ts";
import { maxPool } from "../../packages/nabla/src/nn/pooling.ts";
import { positionalEncoding } from "../../packages/nabla/src/nn/positional-encoding.ts";
import { recurrent } from "../../packages/nabla/src/nn/recurrent.ts";
import { transformerBlock } from "../../packages/nabla/src/nn/transformer-block.ts";
import { adam } from "../../packages/nabla/src/optim/adam.ts";
import { gradientDescent } from "../../packages/nabla/src/optim/gradient-descent.ts";
import { dataLoaderFor } from "../../packages/nabla/src/train/data-loader.ts";
import { feedExamples } from "../../packages/nabla/src/train/example-inputs.ts";
import { inputBuffersFor } from "../../packages/nabla/src/train/input-buffers.ts";
import { type Job, type ResolvedJob, resolveJob } from "../../packages/nabla/src/train/job.ts";
import { prepareStep, type TrainingStep } from "../../packages/nabla/src/train/step.ts";
import type { Sequences } from "../sequences.ts";
import { dataOf, repeatRows, type Workload, weightsOf } from "../workloads.ts";

function overSequences({ codes, width, cell = "gru", blocks }: Sequences): readonly Layer[] {
  const first = embedding({ count: codes, units: width });
  if (blocks === undefined) return [first, recurrent(width, { cell, returns: "all" })];
  const block = (): Layer => transformerBlock({ heads: blocks.heads, causal: true });
  return [first, positionalEncoding(), ...Array.from({ length: blocks.count }, block)];
}

function modelOf({ units, regular, convolutions, sequences }: Workload): Layer {
  const layers: Layer[] = sequences === undefined ? [] : [...overSequences(sequences)];
  for (const filters of convolutions?.filters ?? []) layers.push(conv2d(filters), relu(), maxPool());
  if (convolutions !== undefined) layers.push(flatten());
  for (let layer = 1; layer < units.length; layer++) {
    layers.push(dense(units[layer] ?? 1));
    if (layer === units.length - 1) break;
    if (regular !== undefined) layers.push(batchNorm());
    layers.push(relu());
    if (regular !== undefined) layers.push(dropout({ keep: regular.keep }));
  }
  return chain(...layers);
}

/** A training of the workload on its batch. */
export function jobOf(workload: Workload): Job {
  return {
    model: modelOf(workload),
    loss: workload.loss === "softmax" ? softmaxCrossEntropy() : sigmoidCrossEntropy(),
    optimizer: workload.optimizer === "adam" ? adam({ rate: workload.rate }) : gradientDescent({ rate: workload.rate }),
    train: { rows: workload.rows, ...dataOf(workload) },
    batch: workload.rows,
  };
}

/** A training that waits for its next step. */
export interface Trainer {
  readonly step: () => Promise<number>;
}

/** A network of the workload with its data; of seed 1 the weights are those that every engine begins with. */
export async function trainerOf(workload: Workload, seed: number): Promise<Trainer> {
  const batch = dataOf(workload);
  const tableRows = workload.fed?.tableRows;
  const data =
    tableRows === undefined
      ? batch
      : { inputs: repeatRows(batch.inputs, tableRows), targets: repeatRows(batch.targets, tableRows) };
  const own = jobOf(workload);
  const job = resolveJob(
    tableRows === undefined ? { ...own, seed } : { ...own, seed, train: { rows: tableRows, ...data } },
  );
  const prepared: TrainingStep = await prepareStep(job);
  if (seed === 1)
    for (const [path, array] of weightsOf(workload)) prepared.program.write(prepared.states.get(path) as never, array);
  if (workload.fed !== undefined) return { step: fedSteps(prepared, job) };
  const feeds: Record<string, NdArray | number> = { inputs: data.inputs, targets: data.targets };
  let count = 0;
  prepared.feed(prepared.settings, 0, feeds);
  // The batch stands in the engine's memory, as peers hold theirs in tensors.
  for (const name of ["inputs", "targets"] as const) {
    const place = await prepared.program.inputBuffer(name, feeds);
    if (place === undefined) continue;
    place.data.set(data[name].data);
    feeds[name] = place;
  }
  return {
    step: async () => {
      prepared.feed(prepared.settings, count++, feeds);
      const { cost } = await prepared.program.run(feeds);
      return cost?.data[0] ?? Number.NaN;
    },
  };
}

/** Steps as train/train.ts does them: the next batch of a shuffled table each, put together in the engine's memory. */
function fedSteps({ program, settings, feed }: TrainingStep, job: ResolvedJob): Trainer["step"] {
  const feeds: Record<string, NdArray | number> = {};
  const supply = dataLoaderFor(job, undefined);
  let [count, epoch] = [0, 0];
  let left: Iterator<Batch<Arrays, Arrays>> = [].values();
  const begin = async (): Promise<Iterator<Batch<Arrays, Arrays>>> => {
    feed(settings, count, feeds);
    const { sizes, batches } = supply.restOfEpoch({ epoch: epoch++, row: 0, batch: job.batch });
    const places = await inputBuffersFor({ program, like: job.train, sizes, feeds });
    return batches(places.of)[Symbol.iterator]();
  };
  return async () => {
    let next = left.next();
    if (next.done === true) {
      left = await begin();
      next = left.next();
    }
    if (next.done === true) throw new Error("an epoch without batches");
    feedExamples(next.value, feeds);
    feed(settings, count++, feeds);
    const { cost } = await program.run(feeds);
    return cost?.data[0] ?? Number.NaN;
  };
}

/** Trains so many models of a workload from `first` on, one after the other. */
export async function trainModels(workload: Workload, first: number, end: number): Promise<void> {
  const steps = workload.repeated?.steps ?? 1;
  for (let model = first; model < end; model++) {
    const one = await trainerOf(workload, model + 2);
    for (let step = 0; step < steps; step++) await one.step();
  }
}
