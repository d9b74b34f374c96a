/** Reads rows that a program gives, again and again, by the readings of a model. */
import { NablaError } from "../base/error.ts";
import { listing, nearest } from "../base/text.ts";
import type { ColumnReading } from "../data/column-reading.ts";
import { type Column, numberColumn, type Table, table } from "../data/table.ts";
import { type Cell, numberCellReader } from "./cell-reader.ts";
import { columnFrom, levelReader, type ReadColumn } from "./column-from.ts";
import type { CellFault } from "./decision.ts";
import { faultError } from "./fault-error.ts";
import { writtenColumn } from "./written-cells.ts";

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

/** Rows by the names of their columns. */
export type GivenRows = readonly Readonly<Record<string, unknown>>[];

/** What a column is read as that comes without a reading. */
export type DecideCells = (name: string, cells: readonly Cell[]) => ColumnReading;

/**
 * Reads rows again and again by a model's columns, with what that takes made once. Throws `data/missing-column` for a column
 * that no row has, `data/not-a-number` and the like with row (from 0) and column.
 */
export function rowReader(columns: readonly RowColumn[], decide: DecideCells): (rows: GivenRows) => RowsTable {
  const readers = columns.map((column) => [column.name, columnReader(column, decide)] as const);
  return (rows) => {
    const names = namesIn(rows);
    const read = readers.map(([column, readFrom]): readonly [string, ReadColumn] => [column, readFrom(rows, names)]);
    const unseen = read.flatMap(([column, { unseen: levels }]) => (levels.length === 0 ? [] : [{ column, levels }]));
    const found: readonly Column[] = read.map(([, { column }]) => column);
    return { ...table(found), rows: rows.length, unseen };
  };
}

/** The names of the columns that any row has. */
export function namesIn(rows: GivenRows): ReadonlySet<string> {
  const names = new Set<string>();
  for (const row of rows) for (const name of Object.keys(row)) names.add(name);
  return names;
}

/** Reads one column of rows that have these names. */
function columnReader(
  { name, reading, levels }: RowColumn,
  decide: DecideCells,
): (rows: GivenRows, names: ReadonlySet<string>) => ReadColumn {
  const known = reading ?? (levels === undefined ? undefined : { as: "category" as const });
  const kept = known === undefined ? undefined : cellsReader(name, known, levels);
  return (rows, names) => {
    if (!names.has(name) && rows.length > 0) throw missingColumn(name, names);
    const cells = rows.map((row, i) => cellOf(row[name], name, i));
    const own = known ?? decide(name, cells);
    const result = (kept ?? cellsReader(name, own, levels))(cells);
    const error = faultError(result.faults, { column: name, reading: own });
    if (error === undefined) return result;
    throw new NablaError(error.code, error.sentence, "correct the cell, or give null for a missing value");
  };
}

function missingColumn(name: string, names: ReadonlySet<string>): NablaError {
  const near = listing(nearest(name, [...names]));
  const hint = names.size === 0 ? "the rows have no keys" : `the nearest names are ${near}`;
  return new NablaError("data/missing-column", `no row has a "${name}"`, hint);
}

/** Reads cells as their types have them: 81.382 is no text whose point may divide thousands. */
function cellsReader(
  name: string,
  reading: ColumnReading,
  levels: readonly string[] | undefined,
): (cells: readonly Cell[]) => ReadColumn {
  if (reading.as === "category" && levels !== undefined) {
    const read = levelReader(reading, levels);
    return (cells) => read(writtenColumn(name, cells));
  }
  if (reading.as === "category" || reading.as === "text")
    return (cells) => columnFrom(writtenColumn(name, cells), reading, levels === undefined ? {} : { levels });
  const readCell = numberCellReader(reading);
  return (cells) => {
    const values = new Float64Array(cells.length);
    const faults: CellFault[] = [];
    for (const [row, cell] of cells.entries()) {
      const value = readCell(cell);
      values[row] = value ?? Number.NaN;
      if (value === undefined) faults.push({ text: String(cell), count: 1, row });
    }
    return { column: { ...numberColumn(name, values), reading }, faults, unseen: [] };
  };
}

function cellOf(value: unknown, name: string, row: number): Cell {
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
