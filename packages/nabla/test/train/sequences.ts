/** Sequences of different lengths, and a job that learns the class of each of their points. */
import { type NdArray, ndarray } from "../../src/array/ndarray.ts";
import { normal, seedKey } from "../../src/base/random.ts";
import type { Examples } from "../../src/data/examples.ts";
import { relu } from "../../src/nn/activations.ts";
import { chain } from "../../src/nn/chain.ts";
import { softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { dense } from "../../src/nn/dense.ts";
import { dropout } from "../../src/nn/dropout.ts";
import { layerNorm } from "../../src/nn/layer-norm.ts";
import { adam } from "../../src/optim/adam.ts";
import type { Job } from "../../src/train/job.ts";

/** The length of the longest, and the numbers of a point. */
export const TIME = 6;
export const WIDTH = 3;

/** Sequences of 1 to 6 points, each of the class that its largest number tells; behind their ends lies `rubbish`. */
export function sequences(rows: number, seed: number, rubbish = 0): Examples & { readonly mask: NdArray } {
  const inputs = Float32Array.from(normal(seedKey(seed), rows * TIME * WIDTH));
  const targets = new Int32Array(rows * TIME);
  const mask = Float32Array.from(targets, (_, i) => Number(i % TIME <= Math.floor(i / TIME) % TIME));
  for (const [i, counts] of mask.entries()) {
    const point = inputs.subarray(i * WIDTH, (i + 1) * WIDTH);
    targets[i] = counts === 0 ? -1 : point.indexOf(Math.max(...point));
    if (counts === 0) point.fill(rubbish);
  }
  return {
    rows,
    inputs: ndarray(inputs, [rows, TIME, WIDTH]),
    targets: ndarray(targets, [rows, TIME]),
    mask: ndarray(mask, [rows, TIME]),
  };
}

/** Everything that a mask must go through: dropout, normalization, moments, a last batch that is shorter. */
export function sequencesJob(rubbish = 0): Job {
  return {
    model: chain(dense(8), layerNorm(), relu(), dropout({ keep: 0.95 }), dense(3)),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ rate: 0.03 }),
    train: sequences(90, 1, rubbish),
    dev: sequences(40, 2, rubbish),
    batch: 16,
    epochs: 3,
    seed: 3,
  };
}
