import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { Kysely } from "kysely";
import { NablaError } from "nabla";
import { fileFailure } from "../host/file-failure.ts";
import { patiently, sqliteDialect } from "./sqlite-dialect.ts";

/** How an SQLite file is opened. */
export interface SqliteOptions {
  /** Make the file if it is not there. */
  readonly create: boolean;
  /** How many milliseconds to wait for other writers before `store/locked`. */
  readonly patience: number;
}

/** Opens or creates an SQLite file. Throws `store/missing`, `files/…`, and the errors of `sqliteFailure`. */
export async function openSqlite<Tables>(path: string, { create, patience }: SqliteOptions): Promise<Kysely<Tables>> {
  await checkPlace(path, create);
  const { DatabaseSync } = await quietly(() => import("node:sqlite"));
  const database = await patiently({ path, patience }, () => new DatabaseSync(path));
  try {
    await patiently({ path, patience }, () => prepare(database));
  } catch (error) {
    database.close();
    throw error;
  }
  return new Kysely<Tables>({ dialect: sqliteDialect({ database, path, patience }) });
}

async function checkPlace(path: string, create: boolean): Promise<void> {
  const state = await stat(path).catch(() => undefined);
  if (state?.isDirectory()) {
    throw new NablaError("store/denied", `cannot open the store ${path}: it is a folder`, "name a file in it");
  }
  if (state !== undefined) return;
  if (!create) throw new NablaError("store/missing", `there is no store at ${path} yet`, "`nabla train` makes one");
  try {
    await mkdir(dirname(path), { recursive: true });
  } catch (error) {
    throw fileFailure(error, "make the folder of the store", path);
  }
}

function prepare(database: DatabaseSync): void {
  // SQLite waits a little, as long as a commit takes; `patiently` waits on, and lets this process work meanwhile.
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
