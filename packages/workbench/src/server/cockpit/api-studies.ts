/** What pages ask about studies, and what they are answered. */
import type { AxisImportance, SearchBox } from "nabla/tune";

/** A study as a row of the list. */
export interface StudyLine {
  readonly name: string;
  /** ISO 8601 in UTC. */
  readonly created: string;
  readonly updated: string;
  readonly status: string;
  /** The data that it learned from. */
  readonly file: string;
  readonly task: string;
  readonly target: string;
  /** Trials that are wanted, and those of them that came to an end, or are trained now. */
  readonly wanted: number;
  readonly done: number;
  readonly pruned: number;
  readonly failed: number;
  readonly running: number;
  /** Whether its errors are shares, which are told in percent; those of an RMSE are in the unit of the target. */
  readonly isShare: boolean;
  /** Each trial that was better than all before, with its error. */
  readonly improvements: readonly (readonly [trial: number, error: number])[];
}

/** A hyperparameter that is searched. */
export interface StudyAxis {
  readonly path: string;
  /** Places along it that are named: from 0 to 1. */
  readonly ticks: readonly (readonly [unit: number, text: string])[];
}

/** A trial of a study. */
export interface StudyTrial {
  readonly number: number;
  readonly status: string;
  /** Absent where it has none yet. */
  readonly error?: number;
  /** Why it ended, where that needs a reason; absent for others. */
  readonly reason?: string;
  /** Absent until it has ended. */
  readonly seconds?: number;
  /** Absent until it has ended. */
  readonly epochs?: number;
  /** Where it lies on each axis, from 0 to 1; null where the axis means nothing for it. */
  readonly units: readonly (number | null)[];
  /** Its values by axis, as texts. */
  readonly texts: readonly string[];
  /** Dev errors on the way, thinned. */
  readonly errors: readonly number[];
}

/** The box that trials were drawn from, from one of them on. */
export interface StudyBox extends SearchBox {
  /** The same as values, of the hyperparameters that it narrows. */
  readonly texts: Readonly<Record<string, string>>;
}

/** A training of a study on the line of who trained it; seconds count from the first of them. */
export interface StudyBar {
  readonly number: number;
  /** 0 for the trial itself, more for a finalist with another seed. */
  readonly repeat: number;
  readonly status: string;
  readonly from: number;
  /** Of one that is trained now the present. */
  readonly to: number;
}

/** What one thread trained, one after the other. */
export interface StudyLane {
  readonly worker: string;
  readonly bars: readonly StudyBar[];
}

/** A study in full. */
export interface StudyDetails {
  readonly line: StudyLine;
  /** What its error is. */
  readonly errorName: string;
  readonly axes: readonly StudyAxis[];
  readonly trials: readonly StudyTrial[];
  /** The boxes that trials were drawn from, the first first, by axis. */
  readonly boxes: readonly StudyBox[];
  /** Who trained what when; empty where nobody noted it, as in studies of earlier versions. */
  readonly lanes: readonly StudyLane[];
  readonly notices: readonly string[];
  readonly facts: readonly (readonly [name: string, text: string])[];
  /** The run of its model; absent where it handed over none. */
  readonly run?: string;
  /** The space as YAML, and the command that goes on. */
  readonly space: string;
  readonly command: string;
}

/** How the error depends on one hyperparameter, averaged over the others. */
export interface StudySlice {
  readonly path: string;
  readonly curve: readonly {
    readonly unit: number;
    readonly value: number;
    readonly from: number;
    readonly to: number;
  }[];
}

/** The error expected over two hyperparameters: rows by the first, columns by the second. */
export interface StudyContour {
  readonly paths: readonly [string, string];
  readonly values: readonly (readonly number[])[];
}

/** What trials show of the hyperparameters. */
export interface StudyShows {
  /** The most important first; empty where there are too few trials. */
  readonly importance: readonly AxisImportance[];
  readonly slices: readonly StudySlice[];
  /** Of the two that matter most; absent where there are not two. */
  readonly contour?: StudyContour;
}
