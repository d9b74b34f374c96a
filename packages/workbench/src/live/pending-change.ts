/** A training held between two steps: where it stands, and what it will be told when it goes on. */
import type { Change, Checkpoint, EpochEvent, ProgressEvent } from "nabla";
import { changed, type LiveChange, placeOf } from "./journal.ts";

/** Collects what is done at one place, so that any number of commands there count as one answer to the training. */
export class PendingChange {
  readonly #event: ProgressEvent | EpochEvent;
  #checkpoint: Checkpoint | undefined;
  #moved = false;
  #stop = false;
  #made: LiveChange[] = [];

  constructor(event: ProgressEvent | EpochEvent) {
    this.#event = event;
  }

  /** Where it stands, with everything done here. Weights are read when first asked for. */
  get checkpoint(): Checkpoint {
    this.#checkpoint ??= this.#event.checkpoint();
    return this.#checkpoint;
  }

  /** Steps done. */
  get step(): number {
    return this.#moved ? placeOf(this.checkpoint).step : this.#event.step;
  }

  /** Epochs finished. */
  get epochs(): number {
    if (this.#moved) return placeOf(this.checkpoint).epoch;
    return this.#event.kind === "epoch" ? this.#event.epoch : this.#event.epoch - 1;
  }

  /** The rate of the last step. */
  get rate(): number {
    return this.#event.rate;
  }

  change(made: LiveChange): void {
    this.#checkpoint = changed(this.checkpoint, made);
    this.#made.push(made);
  }

  goBack(checkpoint: Checkpoint): void {
    this.#checkpoint = checkpoint;
    this.#moved = true;
    this.#made = [];
  }

  stop(): void {
    this.#stop = true;
  }

  get stopped(): boolean {
    return this.#stop;
  }

  /** What the training is to be told; undefined where nothing was done. */
  get answer(): Change | undefined {
    const stop = this.#stop ? { stop: true } : {};
    const [only, ...more] = this.#made;
    // several lines of the journal at one place are told as the place they lead to
    if (this.#moved || more.length > 0) return { restore: this.checkpoint, ...stop };
    if (only !== undefined) return { settings: only.settings, ...stop };
    return this.#stop ? stop : undefined;
  }
}
