/** Digests of rows: a record that something else than nabla changed is not taken for one that nabla wrote. */
import type { Kysely, Selectable, Transaction } from "kysely";
import { NablaError } from "nabla";
import { sha256 } from "../host/hash.ts";
import type { Tables } from "./tables.ts";

/** The columns that a digest covers: all but those of owners and heartbeats, which change while work goes on. */
const COVERED = {
  runs: [
    ...["id", "name", "created", "state", "job", "data_path", "data_sha256", "seed", "version", "task", "target"],
    ...["rows", "parameters", "outcome", "model", "checkpoint", "parent", "notes"],
  ],
  epochs: ["run", "epoch", "record"],
  events: ["run", "number", "at", "kind", "data"],
  studies: [
    ...["name", "created", "state", "definition", "experiment", "plan", "data_path", "data_sha256", "version", "task"],
    ...["target", "rows", "outcome", "notes"],
  ],
  trials: ["study", "number", "repeat", "units", "point"],
} as const;

/** What a trial that has ended is covered by too. While it is worked on, its reports change many times a second. */
const OF_ENDED_TRIALS = ["state", "reports", "result"] as const;

/** Every table whose rows have digests, with what tells its rows apart. */
export const keyColumns = {
  runs: ["id"],
  epochs: ["run", "epoch"],
  events: ["run", "number"],
  studies: ["name"],
  trials: ["study", "number", "repeat"],
} as const;

/** A table of the store whose rows carry digests. */
export type DigestedTable = keyof typeof keyColumns;

type Row = Readonly<Record<string, unknown>>;

/** The SHA-256 of what is covered of a row. */
function digestOf(table: DigestedTable, row: object): string {
  const cells = row as Row;
  const ended = table === "trials" && cells.result !== null && cells.result !== undefined;
  const covered = [...COVERED[table], ...(ended ? OF_ENDED_TRIALS : [])];
  return sha256(JSON.stringify([table, ...covered.map((column) => cells[column] ?? null)]));
}

/** A new row with its digest. */
export function digested<R extends object>(table: DigestedTable, row: R): R & { readonly digest: string } {
  return { ...row, digest: digestOf(table, row) };
}

/** Whether a row is as nabla wrote it. */
export function isIntact(table: DigestedTable, row: { readonly digest: string | null }): boolean {
  return row.digest === digestOf(table, row);
}

/** The rows, where all are as nabla wrote them. Throws `store/changed`. */
export function intact<R extends { readonly digest: string | null }>(
  table: DigestedTable,
  rows: readonly R[],
  record: string,
): readonly R[] {
  if (rows.every((row) => isIntact(table, row))) return rows;
  throw new NablaError(
    "store/changed",
    `the record of ${record} was changed by something other than nabla`,
    "restore the store from a copy: what a changed record says did not happen",
  );
}

/** Gives a row that was changed its new digest; in the transaction that changed it. */
export async function digestAgain<T extends DigestedTable>(
  database: Kysely<Tables> | Transaction<Tables>,
  table: T,
  row: Selectable<Tables[T]>,
): Promise<void> {
  const cells = row as Row;
  let update = (database as Kysely<Tables>).updateTable(table as "runs").set({ digest: digestOf(table, row) });
  for (const column of keyColumns[table]) update = update.where(column as "id", "=", cells[column] as string);
  await update.execute();
}
