import { invariant } from "../base/error.ts";
import type { EndEvent } from "./events.ts";
import type { Job } from "./job.ts";
import { type TrainOptions, train } from "./train.ts";

/** A finished training: the history, the best epoch, the model, its measures on all rows, and why it ended. */
export type Run = Omit<EndEvent, "kind">;

/** Trains to the end and keeps the best dev weights: `train` with its events drained. */
export async function fit(job: Job, options: TrainOptions = {}): Promise<Run> {
  let run: Run | undefined;
  // nobody hears of progress within an epoch, and each word of it costs a few microseconds
  for await (const event of train(job, { progress: 1, ...options })) if (event.kind === "end") run = event;
  invariant(run !== undefined, "a training ended without its last event");
  return run;
}
