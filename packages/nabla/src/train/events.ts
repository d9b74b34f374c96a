/**
 * The events of a training: plain data, which `structuredClone` and JSON carry unchanged, and in which every number is
 * finite. Checkpoints and models come from the training itself.
 */
import type { Size } from "../array/shape.ts";
import type { Range } from "../base/range.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { EpochRecord, TrainingRecord } from "./record.ts";

/** The first event. */
export interface StartEvent {
  readonly kind: "start";
  readonly rows: { readonly train: number; readonly dev: number };
  /** How many parameters are trained. */
  readonly parameters: number;
  /** The shape of each parameter and buffer by path. */
  readonly shapes: Readonly<Record<string, Size>>;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly seed: number;
  /** Settings that may be changed by `training.change({ settings })`, and what they are now; `batch` is one of them. */
  readonly settings: Readonly<Record<string, number>>;
  /** The ranges of settings; a setting without one takes any number. See `checkSettings`. */
  readonly ranges: Readonly<Record<string, Range>>;
  /** Notices for the user, one sentence each. */
  readonly notices: readonly string[];
  /** Where a resumed training continues. */
  readonly resumed?: { readonly epoch: number; readonly step: number };
}

/** Progress within an epoch, at steps that depend on nothing but the number of steps; never at its last one. */
export interface ProgressEvent {
  readonly kind: "progress";
  /** The current epoch, from 1. */
  readonly epoch: number;
  /** Steps done in this epoch, and in total. */
  readonly stepOfEpoch: number;
  readonly step: number;
  /** Rows trained on in this epoch. */
  readonly rowOfEpoch: number;
  /** The mean cost of the epoch so far, penalties included. */
  readonly cost: number;
  readonly rate: number;
  readonly seconds: number;
}

/** The end of an epoch. */
export interface EpochEvent extends EpochRecord {
  readonly kind: "epoch";
}

/** The last event. */
export interface EndEvent extends TrainingRecord {
  readonly kind: "end";
}

/** What `train` gives on the way: plain data, the same in a loop, in a store and in a page. */
export type TrainingEvent = StartEvent | ProgressEvent | EpochEvent | EndEvent;

/** What can be changed between steps: `training.change({ settings: { rate: 0.01 } })`. */
export interface Change {
  /**
   * Goes back to a checkpoint of this training; changes since then are undone and removed from the journal, and a
   * journal that was being replayed is no longer followed.
   */
  readonly restore?: Checkpoint;
  /** New values of settings, by the names in the start event. */
  readonly settings?: Readonly<Record<string, number>>;
  /** Ends the training with the best weights so far. */
  readonly stop?: boolean;
}
