import { ndarray } from "../../src/array/ndarray.ts";
import { normal, seedKey } from "../../src/base/random.ts";
import type { Examples } from "../../src/data/examples.ts";
import { relu } from "../../src/nn/activations.ts";
import { batchNorm } from "../../src/nn/batch-norm.ts";
import { chain } from "../../src/nn/chain.ts";
import { softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { dense } from "../../src/nn/dense.ts";
import { dropout } from "../../src/nn/dropout.ts";
import { l2 } from "../../src/nn/penalty.ts";
import { adam } from "../../src/optim/adam.ts";
import { inverseTime } from "../../src/optim/schedule.ts";
import type { Job } from "../../src/train/job.ts";

/** Two classes of points in the plane, inside and outside a ring: no straight line parts them. */
export function ring(rows: number, seed: number): Examples {
  const inputs = ndarray(Float32Array.from(normal(seedKey(seed), rows * 2)), [rows, 2]);
  const far = (row: number): number => Math.hypot(inputs.data[2 * row] ?? 0, inputs.data[2 * row + 1] ?? 0);
  return {
    rows,
    inputs,
    targets: ndarray(
      Int32Array.from({ length: rows }, (_, row) => Number(far(row) > 1.1)),
      [rows],
    ),
  };
}

/** A job with everything that has a state: dropout, running statistics, moments, a schedule, a penalty, a short last batch. */
export function smallJob(): Job {
  return {
    model: chain(dense(8), batchNorm(), relu(), dropout({ keep: 0.9 }), dense(2)),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ rate: 0.02 }),
    penalty: l2(1e-3),
    schedule: inverseTime({ decay: 0.1 }),
    train: ring(150, 1),
    dev: ring(60, 2),
    batch: 16,
    epochs: 4,
    seed: 3,
  };
}
