import { Kysely } from "kysely";
import { sqliteDialect } from "./sqlite-dialect.ts";
import { SqliteFile, type SqliteOptions } from "./sqlite-file.ts";

/** Opens or creates an SQLite file. Throws `store/missing`, `files/…`, and the errors of `sqliteFailure`. */
export async function openSqlite<Tables>(path: string, options: SqliteOptions): Promise<Kysely<Tables>> {
  return new Kysely<Tables>({ dialect: sqliteDialect(await SqliteFile.open(path, options)) });
}
