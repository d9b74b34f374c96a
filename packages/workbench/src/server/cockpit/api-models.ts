/** What pages ask about models, and what they are answered. */
import type { RowEntry } from "../try-page.ts";
import type { RunLine } from "./api.ts";

/** A model as its page shows it. */
export interface ModelDetails {
  readonly target: string;
  readonly task: string;
  /** The fields of a row; empty for images. */
  readonly entries: readonly RowEntry[];
  /** Height, width and channels of its images; absent for tables. */
  readonly image?: readonly number[];
  /** Why single rows cannot be asked here; absent where they can. */
  readonly refused?: string;
}

/** What the server knows of a model without opening it. */
export interface ModelLine {
  readonly line: RunLine;
  readonly folder: string;
  /** Rows of the test part, and how often it was opened. */
  readonly testRows: number;
  readonly testEvaluations: number;
  /** The same for runs that share data, target and parts, so that they can be compared. */
  readonly parts: string;
}

/** A format that models are exported to. */
export interface ExportFormat {
  readonly name: string;
  readonly about: string;
}

/** What a model answers to a row. */
export interface AnsweredRow {
  /** The target, or each of several. */
  readonly targets: readonly {
    readonly name: string;
    readonly prediction: string;
    /** The likeliest first; empty for numbers. */
    readonly probabilities: readonly (readonly [name: string, probability: number])[];
  }[];
  /** Levels that training has never seen, by column. */
  readonly unknown: readonly (readonly [column: string, level: string])[];
  /** What moved it from the mean of other rows; absent for images and several targets. */
  readonly moved?: {
    readonly output: string;
    readonly base: number;
    readonly value: number;
    readonly shares: readonly { readonly column: string; readonly by: number }[];
  };
}

/** Models beside each other on the same dev rows. */
export interface ComparedModels {
  readonly rows: number;
  /** What decides on dev: its name. */
  readonly measure: string;
  readonly models: readonly {
    readonly run: string;
    /** What decides, in words: `93.1%`, `5.2 kg`. */
    readonly value: string;
    /** Of numbers, in the target's unit; absent for classes. */
    readonly rmse?: number;
    /** By how much it is behind the best, with 95%, and whether that is more than chance; absent for the best. */
    readonly behind?: { readonly by: string; readonly range: string; readonly sure: boolean };
  }[];
}

/** The test part, opened. */
export interface OpenedTest {
  readonly rows: number;
  readonly error: number;
  readonly from: number;
  readonly to: number;
  /** Of numbers; absent for classes. */
  readonly rmse?: number;
  readonly baseline: number;
  readonly testEvaluations: number;
}

/** A row that a network was asked about: its cells by the names of the header. */
export interface LookedRow {
  readonly cells: readonly (string | number)[];
  /** The picture, as an address that holds it; absent for tables. */
  readonly picture?: string;
}

/** Rows under one header: the answer, the truth, then the columns as they were read. */
export interface LookedRows {
  readonly header: readonly string[];
  readonly rows: readonly LookedRow[];
  /** How many there are, those that are not shown among them. */
  readonly total: number;
}

/** What a network gets wrong of the rows that it did not learn. */
export interface ErrorsOfRun {
  readonly rows: number;
  /** Of classes: row by row of the truth, how many were taken for each; absent for numbers. */
  readonly confusion?: { readonly classes: readonly string[]; readonly counts: readonly (readonly number[])[] };
  /** Of numbers: truth and prediction of some rows; absent for classes. */
  readonly pairs?: readonly (readonly [truth: number, prediction: number])[];
  readonly worst: LookedRows;
}

/** What a threshold of two classes finds. */
export interface ThresholdPoint {
  /** Rows whose probability of the positive class is this or more are taken for it. */
  readonly threshold: number;
  /** Rows of the class that are, and others that are. */
  readonly hits: number;
  readonly falseAlarms: number;
}

/** Thresholds of a model of two classes over rows that it did not learn. */
export interface ThresholdsOfRun {
  readonly rows: number;
  /** The class that is to be found. */
  readonly positive: string;
  /** Rows of it, and the others. */
  readonly positives: number;
  readonly negatives: number;
  /** Down from the highest probability; evenly thinned where there are many, but for what is the cheapest at some price. */
  readonly points: readonly ThresholdPoint[];
  /** The one in the model; absent where the likelier class is the answer. */
  readonly saved?: number;
  /** The one that was saved last and can be undone; absent where none can. */
  readonly undo?: number;
}
