import { invariant, NablaError } from "../base/error.ts";
import { isRecord, mismatch } from "../base/value-type.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Signal } from "../nn/layer.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { Change, TrainingEvent } from "./events.ts";
import type { Run } from "./run.ts";
import type { Trained } from "./trained.ts";
import type { TrainingState } from "./training-state.ts";

/** The loop of a training: it passes on its state as soon as there is one, and yields events. */
export type Loop = (begun: (state: TrainingState) => void) => AsyncGenerator<TrainingEvent, undefined, undefined>;

/**
 * A training that advances as its events are consumed: `for await (const event of training) …`. Events are plain data;
 * everything else comes from the training itself while it is paused at an event: checkpoints, models, changes. Leaving
 * the loop ends the training at that event.
 */
export class Training<In extends Signal = Tensor, Out extends Signal = Tensor>
  implements AsyncIterableIterator<TrainingEvent, undefined, undefined>, AsyncDisposable
{
  readonly #events: AsyncGenerator<TrainingEvent, undefined, undefined>;
  #state: TrainingState | undefined;
  /** The current event; undefined before the first one, and while it computes. */
  #at: TrainingEvent["kind"] | undefined;

  constructor(loop: Loop) {
    this.#events = loop((state) => {
      this.#state = state;
    });
  }

  /** Continues to the next event. Throws what `train` throws. */
  async next(): Promise<IteratorResult<TrainingEvent, undefined>> {
    const before = this.#at;
    this.#at = undefined;
    const result = await this.#events.next();
    this.#at = result.done === true ? before : result.value.kind;
    return result;
  }

  /** A checkpoint of the current state, with every change made here. Throws `train/ended` after the last event. */
  async checkpoint(): Promise<Checkpoint> {
    return await this.#stateToChange("a checkpoint").checkpoint();
  }

  /**
   * The model with the best weights so far, or with the latest ones. Before the end of the first epoch the best weights
   * are the current ones, or the initial ones if those are not finite.
   */
  async model(weights: "best" | "last" = "best"): Promise<Trained<In, Out>> {
    // the job's model has these types; the state is not generic in them
    return (await this.#stateFor("a model").trained(weights)) as Trained<In, Out>;
  }

  /**
   * Changes settings, goes back to a checkpoint or stops, immediately: it applies from the next batch on, and a
   * checkpoint taken here includes it. Nothing is changed where it throws: `train/setting`, `options/…`,
   * `checkpoint/…`, `train/ended` after the last event.
   */
  async change(change: Change): Promise<void> {
    const state = this.#stateToChange("a change");
    checkChange(change);
    await state.change(change);
  }

  /** Trains to the end and returns the result. Throws what `train` throws, and `train/left` if the loop was left. */
  async result(): Promise<Run<In, Out>> {
    while (this.#at !== "end") {
      const { done } = await this.next();
      if (done === true)
        throw new NablaError("train/left", "the training was left before its end, so it has no result");
    }
    const run = this.#state?.run;
    invariant(run !== undefined, "a training ended without a result");
    return run as Run<In, Out>;
  }

  /** Ends the training at the current event and releases threads. */
  async return(): Promise<IteratorResult<TrainingEvent, undefined>> {
    return await this.#events.return(undefined);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #stateFor(asked: string): TrainingState {
    if (this.#state !== undefined && this.#at !== undefined) return this.#state;
    const message = `${asked} was asked of a training that does not stand at an event`;
    throw new NablaError(
      "train/no-event",
      message,
      "ask between one event and the next: for await (const event of training)",
    );
  }

  #stateToChange(asked: string): TrainingState {
    if (this.#at !== "end") return this.#stateFor(asked);
    throw new NablaError(
      "train/ended",
      `${asked} was asked of a training that has ended`,
      "ask at an event before the last",
    );
  }
}

/**
 * Rejects at run time what the type checker would reject: a change with an unknown name, which would have no effect.
 */
function checkChange(change: unknown): void {
  const expected = "a change { settings, restore, stop }";
  const reading = { place: "change", keys: [], families: {} };
  if (!isRecord(change)) throw mismatch(expected, change, reading);
  const { settings = {}, restore = {}, stop = false, ...rest } = change;
  if (!isRecord(settings) || !isRecord(restore) || typeof stop !== "boolean" || Object.keys(rest).length > 0)
    throw mismatch(expected, change, reading);
}
