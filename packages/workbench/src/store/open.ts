import type { Kysely } from "kysely";
import { printError } from "../host/output.ts";
import { migrate } from "./migrate.ts";
import { type Host, thisHost } from "./owner.ts";
import type { RunStore } from "./run-store.ts";
import type { PatienceOptions } from "./server-patience.ts";
import { findStore, type StorePlace } from "./store-place.ts";
import type { StudyStore } from "./study-store.ts";
import type { Tables } from "./tables.ts";

/** Options for opening a store. */
export interface OpenOptions {
  /** Create the store if missing (the default). Readers pass false, so that no store is created in a wrong folder. */
  readonly create?: boolean;
  /** Variables that may name a store; by default those of the process. */
  readonly environment?: NodeJS.ProcessEnv;
  /** The base of relative paths; by default the working folder. */
  readonly folder?: string;
  /** The machine that writes; by default this one. */
  readonly host?: Host;
  /**
   * How many milliseconds to wait, while opening, for another process that holds the file, or for a server that does not
   * answer. 10,000 if absent.
   */
  readonly patience?: number;
  /** The same for a store that has responded before. Ten minutes if absent, so that a training outlives a restart or a backup. */
  readonly outage?: number;
  /** Connections to a server at most; 4 if absent. */
  readonly connections?: number;
  /** Called when a server becomes unreachable or is back, and when a file is locked, deleted or replaced; stderr if absent. */
  readonly say?: (line: string) => void;
  /** Ends the waiting for a server that is away. By default nothing does. */
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
  const { connections } = options;
  const { openPostgres } = await import("./postgres.ts");
  return await openPostgres<Tables>(place, {
    ...waitingOf(options),
    ...(connections !== undefined && { connections }),
  });
}

async function fileAt({ address }: StorePlace, options: OpenOptions): Promise<Kysely<Tables>> {
  const { openSqlite } = await import("./sqlite.ts");
  return await openSqlite<Tables>(address, { create: options.create ?? true, ...waitingOf(options) });
}

/** How long to wait for whoever is in the way. */
function waitingOf({
  patience = 10_000,
  outage = longestOutage,
  signal,
  say = sayOnStderr,
}: OpenOptions): PatienceOptions {
  return { first: patience, later: outage, say, ...(signal && { signal }) };
}

function sayOnStderr(line: string): void {
  printError(`nabla: ${line}\n`);
}
