import type { Kysely } from "kysely";
import { keepRecords } from "./one-record.ts";

/** The tables as the latest migration leaves them. Times are ISO texts, `heartbeat` milliseconds, structures JSON text. */
export interface Tables {
  nabla_schema: { version: number };
  runs: {
    id: string;
    name: string;
    created: string;
    updated: string;
    state: string;
    /** The process that works on the run; null when none does. */
    owner: string | null;
    heartbeat: number;
    job: string;
    data_path: string;
    data_sha256: string;
    seed: number;
    version: string;
    task: string;
    target: string;
    rows: string;
    parameters: number;
    outcome: string | null;
    model: string | null;
    checkpoint: string | null;
    parent: string | null;
    notes: string | null;
  };
  epochs: {
    run: string;
    epoch: number;
    /** The `EpochRecord`. */
    record: string;
  };
  events: { run: string; number: number; at: string; kind: string; data: string };
  studies: {
    name: string;
    created: string;
    updated: string;
    state: string;
    /** The process that leads the study; null when none does. */
    owner: string | null;
    heartbeat: number;
    definition: string;
    experiment: string;
    plan: string;
    data_path: string;
    data_sha256: string;
    version: string;
    task: string;
    target: string;
    rows: string;
    outcome: string | null;
    notes: string | null;
  };
  trials: {
    study: string;
    number: number;
    /** 0 for the trial itself, more for a finalist with another seed. */
    repeat: number;
    state: string;
    attempt: number;
    /** The process that works on the trial; null when none does. */
    owner: string | null;
    heartbeat: number;
    units: string;
    point: string;
    reports: string;
    /** What else a trial's outcome holds; null until it has ended. */
    result: string | null;
  };
  trial_checkpoints: { study: string; number: number; repeat: number; bytes: Uint8Array };
}

/** What brings a store from each version to the next, in order; the first makes version 1. Never changed, only added to. */
export const migrations: readonly ((database: Kysely<Tables>) => Promise<void>)[] = [
  createRuns,
  createStudies,
  indexOwners,
  keepRecords,
];

async function createRuns({ schema }: Kysely<Tables>): Promise<void> {
  await schema
    .createTable("runs")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("created", "text", (column) => column.notNull())
    .addColumn("updated", "text", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("owner", "text")
    .addColumn("heartbeat", "double precision", (column) => column.notNull())
    .addColumn("job", "text", (column) => column.notNull())
    .addColumn("data_path", "text", (column) => column.notNull())
    .addColumn("data_sha256", "text", (column) => column.notNull())
    .addColumn("seed", "bigint", (column) => column.notNull())
    .addColumn("version", "text", (column) => column.notNull())
    .addColumn("task", "text", (column) => column.notNull())
    .addColumn("target", "text", (column) => column.notNull())
    .addColumn("rows", "text", (column) => column.notNull())
    .addColumn("parameters", "bigint", (column) => column.notNull())
    .addColumn("outcome", "text")
    .addColumn("model", "text")
    .addColumn("checkpoint", "text")
    .addColumn("parent", "text", (column) => column.references("runs.id"))
    .addColumn("notes", "text")
    .execute();
  await schema.createIndex("runs_by_time").on("runs").columns(["created", "id"]).execute();
  await schema
    .createTable("epochs")
    .addColumn("run", "text", (column) => column.notNull().references("runs.id").onDelete("cascade"))
    .addColumn("epoch", "integer", (column) => column.notNull())
    .addColumn("cost", "double precision")
    .addColumn("train_error", "double precision")
    .addColumn("dev_cost", "double precision")
    .addColumn("dev_error", "double precision")
    .addColumn("rate", "double precision", (column) => column.notNull())
    .addColumn("seconds", "double precision", (column) => column.notNull())
    .addColumn("steps", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("epochs_key", ["run", "epoch"])
    .execute();
  await schema
    .createTable("events")
    .addColumn("run", "text", (column) => column.notNull().references("runs.id").onDelete("cascade"))
    .addColumn("number", "integer", (column) => column.notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("data", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("events_key", ["run", "number"])
    .execute();
  await schema.createIndex("events_by_kind").on("events").columns(["kind", "run"]).execute();
}

async function createStudies({ schema }: Kysely<Tables>): Promise<void> {
  await schema
    .createTable("studies")
    .addColumn("name", "text", (column) => column.primaryKey().notNull())
    .addColumn("created", "text", (column) => column.notNull())
    .addColumn("updated", "text", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("owner", "text")
    .addColumn("heartbeat", "double precision", (column) => column.notNull())
    .addColumn("definition", "text", (column) => column.notNull())
    .addColumn("experiment", "text", (column) => column.notNull())
    .addColumn("plan", "text", (column) => column.notNull())
    .addColumn("data_path", "text", (column) => column.notNull())
    .addColumn("data_sha256", "text", (column) => column.notNull())
    .addColumn("version", "text", (column) => column.notNull())
    .addColumn("task", "text", (column) => column.notNull())
    .addColumn("target", "text", (column) => column.notNull())
    .addColumn("rows", "text", (column) => column.notNull())
    .addColumn("outcome", "text")
    .addColumn("notes", "text")
    .execute();
  await schema
    .createTable("trials")
    .addColumn("study", "text", (column) => column.notNull().references("studies.name").onDelete("cascade"))
    .addColumn("number", "integer", (column) => column.notNull())
    .addColumn("repeat", "integer", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("attempt", "integer", (column) => column.notNull())
    .addColumn("owner", "text")
    .addColumn("heartbeat", "double precision", (column) => column.notNull())
    .addColumn("units", "text", (column) => column.notNull())
    .addColumn("point", "text", (column) => column.notNull())
    .addColumn("reports", "text", (column) => column.notNull())
    .addColumn("value", "double precision")
    .addColumn("reason", "text")
    .addColumn("seconds", "double precision")
    .addColumn("measures", "text")
    .addPrimaryKeyConstraint("trials_key", ["study", "number", "repeat"])
    .execute();
  await schema
    .createTable("trial_checkpoints")
    .addColumn("study", "text", (column) => column.notNull())
    .addColumn("number", "integer", (column) => column.notNull())
    .addColumn("repeat", "integer", (column) => column.notNull())
    // SQLite takes any name of a type, and keeps bytes as they are in all of them
    .addColumn("bytes", "bytea", (column) => column.notNull())
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

/** Every worker gives a sign of life for what it owns, which must not cost a look at all that was ever done. */
async function indexOwners({ schema }: Kysely<Tables>): Promise<void> {
  for (const table of ["runs", "studies", "trials"] as const) {
    await schema.createIndex(`${table}_by_owner`).on(table).column("owner").where("owner", "is not", null).execute();
  }
}
