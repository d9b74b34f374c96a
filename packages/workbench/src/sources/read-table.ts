import { type Profile, type ReadTable, survey, typedTable } from "nabla/tables";
import type { ReadOptions } from "./profile.ts";
import { readWritten } from "./written-table.ts";

/**
 * Reads a table (CSV, JSON, JSON lines, Parquet, Excel; compressed or not; several files as one) into typed columns, in
 * the file's order: `await readTable("digits.csv", { target: "digit" })`. What each column holds is decided by all of its
 * cells; columns that teach nothing (constant, identifiers, text) are left out with a notice, as are rows without a
 * target. Throws `files/…` and `data/…` errors that name file, row and column and carry the notices.
 */
export async function readTable(path: string, options: ReadOptions = {}): Promise<ReadTable> {
  return await typedTable(await readWritten(path, options), options);
}

/** What `readTable` would find in a file, without keeping its values. */
export async function profile(path: string, options: ReadOptions = {}): Promise<Profile> {
  return survey(await readWritten(path, options), options).profile;
}
