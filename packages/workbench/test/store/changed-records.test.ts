/** Records that something other than nabla changed: every column, one at a time, in a store that was closed meanwhile. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openStore, openStudyStore } from "../../src/store/open.ts";
import type { StudyDraft } from "../../src/store/study.ts";
import { draft, epoch, outcome } from "./drafts.ts";

let folder = "";
let path = "";
let run = "";
const study = "digits-study";
const place = { number: 0, repeat: 0 };

const studyDraft: StudyDraft = {
  name: study,
  definition: { space: {} },
  experiment: { data: "digits.csv", target: "digit" },
  plan: { trials: 2 },
  data: { path: "digits.csv", sha256: "00" },
  version: "0",
  task: "classification",
  target: "digit",
  rows: { train: 6, dev: 2, test: 2 },
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "nabla-changed-"));
  path = join(folder, "runs.db");
  await using runs = await openStore(path);
  ({ id: run } = await runs.create(draft({ notes: "first", model: "m", checkpoint: "c" })));
  await runs.append(run, { epochs: [epoch(1), epoch(2)], events: [{ kind: "peek", data: { error: 0.5 } }] });
  await runs.update(run, { status: "finished", outcome: outcome() });
  await using studies = await openStudyStore(path);
  await studies.createStudy(studyDraft);
  await studies.ask(study, [
    { number: 0, repeat: 0, units: { rate: 0.5 }, values: { rate: 0.01 } },
    { number: 1, repeat: 0, units: { rate: 0.25 }, values: { rate: 0.1 } },
  ]);
  const claim = await studies.claim(study, place);
  await studies.heartbeat(claim, { reports: [{ step: 1, value: 0.5 }] });
  await studies.tell(claim, { state: "done", value: 0.25, reports: [{ step: 1, value: 0.5 }], seconds: 1 });
  await studies.updateStudy(study, { status: "finished", outcome: { best: { error: 0.25 } }, notes: "n" });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Changes the store behind nabla's back. */
function tamper(sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

const changed = expect.objectContaining({ code: "store/changed" });

async function readAll(): Promise<void> {
  await using runs = await openStore(path);
  await runs.get(run);
  await using studies = await openStudyStore(path);
  await studies.getStudy(study);
  await studies.trials(study);
}

test("records that nabla wrote are read, whatever was written first and last", async () => {
  await readAll();
  await using runs = await openStore(path);
  expect((await runs.list()).map(({ changed: flag }) => flag)).toEqual([undefined]);
});

const digit = (column: string): string => `replace(${column}, substr(${column}, -2, 1), 'x')`;
const cases: readonly (readonly [table: string, set: string])[] = [
  ...["name", "created", "data_path", "data_sha256", "version", "task", "target", "model", "checkpoint", "notes"].map(
    (column) => ["runs", `${column} = ${column} || '1'`] as const,
  ),
  ["runs", "state = 'failed'"],
  ["runs", "seed = seed - 1"],
  ["runs", "parameters = parameters + 1"],
  ["runs", "outcome = replace(outcome, '0.', '0.0')"],
  ["runs", "outcome = null"],
  ["runs", `rows = ${digit("rows")}`],
  ["runs", "job = '{}'"],
  ["epochs", "record = replace(record, '\"epoch\":1', '\"epoch\":3')"],
  ["events", `data = '{"error":0.4}'`],
  ["events", "at = '2020-01-01T00:00:00.000Z'"],
  ["studies", "outcome = replace(outcome, '0.25', '0.15')"],
  ["studies", "definition = '{}'"],
  ["studies", "experiment = '{}'"],
  ["studies", "plan = '{}'"],
  ["studies", "state = 'stopped'"],
  ["trials", "result = replace(result, '0.25', '0.15')"],
  ["trials", "point = replace(point, '0.01', '0.02')"],
  ["trials", "units = replace(units, '0.5', '0.6')"],
  ["trials", "reports = '[]'"],
  ["trials", "digest = null"],
  ["runs", "digest = null"],
];

describe("a record that something other than nabla changed is refused", () => {
  test.each(cases)("%s: %s", async (table, set) => {
    tamper(`update ${table} set ${set}`);
    await expect(readAll()).rejects.toEqual(changed);
  });
});

test("owners and heartbeats are no part of what is covered: workers write them all the time", async () => {
  tamper("update runs set heartbeat = 1, owner = null; update trials set heartbeat = 1, attempt = 9");
  await readAll();
});

test("a list shows the run as changed, and the others as they are", async () => {
  {
    await using runs = await openStore(path);
    await runs.create(draft());
  }
  tamper(`update runs set outcome = replace(outcome, '0.', '0.0') where id = '${run}'`);
  await using runs = await openStore(path);
  expect((await runs.list()).map(({ id, changed: flag }) => [id === run, flag])).toEqual([
    [false, undefined],
    [true, true],
  ]);
  await expect(runs.update(run, { notes: "washed" })).rejects.toEqual(changed);
  await expect(runs.resume(run)).rejects.toEqual(changed);
});
