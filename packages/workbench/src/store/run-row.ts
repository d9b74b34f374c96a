import type { Insertable, Selectable, Updateable } from "kysely";
import { fromJsonText, toJsonText } from "./json-text.ts";
import { type Host, isAlive, type Owner } from "./owner.ts";
import type {
  EpochRecord,
  Run,
  RunDraft,
  RunOutcome,
  RunState,
  RunStatus,
  StoredRunEvent,
  TestEvaluation,
} from "./run.ts";
import type { RunChange } from "./run-store.ts";
import type { Tables } from "./tables.ts";

/** The columns of a run that has just begun. */
export function rowOf(id: string, draft: RunDraft, created: string, host: Host): Insertable<Tables["runs"]> {
  return {
    id,
    name: draft.name,
    created,
    updated: created,
    state: "running",
    owner: ownerText(host.self),
    heartbeat: host.now(),
    job: toJsonText(draft.job),
    data_path: draft.data.path,
    data_sha256: draft.data.sha256,
    seed: draft.seed,
    version: draft.version,
    task: draft.task,
    target: draft.target,
    rows: toJsonText({ ...draft.rows }),
    parameters: draft.parameters,
    outcome: null,
    model: draft.model ?? null,
    checkpoint: draft.checkpoint ?? null,
    parent: draft.parent ?? null,
    notes: draft.notes ?? null,
  };
}

/** The columns that a change sets. */
export function columnsOf({ status, job, outcome, ...plain }: RunChange): Updateable<Tables["runs"]> {
  return {
    ...plain,
    ...(job === undefined ? {} : { job: toJsonText(job) }),
    ...(outcome === undefined ? {} : { outcome: toJsonText({ ...outcome }) }),
    ...(status === undefined ? {} : { state: status, owner: null }),
  };
}

/** A run from its columns, as it stands at this moment. */
export function runOf(row: Selectable<Tables["runs"]>, testEvaluations: readonly TestEvaluation[], host: Host): Run {
  const { model, checkpoint, parent, notes } = row;
  return {
    id: row.id,
    name: row.name,
    created: row.created,
    updated: row.updated,
    status: statusOf(row, host),
    job: fromJsonText(row.job),
    data: { path: row.data_path, sha256: row.data_sha256 },
    seed: row.seed,
    version: row.version,
    task: row.task,
    target: row.target,
    rows: fromJsonText(row.rows) as unknown as Run["rows"],
    parameters: row.parameters,
    ...(row.outcome === null ? {} : { outcome: fromJsonText(row.outcome) as unknown as RunOutcome }),
    ...(model === null ? {} : { model }),
    ...(checkpoint === null ? {} : { checkpoint }),
    ...(parent === null ? {} : { parent }),
    ...(notes === null ? {} : { notes }),
    testEvaluations,
  };
}

/** Rule 3 of RunStore: a run that says "running" is so while its owner lives. */
export function statusOf(
  row: Pick<Selectable<Tables["runs"]>, "state" | "owner" | "heartbeat">,
  host: Host,
): RunStatus {
  const state = row.state as RunState;
  if (state !== "running" || row.owner === null) return state;
  return isAlive(ownerOf(row.owner), row.heartbeat, host) ? "running" : "interrupted";
}

/** An owner as one text: what a compare-and-swap compares. */
export function ownerText({ machine, pid, started }: Owner): string {
  return JSON.stringify([machine, pid, started]);
}

/** The owner that `ownerText` wrote. */
export function ownerOf(text: string): Owner {
  const [machine, pid, started] = JSON.parse(text) as [string, number, string];
  return { machine, pid, started };
}

/** The columns of an epoch. A NaN is stored as null, SQL's word for it. */
export function epochRowOf(run: string, record: EpochRecord): Insertable<Tables["epochs"]> {
  const { epoch, cost, trainError, devCost, devError, rate, seconds, steps } = record;
  const measures = {
    cost: orNull(cost),
    train_error: orNull(trainError),
    dev_cost: orNull(devCost),
    dev_error: orNull(devError),
  };
  return { run, epoch, ...measures, rate, seconds, steps };
}

function orNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}

/** An epoch from its columns; a dev measure that was NaN reads as absent. */
export function epochOf(row: Selectable<Tables["epochs"]>): EpochRecord {
  const { epoch, rate, seconds, steps } = row;
  return {
    epoch,
    cost: row.cost ?? Number.NaN,
    trainError: row.train_error ?? Number.NaN,
    ...(row.dev_cost === null ? {} : { devCost: row.dev_cost }),
    ...(row.dev_error === null ? {} : { devError: row.dev_error }),
    rate,
    seconds,
    steps,
  };
}

/** An event from its columns. */
export function eventOf({
  kind,
  at,
  data,
}: Pick<Selectable<Tables["events"]>, "kind" | "at" | "data">): StoredRunEvent {
  return { kind, at, data: fromJsonText(data) };
}
