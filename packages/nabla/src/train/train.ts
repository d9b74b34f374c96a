import type { NdArray } from "../array/ndarray.ts";
import { invariant, known, NablaError } from "../base/error.ts";
import { inRange } from "../base/range.ts";
import type { Batch } from "../data/batches.ts";
import type { Arrays } from "../data/examples.ts";
import type { Prefetch } from "../data/prefetch.ts";
import type { Signal } from "../nn/layer.ts";
import { RATE } from "../optim/optimizer.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { type DataLoader, dataLoaderFor } from "./data-loader.ts";
import { defaults } from "./defaults.ts";
import type { TrainingEvent } from "./events.ts";
import { feedExamples } from "./example-inputs.ts";
import { type InputBuffers, inputBuffersFor } from "./input-buffers.ts";
import { firstBad } from "./inspect.ts";
import { type AnyJob, type Job, type ResolvedJob, resolveJob } from "./job.ts";
import type { Failure, JournalEntry, Reason } from "./record.ts";
import { Training } from "./training.ts";
import { TrainingState } from "./training-state.ts";
import { withWhatFits } from "./what-fits.ts";

/** What a training takes besides its job: options of `train` and `fit`. */
export interface TrainOptions {
  /** A checkpoint of the same job to resume from; by default it starts anew. */
  readonly resume?: Checkpoint;
  /**
   * A clock in seconds, with any origin. Default: none, and all times are 0, since nabla itself is independent of the
   * host.
   */
  readonly clock?: () => number;
  /** Augments batches on another thread before they are needed; nothing else changes. Default: on this one. */
  readonly prefetch?: Prefetch;
  /**
   * Changes to replay, as listed in the result of an earlier training; with `resume`, the checkpoint's own come
   * first. Nothing by default.
   */
  readonly journal?: readonly JournalEntry[];
  /**
   * Progress events per epoch, at most. Default 50; Infinity yields one for every step, so that you can react to each.
   */
  readonly progress?: number;
}

/**
 * Trains step by step and yields events: `for await (const event of train(job)) …`. The loop is yours: break out of it
 * when you like, or change what follows with `training.change(…)`: other settings, a checkpoint to go back to, a stop.
 * A checkpoint passed as `resume` to a second training forks it. Whatever ends the training, the best weights are
 * saved. The first `next` throws when the job cannot be trained; a cost that is not finite ends it with the reason
 * "diverged", which is also that of weights that cost more than a constant answer and than those it started with.
 */
export function train<In extends Signal, Out extends Signal>(
  job: Job<In, Out>,
  options: TrainOptions = {},
): Training<In, Out> {
  return new Training<In, Out>((begun) => loop(job, { ...options, unwatched: false }, begun));
}

/** The same for a caller who looks at nothing before the end: of epochs that were taken ahead there are no events. */
export function trainUnwatched<In extends Signal, Out extends Signal>(
  job: Job<In, Out>,
  { progress = 1, ...options }: TrainOptions,
): Training<In, Out> {
  return new Training<In, Out>((begun) => loop(job, { ...options, progress, unwatched: true }, begun));
}

interface LoopOptions extends TrainOptions {
  /** Whether nobody looks at the training before its end. */
  readonly unwatched: boolean;
}

async function* loop(
  job: AnyJob,
  { resume, clock, prefetch, journal = [], progress = defaults.progress, unwatched }: LoopOptions,
  begun: (state: TrainingState) => void,
): AsyncGenerator<TrainingEvent, undefined, undefined> {
  const resolved = resolveJob(job);
  if (job.time !== undefined && clock === undefined) {
    throw new NablaError(
      "train/clock",
      "a time limit needs a clock",
      "pass train(job, { clock: () => performance.now() / 1000 })",
    );
  }
  if (progress !== Number.POSITIVE_INFINITY) inRange("progress", progress, { above: 0 });
  const state = await TrainingState.init(resolved, {
    resume,
    clock: clock ?? (() => 0),
    unwatched: unwatched && journal.length === 0,
  });
  begun(state);
  const loader = dataLoaderFor(resolved, prefetch);
  try {
    yield* steps(resolved, state, { loader, journal, progress });
  } catch (error) {
    throw await withWhatFits(error, Math.min(state.batch, resolved.train.rows), { step: state.step, job: resolved });
  } finally {
    loader.close();
  }
  return undefined;
}

interface StepsOptions extends Required<Pick<TrainOptions, "journal" | "progress">> {
  readonly loader: DataLoader;
}

async function* steps(
  resolved: ResolvedJob,
  state: TrainingState,
  { loader, journal, progress }: StepsOptions,
): AsyncGenerator<TrainingEvent, void, undefined> {
  const feeds: Record<string, NdArray | number> = {};
  const { program, feed } = state.step;
  let indices: ArrayLike<number> = [];
  let buffers: InputBuffers | undefined;
  let reason: Reason | undefined;
  const feedStep = (batch: Batch<Arrays, Arrays>, endsEpoch: boolean): void => {
    indices = batch.indices;
    feedExamples(batch, feeds);
    feed(state.settings, state.steps, feeds, state.moment(endsEpoch));
  };
  // the batch of the step that failed is assembled again: others were enqueued after it
  const feedFailed = (): void => {
    const { epoch, rowOfEpoch: row, batch: size } = state;
    const { steps: left, batches } = loader.restOfEpoch({ epoch, row, batch: size });
    const [batch] = batches(() => undefined);
    feedStep(known(batch, "the batch of the step that failed"), left === 1);
  };
  const patience = (): Reason | undefined => (state.impatient() ? "patience" : undefined);
  yield state.start();
  reason = state.goOn(journal) ?? patience();
  while (reason === undefined && state.epoch < resolved.epochs) {
    if (await state.takeAhead()) continue;
    const { epoch, rowOfEpoch: row, stepOfEpoch: done, batch: size } = state;
    const { steps: left, sizes, batches } = loader.restOfEpoch({ epoch, row, batch: size });
    const every = Math.max(1, Math.ceil((done + left) / progress));
    state.moved = false;
    feed(state.settings, state.steps, feeds, state.moment(false));
    buffers = await inputBuffersFor({ program, like: resolved.train, sizes, feeds, before: buffers });
    for (const batch of batches(buffers.of)) {
      const last = state.stepOfEpoch + 1 === done + left;
      feedStep(batch, last);
      const wait = program.enqueue(feeds);
      if (wait !== undefined) await wait;
      state.stepped(batch, rateIn(feeds));
      const isSeen = !last && state.stepOfEpoch % every === 0;
      const timeIsUp = state.timeIsUp();
      // costs are read when a progress event is due; in between nothing waits for the engine
      if (!(last || isSeen || timeIsUp || state.mustRead(journal))) continue;
      if (!(await state.readCosts())) {
        feedFailed();
        reason = "diverged";
      } else if (timeIsUp) {
        state.noteTime();
        reason = "time";
      } else if (!last) {
        if (isSeen) yield state.progress();
        reason = state.goOn(journal);
      }
      if (reason !== undefined || state.moved) break;
    }
    if (reason === "diverged" || reason === "stopped") break;
    if (state.moved && reason === undefined) continue;
    const event = await state.endEpoch();
    if (event === undefined) reason = "diverged";
    else {
      yield event;
      reason = state.goOn(journal) ?? reason ?? patience();
    }
  }
  const failure: Failure | undefined =
    reason === "diverged" ? state.failed(await firstBad(state.step, { feeds, indices })) : undefined;
  // many callers leave the loop with this event, and would not release threads
  loader.close();
  yield await state.end(reason ?? "epochs", failure);
}

/** The learning rate of a step. */
function rateIn(feeds: Readonly<Record<string, NdArray | number>>): number {
  const rate = feeds[RATE];
  invariant(typeof rate === "number", "a step has no rate");
  return rate;
}
