import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
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
import type { SqliteFile } from "./sqlite-file.ts";

/** SQLite by node:sqlite, as kysely speaks to it. kysely gives its one connection to one transaction at a time. */
export function sqliteDialect(file: SqliteFile): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => driverOf(file),
    createIntrospector: (database) => new SqliteIntrospector(database),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

function driverOf(file: SqliteFile): Driver {
  let inTransaction = false;
  const run = async <Row>(sql: string, parameters: readonly unknown[]): Promise<QueryResult<Row>> => {
    if (!inTransaction) await file.ensure();
    return await file.act((database) => execute<Row>(database, sql, parameters));
  };
  const connection: DatabaseConnection = {
    executeQuery: async <Row>({ sql, parameters }: CompiledQuery) => await run<Row>(sql, parameters),
    streamQuery: () => {
      throw new Error("internal: the store does not stream");
    },
  };
  const say = async (sql: string) => await connection.executeQuery(CompiledQuery.raw(sql));
  return {
    init: async () => {},
    acquireConnection: async () => connection,
    // Every transaction of the store writes. One that started by reading could not write after another's commit.
    beginTransaction: async () => {
      await say("begin immediate");
      inTransaction = true;
    },
    commitTransaction: async () => {
      await say("commit");
      inTransaction = false;
    },
    rollbackTransaction: async () => {
      inTransaction = true;
      try {
        await say("rollback");
      } catch (error) {
        // On a full disk SQLite has rolled back by itself (https://sqlite.org/lang_transaction.html, 3).
        if (!String(error).includes("no transaction is active")) throw error;
      } finally {
        inTransaction = false;
      }
    },
    releaseConnection: async () => {},
    destroy: async () => file.close(),
  };
}

function execute<Row>(database: DatabaseSync, sql: string, parameters: readonly unknown[]): QueryResult<Row> {
  const statement = database.prepare(sql);
  const values = parameters as readonly SQLInputValue[];
  if (hasRows(statement, sql)) return { rows: statement.all(...values) as Row[] };
  const { changes, lastInsertRowid } = statement.run(...values);
  return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
}

/** Whether a statement gives rows. Before 22.16 Node did not tell. */
function hasRows(statement: Pick<StatementSync, "columns">, sql: string): boolean {
  if ("columns" in statement) return statement.columns().length > 0;
  return /^\s*(select|with|pragma|explain)\b|\breturning\b/i.test(sql);
}
