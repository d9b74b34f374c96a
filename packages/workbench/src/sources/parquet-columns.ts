/** Parquet files as written columns: DuckDB reads them, and says what each column holds. */
import { type DuckDBDataChunk, type DuckDBType, DuckDBTypeId } from "@duckdb/node-api";
import { NablaError } from "nabla";
import { type WrittenColumn, writtenColumn } from "nabla/reading";
import type { UnreadableColumn } from "nabla/tables";
import type { ColumnsFile, WrittenChunk } from "./columns-file.ts";
import { type Database, database, identifier, itemsOf, literal } from "./database.ts";

/** How one column is read: SQL of a DOUBLE or of a VARCHAR. */
interface Source {
  readonly name: string;
  readonly sql: string;
  readonly as: "number" | "text";
  readonly declared?: WrittenColumn["declared"];
}

/** A column of the file before it is known how it can be read. */
interface Field {
  readonly name: string;
  readonly sql: string;
  readonly type: DuckDBType;
}

/** Opens a Parquet file. Throws `data/unreadable` where it is damaged. */
export async function parquetFile(path: string, name: string): Promise<ColumnsFile> {
  // DuckDB takes *, ? and [ in a path for patterns
  const from = `read_parquet(${literal(path.replace(/[[*?]/g, "[$&]"))}, hive_partitioning = false)`;
  const guarded = async <T>(action: () => Promise<T>): Promise<T> => {
    try {
      return await action();
    } catch (error) {
      throw unreadableFile(name, error);
    }
  };
  const { sources, unreadable } = await guarded(async () => {
    await using db = await database(path);
    const { names, types } = await db.types(`SELECT * FROM ${from} LIMIT 0`);
    const fields = names.flatMap((column, i) =>
      flattened({ name: column, sql: identifier(column), type: at(types, i) }),
    );
    return await sourcesOf(db, { fields, from });
  });
  async function* chunks(rows: number): AsyncGenerator<WrittenChunk, void, undefined> {
    try {
      await using db = await database(path);
      yield* chunksOf(db, { sources, from, rows });
    } catch (error) {
      throw unreadableFile(name, error);
    }
  }
  return { unreadable, notices: [], chunks };
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new Error(`internal: there is no item ${index}`);
  return found;
}

/** The fields of structures under their path: `address.city`. */
function flattened(field: Field): readonly Field[] {
  const { name, sql, type } = field;
  if (type.typeId !== DuckDBTypeId.STRUCT) return [field];
  return type.entryNames.flatMap((entry, i) =>
    flattened({
      name: `${name}.${entry}`,
      sql: `struct_extract(${sql}, ${literal(entry)})`,
      type: at(type.entryTypes, i),
    }),
  );
}

const WHOLE: ReadonlySet<DuckDBTypeId> = new Set([
  ...[DuckDBTypeId.TINYINT, DuckDBTypeId.SMALLINT, DuckDBTypeId.INTEGER],
  ...[DuckDBTypeId.UTINYINT, DuckDBTypeId.USMALLINT, DuckDBTypeId.UINTEGER],
]);
/** Numbers that may have more digits than a float64 holds. */
const LONG: ReadonlySet<DuckDBTypeId> = new Set([
  ...[DuckDBTypeId.BIGINT, DuckDBTypeId.UBIGINT, DuckDBTypeId.HUGEINT, DuckDBTypeId.UHUGEINT, DuckDBTypeId.DECIMAL],
]);
const DATES: ReadonlySet<DuckDBTypeId> = new Set([
  ...[DuckDBTypeId.DATE, DuckDBTypeId.TIMESTAMP, DuckDBTypeId.TIMESTAMP_S, DuckDBTypeId.TIMESTAMP_MS],
  ...[DuckDBTypeId.TIMESTAMP_NS],
]);
const TEXTS: ReadonlySet<DuckDBTypeId> = new Set([DuckDBTypeId.VARCHAR, DuckDBTypeId.ENUM, DuckDBTypeId.UUID]);
const CLOCKS: ReadonlySet<DuckDBTypeId> = new Set([DuckDBTypeId.TIME, DuckDBTypeId.TIME_TZ]);

const LARGEST_EXACT = BigInt(Number.MAX_SAFE_INTEGER);
/** Lists of one length become so many columns at most. */
const LONGEST_LIST = 16_384;

async function sourcesOf(
  db: Database,
  { fields, from }: { readonly fields: readonly Field[]; readonly from: string },
): Promise<{ readonly sources: readonly Source[]; readonly unreadable: readonly UnreadableColumn[] }> {
  const sources: Source[] = [];
  const unreadable: UnreadableColumn[] = [];
  for (const field of fields) {
    const { name, sql, type } = field;
    const plain = plainSource(field);
    if (plain !== undefined) sources.push(plain);
    else if (LONG.has(type.typeId)) sources.push(await longSource(db, field, from));
    else if (type.typeId === DuckDBTypeId.LIST || type.typeId === DuckDBTypeId.ARRAY) {
      const item = await itemSource(db, { name, sql, type: type.valueType }, from);
      const [[least, most, longest] = []] = await db.rows(
        `SELECT min(len(${sql})), max(len(${sql})), count(*) FILTER (${sql} IS NULL) FROM ${from}`,
      );
      const length = Number(most ?? 0);
      if (item !== undefined && least === most && Number(longest) === 0 && length > 0 && length <= LONGEST_LIST) {
        for (let k = 0; k < length; k++) sources.push(item(k));
      } else {
        const reason = item === undefined ? "lists that are not of numbers" : "lists of different lengths";
        unreadable.push({ name, reason });
      }
    } else unreadable.push({ name, reason: `values of the type ${String(type)}` });
  }
  return { sources, unreadable };
}

function plainSource({ name, sql, type }: Field): Source | undefined {
  const { typeId } = type;
  if (WHOLE.has(typeId) || typeId === DuckDBTypeId.FLOAT || typeId === DuckDBTypeId.DOUBLE)
    return { name, sql: `CAST(${sql} AS DOUBLE)`, as: "number", declared: "number" };
  if (typeId === DuckDBTypeId.DECIMAL && type.width <= 15)
    return { name, sql: `CAST(${sql} AS DOUBLE)`, as: "number", declared: "number" };
  if (typeId === DuckDBTypeId.BOOLEAN) return { name, sql: `CAST(${sql} AS VARCHAR)`, as: "text", declared: "boolean" };
  if (DATES.has(typeId))
    return { name, sql: `epoch(CAST(${sql} AS TIMESTAMP)) / 86400`, as: "number", declared: "date" };
  // with a zone it is a moment, whose day is that of UTC
  if (typeId === DuckDBTypeId.TIMESTAMP_TZ)
    return { name, sql: `epoch(${sql}) / 86400`, as: "number", declared: "date" };
  if (TEXTS.has(typeId)) return { name, sql: `CAST(${sql} AS VARCHAR)`, as: "text", declared: "text" };
  if (CLOCKS.has(typeId)) return { name, sql: `CAST(${sql} AS VARCHAR)`, as: "text" };
  // a column that is null in every row
  return typeId === DuckDBTypeId.SQLNULL ? { name, sql: "CAST(NULL AS DOUBLE)", as: "number" } : undefined;
}

/** Long whole numbers as numbers where all are exact, and else by their digits. */
async function longSource(db: Database, { name, sql }: Field, from: string): Promise<Source> {
  const exact = await areExact(db, [sql, sql], from);
  return exact
    ? { name, sql: `CAST(${sql} AS DOUBLE)`, as: "number", declared: "number" }
    : { name, sql: `CAST(${sql} AS VARCHAR)`, as: "text", declared: "number" };
}

/** Whether whole numbers are below 2^53. A double would not show it, since it rounds those above to others. */
async function areExact(db: Database, [least, most]: readonly [string, string], from: string): Promise<boolean> {
  const [ends = []] = await db.rows(
    `SELECT CAST(min(${least}) AS VARCHAR), CAST(max(${most}) AS VARCHAR) FROM ${from}`,
  );
  return ends.every((end) => {
    const [digits] = String(end ?? "0").split(".");
    const value = BigInt(digits === "-" || digits === "" ? 0 : (digits ?? 0));
    return value <= LARGEST_EXACT && value >= -LARGEST_EXACT;
  });
}

/** How the items of lists are read as numbers, by their place from 0; undefined where they are none. */
async function itemSource(
  db: Database,
  { name, sql, type }: Field,
  from: string,
): Promise<((k: number) => Source) | undefined> {
  const itemAt = (k: number): Field => ({ name: `${name}[${k}]`, sql: `${sql}[${k + 1}]`, type });
  if (!LONG.has(type.typeId)) {
    const first = plainSource(itemAt(0));
    return first?.as === "number" ? (k) => plainSource(itemAt(k)) ?? first : undefined;
  }
  const exact = await areExact(db, [`list_min(${sql})`, `list_max(${sql})`], from);
  return (k) => {
    const item = itemAt(k);
    const [as, cast] = exact ? (["number", "DOUBLE"] as const) : (["text", "VARCHAR"] as const);
    return { name: item.name, sql: `CAST(${item.sql} AS ${cast})`, as, declared: "number" };
  };
}

async function* chunksOf(
  db: Database,
  { sources, from, rows: size }: { readonly sources: readonly Source[]; readonly from: string; readonly rows: number },
): AsyncGenerator<WrittenChunk, void, undefined> {
  const nothing = "CAST('nan' AS DOUBLE)";
  const select = sources.map(({ sql, as }) => (as === "number" ? `coalesce(${sql}, ${nothing})` : sql)).join(", ");
  const [[total] = []] = await db.rows(`SELECT count(*) FROM ${from}`);
  const capacity = Math.min(size, Number(total));
  let cells = sources.map((source) => cellsOf(source, capacity));
  let rows = 0;
  const chunk = (): WrittenChunk => ({ rows, columns: cells.map((column) => column.finish(rows)) });
  for await (const part of db.chunks(`SELECT ${select === "" ? "1" : select} FROM ${from}`)) {
    for (let start = 0; start < part.rowCount; ) {
      const end = Math.min(part.rowCount, start + capacity - rows);
      for (const [i, column] of cells.entries()) column.put(part, i, { start, end, at: rows });
      rows += end - start;
      start = end;
      if (rows < capacity || rows < size) continue;
      yield chunk();
      cells = sources.map((source) => cellsOf(source, capacity));
      rows = 0;
    }
  }
  if (rows > 0) yield chunk();
}

interface Range {
  readonly start: number;
  readonly end: number;
  /** The row in the column of the first. */
  readonly at: number;
}

/** A column under construction. */
interface Cells {
  put(part: DuckDBDataChunk, index: number, range: Range): void;
  finish(rows: number): WrittenColumn;
}

function cellsOf({ name, as, declared }: Source, capacity: number): Cells {
  if (as === "number") {
    const numbers = new Float64Array(capacity);
    const named = { name, ...(declared === undefined ? {} : { declared }) };
    return {
      put: (part, index, { start, end, at }) => numbers.set(itemsOf(part, index).subarray(start, end), at),
      finish: (rows) => ({
        ...named,
        ...{ rows, numbers: numbers.subarray(0, rows), texts: [], counts: [], spellings: new Map() },
      }),
    };
  }
  const cells: (string | null)[] = [];
  return {
    put: (part, index, { start, end }) => {
      for (const value of part.getColumnValues(index).slice(start, end))
        cells.push(typeof value === "string" ? value : null);
    },
    finish: () => writtenColumn(name, cells, declared),
  };
}

function unreadableFile(name: string, error: unknown): unknown {
  if (error instanceof NablaError || !(error instanceof Error)) return error;
  const [reason = ""] = error.message.split("\n");
  return new NablaError("data/unreadable", `${name} cannot be read as Parquet: ${reason}`, "check how it was exported");
}
