import type { ColumnDataType, CreateTableBuilder, Kysely } from "kysely";
import { digestRows } from "./digest-rows.ts";
import { keepRecords } from "./one-record.ts";
import type { Tables } from "./tables.ts";

/** What brings a store from each version to the next, in order; the first makes version 1. Never changed, only added to. */
export const migrations: readonly ((database: Kysely<Tables>) => Promise<void>)[] = [
  createRuns,
  createStudies,
  indexOwners,
  keepRecords,
  digestRows,
  createMarks,
  noteTimes,
];

/**
 * Columns of a table as `name type`, all of which hold a value but those with a question mark: `owner text?`. SQLite takes
 * any name of a type, and leaves bytes as they are in all of them.
 */
function columns(
  list: string,
): <T extends string>(table: CreateTableBuilder<T, string>) => CreateTableBuilder<T, string> {
  const parsed = list.split(", ").map((column) => /^(\w+) ([\w ]+)(\??)$/.exec(column) ?? []);
  return (table) =>
    parsed.reduce(
      (made, [, name = "", type = "", optional]) =>
        made.addColumn(name, type as ColumnDataType, (column) => (optional === "?" ? column : column.notNull())),
      table,
    );
}

async function createRuns({ schema }: Kysely<Tables>): Promise<void> {
  await schema
    .createTable("runs")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .$call(columns("name text, created text, updated text, state text, owner text?, heartbeat double precision"))
    .$call(columns("job text, data_path text, data_sha256 text, seed bigint, version text, task text"))
    .$call(columns("target text, rows text, parameters bigint, outcome text?, model text?, checkpoint text?"))
    .addColumn("parent", "text", (column) => column.references("runs.id"))
    .$call(columns("notes text?"))
    .execute();
  await schema.createIndex("runs_by_time").on("runs").columns(["created", "id"]).execute();
  await schema
    .createTable("epochs")
    .addColumn("run", "text", (column) => column.notNull().references("runs.id").onDelete("cascade"))
    .$call(columns("epoch integer, cost double precision?, train_error double precision?"))
    .$call(columns("dev_cost double precision?, dev_error double precision?, rate double precision"))
    .$call(columns("seconds double precision, steps bigint"))
    .addPrimaryKeyConstraint("epochs_key", ["run", "epoch"])
    .execute();
  await schema
    .createTable("events")
    .addColumn("run", "text", (column) => column.notNull().references("runs.id").onDelete("cascade"))
    .$call(columns("number integer, at text, kind text, data text"))
    .addPrimaryKeyConstraint("events_key", ["run", "number"])
    .execute();
  await schema.createIndex("events_by_kind").on("events").columns(["kind", "run"]).execute();
}

async function createStudies({ schema }: Kysely<Tables>): Promise<void> {
  await schema
    .createTable("studies")
    .addColumn("name", "text", (column) => column.primaryKey().notNull())
    .$call(columns("created text, updated text, state text, owner text?, heartbeat double precision"))
    .$call(columns("definition text, experiment text, plan text, data_path text, data_sha256 text, version text"))
    .$call(columns("task text, target text, rows text, outcome text?, notes text?"))
    .execute();
  await schema
    .createTable("trials")
    .addColumn("study", "text", (column) => column.notNull().references("studies.name").onDelete("cascade"))
    .$call(columns("number integer, repeat integer, state text, attempt integer, owner text?"))
    .$call(columns("heartbeat double precision, units text, point text, reports text, value double precision?"))
    .$call(columns("reason text?, seconds double precision?, measures text?"))
    .addPrimaryKeyConstraint("trials_key", ["study", "number", "repeat"])
    .execute();
  await schema
    .createTable("trial_checkpoints")
    .$call(columns("study text, number integer, repeat integer, bytes bytea"))
    .addPrimaryKeyConstraint("trial_checkpoints_key", ["study", "number", "repeat"])
    .addForeignKeyConstraint(
      "trial_checkpoints_trial",
      ["study", "number", "repeat"],
      "trials",
      ["study", "number", "repeat"],
      (key) => key.onDelete("cascade"),
    )
    .execute();
}

/** Every worker gives a heartbeat for what it owns, which must not scan every row ever written. */
async function indexOwners({ schema }: Kysely<Tables>): Promise<void> {
  for (const table of ["runs", "studies", "trials"] as const) {
    await schema.createIndex(`${table}_by_owner`).on(table).column("owner").where("owner", "is not", null).execute();
  }
}

/** Tags, and what was put away or deleted; what watches a store asks for the runs that changed last. */
async function createMarks({ schema }: Kysely<Tables>): Promise<void> {
  await schema
    .createTable("run_marks")
    .addColumn("run", "text", (column) => column.primaryKey().notNull().references("runs.id").onDelete("cascade"))
    .$call(columns("tags text, archived text?, deleted text?"))
    .execute();
  await schema.createIndex("runs_by_change").on("runs").columns(["updated", "id"]).execute();
}

/**
 * When trials were worked on and by whom, and which study a run comes from. Of earlier trials nobody knows it; earlier runs say
 * it in their notes.
 */
async function noteTimes(database: Kysely<Tables>): Promise<void> {
  for (const column of ["started", "ended", "worker"])
    await database.schema.alterTable("trials").addColumn(column, "text").execute();
  await database.schema.alterTable("runs").addColumn("study", "text").execute();
  const ofTrials = database.selectFrom("runs").select(["id", "notes"]).where("notes", "like", "trial % of the study %");
  for (const { id, notes } of await ofTrials.execute()) {
    const [, study] = /^trial \d+ of the study (\S+)$/.exec(notes ?? "") ?? [];
    if (study !== undefined) await database.updateTable("runs").set({ study }).where("id", "=", id).execute();
  }
}
