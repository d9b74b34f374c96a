/** nabla as an engine under test: a process that trains what it is told to. */
import { createInterface } from "node:readline";
import type { NdArray } from "../../packages/nabla/src/array/ndarray.ts";
import { relu } from "../../packages/nabla/src/nn/activations.ts";
import { batchNorm } from "../../packages/nabla/src/nn/batch-norm.ts";
import { chain } from "../../packages/nabla/src/nn/chain.ts";
import { sigmoidCrossEntropy, softmaxCrossEntropy } from "../../packages/nabla/src/nn/classification-losses.ts";
import { conv2d } from "../../packages/nabla/src/nn/convolution.ts";
import { dense } from "../../packages/nabla/src/nn/dense.ts";
import { dropout } from "../../packages/nabla/src/nn/dropout.ts";
import { flatten } from "../../packages/nabla/src/nn/flatten.ts";
import type { Layer } from "../../packages/nabla/src/nn/layer.ts";
import { maxPool } from "../../packages/nabla/src/nn/pooling.ts";
import { adam } from "../../packages/nabla/src/optim/adam.ts";
import { gradientDescent } from "../../packages/nabla/src/optim/gradient-descent.ts";
import { settleJob } from "../../packages/nabla/src/train/job.ts";
import { prepareStep, type TrainingStep } from "../../packages/nabla/src/train/step.ts";
import { serve } from "../protocol.ts";
import { dataOf, type Workload, weightsOf, workloads } from "../workloads.ts";

function modelOf({ units, regular, convolutions }: Workload): Layer {
  const layers: Layer[] = [];
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

interface Trainer {
  readonly step: () => Promise<number>;
}

async function trainerOf(workload: Workload, seed: number): Promise<Trainer> {
  const data = dataOf(workload);
  const job = settleJob({
    model: modelOf(workload),
    loss: workload.loss === "softmax" ? softmaxCrossEntropy() : sigmoidCrossEntropy(),
    optimizer: workload.optimizer === "adam" ? adam({ rate: workload.rate }) : gradientDescent({ rate: workload.rate }),
    train: { rows: workload.rows, ...data },
    batch: workload.rows,
    seed,
  });
  const prepared: TrainingStep = await prepareStep(job);
  if (seed === 1)
    for (const [path, array] of weightsOf(workload)) prepared.program.write(prepared.kept.get(path) as never, array);
  const feeds: Record<string, NdArray | number> = { inputs: data.inputs, targets: data.targets };
  let count = 0;
  prepared.feed(prepared.settings, 0, feeds);
  // The batch stands in the engine's memory, as peers hold theirs in tensors.
  for (const name of ["inputs", "targets"] as const) {
    const place = await prepared.program.place(name, feeds);
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

let workload: Workload | undefined;
let trainer: Trainer | undefined;

await serve(
  {
    prepare: async (name) => {
      workload = workloads.find((candidate) => candidate.name === name);
      if (workload === undefined) return "unknown workload";
      trainer = await trainerOf(workload, 1);
      return undefined;
    },
    step: async () => {
      if (workload?.repeated === undefined) await trainer?.step();
      else {
        for (let model = 0; model < workload.repeated.models; model++) {
          const one = await trainerOf(workload, model + 2);
          for (let step = 0; step < workload.repeated.steps; step++) await one.step();
        }
      }
    },
    costAt: async (last) => {
      if (workload === undefined) return Number.NaN;
      const fresh = await trainerOf(workload, 1);
      let cost = Number.NaN;
      for (let step = 0; step <= last; step++) cost = await fresh.step();
      return cost;
    },
  },
  createInterface({ input: process.stdin }),
  (line) => process.stdout.write(`${line}\n`),
);
