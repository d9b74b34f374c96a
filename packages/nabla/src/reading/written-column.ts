/** Codes of cells that are no texts. */
export const EMPTY_CELL = -1;
/** The code of a cell that holds a plain number. */
export const NUMBER_CELL = -2;

/**
 * One column of a table as it was written, before anything is decided about it. A plain number is digits with at most one
 * point and a sign "-", with an exponent only after a point (1.5e-3), without leading zeros, and exact where it is whole
 * (below 2^53). Everything else is a text: 01067, 1E3, +5, "1,234", true, NA, 2024-05-31; and 2.000, since it may be two
 * thousand. Where the file declares dates, plain numbers are days since 1970.
 */
export interface WrittenColumn {
  readonly name: string;
  readonly rows: number;
  /** float64 [rows]: the value of a plain number, NaN elsewhere. */
  readonly numbers: Float64Array;
  /** [rows]: NUMBER_CELL, EMPTY_CELL or the index of a text; undefined while no cell is a text (then NaN is empty). */
  readonly codes?: Int32Array;
  /** The different texts in the order in which they first occur, trimmed of blanks. */
  readonly texts: readonly string[];
  /** How many cells each text fills. */
  readonly counts: ArrayLike<number>;
  /** How plain numbers are spelled that JavaScript prints otherwise ("1.50"): the first spelling of each value, at most SPELLINGS. */
  readonly spellings: ReadonlyMap<number, string>;
  /** What the file itself says that the column holds, where its format does: JSON strings, Parquet types. */
  readonly declared?: "text" | "number" | "boolean" | "date";
}

/** So many spellings of numbers are kept; a column with more has too many values to be one of classes. */
export const SPELLINGS = 1000;
