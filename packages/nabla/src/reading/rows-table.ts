/** Rows that a program gives, as a table, by the readings of a model or by what they hold. */
import type { Cell } from "./cell-reader.ts";
import { decideColumn } from "./decide-column.ts";
import { type DecideCells, type GivenRows, namesIn, type RowColumn, type RowsTable, rowReader } from "./row-reader.ts";
import { writtenColumn } from "./written-cells.ts";
import type { WrittenColumn } from "./written-column.ts";

/**
 * A table of rows such as `{ rooms: 3, heating: "gas", built: new Date(0), garden: true }`. With `columns`, a model's, cells
 * are read as there; without, each column is decided by its cells. A key that a row lacks is a missing value. Throws
 * `data/missing-column` for a column that no row has, `data/not-a-number` and the like with row (from 0) and column.
 */
export function tableFromRows(rows: GivenRows, columns?: readonly RowColumn[]): RowsTable {
  const wanted = columns ?? [...namesIn(rows)].map((name) => ({ name }));
  return rowReader(wanted, decideCells)(rows);
}

/** Decides a column by all of its cells, as those of a file are. */
export const decideCells: DecideCells = (name, cells) =>
  decideColumn(writtenColumn(name, cells, declaredBy(cells))).reading;

/** What the types of cells say: all numbers, so that none of them is a text in dress. */
function declaredBy(cells: readonly Cell[]): WrittenColumn["declared"] {
  const typed = cells.every(
    (cell) => cell === null || cell === undefined || typeof cell === "number" || typeof cell === "bigint",
  );
  return typed ? "number" : undefined;
}
