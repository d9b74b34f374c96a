import type { NdArray } from "../array/ndarray.ts";
import { known, NablaError } from "../base/error.ts";
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
  /** Changes of settings to make again, as the end of an earlier training lists them. */
  readonly journal?: readonly JournalEntry[];
}

/**
 * Trains step by step and tells of it: `for await (const event of train(job)) …`. The loop is yours: leave it when you
 * like, or send a change back through `next`. Whatever ends the training, the best weights are kept. Throws before the
 * first event when the job cannot be trained; a cost that is no number ends it with the reason "diverged".
 */
export async function* train(
  job: Job,
  { resume, clock, prefetch, journal = [] }: TrainOptions = {},
): AsyncGenerator<TrainingEvent, void, Change | undefined> {
  const settled = settleJob(job);
  if (job.time !== undefined && clock === undefined) {
    throw new NablaError(
      "train/clock",
      "a time limit needs a clock",
      "pass train(job, { clock: () => performance.now() / 1000 })",
    );
  }
  const standing = await Standing.begin(settled, { resume, clock: clock ?? (() => 0) });
  const supply = supplyFor(settled, prefetch);
  try {
    yield* steps(settled, standing, { supply, journal });
  } finally {
    supply.close();
  }
}

async function* steps(
  settled: Settled,
  standing: Standing,
  { supply, journal }: { readonly supply: Supply; readonly journal: readonly JournalEntry[] },
): AsyncGenerator<TrainingEvent, void, Change | undefined> {
  const { stepsPerEpoch, epochs } = settled;
  const every = Math.ceil(stepsPerEpoch / defaults.progress);
  const feeds: Record<string, NdArray | number> = {};
  const { program, feed } = standing.step;
  let indices: ArrayLike<number> = [];
  let reason: Reason | undefined;
  const stops = (change: Change | undefined): boolean => {
    standing.change(change?.settings ?? {});
    return change?.stop === true;
  };
  if (stops(yield standing.start())) reason = "stopped";
  else if (standing.impatient()) reason = "patience";
  while (reason === undefined && standing.epoch < epochs) {
    const { epoch, stepOfEpoch: from } = standing;
    feed(standing.settings, standing.steps, feeds, standing.measured);
    const places = await placesOf({ program, like: settled.train, sizes: supply.sizes, feeds });
    for (const batch of supply.epoch({ epoch, from, into: places.of })) {
      standing.replay(journal);
      indices = batch.indices;
      feeds.inputs = batch.inputs;
      feeds.targets = batch.targets;
      feed(standing.settings, standing.steps, feeds, standing.measured);
      const cost = known((await program.run(feeds)).cost?.data[0], "cost");
      if (!Number.isFinite(cost)) {
        reason = "diverged";
        break;
      }
      standing.stepped(cost, batch.rows, feeds[RATE]);
      if (standing.timeIsUp()) reason = "time";
      else if (standing.stepOfEpoch % every === 0 && standing.stepOfEpoch < stepsPerEpoch) {
        if (stops(yield standing.progress())) reason = "stopped";
      }
      if (reason !== undefined) break;
    }
    if (reason === "diverged" || reason === "stopped") break;
    const event = await standing.endEpoch();
    if (event === undefined) reason = "diverged";
    else if (stops(yield event)) reason = "stopped";
    else if (reason === undefined && standing.impatient()) reason = "patience";
  }
  const failure: Failure | undefined =
    reason === "diverged" ? standing.failed(await firstBad(standing.step, { feeds, indices })) : undefined;
  yield await standing.end(reason ?? "epochs", failure);
}
