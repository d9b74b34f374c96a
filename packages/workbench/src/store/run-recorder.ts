/** Keeps a run's record up to date while it trains, at a rate that costs the training next to nothing. */
import type { EpochEvent, EpochRecord, Training } from "nabla";
import { saveCheckpoint } from "./checkpoint.ts";
import type { RunStore } from "./run-store.ts";

/**
 * Seconds between two writes of epochs, and between two checkpoints: what a kill may cost. Of a training that somebody steers
 * epochs are seen at once.
 */
const PACE = { epochs: 0.5, watched: 0.1, checkpoint: 2 } as const;

/** What a record of a run is made with. */
export interface RunRecorderOptions {
  readonly store: RunStore;
  readonly run: string;
  /** The file of the checkpoint. */
  readonly checkpoint: string;
  readonly clock: () => number;
  /** Whether people look on, so that epochs are written at a higher rate; not by default. */
  readonly isWatched?: boolean;
}

/** Writes epochs and checkpoints periodically, and everything left on request. */
export class RunRecorder {
  readonly #options: RunRecorderOptions;
  #waiting: EpochRecord[] = [];
  #written = Number.NEGATIVE_INFINITY;
  #saved = Number.NEGATIVE_INFINITY;

  constructor(options: RunRecorderOptions) {
    this.#options = options;
  }

  /** Is called with an epoch; `last` writes everything at once. */
  async epoch(event: EpochEvent, training: Pick<Training, "checkpoint">, last: boolean): Promise<void> {
    const { kind: _, ...record } = event;
    this.#waiting.push(record);
    const pace = this.#options.isWatched === true ? PACE.watched : PACE.epochs;
    if (last || this.#due(this.#written, pace)) await this.flush();
    await this.checkpoint(training, last);
  }

  /** Saves a checkpoint, if it is time. */
  async checkpoint(training: Pick<Training, "checkpoint">, now = false): Promise<void> {
    if (!now && !this.#due(this.#saved, PACE.checkpoint)) return;
    const checkpoint = await training.checkpoint();
    // The store first: a checkpoint must never be ahead of the epochs that the record knows.
    await this.flush();
    await saveCheckpoint(this.#options.checkpoint, checkpoint);
    this.#saved = this.#options.clock();
  }

  /** Writes the epochs that wait. */
  async flush(): Promise<void> {
    const epochs = this.#waiting;
    this.#waiting = [];
    if (epochs.length > 0) await this.#options.store.append(this.#options.run, { epochs });
    this.#written = this.#options.clock();
  }

  #due(since: number, pace: number): boolean {
    return this.#options.clock() - since >= pace;
  }
}
