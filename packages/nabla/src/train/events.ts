/** What a training tells while it goes on. All of it but the functions is plain data. */

import type { Size } from "../array/shape.ts";
import type { NablaError } from "../base/error.ts";
import type { Range } from "../base/fields.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { Measures } from "./measures.ts";
import type { EpochRecord, JournalEntry } from "./record.ts";
import type { Trained } from "./trained.ts";

/** The first event. */
export interface StartEvent {
  readonly kind: "start";
  readonly rows: { readonly train: number; readonly dev: number };
  /** How many numbers are learned. */
  readonly parameters: number;
  /** The shape of each parameter and buffer by path. */
  readonly shapes: Readonly<Record<string, Size>>;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly seed: number;
  /** Settings that may be changed by `next({ settings })`, and what they are now; `batch` is one of them. */
  readonly settings: Readonly<Record<string, number>>;
  /** What settings may become; any number where nothing is said. See `checkSettings`. */
  readonly ranges: Readonly<Record<string, Range>>;
  /** What the user should know, one sentence each. */
  readonly notices: readonly string[];
  /** Where a resumed training goes on. */
  readonly resumed?: { readonly epoch: number; readonly step: number };
}

/** Now and then within an epoch, at steps that depend on nothing but the number of steps; never at its last one. */
export interface ProgressEvent {
  readonly kind: "progress";
  /** The epoch that is going on, from 1. */
  readonly epoch: number;
  /** Steps done in this epoch, and in all. */
  readonly stepOfEpoch: number;
  readonly step: number;
  /** Rows learned from in this epoch. */
  readonly rowOfEpoch: number;
  /** The mean cost of the epoch so far, penalties included. */
  readonly cost: number;
  readonly rate: number;
  readonly seconds: number;
  /** Where the training stands; valid until the next event is asked for. */
  readonly checkpoint: () => Checkpoint;
}

/** The end of an epoch. */
export interface EpochEvent extends EpochRecord {
  readonly kind: "epoch";
  /** Where the training stands; valid until the next event is asked for. */
  readonly checkpoint: () => Checkpoint;
  /** The model with the best weights so far. */
  readonly trained: () => Trained;
}

/** Why a training ended. */
export type Reason = "epochs" | "time" | "patience" | "diverged" | "stopped";

/** What went wrong when numbers were no longer numbers. */
export interface Failure {
  /** The step that failed, from 1, and its epoch. */
  readonly step: number;
  readonly epoch: number;
  /** The first tensor that is not finite, as `gradient of dense1.weights`. */
  readonly tensor: string;
  /** The last cost that was a number; NaN when there was none. */
  readonly lastCost: number;
  /** The same as an error with a hint, to throw or to print. */
  readonly error: NablaError;
}

/** The last event. */
export interface EndEvent {
  readonly kind: "end";
  readonly reason: Reason;
  readonly history: readonly EpochRecord[];
  /** What was changed on the way and not taken back, a stop too: `train(job, { journal })` does the same once more. */
  readonly journal: readonly JournalEntry[];
  /** The epoch whose weights were kept; undefined when none was finished. */
  readonly best: EpochRecord | undefined;
  /** The model with the best weights. */
  readonly trained: Trained;
  /** The kept weights measured on all training rows, and on all dev rows. */
  readonly train: Measures;
  readonly dev?: Measures;
  readonly epochs: number;
  readonly steps: number;
  readonly seconds: number;
  readonly seed: number;
  readonly failure?: Failure;
}

export type TrainingEvent = StartEvent | ProgressEvent | EpochEvent | EndEvent;

/** What may be sent back: `generator.next({ settings: { rate: 0.01 } })`. It counts from the next batch on. */
export interface Change {
  /**
   * Goes back to where a checkpoint of this training was taken; what was changed since is taken back, journal and all, and a
   * journal that was being replayed is no longer followed.
   */
  readonly restore?: Checkpoint;
  /** New values of settings, by the names in the start event. */
  readonly settings?: Readonly<Record<string, number>>;
  /** Ends the training with the best weights so far. */
  readonly stop?: boolean;
}
