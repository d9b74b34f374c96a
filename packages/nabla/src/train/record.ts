/** What is recorded of a training: plain data in which every number is finite, and how it is read again. */
import {
  byName,
  type FieldReaders,
  flag,
  number,
  optional,
  orNull,
  type Reader,
  record,
  text,
  whole,
  word,
} from "../base/reader.ts";
import type { Measures, TargetMeasures } from "./measures.ts";

/** What is recorded of an epoch. */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  /** Steps done in all. */
  readonly step: number;
  /** The mean cost over the epoch's batches, penalties included, weighted by rows. */
  readonly cost: number;
  /** Measured after the epoch, without dropout or penalties, on a fixed sample of the training rows. */
  readonly train: Measures;
  /** Measured after the epoch on all dev rows; absent without a dev set. */
  readonly dev?: Measures;
  readonly rate: number;
  /** Whether this is the best epoch so far: lowest dev error, of equal ones the lowest dev cost. */
  readonly best: boolean;
  readonly seconds: number;
}

/** Settings that were changed on the way: they count from the step behind `step` on. */
export interface JournalEntry {
  /** Steps done before the change. */
  readonly step: number;
  readonly settings: Readonly<Record<string, number>>;
  /** Where the training was told to stop, or its time was up: then the epoch ended there and was measured. */
  readonly end?: "stopped" | "time";
}

/** Why a training can end. */
export const REASONS = ["epochs", "time", "patience", "diverged", "stopped"] as const;

/** Why a training ended. */
export type Reason = (typeof REASONS)[number];

/** What went wrong when numbers were no longer numbers. */
export interface Failure {
  /** The step that failed, from 1, and its epoch. */
  readonly step: number;
  readonly epoch: number;
  /** The first tensor that is not finite, as `gradient of dense1.weights`. */
  readonly tensor: string;
  /** The last cost that was a number; null when there was none. */
  readonly lastCost: number | null;
  /** The same in a sentence, and what to do about it. */
  readonly message: string;
  readonly hint: string;
}

/** What a training came to, but for its epochs and changes. */
export interface TrainingSummary {
  readonly reason: Reason;
  /** The epoch whose weights were saved; absent when none was finished. */
  readonly best?: EpochRecord;
  /** The saved weights measured on all training rows, and on all dev rows; null where that gave no finite numbers. */
  readonly train: Measures | null;
  readonly dev?: Measures | null;
  readonly epochs: number;
  readonly steps: number;
  readonly seconds: number;
  readonly seed: number;
  readonly failure?: Failure;
}

/** A finished training. */
export interface TrainingRecord extends TrainingSummary {
  readonly history: readonly EpochRecord[];
  /** What was changed while training and not undone, a stop too: `train(job, { journal })` does the same once more. */
  readonly journal: readonly JournalEntry[];
}

const measured = { cost: number, error: number, mistake: number };
const measures = record<Measures>({
  ...measured,
  rows: whole,
  targets: optional(byName(record<TargetMeasures>(measured))),
});

/** Reads an epoch. Throws `record/field`. */
export const readEpoch: Reader<EpochRecord> = record<EpochRecord>({
  epoch: whole,
  step: whole,
  cost: number,
  train: measures,
  dev: optional(measures),
  rate: number,
  best: flag,
  seconds: number,
});

/** Reads a line of a journal. Throws `record/field`. */
export const readJournalEntry: Reader<JournalEntry> = record<JournalEntry>({
  step: whole,
  settings: byName(number),
  end: optional(word(["stopped", "time"])),
});

const failure = record<Failure>({
  step: whole,
  epoch: whole,
  tensor: text,
  lastCost: orNull(number),
  message: text,
  hint: text,
});

/** The fields of a summary, for records that hold more. */
export const summaryFields: FieldReaders<TrainingSummary> = {
  reason: word(REASONS),
  best: optional(readEpoch),
  train: orNull(measures),
  dev: optional(orNull(measures)),
  epochs: whole,
  steps: whole,
  seconds: number,
  seed: whole,
  failure: optional(failure),
};
