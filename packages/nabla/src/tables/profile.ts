/** What is in a table, and what was made of it. */
import type { Notice } from "../base/notice.ts";
import type { ColumnReading, WantedColumn } from "../data/column-reading.ts";
import type { Task } from "../data/preparation.ts";
import type { UnitRule } from "../data/unit-rule.ts";
import type { AskedTarget } from "./target-names.ts";

/** What is in one column of a file, and how it is read. */
export interface ColumnProfile {
  readonly name: string;
  /** What its cells are read as; undefined for a column without a single value. */
  readonly as?: ColumnReading["as"];
  /** How it is read in words, such as "numbers with thousands commas, in $". */
  readonly how: string;
  /** Why, where the values alone do not show it. */
  readonly why?: string;
  readonly use: "input" | "target" | "key" | "weight" | "dropped";
  /** Why it is no input, and the option that makes it one. */
  readonly reason?: string;
  readonly missing: number;
  readonly distinct: number;
  /** Of numbers in the column's unit, of dates in days since 1970, of times in parts of the day. */
  readonly minimum?: number;
  /** The largest value; absent for texts and categories. */
  readonly maximum?: number;
  /** Both in the column's terms: `2022-01-03 to 2024-12-30`. */
  readonly range?: string;
  /** The number of levels, and the most frequent ones first, some twenty at most. */
  readonly levels?: { readonly count: number; readonly first: readonly string[] };
  /** The unit that numbers are written with. */
  readonly unit?: string;
  /** The first few values as they are in the file. */
  readonly examples: readonly string[];
}

/** What a network is to learn, and why that was decided. */
export interface TaskChoice {
  readonly task: Task;
  readonly reason: string;
  /** What each of several targets is. */
  readonly targets?: readonly { readonly name: string; readonly reason: string }[];
}

/** What is in a file, and what was made of it. */
export interface Profile {
  /** The file's name without its folder. */
  readonly file: string;
  /** How the file is written, such as "CSV, separated by ;". */
  readonly form?: string;
  /** Rows in the file, without the header. */
  readonly rows: number;
  readonly columns: readonly ColumnProfile[];
  /** The target column; absent where none was named. */
  readonly target?: string;
  /** What is to be learned of the target; absent without one. */
  readonly task?: TaskChoice;
  readonly notices: readonly Notice[];
}

/** What to read, and for what. */
export interface SurveyOptions {
  /** Target column, or several; none by default. */
  readonly target?: AskedTarget;
  /** Default: decided from the target's values. */
  readonly task?: Task;
  /** The input columns, in this order; default all that teach something. */
  readonly inputs?: readonly string[];
  /** The columns that a model takes, read as it reads them, or all of them as they are; no model by default. */
  readonly wanted?: readonly WantedColumn[] | "all";
  /** What columns hold, by name, such as `{ zip: "category", when: "date:dmy" }`. By default their cells decide. */
  readonly columns?: { readonly [name: string]: string };
  /**
   * Which numbers of a column are in another unit than the rest, and how they are converted. By default all are in
   * one.
   */
  readonly units?: { readonly [name: string]: UnitRule };
  /** Words that mean a missing value, in a column alone as `age=99`, besides those that are known; [""] keeps every word as a value. Default: no others. */
  readonly missing?: readonly string[];
  /** What becomes of a cell that is not what its column holds; default an error that names it. */
  readonly badCells?: "error" | "missing";
  /** Whether levels that differ only in case, spaces or a final period are one. Default no. */
  readonly mergeCase?: boolean;
  /** Columns that are no inputs; none by default. */
  readonly ignore?: readonly string[];
  /** Columns that group rows (patients, days, sources): read as they are, and no inputs. None by default. */
  readonly keys?: readonly string[];
  /** The column that says how much each row counts; no input. By default all rows count alike. */
  readonly weight?: string;
  /** Whether they are inputs too; not by default. */
  readonly keysAsInputs?: boolean;
}
