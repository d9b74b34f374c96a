import type { Signal } from "../nn/layer.ts";
import type { Job } from "./job.ts";
import type { Run } from "./run.ts";
import { type TrainOptions, trainUnwatched } from "./train.ts";

/** Trains to the end and restores the best dev weights: `train` with its events drained. */
export async function fit<In extends Signal, Out extends Signal>(
  job: Job<In, Out>,
  options: TrainOptions = {},
): Promise<Run<In, Out>> {
  return await trainUnwatched(job, options).result();
}
