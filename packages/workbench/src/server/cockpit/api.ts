/** What the pages of `nabla ui` ask its server, and what it answers: plain data, JSON on the way. */
import type { RunStatus } from "../../store/run.ts";

/** Something that people should hear of a run, wherever in the pages they are. */
export interface RunNews {
  readonly run: string;
  /** The status that it came to, or what its curves show. */
  readonly kind: string;
  readonly text: string;
}

/** What a cell of the table holds; null where a number is not finite, or nothing was measured. */
export type RunCell = string | number | boolean | null;

/** A run as a row of the table. */
export interface RunLine {
  readonly id: string;
  readonly name: string;
  /** ISO 8601 in UTC. */
  readonly created: string;
  readonly updated: string;
  readonly status: RunStatus | "diverged" | "changed";
  /** The data that it learned from, and their SHA-256. */
  readonly file: string;
  readonly sha256: string;
  readonly task: string;
  readonly target: string;
  /** The run that led to it; absent where none did. */
  readonly parent?: string;
  /** The study whose trial it trained again; absent for any other. */
  readonly study?: string;
  /** Absent where nothing was noted. */
  readonly notes?: string;
  readonly tags: readonly string[];
  readonly archived: boolean;
  readonly deleted: boolean;
  /** The same for runs of one data and one setting that differ in their seed alone. */
  readonly setting: string;
  /** Whether it is what the experiment says, by the names that people use. */
  readonly settings: Readonly<Record<string, RunCell>>;
  /** The best epoch's while it trains, the saved weights' afterwards. */
  readonly measures: Readonly<Record<string, RunCell>>;
  /** The measure that decides, by its column: `dev.error`, `dev.f1`. */
  readonly decides: DecidingColumn;
}

/** A column by which runs are compared. */
export interface DecidingColumn {
  readonly name: string;
  readonly better: "less" | "more";
  /** Whether its numbers are shares, which are told in percent. */
  readonly isShare: boolean;
}

/** Several seeds of one setting as one row. */
export interface SeedGroup {
  /** The latest of them, which stands for what they have in common. */
  readonly line: RunLine;
  readonly ids: readonly string[];
  /** Mean and standard deviation (of a sample, n - 1) of each measure over those that have it. */
  readonly spread: Readonly<
    Record<string, { readonly mean: number; readonly deviation: number; readonly runs: number }>
  >;
}

/** Which runs are looked at. */
export type RunView = "active" | "archived" | "deleted";

/** What rows can be put together by. */
export type RunGrouping = "data" | "study";

/** Rows that belong together: those of one target in one data, or of one study. */
export interface RunHeading {
  /** Names it in the address. */
  readonly key: string;
  readonly title: string;
  /** Rows that the filter leaves of it, which are not in the page while it is closed. */
  readonly rows: number;
  readonly isClosed: boolean;
  /** The best of its runs by the measure that decides most of them; absent where none has it. */
  readonly best?: { readonly run: string; readonly column: DecidingColumn; readonly value: number };
}

/** What the table is asked with; in the address each is one parameter. */
export interface RunQuery {
  /** As the filter of the page is written. Default: all runs of the view. */
  readonly filter?: string;
  /** A column, with "-" before it the largest first. Default "-created". */
  readonly sort?: string;
  /** Default "active". */
  readonly view?: RunView;
  /** Whether runs that differ in their seed alone are one row. */
  readonly seeds?: boolean;
  /** Default: no groups. */
  readonly group?: RunGrouping;
  /** Keys of groups whose rows are left out; default none. */
  readonly closed?: readonly string[];
  /** The first row, from 0, which is the default. */
  readonly from?: number;
  /** Rows at most; default 100. */
  readonly count?: number;
}

/** A part of the table. */
export interface RunPage {
  /** Runs of the view, and rows that the filter leaves of them. */
  readonly total: number;
  readonly rows: number;
  readonly groups: readonly SeedGroup[];
  /** Names of settings and measures that any run of the view has. */
  readonly settings: readonly string[];
  readonly measures: readonly string[];
  /** Settings whose values are not all alike among the rows that the filter leaves. */
  readonly differing: readonly string[];
  /** The measures that decide runs of the view, the most frequent first. */
  readonly decides: readonly DecidingColumn[];
  /** The groups in their order, of which the rows follow each other; empty where none were wanted. */
  readonly headings: readonly RunHeading[];
}

/** What curves are drawn over. */
export type CurveAxis = "epoch" | "step" | "seconds";

/** A line of one run. The server keeps the first, last, smallest and largest value of each pixel, so no spike is lost. */
export interface RunCurve {
  readonly run: string;
  readonly measure: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** The exponentially weighted average with bias correction, over all epochs. */
  readonly smooth?: { readonly x: readonly number[]; readonly y: readonly number[] };
  /** Where there is no finite number. */
  readonly bad: readonly number[];
}

/** Something that happened to a run, on its line. */
export interface CurveMark {
  readonly run: string;
  readonly x: number;
  readonly kind: "best" | "change" | "diverged";
  readonly text: string;
}

/** Curves of several runs. */
export interface RunCurves {
  readonly curves: readonly RunCurve[];
  readonly marks: readonly CurveMark[];
  /** Runs that were asked for and are not there. */
  readonly missing: readonly string[];
}

/** Why something was not done. */
export interface RefusedRequest {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hint?: string;
    /** What leads to the option at fault; absent where none is. */
    readonly keys?: readonly (string | number)[];
  };
}

/** What the page needs to know of its server. */
export interface CockpitFacts {
  /** The store, without its password. */
  readonly store: string;
  readonly version: string;
  readonly readOnly: boolean;
}

/** An error as a bar: from what it is compared with to what was measured, with the 95% interval of the latter. */
export interface VerdictBar {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Absent where its rows allow none. */
  readonly interval?: { readonly from: number; readonly to: number };
}

/** Something to try after a run. */
export interface ProposedChange {
  readonly code: string;
  readonly because: string;
  readonly description: string;
  /** The same as options of the command; empty where none says it. */
  readonly options: string;
  /** Whether the server can start it; what changes the data itself it cannot. */
  readonly canStart: boolean;
}

/** A run in full. */
export interface RunDetails {
  readonly line: RunLine;
  /** The runs that led to it, the first first, and those that it led to. */
  readonly ancestors: readonly RunLine[];
  readonly children: readonly RunLine[];
  /** What its error is: of classes or 1 - R². */
  readonly errorName: string;
  readonly facts: readonly (readonly [name: string, text: string])[];
  /** Absent where nothing was measured on dev. */
  readonly verdict?: {
    readonly word: string;
    readonly sentence: string;
    readonly bars: readonly VerdictBar[];
    readonly errors: { readonly train: number; readonly dev: number; readonly human: number };
  };
  readonly recipe: readonly ProposedChange[];
  /** Whether it trains and takes commands. */
  readonly live: boolean;
  readonly resumable: boolean;
  readonly hasModel: boolean;
  /** Whether its model decides between two classes, which a threshold may do. */
  readonly decides: boolean;
  /** What was found about its data before the first step, as leaks, drift and duplicates; empty in runs of earlier versions. */
  readonly warnings: readonly {
    readonly severity: "warning" | "advice";
    readonly message: string;
    readonly hint: string;
  }[];
  /** The text of an experiment.yaml, and the command that trains it. */
  readonly experiment: string;
  readonly command: string;
}

/** The settings of a training that may be changed now. */
export interface LiveSettings {
  readonly paused: boolean;
  readonly step: number;
  readonly summary: string;
  readonly settings: readonly LiveSetting[];
}

/** One of them, with the numbers that it may be. */
export interface LiveSetting {
  readonly name: string;
  readonly value: number;
  /** Absent, as each of the ends, where there is no such end. */
  readonly above?: number;
  /** The least; absent where there is none. */
  readonly atLeast?: number;
  /** Absent where there is no such end. */
  readonly below?: number;
  /** The most; absent where there is none. */
  readonly atMost?: number;
  readonly whole: boolean;
}
