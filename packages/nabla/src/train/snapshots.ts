import { wrongArgument } from "../array/check-array.ts";
import { NablaError } from "../base/error.ts";
import { isRecord } from "../base/value-type.ts";
import { cyclic } from "../optim/cycles.ts";
import { defaults } from "./defaults.ts";
import type { Job } from "./job.ts";
import type { Run } from "./run.ts";
import { type TrainOptions, train } from "./train.ts";
import type { Trained } from "./trained.ts";

/** One training that returns several models. */
export interface SnapshotRun {
  readonly run: Run;
  /** The model at the end of each cycle, where its learning rate reached 0; the last is the newest. */
  readonly snapshots: readonly Trained[];
}

/**
 * Trains once with the cyclic schedule and saves the model at the end of each cycle, for an ensemble at the cost of one
 * training (Huang et al.: Snapshot Ensembles, 2017). Throws `train/cycles` unless the epochs divide evenly among the
 * cycles.
 */
export async function fitSnapshots(
  job: Omit<Job, "schedule" | "patience">,
  { cycles = 5, ...options }: TrainOptions & { readonly cycles?: number } = {},
): Promise<SnapshotRun> {
  if (!isRecord(job)) throw wrongArgument("fitSnapshots", "a job", job);
  const { epochs = defaults.epochs } = job;
  if (epochs % cycles !== 0) {
    const message = `${epochs} epochs do not divide into ${cycles} cycles`;
    throw new NablaError("train/cycles", message, `take ${Math.ceil(epochs / cycles) * cycles} epochs`);
  }
  const training = train({ ...job, schedule: cyclic({ cycles }) }, options);
  const snapshots: Trained[] = [];
  for await (const event of training)
    if (event.kind === "epoch" && event.epoch % (epochs / cycles) === 0) snapshots.push(await training.model("last"));
  return { run: await training.result(), snapshots };
}
