/** Healthy training jobs, in which the diagnosis must not find faults. */
import { noise } from "../../data/augment/values.ts";
import { relu, tanh } from "../../nn/activations.ts";
import { batchNorm } from "../../nn/batch-norm.ts";
import { chain } from "../../nn/chain.ts";
import { dense } from "../../nn/dense.ts";
import { dropout } from "../../nn/dropout.ts";
import { l2 } from "../../nn/penalty.ts";
import { squaredError } from "../../nn/regression-losses.ts";
import { rmsprop } from "../../optim/rmsprop.ts";
import type { Job } from "../../train/job.ts";
import { halves, hill, wheel } from "./grounds.ts";
import { planted } from "./pathology.ts";

/** A sound training; seeds give other rows and weights. */
export interface Healthy {
  readonly name: string;
  readonly make: (seed: number) => Job;
}

const hilly = (rows: number, seed: number) => hill({ rows, seed });

/** Five healthy jobs, each of which fits its rows and generalizes. */
export const healthy: readonly Healthy[] = [
  { name: "exclusive or", make: (seed) => planted(seed, {}, undefined, { train: 1200 }).job },
  {
    name: "eight classes with batch norm and dropout",
    make: (seed) =>
      planted(
        seed,
        { model: chain(dense(64), batchNorm(), relu(), dropout({ keep: 0.9 }), dense(8)) },
        (rows, drawn) => wheel({ rows, seed: drawn }, 8),
        { train: 1200 },
      ).job,
  },
  {
    name: "a curved surface",
    make: (seed) =>
      planted(seed, { model: chain(dense(48), tanh(), dense(1)), loss: squaredError(), epochs: 60 }, hilly, {
        train: 800,
      }).job,
  },
  {
    name: "two halves with a little penalty and noise",
    make: (seed) =>
      planted(
        seed,
        { model: chain(dense(16), relu(), dense(2)), penalty: l2(1e-3), augment: [noise({ deviation: 0.05 })] },
        (rows, drawn) => halves({ rows, seed: drawn, features: 4 }, 0.4),
        { train: 1200 },
      ).job,
  },
  {
    name: "three classes by rmsprop",
    make: (seed) =>
      planted(
        seed,
        { model: chain(dense(32), relu(), dense(3)), optimizer: rmsprop({ rate: 0.005 }) },
        (rows, drawn) => wheel({ rows, seed: drawn, features: 3 }, 3),
        { train: 1500 },
      ).job,
  },
];
