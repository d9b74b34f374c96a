import type { Insertable, Selectable, Updateable } from "kysely";
import { type EpochRecord, type Json, read, readEpoch } from "nabla";
import { fromJsonText, toJsonText } from "nabla/fields";
import { type Host, isAlive, ownerOf, ownerText } from "./owner.ts";
import {
  RUN_STATES,
  type Run,
  type RunDraft,
  type RunStatus,
  readOutcome,
  readPartRows,
  type StoredRunEvent,
  type TestEvaluation,
} from "./run.ts";
import type { RunChange } from "./run-store.ts";
import type { Tables } from "./tables.ts";

/** The columns of a run that has just started. */
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
    study: draft.study ?? null,
  };
}

/** The columns that a change sets. */
export function columnsOf({ status, job, outcome, ...plain }: RunChange): Updateable<Tables["runs"]> {
  return {
    ...plain,
    ...(job === undefined ? {} : { job: toJsonText(job) }),
    ...(outcome === undefined ? {} : { outcome: toJsonText({ ...outcome } as unknown as Json) }),
    ...(status === undefined ? {} : { state: status, owner: null }),
  };
}

/** A run from its columns, as it is at this moment. */
export function runOf(row: Selectable<Tables["runs"]>, testEvaluations: readonly TestEvaluation[], host: Host): Run {
  const { model, checkpoint, parent, notes, study } = row;
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
    rows: readPartRows(fromJsonText(row.rows), `the run ${row.id}: rows`),
    parameters: row.parameters,
    ...(row.outcome === null ? {} : { outcome: readOutcome(fromJsonText(row.outcome), `the run ${row.id}: outcome`) }),
    ...(model === null ? {} : { model }),
    ...(checkpoint === null ? {} : { checkpoint }),
    ...(parent === null ? {} : { parent }),
    ...(notes === null ? {} : { notes }),
    ...(study === null ? {} : { study }),
    testEvaluations,
  };
}

const runState = read.word(RUN_STATES);

/** Rule 3 of RunStore: a run marked "running" is running only while its owner is alive. */
export function statusOf(
  row: Pick<Selectable<Tables["runs"]>, "state" | "owner" | "heartbeat">,
  host: Host,
): RunStatus {
  const state = runState(row.state, "the state of a run");
  if (state !== "running" || row.owner === null) return state;
  return isAlive(ownerOf(row.owner), row.heartbeat, host) ? "running" : "interrupted";
}

/** The columns of an epoch. */
export function epochRowOf(run: string, record: EpochRecord): Insertable<Tables["epochs"]> {
  return { run, epoch: record.epoch, record: toJsonText({ ...record } as unknown as Json) };
}

/** An epoch from its columns. Throws `record/field`. */
export function epochOf({ run, epoch, record }: Selectable<Tables["epochs"]>): EpochRecord {
  return readEpoch(fromJsonText(record), `epoch ${epoch} of the run ${run}`);
}

/** An event from its columns. */
export function eventOf({
  kind,
  at,
  data,
}: Pick<Selectable<Tables["events"]>, "kind" | "at" | "data">): StoredRunEvent {
  return { kind, at, data: fromJsonText(data) };
}
