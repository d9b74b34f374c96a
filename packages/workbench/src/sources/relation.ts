import { NablaError } from "nabla";
import { type CsvHeader, csvFault, csvHeader, csvRow } from "./csv-header.ts";
import type { DataFile } from "./data-file.ts";
import { type Database, identifier, literal } from "./database.ts";
import { jsonFault, unfinishedList } from "./json-fault.ts";

/** How a column of the file comes: as text that may spell numbers, as numbers, as days, or as lists and structures. */
export type Stored = "text" | "number" | "date" | "nested";

export interface StoredColumn {
  readonly name: string;
  readonly stored: Stored;
  /** Its name in `sql`: c0, c1, … */
  readonly alias: string;
}

/** A file as something that SQL can select from. */
export interface Relation {
  readonly file: DataFile;
  readonly columns: readonly StoredColumn[];
  /** A subquery with the columns c0, c1, …: text trimmed, numbers as DOUBLE, dates as days since 1970, missing as NULL. */
  readonly sql: string;
  /** Decimal commas are read, as in files that separate values by semicolons. */
  readonly decimalComma: boolean;
  /** The row of the file, as a spreadsheet shows it, of the n-th record (from 1). */
  rowOf(record: number): Promise<number>;
  /** Turns DuckDB's error about the file into a NablaError. */
  explain(error: unknown): Promise<unknown>;
}

/** Markers of a missing value in text files, in addition to an empty cell. */
export const missingTokens = ["NA", "N/A", "null", "?", "-"] as const;

const spelled = [...missingTokens, ...missingTokens.map((token) => token.toLowerCase()), "NULL", "Null", ""];
const nulls = `[${[...new Set(spelled)].map(literal).join(", ")}]`;

/** Opens a file for SQL. Throws what its header already shows to be wrong. */
export async function relation(db: Database, file: DataFile): Promise<Relation> {
  if (file.format === "csv") return csvRelation(file, await csvHeader(file));
  return file.format === "parquet" ? parquetRelation(db, file) : jsonRelation(db, file);
}

// Parsing text costs more than all else that is done with it, and a file is read several times
const STAGED_BYTES = 256 * 2 ** 20;
const ZIPPED_STAGED_BYTES = 16 * 2 ** 20;

/** The relation parsed once into DuckDB's memory, if it is text and small enough; else as it was. */
export async function staged(db: Database, relation: Relation): Promise<Relation> {
  const { format, zipped, bytes } = relation.file;
  if (format === "parquet" || bytes > (zipped ? ZIPPED_STAGED_BYTES : STAGED_BYTES)) return relation;
  await db.rows(`CREATE TEMP TABLE staged AS SELECT * FROM ${relation.sql}`);
  return { ...relation, sql: "staged" };
}

// Small enough that files of some MB are parsed by both threads and a stream holds little; a line may have 2 MB
const BUFFER_BYTES = 4 * 2 ** 20;

// DuckDB takes *, ? and [ in a path for patterns
const pathOf = (file: DataFile): string => literal(file.path.replace(/[[*?]/g, "[$&]"));

const cleanText = (sql: string): string => `nullif(trim(${sql}, ' \t'), '')`;

function csvRelation(file: DataFile, header: CsvHeader): Relation {
  const columns = header.names.map((name, i): StoredColumn => ({ name, stored: "text", alias: `c${i}` }));
  const types = columns.map(({ alias }) => `${literal(alias)}: 'VARCHAR'`).join(", ");
  const options = [
    "auto_detect = false, header = true, hive_partitioning = false",
    `delim = ${literal(header.delimiter)}, quote = '"', escape = '"'`,
    `skip = ${header.skip}, nullstr = ${nulls}, columns = {${types}}`,
    `strict_mode = ${!header.mixedLineBreaks}, buffer_size = ${BUFFER_BYTES}`,
    file.zipped ? "compression = 'gzip'" : "compression = 'none'",
  ];
  const read = `read_csv(${pathOf(file)}, ${options.join(", ")})`;
  const select = columns.map(({ alias }) => `${cleanText(alias)} AS ${alias}`).join(", ");
  return {
    file,
    columns,
    sql: `(SELECT ${select} FROM ${read})`,
    decimalComma: header.delimiter === ";",
    rowOf: (record) => csvRow(file, header, record),
    explain: async (error) => (await csvFault(file, header)) ?? unreadable(file, error),
  };
}

async function parquetRelation(db: Database, file: DataFile): Promise<Relation> {
  const read = `read_parquet(${pathOf(file)}, hive_partitioning = false)`;
  const explain = async (error: unknown): Promise<unknown> => unreadable(file, error);
  const found = await describe(db, read, explain);
  const columns = found.map(({ name, type }, i) => ({ name, stored: storedAs(type), alias: `c${i}` }));
  const select = found.map(({ name, type }, i) => `${parquetCell(identifier(name), type)} AS c${i}`).join(", ");
  return {
    file,
    columns,
    sql: `(SELECT ${select} FROM ${read})`,
    decimalComma: false,
    rowOf: async (record) => record,
    explain,
  };
}

type Explain = Relation["explain"];

async function describe(db: Database, read: string, explain: Explain): Promise<{ name: string; type: string }[]> {
  const rows = await explained(explain, () => db.rows(`DESCRIBE SELECT * FROM ${read}`));
  return rows.map(([name, type]) => ({ name: String(name), type: String(type) }));
}

/** Runs `action`; DuckDB's errors become NablaErrors. */
export async function explained<T>(explain: Explain, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw error instanceof NablaError ? error : await explain(error);
  }
}

function storedAs(type: string): Stored {
  if (/\[|^(STRUCT|MAP|UNION|BLOB|BIT|INTERVAL|GEOMETRY|VARIANT)/.test(type)) return "nested";
  if (
    /^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|UTINYINT|USMALLINT|UINTEGER|UBIGINT|UHUGEINT|FLOAT|DOUBLE|DECIMAL)/.test(
      type,
    )
  )
    return "number";
  return /^(DATE|TIMESTAMP)/.test(type) ? "date" : "text";
}

function parquetCell(column: string, type: string): string {
  const stored = storedAs(type);
  if (stored === "nested") return `CASE WHEN ${column} IS NULL THEN NULL ELSE 'nested' END`;
  if (stored === "date") return `epoch(CAST(${column} AS TIMESTAMP)) / 86400`;
  if (stored === "text") return cleanText(`CAST(${column} AS VARCHAR)`);
  // binary NaN is how other tools store a missing number
  return /^(FLOAT|DOUBLE)/.test(type)
    ? `CASE WHEN isnan(${column}) THEN NULL ELSE CAST(${column} AS DOUBLE) END`
    : `CAST(${column} AS DOUBLE)`;
}

async function jsonRelation(db: Database, file: DataFile): Promise<Relation> {
  const unfinished = await unfinishedList(file);
  if (unfinished !== undefined) throw unfinished;
  const format = file.format === "json-lines" ? "newline_delimited" : "auto";
  // one level deep, every value stays JSON, so that our own rules read it
  const read = `read_json(${pathOf(file)}, format = '${format}', records = true, sample_size = -1, maximum_depth = 1, hive_partitioning = false)`;
  const explain = async (error: unknown): Promise<unknown> => (await jsonFault(file)) ?? unreadable(file, error);
  const found = await describe(db, read, explain);
  const kinds = found.map(({ name }) => `bool_or(json_type(${identifier(name)}) IN ('OBJECT', 'ARRAY'))`);
  const [nested = []] = await explained(explain, () => db.rows(`SELECT ${kinds.join(", ")} FROM ${read}`));
  const columns = found.map(
    ({ name }, i): StoredColumn => ({ name, stored: nested[i] === true ? "nested" : "text", alias: `c${i}` }),
  );
  const tokens = spelled.map(literal).join(", ");
  const cell = (name: string): string => {
    const text = cleanText(`${identifier(name)} ->> '$'`);
    return `CASE WHEN ${text} IN (${tokens}) THEN NULL ELSE ${text} END`;
  };
  const select = columns.map(({ name, alias }) => `${cell(name)} AS ${alias}`).join(", ");
  return {
    file,
    columns,
    sql: `(SELECT ${select} FROM ${read})`,
    decimalComma: false,
    rowOf: async (record) => record,
    explain,
  };
}

function unreadable(file: DataFile, error: unknown): unknown {
  if (error instanceof NablaError || !(error instanceof Error)) return error;
  const kind = { csv: "CSV", parquet: "Parquet", json: "JSON", "json-lines": "JSON lines" }[file.format];
  const [reason = ""] = error.message.split("\n");
  return new NablaError(
    "data/unreadable",
    `${file.name} cannot be read as ${kind}: ${reason}`,
    "check how it was exported",
  );
}
