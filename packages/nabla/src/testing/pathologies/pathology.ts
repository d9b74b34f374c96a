/** A training job with one planted fault. */
import type { Examples } from "../../data/examples.ts";
import { relu } from "../../nn/activations.ts";
import { chain } from "../../nn/chain.ts";
import { softmaxCrossEntropy } from "../../nn/classification-losses.ts";
import { dense } from "../../nn/dense.ts";
import { adam } from "../../optim/adam.ts";
import type { Job } from "../../train/job.ts";
import { crossing } from "./grounds.ts";

/** A fault, planted by a seed, and the diagnosis expected for it. */
export interface Pathology {
  readonly name: string;
  /** Codes of a first action that goes to the root of it. */
  readonly right: readonly string[];
  /** The error of the best that can be hoped for. Default 0. */
  readonly human?: number;
  /** The faulty job, and rows held out until the end. */
  readonly plant: (seed: number) => Planted;
}

/** A job with a fault, and rows that it never sees. */
export interface Planted {
  readonly job: Job;
  readonly fresh: Examples;
}

type Maker = (rows: number, seed: number) => Examples;

/** A healthy job on rows of one task: 600 train, 400 dev, 1000 fresh; the given options replace its parts. */
export function planted(
  seed: number,
  options: Partial<Omit<Job, "train" | "dev" | "seed">> = {},
  of: Maker = (rows, drawn) => crossing({ rows, seed: drawn }),
  { train = 600, dev = 400 }: { readonly train?: number; readonly dev?: number } = {},
): Planted {
  const job: Job = {
    model: chain(dense(32), relu(), dense(2)),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ rate: 0.01 }),
    batch: 32,
    epochs: 30,
    ...options,
    train: of(train, 10 * seed + 5),
    dev: of(dev, 10 * seed + 6),
    seed,
  };
  return { job, fresh: of(1000, 10 * seed + 7) };
}
