import type { NdArray } from "../array/ndarray.ts";
import { known, NablaError } from "../base/error.ts";
import { inRange } from "../base/fields.ts";
import type { Prefetch } from "../data/prefetch.ts";
import { RATE } from "../optim/optimizer.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { defaults } from "./defaults.ts";
import type { Change, Failure, Reason, TrainingEvent } from "./events.ts";
import { firstBad } from "./inspect.ts";
import { type Job, type Settled, settleJob } from "./job.ts";
import { placesOf } from "./places.ts";
import type { JournalEntry } from "./record.ts";
import { Standing } from "./standing.ts";
import { type Supply, supplyFor } from "./supply.ts";

export interface TrainOptions {
  /** A checkpoint of the same job to go on from. */
  readonly resume?: Checkpoint;
  /** Seconds from any beginning. Without a clock all times are 0, since nabla itself knows no host. */
  readonly clock?: () => number;
  /** Augments batches on another thread before they are needed; nothing else changes. */
  readonly prefetch?: Prefetch;
  /** Changes to make again, as the end of an earlier training lists them; with `resume`, the checkpoint's own come first. */
  readonly journal?: readonly JournalEntry[];
  /** Progress events an epoch, at most. Default 50; Infinity tells of every step, so that each can be answered. */
  readonly progress?: number;
}

/**
 * Trains step by step and tells of it: `for await (const event of train(job)) …`. The loop is yours: leave it when you
 * like, or send a change back through `next`, which counts from the next batch on: other settings, a checkpoint to go back
 * to, a stop. A checkpoint given as `resume` to a second training forks it off. Whatever ends the training, the best weights
 * are kept. Throws before the first event when the job cannot be trained; a cost that is no number ends it with the reason
 * "diverged".
 */
export async function* train(
  job: Job,
  { resume, clock, prefetch, journal = [], progress = defaults.progress }: TrainOptions = {},
): AsyncGenerator<TrainingEvent, void, Change | undefined> {
  const settled = settleJob(job);
  if (job.time !== undefined && clock === undefined) {
    throw new NablaError(
      "train/clock",
      "a time limit needs a clock",
      "pass train(job, { clock: () => performance.now() / 1000 })",
    );
  }
  if (progress !== Number.POSITIVE_INFINITY) inRange("progress", progress, { above: 0 });
  const standing = await Standing.begin(settled, { resume, clock: clock ?? (() => 0) });
  const supply = supplyFor(settled, prefetch);
  try {
    yield* steps(settled, standing, { supply, journal, progress });
  } finally {
    supply.close();
  }
}

interface StepsOptions extends Required<Pick<TrainOptions, "journal" | "progress">> {
  readonly supply: Supply;
}

async function* steps(
  settled: Settled,
  standing: Standing,
  { supply, journal, progress }: StepsOptions,
): AsyncGenerator<TrainingEvent, void, Change | undefined> {
  const feeds: Record<string, NdArray | number> = {};
  const { program, feed } = standing.step;
  let indices: ArrayLike<number> = [];
  let reason: Reason | undefined;
  let moved = false;
  // what the loop's owner says comes first, then what a journal says
  const heard = (change: Change | undefined): Reason | undefined => {
    const { batch } = standing;
    if (change !== undefined) standing.change(change);
    const ended = change?.stop === true ? "stopped" : standing.replay(journal);
    moved ||= change?.restore !== undefined || standing.batch !== batch;
    return ended;
  };
  const patience = (): Reason | undefined => (standing.impatient() ? "patience" : undefined);
  reason = heard(yield standing.start()) ?? patience();
  while (reason === undefined && standing.epoch < settled.epochs) {
    const { epoch, rowOfEpoch: row, stepOfEpoch: done, batch: size } = standing;
    const { steps: left, sizes, batches } = supply.stretch({ epoch, row, batch: size });
    const every = Math.max(1, Math.ceil((done + left) / progress));
    moved = false;
    feed(standing.settings, standing.steps, feeds, standing.moment(false));
    const places = await placesOf({ program, like: settled.train, sizes, feeds });
    for (const batch of batches(places.of)) {
      const last = standing.stepOfEpoch + 1 === done + left;
      indices = batch.indices;
      feeds.inputs = batch.inputs;
      feeds.targets = batch.targets;
      feed(standing.settings, standing.steps, feeds, standing.moment(last));
      const cost = known((await program.run(feeds)).cost?.data[0], "cost");
      if (!Number.isFinite(cost)) {
        reason = "diverged";
        break;
      }
      standing.stepped(cost, batch.rows, feeds[RATE]);
      if (standing.timeIsUp()) reason = "time";
      else if (!last) {
        const told = standing.stepOfEpoch % every === 0 ? yield standing.progress() : undefined;
        reason = heard(told);
      }
      if (reason !== undefined || moved) break;
    }
    if (reason === "diverged" || reason === "stopped") break;
    if (moved && reason === undefined) continue;
    const event = await standing.endEpoch();
    if (event === undefined) reason = "diverged";
    else reason = heard(yield event) ?? reason ?? patience();
  }
  const failure: Failure | undefined =
    reason === "diverged" ? standing.failed(await firstBad(standing.step, { feeds, indices })) : undefined;
  // many leave the loop with this event, and would not let go of threads
  supply.close();
  yield await standing.end(reason ?? "epochs", failure);
}
