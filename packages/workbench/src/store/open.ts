import { migrate } from "./migrate.ts";
import { type Host, thisHost } from "./owner.ts";
import { findStore } from "./place.ts";
import type { RunStore } from "./run-store.ts";
import type { Tables } from "./tables.ts";

/** What opening a store may be told. */
export interface OpenOptions {
  /** Make the store if it is not there (the default). Readers say no, so that a wrong folder is not filled with stores. */
  readonly create?: boolean;
  readonly environment?: NodeJS.ProcessEnv;
  /** Where relative paths begin. */
  readonly folder?: string;
  readonly host?: Host;
  /** How many milliseconds to wait for other writers; an append takes one or two. 10,000 if absent. */
  readonly patience?: number;
}

/**
 * Opens the store at a path or `sqlite://path`, else at NABLA_STORE, else at `.nabla/nabla.db`. Throws
 * `store/{unsupported,missing,denied,damaged,foreign,newer,locked,full,disk}`.
 */
export async function openStore(spec?: string, options: OpenOptions = {}): Promise<RunStore & AsyncDisposable> {
  const { create = true, patience = 10_000, host = thisHost() } = options;
  const { path } = findStore(spec, options.environment ?? process.env, options.folder ?? process.cwd());
  const { openSqlite } = await import("./sqlite.ts");
  const { SqlRunStore } = await import("./sql-run-store.ts");
  const database = await openSqlite<Tables>(path, { create, patience });
  try {
    await migrate(database, path);
  } catch (error) {
    await database.destroy();
    throw error;
  }
  return new SqlRunStore(path, database, host);
}
