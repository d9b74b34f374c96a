import type { NdArray } from "../array/ndarray.ts";
import { known, NablaError } from "../base/error.ts";
import { inRange } from "../base/fields.ts";
import type { Prefetch } from "../data/prefetch.ts";
import { RATE } from "../optim/optimizer.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { type DataLoader, dataLoaderFor } from "./data-loader.ts";
import { defaults } from "./defaults.ts";
import type { Change, Failure, Reason, TrainingEvent } from "./events.ts";
import { inputBuffersFor } from "./input-buffers.ts";
import { firstBad } from "./inspect.ts";
import { type Job, type ResolvedJob, resolveJob } from "./job.ts";
import type { JournalEntry } from "./record.ts";
import { TrainingState } from "./training-state.ts";

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
  const resolved = resolveJob(job);
  if (job.time !== undefined && clock === undefined) {
    throw new NablaError(
      "train/clock",
      "a time limit needs a clock",
      "pass train(job, { clock: () => performance.now() / 1000 })",
    );
  }
  if (progress !== Number.POSITIVE_INFINITY) inRange("progress", progress, { above: 0 });
  const state = await TrainingState.init(resolved, { resume, clock: clock ?? (() => 0) });
  const loader = dataLoaderFor(resolved, prefetch);
  try {
    yield* steps(resolved, state, { loader, journal, progress });
  } finally {
    loader.close();
  }
}

interface StepsOptions extends Required<Pick<TrainOptions, "journal" | "progress">> {
  readonly loader: DataLoader;
}

async function* steps(
  resolved: ResolvedJob,
  state: TrainingState,
  { loader, journal, progress }: StepsOptions,
): AsyncGenerator<TrainingEvent, void, Change | undefined> {
  const feeds: Record<string, NdArray | number> = {};
  const { program, feed } = state.step;
  let indices: ArrayLike<number> = [];
  let reason: Reason | undefined;
  let moved = false;
  // what the loop's owner says comes first, then what a journal says
  const onChange = (change: Change | undefined): Reason | undefined => {
    const { batch } = state;
    if (change !== undefined) state.change(change);
    const ended = change?.stop === true ? "stopped" : state.replay(journal);
    moved ||= change?.restore !== undefined || state.batch !== batch;
    return ended;
  };
  const patience = (): Reason | undefined => (state.impatient() ? "patience" : undefined);
  reason = onChange(yield state.start()) ?? patience();
  while (reason === undefined && state.epoch < resolved.epochs) {
    const { epoch, rowOfEpoch: row, stepOfEpoch: done, batch: size } = state;
    const { steps: left, sizes, batches } = loader.restOfEpoch({ epoch, row, batch: size });
    const every = Math.max(1, Math.ceil((done + left) / progress));
    moved = false;
    feed(state.settings, state.steps, feeds, state.moment(false));
    const places = await inputBuffersFor({ program, like: resolved.train, sizes, feeds });
    for (const batch of batches(places.of)) {
      const last = state.stepOfEpoch + 1 === done + left;
      indices = batch.indices;
      feeds.inputs = batch.inputs;
      feeds.targets = batch.targets;
      feed(state.settings, state.steps, feeds, state.moment(last));
      const cost = known((await program.run(feeds)).cost?.data[0], "cost");
      if (!Number.isFinite(cost)) {
        reason = "diverged";
        break;
      }
      state.stepped(cost, batch.rows, feeds[RATE]);
      if (state.timeIsUp()) reason = "time";
      else if (!last) {
        const told = state.stepOfEpoch % every === 0 ? yield state.progress() : undefined;
        reason = onChange(told);
      }
      if (reason !== undefined || moved) break;
    }
    if (reason === "diverged" || reason === "stopped") break;
    if (moved && reason === undefined) continue;
    const event = await state.endEpoch();
    if (event === undefined) reason = "diverged";
    else reason = onChange(yield event) ?? reason ?? patience();
  }
  const failure: Failure | undefined =
    reason === "diverged" ? state.failed(await firstBad(state.step, { feeds, indices })) : undefined;
  // many leave the loop with this event, and would not let go of threads
  loader.close();
  yield await state.end(reason ?? "epochs", failure);
}
