import type { DuckDBDataChunk } from "@duckdb/node-api";
import { type Column, NablaError, ndarray, type Source, type Table } from "nabla";
import { type Expectation, firstFault, wrongSql } from "./cell-faults.ts";
import { daysSql, filled, numberSql, textSql } from "./cells.ts";
import { dataFile } from "./data-file.ts";
import { database, itemsOf } from "./database.ts";
import { type Relation, relation, type StoredColumn } from "./relation.ts";
import { columnNamed } from "./survey.ts";

/** A column that a model expects. A number column also takes dates, as days since 1970. */
export interface ExpectedColumn {
  readonly name: string;
  readonly kind: "number" | "category";
  /** The classes of a target: where they are numbers, `3.0` in the file is the class `3`. */
  readonly levels?: readonly string[];
}

export interface ScanOptions {
  readonly columns: readonly ExpectedColumn[];
  /** Read too where given; rows without one stay, with a missing value. */
  readonly target?: ExpectedColumn;
  /** Rows in a chunk, but for the last; default 8,192. */
  readonly chunkRows?: number;
}

/** Tables of a few thousand rows each, in the file's order; what one needs of memory does not grow with the file. */
export interface Scan extends Source {
  /** Columns of the file that were not requested. */
  readonly extra: readonly string[];
  /** The row of the file, as a spreadsheet shows it, of a row of all tables together (from 0). */
  readonly fileRow: (row: number) => Promise<number>;
}

const CHUNK_ROWS = 8192;

/**
 * Opens a file to be read in chunks with the columns a model expects, in any order in the file. The levels of a category
 * in a chunk are those that occur in it. Throws `files/…` and `data/…`, at once for `data/missing-column` (named, with
 * the nearest names), while reading for a cell of the wrong kind (`data/not-a-number` with its row).
 */
export async function scan(path: string, { columns, target, chunkRows = CHUNK_ROWS }: ScanOptions): Promise<Scan> {
  const file = await dataFile(path);
  await using db = await database();
  const source = await relation(db, file);
  const expected = target === undefined ? columns : [...columns, target];
  const readers = expected.map((column) => readerOf(column, columnNamed(source, column.name), source));
  const extra = source.columns
    .filter(({ name }) => expected.every((column) => column.name !== name))
    .map(({ name }) => name);
  const plan = { source, readers, chunkRows, targeted: target !== undefined };
  return { extra, fileRow: (row) => source.rowOf(row + 1), [Symbol.asyncIterator]: () => tables(plan) };
}

/** How one column is read. */
interface Reader {
  readonly name: string;
  readonly as: "number" | "names" | "number names";
  readonly sql: string;
  readonly expectation?: Expectation;
}

function readerOf({ name, kind, levels = [] }: ExpectedColumn, column: StoredColumn, source: Relation): Reader {
  const numeric = levels.length > 0 && levels.every((level) => Number.isFinite(Number(level)));
  if (kind === "category" && !numeric) return { name, as: "names", sql: textSql(column) };
  const sql = `coalesce(${numberSql(column, source)}, ${daysSql(column)})`;
  const as = kind === "category" ? "number names" : "number";
  return { name, as, sql: filled(sql), expectation: { column, expected: "number", sql } };
}

interface Plan {
  readonly source: Relation;
  readonly readers: readonly Reader[];
  readonly chunkRows: number;
  /** The last reader is the target's. */
  readonly targeted: boolean;
}

async function* tables({ source, readers, chunkRows, targeted }: Plan): AsyncGenerator<Table, void, undefined> {
  await using db = await database();
  const expectations = readers.flatMap(({ expectation }) => (expectation === undefined ? [] : [expectation]));
  const flag = `CAST(coalesce(${["false", ...expectations.map(wrongSql)].join(" OR ")}, false) AS INTEGER)`;
  const select = [...readers.map(({ sql }) => sql), flag].join(", ");
  let builders = readers.map((reader) => builderOf(reader, chunkRows));
  let rows = 0;
  try {
    for await (const chunk of db.chunks(`SELECT ${select} FROM ${source.sql}`)) {
      if (itemsOf(chunk, readers.length).includes(1)) throw await firstFault(db, source, expectations);
      const cells = readers.map((reader, i) => cellsOf(reader, chunk, i));
      for (let from = 0; from < chunk.rowCount; ) {
        const to = Math.min(chunk.rowCount, from + chunkRows - rows);
        for (const [i, builder] of builders.entries()) builder.put(cells[i] ?? [], { from, to, at: rows });
        rows += to - from;
        from = to;
        if (rows < chunkRows) continue;
        yield tableOf(builders, rows, targeted);
        builders = readers.map((reader) => builderOf(reader, chunkRows));
        rows = 0;
      }
    }
  } catch (error) {
    throw error instanceof NablaError ? error : await source.explain(error);
  }
  if (rows > 0) yield tableOf(builders, rows, targeted);
}

type Cells = ArrayLike<number> | readonly (string | null)[];

function cellsOf({ as }: Reader, chunk: DuckDBDataChunk, column: number): Cells {
  if (as === "names") return chunk.getColumnValues(column).map((value) => (typeof value === "string" ? value : null));
  const numbers = itemsOf(chunk, column);
  if (as === "number") return numbers;
  return Array.from(numbers, (value) => (Number.isNaN(value) ? null : String(value)));
}

/** A column under construction. */
interface Builder {
  put(cells: Cells, range: { readonly from: number; readonly to: number; readonly at: number }): void;
  column(rows: number): Column;
}

function builderOf({ name, as }: Reader, size: number): Builder {
  if (as === "number") {
    const data = new Float64Array(size);
    return {
      put: (cells, { from, to, at }) => {
        for (let i = from; i < to; i++) data[at + i - from] = Number(cells[i]);
      },
      column: (rows) => ({ kind: "number", name, values: ndarray(data.subarray(0, rows), [rows]) }),
    };
  }
  const codes = new Int32Array(size);
  const codeOf = new Map<string, number>();
  return {
    put: (cells, { from, to, at }) => {
      for (let i = from; i < to; i++) {
        const cell = cells[i];
        if (typeof cell === "string" && !codeOf.has(cell)) codeOf.set(cell, codeOf.size);
        codes[at + i - from] = typeof cell === "string" ? (codeOf.get(cell) ?? -1) : -1;
      }
    },
    column: (rows) => ({ kind: "category", name, codes: codes.subarray(0, rows), levels: [...codeOf.keys()] }),
  };
}

function tableOf(builders: readonly Builder[], rows: number, targeted: boolean): Table {
  const columns = builders.map((builder) => builder.column(rows));
  const target = targeted ? columns.at(-1) : undefined;
  return target === undefined ? { rows, columns } : { rows, columns: columns.slice(0, -1), target };
}
