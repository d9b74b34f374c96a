import type { Notice } from "nabla";

/** What a column of a file holds. `text-identifier`, `constant` and `nested` columns teach a network nothing. */
export type ColumnKind = "number" | "category" | "boolean" | "date" | "text-identifier" | "constant" | "nested";

/** What is in one column of a file. */
export interface ColumnProfile {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly use: "input" | "target" | "dropped";
  readonly missing: number;
  /** Exact for categories and the target, within some percent for others. */
  readonly distinct: number;
  /** Of numbers; of dates in days since 1970. */
  readonly minimum?: number;
  readonly maximum?: number;
  readonly mean?: number;
  /** The first few values as they are in the file. */
  readonly examples: readonly string[];
}

/** What a network is to learn, and why that was decided. */
export interface TaskChoice {
  readonly task: "classification" | "regression";
  readonly reason: string;
}

/** What is in a file, and what was made of it. */
export interface Profile {
  /** The file's name without its folder. */
  readonly file: string;
  /** Rows in the file, without the header. */
  readonly rows: number;
  readonly columns: readonly ColumnProfile[];
  readonly target?: string;
  readonly task?: TaskChoice;
  readonly notices: readonly Notice[];
}

/** What to read, and for what. */
export interface ReadOptions {
  /** Target column. */
  readonly target?: string;
  /** Default: decided from the target's values. */
  readonly task?: "classification" | "regression";
  /** The input columns, in this order; default all. */
  readonly columns?: readonly string[];
  /** Columns that are no inputs. */
  readonly ignore?: readonly string[];
  /** Columns that group rows (patients, days, sources): read as they are, and no inputs. */
  readonly keys?: readonly string[];
  /** Whether they are inputs too. */
  readonly keysAsInputs?: boolean;
}
