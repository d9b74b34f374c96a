import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import { isBusy, sqliteFailure } from "./sqlite-failure.ts";

/** What a dialect needs: an open database, where it is, and how many milliseconds to wait for other writers. */
export interface SqliteSource {
  readonly database: DatabaseSync;
  readonly path: string;
  readonly patience: number;
}

/** SQLite by node:sqlite, as kysely speaks to it. kysely gives its one connection to one transaction at a time. */
export function sqliteDialect(source: SqliteSource): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => driverOf(source),
    createIntrospector: (database) => new SqliteIntrospector(database),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

function driverOf(source: SqliteSource): Driver {
  const connection: DatabaseConnection = {
    executeQuery: async <Row>({ sql, parameters }: CompiledQuery) =>
      await patiently(source, () => execute<Row>(source.database, sql, parameters)),
    streamQuery: () => {
      throw new Error("internal: the store does not stream");
    },
  };
  const say = async (sql: string) => await connection.executeQuery(CompiledQuery.raw(sql));
  return {
    init: async () => {},
    acquireConnection: async () => connection,
    // Every transaction of the store writes. One that started by reading could not write after another's commit.
    beginTransaction: async () => void (await say("begin immediate")),
    commitTransaction: async () => void (await say("commit")),
    rollbackTransaction: async () => {
      try {
        await say("rollback");
      } catch (error) {
        // On a full disk SQLite has rolled back by itself (https://sqlite.org/lang_transaction.html, 3).
        if (!String(error).includes("no transaction is active")) throw error;
      }
    },
    releaseConnection: async () => {},
    destroy: async () => source.database.close(),
  };
}

function execute<Row>(database: DatabaseSync, sql: string, parameters: readonly unknown[]): QueryResult<Row> {
  const statement = database.prepare(sql);
  const values = parameters as readonly SQLInputValue[];
  if (statement.columns().length > 0) return { rows: statement.all(...values) as Row[] };
  const { changes, lastInsertRowid } = statement.run(...values);
  return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
}

/**
 * Runs `action`, retries while another writer holds the lock, and throws a readable error. SQLite's own waiting would
 * hold up this process, and with it a transaction of another connection here that it waits for.
 */
export async function patiently<T>({ path, patience }: Omit<SqliteSource, "database">, action: () => T): Promise<T> {
  for (const start = Date.now(); ; ) {
    try {
      return action();
    } catch (error) {
      if (!isBusy(error) || Date.now() - start >= patience) throw sqliteFailure(error, path);
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
  }
}
