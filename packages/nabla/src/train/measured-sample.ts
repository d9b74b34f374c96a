/** What of a training is measured: which weights, and on which rows. */
import { fork, permutation, seedKey } from "../base/random.ts";
import { type AnyExamples, type Arrays, type StoredExamples, takeExamples } from "../data/examples.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { ByPath } from "../nn/model.ts";
import { defaults } from "./defaults.ts";
import type { ResolvedJob } from "./job.ts";
import type { TrainingStep } from "./step.ts";

/** The training rows that are evaluated after every epoch: all of a small set, or a fixed sample. */
export function sampleOf({ train, dev, seed }: ResolvedJob): AnyExamples | StoredExamples {
  const { measuredRows, measuredShare, fewestMeasuredRows } = defaults;
  const sampled = Math.max(fewestMeasuredRows, Math.round(measuredShare * train.rows));
  const rows = Math.max(dev?.rows ?? 0, Math.min(measuredRows, sampled));
  if (train.rows <= measuredRows || rows >= train.rows) return train;
  return takeExamples<Arrays, Arrays>(
    train,
    permutation(fork(seedKey(seed), "measured"), train.rows)
      .subarray(0, rows)
      .sort(),
  );
}

/** The states that are evaluated and saved: the averages, if there are any. */
export function measuredStates({ states, averages }: TrainingStep): ByPath<Tensor> {
  return averages.size === 0 ? states : new Map([...states, ...averages]);
}
