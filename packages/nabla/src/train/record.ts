import type { Measures } from "./measures.ts";

/** What is recorded of an epoch. */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  /** Steps done in all. */
  readonly step: number;
  /** The mean cost over the epoch's batches, penalties included, weighted by rows. */
  readonly cost: number;
  /** Measured behind the epoch, without dropout or penalties, on a fixed sample of the training rows. */
  readonly train: Measures;
  /** Measured behind the epoch on all dev rows; absent without a dev part. */
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
