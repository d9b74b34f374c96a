import { invariant, NablaError } from "../base/error.ts";
import { isRecord, mismatch } from "../base/value-type.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Signal } from "../nn/layer.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { Change, TrainingEvent } from "./events.ts";
import type { Run } from "./run.ts";
import type { Trained } from "./trained.ts";
import type { TrainingState } from "./training-state.ts";

/** The loop of a training: it hands over its state as soon as there is one, and yields events. */
export type Loop = (begun: (state: TrainingState) => void) => AsyncGenerator<TrainingEvent, undefined, undefined>;

/**
 * A training that goes on as far as its events are asked for: `for await (const event of training) …`. Events are plain
 * data; everything that is not is asked of the training while it stands at one: checkpoints, models, changes. Leaving the
 * loop leaves the training where it stands.
 */
export class Training<In extends Signal = Tensor, Out extends Signal = Tensor>
  implements AsyncIterableIterator<TrainingEvent, undefined, undefined>, AsyncDisposable
{
  readonly #events: AsyncGenerator<TrainingEvent, undefined, undefined>;
  #state: TrainingState | undefined;
  /** The event that it stands at; undefined before the first one, and while it computes. */
  #at: TrainingEvent["kind"] | undefined;

  constructor(loop: Loop) {
    this.#events = loop((state) => {
      this.#state = state;
    });
  }

  /** Goes on to the next event. Throws what `train` throws. */
  async next(): Promise<IteratorResult<TrainingEvent, undefined>> {
    const before = this.#at;
    this.#at = undefined;
    const result = await this.#events.next();
    this.#at = result.done === true ? before : result.value.kind;
    return result;
  }

  /** Where it stands, with everything that was changed here. Throws `train/ended` after the last event. */
  async checkpoint(): Promise<Checkpoint> {
    return await this.#stateToChange("a checkpoint").checkpoint();
  }

  /**
   * The model with the weights that are kept, the best so far, or with the last ones. Before the first epoch has ended the best
   * are those of the present, or those of the beginning if they went wrong.
   */
  async model(weights: "best" | "last" = "best"): Promise<Trained<In, Out>> {
    // the job's model has these types; the state does not know them
    return (await this.#stateFor("a model").trained(weights)) as Trained<In, Out>;
  }

  /**
   * Changes settings, goes back to a checkpoint or stops, at once: it counts from the next batch on, and a checkpoint that is
   * asked for here knows of it. Nothing is changed where it throws: `train/setting`, `options/…`, `checkpoint/…`,
   * `train/ended` behind the last event.
   */
  async change(change: Change): Promise<void> {
    const state = this.#stateToChange("a change");
    checkChange(change);
    await state.change(change);
  }

  /** Trains to the end, and gives the result. Throws what `train` throws, and `train/left` where the loop was left. */
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

  /** Leaves the training where it stands, and lets go of threads. */
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
    const said = `${asked} was asked of a training that does not stand at an event`;
    throw new NablaError(
      "train/no-event",
      said,
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

/** Refuses what no compiler has refused: a change that changes nothing because its name is another. */
function checkChange(change: unknown): void {
  const expected = "a change { settings, restore, stop }";
  const reading = { place: "change", keys: [], families: {} };
  if (!isRecord(change)) throw mismatch(expected, change, reading);
  const { settings = {}, restore = {}, stop = false, ...rest } = change;
  if (!isRecord(settings) || !isRecord(restore) || typeof stop !== "boolean" || Object.keys(rest).length > 0)
    throw mismatch(expected, change, reading);
}
