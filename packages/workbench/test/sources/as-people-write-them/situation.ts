/** What may be said about a file, in the words of the command's options. */
export interface SaidOptions {
  readonly target?: string;
  readonly task?: "classification" | "regression";
  readonly ignore?: readonly string[];
  /** Columns that group rows. */
  readonly keys?: readonly string[];
  /** How columns are read, such as `{ zip: "category", when: "date:dmy" }`. */
  readonly columns?: Readonly<Record<string, string>>;
  readonly missing?: readonly string[];
  readonly badCells?: "error" | "missing";
  readonly mergeCase?: boolean;
  readonly encoding?: string;
  readonly delimiter?: string;
  readonly header?: "none" | number;
  readonly sheet?: string;
}

/** A cell as it is meant: dates as ISO text in UTC, times of day as hh:mm or hh:mm:ss, null for a missing one. */
export type Meant = number | string | boolean | null;

/** What must be found in one column. */
export interface WantedColumn {
  readonly as?: "number" | "date" | "time" | "category" | "text";
  /** A kind that it must not be read as. */
  readonly notAs?: "number" | "date" | "time" | "category" | "text";
  /** All rows of the table, in the file's order; booleans stand for either word or number of yes and no. */
  readonly values?: readonly Meant[];
  readonly missing?: number;
  /** In any order. */
  readonly levels?: readonly string[];
  readonly unit?: string;
  readonly use?: "input" | "target" | "dropped";
  /** As `values` writes them. */
  readonly minimum?: number | string;
  readonly maximum?: number | string;
  /** A relative error that numbers may have, where units are converted; default none at all. */
  readonly within?: number;
}

/** A file as someone wrote it, what is said about it, and what must be read. */
export interface Situation {
  readonly name: string;
  /** Content by name. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** Parquet files by name: the SELECT of DuckDB that gives their rows. */
  readonly parquet?: Readonly<Record<string, string>>;
  /** The file, pattern, folder or list that is read; default the first file. */
  readonly read?: string | readonly string[];
  readonly options?: SaidOptions;
  readonly want: {
    readonly columns?: Readonly<Record<string, WantedColumn>>;
    readonly rows?: number;
    /** In any order. */
    readonly classes?: readonly string[];
    readonly task?: "classification" | "regression";
    /** Each matches one notice. */
    readonly notices?: readonly RegExp[];
    /** Each matches a notice, or what the refusal says: for what may be read with a word or refused with one. */
    readonly says?: readonly RegExp[];
    /** None matches a notice. */
    readonly quiet?: readonly RegExp[];
    /** The file is refused; the message is matched together with its hint. */
    readonly error?: { readonly code?: RegExp; readonly message: readonly RegExp[] };
  };
}
