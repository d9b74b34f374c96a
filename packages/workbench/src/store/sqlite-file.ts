/**
 * The SQLite file of a store while a process works with it. Others may hold it for minutes, and somebody may delete it:
 * what was stored is still in the hands of this process then, which brings it back.
 */
import { linkSync, rmSync, type Stats, statSync } from "node:fs";
import { chmod, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { NablaError } from "nabla";
import { makeFolder } from "../host/atomic-files.ts";
import { fileFailure, systemCode } from "../host/file-failure.ts";
import { sha256 } from "../host/hash.ts";
import { beside } from "../host/leftovers.ts";
import { Patience, type PatienceOptions } from "./server-patience.ts";
import { isBusy, sqliteFailure } from "./sqlite-failure.ts";

/** How an SQLite file is opened. */
export interface SqliteOptions extends PatienceOptions {
  /** Make the file if it is not there. */
  readonly create: boolean;
}

type Open = (path: string) => DatabaseSync;

/** Other writers hold a file for milliseconds; who waits longer wants to know. */
const WAITING = { quiet: 5000, pause: 3 } as const;

/** An open file, found again where it was deleted. */
export class SqliteFile {
  readonly #open: Open;
  readonly #patience: Patience;
  readonly #say: (line: string) => void;
  #path: string;
  #database: DatabaseSync;
  #identity: string | undefined;

  private constructor(path: string, { open, database, patience, say }: Opened) {
    this.#path = path;
    this.#open = open;
    this.#database = database;
    this.#patience = patience;
    this.#say = say;
    this.#identity = identityOf(path);
  }

  /** Opens a file or makes it, readable by its owner alone. Throws `store/missing`, `files/…`, and `sqliteFailure`'s. */
  static async open(path: string, { create, ...waiting }: SqliteOptions): Promise<SqliteFile> {
    const made = await checkPlace(path, create);
    const { DatabaseSync } = await quietly(() => import("node:sqlite"));
    const open: Open = (place) => {
      const database = new DatabaseSync(place);
      try {
        prepare(database);
        return database;
      } catch (error) {
        database.close();
        throw error;
      }
    };
    const patience = new Patience(path, { ...waiting, ...WAITING });
    try {
      const database = await patience.wait(async () => open(path), whyBusy);
      if (made) await chmod(path, 0o600).catch(() => {});
      return new SqliteFile(path, { open, database, patience, say: waiting.say });
    } catch (error) {
      throw sqliteFailure(error, path);
    }
  }

  /** Acts on the database, again while another process holds it. Throws `sqliteFailure`'s errors. */
  async act<T>(action: (database: DatabaseSync) => T): Promise<T> {
    try {
      // SQLite's own waiting would hold up this process, and with it a transaction of another connection of its own.
      return await this.#patience.wait(async () => action(this.#database), whyBusy);
    } catch (error) {
      throw sqliteFailure(error, this.#path);
    }
  }

  /** Brings the file back if it was deleted; if another one is in its place, goes on beside it. Not within a transaction. */
  async ensure(): Promise<void> {
    const found = identityOf(this.#path);
    if (found === this.#identity) return;
    if (found !== undefined && this.#succeeds()) return;
    const replaced = found !== undefined;
    const place = replaced ? `${this.#path}.kept-${process.pid}` : this.#path;
    try {
      await this.#restore(place);
    } catch (error) {
      const failure = fileFailure(sqliteFailure(error, place), "write", place);
      const why = failure instanceof Error ? failure.message : String(failure);
      throw new NablaError(
        "store/lost",
        `the store ${this.#path} was ${replaced ? "replaced" : "deleted"} while it was in use, and its content cannot be written to ${place}: ${why}`,
        "make room for it there: this process writes it as soon as it can",
      );
    }
    this.#say(
      replaced
        ? `the store ${this.#path} was replaced by another file; what this process knows is in ${place} from now on`
        : `the store ${this.#path} was deleted while it was in use; it was brought back with all that was in it`,
    );
    this.#path = place;
    this.#identity = identityOf(place);
  }

  close(): void {
    this.#database.close();
  }

  /** Goes on in the file that another process brought back, if that is what lies there now. */
  #succeeds(): boolean {
    let database: DatabaseSync | undefined;
    try {
      database = this.#open(this.#path);
      if (database.prepare("pragma application_id").get()?.application_id !== successorOf(this.#identity)) {
        database.close();
        return false;
      }
    } catch {
      database?.close();
      return false;
    }
    this.#database.close();
    this.#database = database;
    this.#identity = identityOf(this.#path);
    return true;
  }

  async #restore(place: string): Promise<void> {
    // The log of the file that is gone must not be taken for that of the new one.
    for (const log of [`${place}-wal`, `${place}-shm`]) rmSync(log, { force: true });
    const fresh = beside(place, "new");
    try {
      await makeFolder(dirname(place));
      await this.#patience.wait(
        async () => this.#database.exec(`vacuum into '${fresh.replaceAll("'", "''")}'`),
        whyBusy,
      );
      const copy = this.#open(fresh);
      copy.exec(`pragma application_id = ${successorOf(this.#identity)}; pragma journal_mode = delete`);
      copy.close();
      await chmod(fresh, 0o600).catch(() => {});
      // Another process that had it open may be faster; a link never replaces what is there.
      try {
        linkSync(fresh, place);
      } catch (error) {
        if (systemCode(error) !== "EEXIST") throw error;
      }
    } finally {
      rmSync(fresh, { force: true });
    }
    const database = this.#open(place);
    this.#database.close();
    this.#database = database;
  }
}

interface Opened {
  readonly open: Open;
  readonly database: DatabaseSync;
  readonly patience: Patience;
  readonly say: (line: string) => void;
}

function whyBusy(error: unknown): string | undefined {
  return isBusy(error) ? "another process has locked it" : undefined;
}

/** What tells a file from another one of the same name; undefined where there is none. */
function identityOf(path: string): string | undefined {
  const state = statSync(path, { throwIfNoEntry: false });
  return state === undefined ? undefined : `${state.dev}:${state.ino}`;
}

/** The mark of a file that was brought back: by it others that had the same one open know it. */
function successorOf(identity: string | undefined): number {
  return Number.parseInt(sha256(identity ?? "").slice(0, 7), 16);
}

/** Whether the file is to be made. */
async function checkPlace(path: string, create: boolean): Promise<boolean> {
  const state: Stats | undefined = await stat(path).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return undefined;
    throw fileFailure(error, "open the store", path);
  });
  if (state === undefined) {
    if (!create) throw new NablaError("store/missing", `there is no store at ${path} yet`, "`nabla train` makes one");
    await makeFolder(dirname(path)).catch((error: unknown) => {
      throw fileFailure(error, "make the folder of the store", path);
    });
    return true;
  }
  if (state.isDirectory())
    throw new NablaError("store/denied", `cannot open the store ${path}: it is a folder`, "name a file in it");
  if (!state.isFile()) {
    const message = `cannot open the store ${path}: it is a device or a pipe, which keeps nothing`;
    throw new NablaError("store/denied", message, "name a file");
  }
  return false;
}

function prepare(database: DatabaseSync): void {
  // SQLite waits a little, as long as a commit takes; `act` waits on, and lets this process work meanwhile.
  database.exec("pragma busy_timeout = 10; pragma foreign_keys = on");
  // Readers and one writer work at once. A commit survives the end of the process, and the file survives a power cut.
  const mode = database.prepare("pragma journal_mode").get()?.journal_mode;
  if (mode !== "wal") database.exec("pragma journal_mode = wal");
  database.exec("pragma synchronous = normal");
}

/** Imports node:sqlite without its notice that it is young, which some versions of Node print; other warnings pass. */
async function quietly<T>(load: () => Promise<T>): Promise<T> {
  const emit = process.emitWarning;
  const filter = (...given: readonly unknown[]): void => {
    const [warning, kind] = given;
    if (kind !== "ExperimentalWarning" || !/sqlite/i.test(String(warning))) Reflect.apply(emit, process, given);
  };
  process.emitWarning = filter;
  try {
    return await load();
  } finally {
    process.emitWarning = emit;
  }
}
