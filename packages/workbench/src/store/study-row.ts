import type { Insertable, Selectable, Updateable } from "kysely";
import { type Json, read } from "nabla";
import { fromJsonText, toJsonText } from "nabla/fields";
import { type Report, readTrial, type TrialOutcome } from "nabla/tune";
import { type Host, isAlive, ownerOf, ownerText } from "./owner.ts";
import { readPartRows } from "./run.ts";
import { statusOf } from "./run-row.ts";
import type { StoredStudy, StoredTrial, StudyDraft, TrialDraft, TrialStatus } from "./study.ts";
import type { StudyChange } from "./study-store.ts";
import type { Tables } from "./tables.ts";

/** The columns of a study that has just started. */
export function studyRowOf(draft: StudyDraft, created: string, host: Host): Insertable<Tables["studies"]> {
  return {
    name: draft.name,
    created,
    updated: created,
    state: "running",
    owner: ownerText(host.self),
    heartbeat: host.now(),
    definition: toJsonText(draft.definition),
    experiment: toJsonText(draft.experiment),
    plan: toJsonText(draft.plan),
    data_path: draft.data.path,
    data_sha256: draft.data.sha256,
    version: draft.version,
    task: draft.task,
    target: draft.target,
    rows: toJsonText({ ...draft.rows }),
    outcome: null,
    notes: null,
  };
}

/** The columns that a change sets. */
export function studyColumnsOf(change: StudyChange): Updateable<Tables["studies"]> {
  const { status, definition, plan, outcome, notes } = change;
  return {
    ...(definition === undefined ? {} : { definition: toJsonText(definition) }),
    ...(plan === undefined ? {} : { plan: toJsonText(plan) }),
    ...(outcome === undefined ? {} : { outcome: toJsonText(outcome) }),
    ...(notes === undefined ? {} : { notes }),
    ...(status === undefined ? {} : { state: status, owner: null }),
  };
}

/** A study from its columns, as it is at this moment. */
export function studyOf(row: Selectable<Tables["studies"]>, host: Host): StoredStudy {
  return {
    name: row.name,
    created: row.created,
    updated: row.updated,
    status: statusOf(row, host),
    definition: fromJsonText(row.definition),
    experiment: fromJsonText(row.experiment),
    plan: fromJsonText(row.plan),
    data: { path: row.data_path, sha256: row.data_sha256 },
    version: row.version,
    task: row.task,
    target: row.target,
    rows: readPartRows(fromJsonText(row.rows), `the study ${row.name}: rows`),
    ...(row.outcome === null ? {} : { outcome: fromJsonText(row.outcome) }),
    ...(row.notes === null ? {} : { notes: row.notes }),
  };
}

/** The columns of a trial that waits. */
export function trialRowOf(study: string, draft: TrialDraft): Insertable<Tables["trials"]> {
  return {
    study,
    number: draft.number,
    repeat: draft.repeat,
    state: "waiting",
    attempt: 0,
    owner: null,
    heartbeat: 0,
    units: toJsonText(draft.units),
    point: toJsonText(draft.values),
    reports: "[]",
    result: null,
    started: null,
    ended: null,
    worker: null,
  };
}

/** The columns that an outcome sets. */
export function outcomeColumnsOf({ state, reports = [], ...result }: TrialOutcome): Updateable<Tables["trials"]> {
  return { state, owner: null, reports: reportsText(reports), result: toJsonText(result as unknown as Json) };
}

/** Reports as pairs, which is a third of the bytes. */
export function reportsText(reports: readonly Report[]): string {
  return toJsonText(reports.map(({ step, value }) => [step, value]));
}

/** A trial from its columns, as it is at this moment. Throws `record/field`. */
export function trialOf(row: Selectable<Tables["trials"]>, host: Host): StoredTrial {
  const { number, repeat, attempt, state, result, started, ended, worker } = row;
  const place = `trial ${number} of the study ${row.study}`;
  const pairs = read.list(read.list(read.number))(fromJsonText(row.reports), `${place}: reports`);
  const trial = {
    ...(result === null ? {} : read.byName(read.json)(fromJsonText(result), `${place}: result`)),
    number,
    units: fromJsonText(row.units),
    values: fromJsonText(row.point),
    state: state === "waiting" ? "running" : state,
    reports: pairs.map(([step, value]) => ({ step, value })),
  };
  return {
    ...readTrial(trial, place),
    repeat,
    attempt,
    status: trialStatusOf(row, host),
    ...(started === null ? {} : { started }),
    ...(ended === null ? {} : { ended }),
    ...(worker === null ? {} : { worker }),
  };
}

const trialStatus = read.word(["waiting", "done", "pruned", "failed"]);

/** Rule 5 of StudyStore: a trial marked "running" is running only while its worker is alive. */
export function trialStatusOf(
  { state, owner, heartbeat }: Pick<Selectable<Tables["trials"]>, "state" | "owner" | "heartbeat">,
  host: Host,
): TrialStatus {
  if (state !== "running") return trialStatus(state, "the state of a trial");
  return owner !== null && isAlive(ownerOf(owner), heartbeat, host) ? "running" : "waiting";
}
