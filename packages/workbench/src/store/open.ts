import type { Kysely } from "kysely";
import { migrate } from "./migrate.ts";
import { type Host, thisHost } from "./owner.ts";
import type { RunStore } from "./run-store.ts";
import { findStore, type StorePlace } from "./store-place.ts";
import type { StudyStore } from "./study-store.ts";
import type { Tables } from "./tables.ts";

/** Options for opening a store. */
export interface OpenOptions {
  /** Create the store if missing (the default). Readers pass false, so that no store is created in a wrong folder. */
  readonly create?: boolean;
  readonly environment?: NodeJS.ProcessEnv;
  /** The base of relative paths. */
  readonly folder?: string;
  readonly host?: Host;
  /**
   * How many milliseconds to wait for other writers of a file, of which an append takes one or two, or for a server that
   * does not answer. 10,000 if absent.
   */
  readonly patience?: number;
  /** The same for a server that has responded before. Ten minutes if absent, so that a training outlives a restart. */
  readonly outage?: number;
  /** Connections to a server at most; 4 if absent. */
  readonly connections?: number;
  /** Called when a server becomes unreachable or is back; stderr if absent. */
  readonly say?: (line: string) => void;
  /** Ends the waiting for a server that is away. */
  readonly signal?: AbortSignal;
}

const longestOutage = 600_000;

/**
 * Opens the store at a path, `sqlite://path` or `postgres://user@host/database`, else at NABLA_STORE, else at
 * `.nabla/nabla.db`. Throws `store/{unsupported,address,missing,denied,damaged,foreign,newer,locked,full,disk}`, and for
 * a server `store/{away,host,password,unknown-database,certificate}`.
 */
export async function openStore(spec?: string, options: OpenOptions = {}): Promise<RunStore & AsyncDisposable> {
  const { host = thisHost(), environment = process.env, folder = process.cwd() } = options;
  const place = findStore(spec, environment, folder);
  const { SqlRunStore } = await import("./sql-run-store.ts");
  return new SqlRunStore(place.shown, await openDatabase(place, options), host);
}

/** Opens the studies of a store; places, options and errors as `openStore` has them. */
export async function openStudyStore(spec?: string, options: OpenOptions = {}): Promise<StudyStore & AsyncDisposable> {
  const { host = thisHost(), environment = process.env, folder = process.cwd() } = options;
  const place = findStore(spec, environment, folder);
  const { SqlStudyStore } = await import("./sql-study-store.ts");
  return new SqlStudyStore(place.shown, await openDatabase(place, options), host);
}

/** Runs and studies of one place, on the same connections, which a queue may share. */
export interface Stores extends AsyncDisposable {
  readonly runs: RunStore;
  readonly studies: StudyStore;
  readonly database: Kysely<Tables>;
}

/** Opens both; options and errors as `openStore` has them. */
export async function openStores(place: StorePlace, options: OpenOptions = {}): Promise<Stores> {
  const { host = thisHost() } = options;
  const { SqlRunStore } = await import("./sql-run-store.ts");
  const { SqlStudyStore } = await import("./sql-study-store.ts");
  const database = await openDatabase(place, options);
  const runs = new SqlRunStore(place.shown, database, host);
  const studies = new SqlStudyStore(place.shown, database, host);
  return {
    runs,
    studies,
    database,
    [Symbol.asyncDispose]: async () => {
      await runs.close();
      await studies.close();
    },
  };
}

/** The database of a place, with the tables of this version. */
async function openDatabase(place: StorePlace, options: OpenOptions = {}): Promise<Kysely<Tables>> {
  const database = await (place.kind === "postgres" ? serverAt(place, options) : fileAt(place, options));
  try {
    await migrate(database, place, options);
    return database;
  } catch (error) {
    await database.destroy();
    throw error;
  }
}

async function serverAt(place: StorePlace, options: OpenOptions): Promise<Kysely<Tables>> {
  const { patience = 10_000, outage = longestOutage, connections, signal } = options;
  const { say = (line) => process.stderr.write(`nabla: ${line}\n`) } = options;
  const { openPostgres } = await import("./postgres.ts");
  const waiting = { first: patience, later: outage, say, ...(signal && { signal }) };
  return await openPostgres<Tables>(place, { ...waiting, ...(connections !== undefined && { connections }) });
}

async function fileAt(
  { address }: StorePlace,
  { create = true, patience = 10_000 }: OpenOptions,
): Promise<Kysely<Tables>> {
  const { openSqlite } = await import("./sqlite.ts");
  return await openSqlite<Tables>(address, { create, patience });
}
