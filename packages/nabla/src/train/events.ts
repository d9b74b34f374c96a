/**
 * What a training tells while it goes on: plain data, which `structuredClone` and JSON carry as it is, and in which every
 * number is finite. Checkpoints and models are asked of the training itself.
 */
import type { Size } from "../array/shape.ts";
import type { Range } from "../base/range.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { EpochRecord, TrainingRecord } from "./record.ts";

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
  /** Settings that may be changed by `training.change({ settings })`, and what they are now; `batch` is one of them. */
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
}

/** The end of an epoch. */
export interface EpochEvent extends EpochRecord {
  readonly kind: "epoch";
}

/** The last event. */
export interface EndEvent extends TrainingRecord {
  readonly kind: "end";
}

export type TrainingEvent = StartEvent | ProgressEvent | EpochEvent | EndEvent;

/** What may be changed where a training stands: `training.change({ settings: { rate: 0.01 } })`. */
export interface Change {
  /**
   * Goes back to where a checkpoint of this training was taken; what was changed since is undone, journal and all, and a
   * journal that was being replayed is no longer followed.
   */
  readonly restore?: Checkpoint;
  /** New values of settings, by the names in the start event. */
  readonly settings?: Readonly<Record<string, number>>;
  /** Ends the training with the best weights so far. */
  readonly stop?: boolean;
}
