import { dirname, resolve } from "node:path";
import { type DuckDBConnection, type DuckDBDataChunk, DuckDBInstance, type DuckDBType } from "@duckdb/node-api";

/** An in-memory DuckDB for one reading. */
export interface Database extends AsyncDisposable {
  /** All rows as plain JavaScript values, for small results. */
  rows(sql: string): Promise<readonly (readonly unknown[])[]>;
  /** The names and types of a query's columns. */
  types(sql: string): Promise<{ readonly names: readonly string[]; readonly types: readonly DuckDBType[] }>;
  /** Chunks of up to 2,048 rows, read on demand. */
  chunks(sql: string): AsyncGenerator<DuckDBDataChunk, void, undefined>;
}

// Fixed, so that a file is read alike on every machine; more threads gain little except in parsing text.
const THREADS = "2";

/** Whether DuckDB takes a path for a pattern, which it looks up in the folder. */
function matchesMore(path: string): boolean {
  return /[[*?]/.test(path);
}

/** Starts DuckDB for one file. */
export async function database(path: string): Promise<Database> {
  const instance = await DuckDBInstance.create(":memory:", {
    threads: THREADS,
    preserve_insertion_order: "true",
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    allow_community_extensions: "false",
  });
  const connection = await instance.connect();
  // What a file says may reach no other file and no network: this one is all that is read.
  const allowed = matchesMore(path)
    ? `allowed_directories = [${literal(dirname(resolve(path)))}]`
    : `allowed_paths = [${literal(path)}]`;
  for (const setting of [allowed, "enable_external_access = false", "lock_configuration = true"])
    await connection.run(`SET ${setting}`);
  return {
    rows: async (sql) => (await connection.runAndReadAll(sql)).getRowsJS(),
    types: async (sql) => {
      const result = await connection.run(sql);
      return { names: result.columnNames(), types: result.columnTypes() };
    },
    chunks: (sql) => chunksOf(connection, sql),
    [Symbol.asyncDispose]: async () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function* chunksOf(connection: DuckDBConnection, sql: string): AsyncGenerator<DuckDBDataChunk, void, undefined> {
  const result = await connection.stream(sql);
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    yield chunk;
  }
}

/** A text as an SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as an SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * The numbers of a column of a chunk, as they lie in DuckDB's memory: valid until the next chunk. The column must be
 * DOUBLE or INTEGER without nulls. The client hides the array; reading it is what makes large files fast.
 */
export function itemsOf(chunk: DuckDBDataChunk, column: number): Float64Array | Int32Array {
  const vector = chunk.getColumnVector(column) as unknown as { readonly items?: unknown };
  const { items } = vector;
  if (items instanceof Float64Array || items instanceof Int32Array) return items;
  return Float64Array.from(chunk.getColumnValues(column), Number);
}
