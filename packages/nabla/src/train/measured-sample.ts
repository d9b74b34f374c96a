/** What of a training is measured: which weights, and on which rows. */
import { fork, permutation, seedKey } from "../base/random.ts";
import { type AnyExamples, type Arrays, type StoredExamples, takeExamples } from "../data/examples.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { ByPath } from "../nn/model.ts";
import { defaults } from "./defaults.ts";
import type { ResolvedJob } from "./job.ts";
import type { TrainingStep } from "./step.ts";

/** The training rows that are evaluated after every epoch: all, or a fixed sample as large as dev. */
export function sampleOf({ train, dev, seed }: ResolvedJob): AnyExamples | StoredExamples {
  const rows = Math.max(dev?.rows ?? 0, defaults.fewestMeasuredRows);
  if (rows >= train.rows) return train;
  return takeExamples<Arrays, Arrays>(
    train,
    permutation(fork(seedKey(seed), "measured"), train.rows)
      .subarray(0, rows)
      .sort(),
  );
}

/** The states that are evaluated and saved: the averages, if there are any. */
export function measuredStates({ states, averages }: TrainingStep): ByPath<Tensor> {
  return averages.size === 0 ? states : averages;
}
