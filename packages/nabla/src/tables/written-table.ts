/** A table as it was written, whichever format its files have, before anything is decided. */
import type { Notice } from "../base/notice.ts";
import type { WrittenColumn } from "../reading/written-column.ts";

/** A column of a file whose cells are no values: lists, maps, bytes. */
export interface UnreadableColumn {
  readonly name: string;
  /** What it holds: "lists of texts". */
  readonly reason: string;
}

/** Rows that follow each other, of one file. */
export interface WrittenRows {
  /** The file, or of several what they are called together. */
  readonly name: string;
  readonly columns: readonly WrittenColumn[];
  readonly rows: number;
  /** How the file is written, in words. */
  readonly form: string;
  /** Columns of the files that are not among `columns`. */
  readonly unreadable: readonly UnreadableColumn[];
  readonly notices: readonly Notice[];
  /** The row of its own file, as a spreadsheet shows it, of a row (from 0). */
  readonly fileRow: (row: number) => number;
}

/** A whole table. */
export interface WrittenTable extends WrittenRows {
  /** The place of a row (from 0) as people find it: `orders.csv, row 12`. */
  readonly placeOf: (row: number) => string;
}
