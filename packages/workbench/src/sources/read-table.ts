import { type CategoryColumn, type Column, type NumberColumn, ndarray, type Table } from "nabla";
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
    return { ...(await fill(db, parsed, plan)), profile: plan.profile };
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

async function fill(db: Database, source: Relation, { inputs, target, rows }: Survey): Promise<Table> {
  const fillings: Filling[] = [];
  for (const plan of inputs) {
    fillings.push(
      plan.kind === "category" || plan.kind === "boolean" ? await names(db, plan, rows) : numbers(plan, source, rows),
    );
  }
  const last = target === undefined ? undefined : await targetFilling(db, target, rows);
  const all = last === undefined ? fillings : [...fillings, last];
  const where = target === undefined ? "" : ` WHERE ${target.sql} IS NOT NULL`;
  let at = 0;
  const select = all.length === 0 ? "1" : all.map(({ sql }) => sql).join(", ");
  for await (const chunk of db.chunks(`SELECT ${select} FROM ${source.sql}${where}`)) {
    for (const [i, { put }] of all.entries()) put(itemsOf(chunk, i), at);
    at += chunk.rowCount;
  }
  const columns = fillings.map(({ column }) => column);
  return last === undefined ? { rows, columns } : { rows, columns, target: last.column };
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

async function names(db: Database, { column, levels }: ColumnPlan, rows: number): Promise<Filling> {
  const codes = new Int32Array(rows);
  const filling: CategoryColumn = { kind: "category", name: column.name, codes, levels };
  return {
    sql: await codeSql(db, { alias: column.alias, sql: textSql(column), levels }),
    put: (items, at) => codes.set(items, at),
    column: filling,
  };
}

/** Codes by an ENUM, which DuckDB looks up faster than any loop here could. */
async function codeSql(
  db: Database,
  { alias, sql, levels }: { alias: string; sql: string; levels: readonly string[] },
): Promise<string> {
  await db.rows(`CREATE TYPE levels_${alias} AS ENUM (${levels.map(literal).join(", ")})`);
  return `CAST(coalesce(enum_code(TRY_CAST(${sql} AS levels_${alias})), -1) AS INTEGER)`;
}

async function targetFilling(db: Database, { column, sql, levels, cells }: TargetPlan, rows: number): Promise<Filling> {
  const { name, alias } = column;
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
      sql: await codeSql(db, { alias, sql, levels }),
      put: (items, at) => codes.set(items, at),
      column: filling,
    };
  const codeOf = new Map(levels.map((level, code) => [Number(level), code]));
  const put = (items: Float64Array | Int32Array, at: number): void => {
    for (const [i, value] of items.entries()) codes[at + i] = codeOf.get(value) ?? -1;
  };
  return { sql: filled(sql), put, column: filling };
}
