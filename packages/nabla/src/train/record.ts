/** The record of a training: plain data in which every number is finite, and how it is parsed. */
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

/** The record of an epoch. */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  /** Steps done in total. */
  readonly step: number;
  /** The mean cost over the epoch's batches, penalties included, weighted by rows. */
  readonly cost: number;
  /** Evaluated after the epoch, without dropout or penalties, on a fixed sample of the training rows. */
  readonly train: Measures;
  /** Evaluated after the epoch on all dev rows; absent without a dev set. */
  readonly dev?: Measures;
  readonly rate: number;
  /** Whether this is the best epoch so far, by the job's `selection`. */
  readonly best: boolean;
  readonly seconds: number;
}

/** Settings that were changed during training: they apply to the steps after `step`. */
export interface JournalEntry {
  /** Steps done before the change. */
  readonly step: number;
  readonly settings: Readonly<Record<string, number>>;
  /** Whether the training was stopped here, or its time was up: then the epoch ended here and was evaluated. */
  readonly end?: "stopped" | "time";
}

/** The reasons why a training can end. */
export const REASONS = ["epochs", "time", "patience", "diverged", "stopped"] as const;

/** Why a training ended. */
export type Reason = (typeof REASONS)[number];

/** Diagnosis of a training whose numbers became NaN or infinite, or whose weights ended worse than a constant answer. */
export interface Failure {
  /** The step that failed, from 1, and its epoch. */
  readonly step: number;
  readonly epoch: number;
  /** The first tensor that is not finite, as `gradient of dense1.weights`; `cost` where numbers stayed finite and ran away. */
  readonly tensor: string;
  /** The last finite cost; null when there was none. */
  readonly lastCost: number | null;
  /** The same in a sentence, and how to fix it. */
  readonly message: string;
  readonly hint: string;
}

/** The results of a training, except its epochs and changes. */
export interface TrainingSummary {
  readonly reason: Reason;
  /** The epoch whose weights were saved; absent when no epoch was finished, or all ran away. */
  readonly best?: EpochRecord;
  /** The saved weights evaluated on all training rows, and on all dev rows; null where that gave no finite numbers. */
  readonly train: Measures | null;
  /** Measures on dev; absent or null where there is none. */
  readonly dev?: Measures | null;
  readonly epochs: number;
  readonly steps: number;
  readonly seconds: number;
  readonly seed: number;
  /** Why it broke off; absent where it did not. */
  readonly failure?: Failure;
}

/** A finished training. */
export interface TrainingRecord extends TrainingSummary {
  readonly history: readonly EpochRecord[];
  /** Changes made while training and not undone, including a stop: `train(job, { journal })` repeats them. */
  readonly journal: readonly JournalEntry[];
}

const measured = { cost: number, error: number, mistake: number };
const measures = record<Measures>({
  ...measured,
  rows: whole,
  deciding: optional(number),
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
