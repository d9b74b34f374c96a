import { type CategoryColumn, type Column, compact, type NumberColumn, ndarray, type Table } from "nabla";
import { daysSql, filled, numberSql, textSql } from "./cells.ts";
import { dataFile } from "./data-file.ts";
import { type Database, database, itemsOf, literal } from "./database.ts";
import type { Profile, ReadOptions } from "./profile.ts";
import { explained, type Relation, relation, staged } from "./relation.ts";
import { type ColumnPlan, type Survey, survey } from "./survey.ts";
import type { TargetPlan } from "./target.ts";

/** A table with what was found in its file. */
export interface ReadTable extends Table {
  readonly profile: Profile;
  /** The columns that group rows, in the requested order. */
  readonly keys?: readonly Column[];
  /** The row of the file, as a spreadsheet shows it, of a row of the table (from 0). */
  readonly fileRow?: (row: number) => Promise<number>;
}

/**
 * Reads a CSV, TSV, Parquet, JSON or JSON-lines file (by its extension; `.gz` too but for Parquet) into typed columns, in
 * the file's order: `await readTable("digits.csv", { target: "digit" })`. Columns that teach nothing (constant, naming
 * rows, nested) are left out with a notice, as are rows without a target. Throws `files/…` and `data/…` errors that name
 * file, row and column.
 */
export async function readTable(path: string, options: ReadOptions = {}): Promise<ReadTable> {
  const file = await dataFile(path);
  await using db = await database();
  const source = await relation(db, file);
  return await explained(source.explain, async () => {
    const parsed = await staged(db, source);
    const plan = await survey(db, parsed, options);
    const { table, keys, records } = await fill(db, parsed, plan);
    const fileRow = (row: number): Promise<number> => source.rowOf(records?.[row] ?? row + 1);
    return { ...table, profile: plan.profile, ...(keys.length === 0 ? {} : { keys }), fileRow };
  });
}

/** What `readTable` would find in a file, without keeping its values. */
export async function profile(path: string, options: ReadOptions = {}): Promise<Profile> {
  const file = await dataFile(path);
  await using db = await database();
  const source = await relation(db, file);
  return await explained(source.explain, async () => (await survey(db, await staged(db, source), options)).profile);
}

/** A column that is filled chunk by chunk. */
interface Filling {
  /** SQL of a DOUBLE or INTEGER without nulls. */
  readonly sql: string;
  readonly put: (items: Float64Array | Int32Array, at: number) => void;
  readonly column: Column;
}

interface Filled {
  readonly table: Table;
  readonly keys: readonly Column[];
  /** The record of the file, from 1, of each row; absent where all records are present. */
  readonly records?: Int32Array;
}

async function fill(db: Database, source: Relation, { inputs, keys, target, rows, profile }: Survey): Promise<Filled> {
  const fillings: Filling[] = [];
  for (const [i, plan] of [...inputs, ...keys].entries()) {
    const named = plan.kind === "category" || plan.kind === "boolean";
    fillings.push(named ? await names(db, plan, { rows, type: `levels_${i}` }) : numbers(plan, source, rows));
  }
  const records = rows < profile.rows ? new Int32Array(rows) : undefined;
  const last = target === undefined ? undefined : await targetFilling(db, target, rows);
  const counted = records === undefined ? [] : [{ sql: "record", put: recordsInto(records) }];
  const all = [...fillings, ...(last === undefined ? [] : [last]), ...counted];
  const from =
    records === undefined
      ? source.sql
      : `(SELECT *, CAST(row_number() OVER () AS INTEGER) AS record FROM ${source.sql})`;
  const where = target === undefined ? "" : ` WHERE ${target.sql} IS NOT NULL`;
  let at = 0;
  const select = all.length === 0 ? "1" : all.map(({ sql }) => sql).join(", ");
  for await (const chunk of db.chunks(`SELECT ${select} FROM ${from}${where}`)) {
    for (const [i, { put }] of all.entries()) put(itemsOf(chunk, i), at);
    at += chunk.rowCount;
  }
  const found = fillings.map(({ column }) => column);
  const columns = found.slice(0, inputs.length);
  return compact({
    table: last === undefined ? { rows, columns } : { rows, columns, target: last.column },
    keys: found.slice(inputs.length),
    records,
  });
}

function recordsInto(records: Int32Array): Filling["put"] {
  return (items, at) => records.set(items, at);
}

// the largest range in which every whole number is a float32
const EXACT_FLOAT32 = 2 ** 24;

function numbers({ column, kind, measure }: ColumnPlan, source: Relation, rows: number): Filling {
  const sql = filled(kind === "date" ? daysSql(column) : numberSql(column, source));
  const small = measure.whole && Math.max(-measure.minimum, measure.maximum) <= EXACT_FLOAT32 && kind === "number";
  const data = small ? new Float32Array(rows) : new Float64Array(rows);
  const filling: NumberColumn = { kind: "number", name: column.name, values: ndarray(data, [rows]) };
  return { sql, put: (items, at) => data.set(items, at), column: filling };
}

async function names(
  db: Database,
  { column, levels }: ColumnPlan,
  { rows, type }: { readonly rows: number; readonly type: string },
): Promise<Filling> {
  const codes = new Int32Array(rows);
  const filling: CategoryColumn = { kind: "category", name: column.name, codes, levels };
  return {
    sql: await codeSql(db, { type, sql: textSql(column), levels }),
    put: (items, at) => codes.set(items, at),
    column: filling,
  };
}

/** Codes by an ENUM, which DuckDB looks up faster than any loop here could. */
async function codeSql(
  db: Database,
  { type, sql, levels }: { type: string; sql: string; levels: readonly string[] },
): Promise<string> {
  await db.rows(`CREATE TYPE ${type} AS ENUM (${levels.map(literal).join(", ")})`);
  return `CAST(coalesce(enum_code(TRY_CAST(${sql} AS ${type})), -1) AS INTEGER)`;
}

async function targetFilling(db: Database, { column, sql, levels, cells }: TargetPlan, rows: number): Promise<Filling> {
  const { name } = column;
  if (levels === undefined) {
    const data = new Float64Array(rows);
    return {
      sql: filled(sql),
      put: (items, at) => data.set(items, at),
      column: { kind: "number", name, values: ndarray(data, [rows]) },
    };
  }
  const codes = new Int32Array(rows);
  const filling: CategoryColumn = { kind: "category", name, codes, levels };
  if (cells === "text")
    return {
      sql: await codeSql(db, { type: "target_levels", sql, levels }),
      put: (items, at) => codes.set(items, at),
      column: filling,
    };
  const codeOf = new Map(levels.map((level, code) => [Number(level), code]));
  const put = (items: Float64Array | Int32Array, at: number): void => {
    for (const [i, value] of items.entries()) codes[at + i] = codeOf.get(value) ?? -1;
  };
  return { sql: filled(sql), put, column: filling };
}
