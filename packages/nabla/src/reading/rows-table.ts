/** Rows that a program gives, as a table, by the readings of a model or by what they hold. */
import { NablaError } from "../base/error.ts";
import { listing, nearest } from "../base/text.ts";
import type { ColumnReading } from "../data/column-reading.ts";
import { type Column, numberColumn, type Table, table } from "../data/table.ts";
import { type Cell, numberCellReader } from "./cell-reader.ts";
import { columnFrom, type ReadColumn } from "./column-from.ts";
import { decideColumn } from "./decide-column.ts";
import { faultError } from "./fault-error.ts";
import { writtenColumn } from "./written-cells.ts";
import type { WrittenColumn } from "./written-column.ts";

/** A column that rows must have, and how it is read. */
export interface RowColumn {
  readonly name: string;
  /** Left out, a category where there are levels, and else as the cells show it. */
  readonly reading?: ColumnReading;
  /** The levels of a model, whose codes stay as they are. */
  readonly levels?: readonly string[];
}

/** A table of rows, with the levels that the model has never seen. */
export interface RowsTable extends Table {
  readonly unseen: readonly { readonly column: string; readonly levels: ReadColumn["unseen"] }[];
}

/**
 * A table of rows such as `{ rooms: 3, heating: "gas", built: new Date(0), garden: true }`. With `columns`, a model's, cells
 * are read as there; without, each column is decided by its cells. A key that a row lacks is a missing value. Throws
 * `data/missing-column` for a column that no row has, `data/not-a-number` and the like with row (from 0) and column.
 */
export function tableFromRows(
  rows: readonly Readonly<Record<string, unknown>>[],
  columns?: readonly RowColumn[],
): RowsTable {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const wanted = columns ?? names.map((name) => ({ name }));
  const read = wanted.map((column): readonly [string, ReadColumn] => [column.name, readFrom(rows, column, names)]);
  const unseen = read.flatMap(([column, { unseen: levels }]) => (levels.length === 0 ? [] : [{ column, levels }]));
  const found: readonly Column[] = read.map(([, { column }]) => column);
  return { ...table(found), rows: rows.length, unseen };
}

function readFrom(
  rows: readonly Readonly<Record<string, unknown>>[],
  { name, reading, levels }: RowColumn,
  names: readonly string[],
): ReadColumn {
  if (!names.includes(name) && rows.length > 0) {
    const hint =
      names.length === 0 ? "the rows have no keys" : `the nearest names are ${listing(nearest(name, names))}`;
    throw new NablaError("data/missing-column", `no row has a "${name}"`, hint);
  }
  const cells = rows.map((row, i) => cellOf(row[name], { name, row: i }));
  const known =
    reading ??
    (levels === undefined
      ? decideColumn(writtenColumn(name, cells, declaredBy(cells))).reading
      : { as: "category" as const });
  const result = readCells(name, cells, { reading: known, ...(levels === undefined ? {} : { levels }) });
  const error = faultError(result.faults, { column: name, reading: known });
  if (error !== undefined)
    throw new NablaError(error.code, error.sentence, "correct the cell, or give null for a missing value");
  return result;
}

/** Cells as their types have them: 81.382 is no text whose point may divide thousands. */
function readCells(
  name: string,
  cells: readonly Cell[],
  { reading, levels }: { readonly reading: ColumnReading; readonly levels?: readonly string[] },
): ReadColumn {
  if (reading.as === "category" || reading.as === "text")
    return columnFrom(writtenColumn(name, cells), reading, levels === undefined ? {} : { levels });
  const read = cells.map(numberCellReader(reading));
  const faults = read.flatMap((value, row) =>
    value === undefined ? [{ text: String(cells[row]), count: 1, row }] : [],
  );
  const values = Float64Array.from(read, (value) => value ?? Number.NaN);
  return { column: { ...numberColumn(name, values), reading }, faults, unseen: [] };
}

function cellOf(value: unknown, { name, row }: { readonly name: string; readonly row: number }): Cell {
  if (value === null || value === undefined || value instanceof Date) return value;
  if (typeof value === "string" || typeof value === "number" || typeof value === "bigint" || typeof value === "boolean")
    return value;
  const found = Array.isArray(value) ? "a list" : typeof value === "object" ? "an object" : `a ${typeof value}`;
  throw new NablaError(
    "data/not-a-cell",
    `row ${row}, column ${name}: expected a number, a text, a truth value, a date or null, found ${found}`,
    "give one value a column",
  );
}

/** What the types of cells say: all numbers, so that none of them is a text in dress. */
function declaredBy(cells: readonly Cell[]): WrittenColumn["declared"] {
  const typed = cells.every(
    (cell) => cell === null || cell === undefined || typeof cell === "number" || typeof cell === "bigint",
  );
  return typed ? "number" : undefined;
}
