/** Files of a few rows: each is trained on or refused with a reason, and no number is printed that means nothing. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drain, fork, NablaError, normal, seedKey } from "nabla";
import { afterAll, beforeAll, expect, test } from "vitest";
import { planExperiment } from "../../src/experiment/plan.ts";
import { writeReport } from "../../src/report/report.ts";
import { diagnoseRun } from "../../src/runs/diagnose-run.ts";
import { evaluateRun } from "../../src/runs/evaluate-run.ts";
import { documentOf } from "../../src/runs/run-document.ts";
import { experimentOf } from "../../src/runs/stored-run.ts";
import { trainFile } from "../../src/runs/train-file.ts";
import { untilGood } from "../../src/runs/until-good.ts";
import { openStore } from "../../src/store/open.ts";
import type { RunStore } from "../../src/store/run-store.ts";
import { planStudy } from "../../src/studies/study-plan.ts";
import { diagnosisText } from "../../src/terminal/diagnosis.ts";
import { evaluationText } from "../../src/terminal/evaluation.ts";
import { runsText, runText } from "../../src/terminal/run-list.ts";

let folder = "";
let store: RunStore;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "nabla-few-"));
  store = await openStore(join(folder, "runs.db"));
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The target of a row by its place and its two numbers. */
const targets = {
  sum: (_row: number, a: number, b: number) => (a + 2 * b).toFixed(4),
  alternating: (row: number) => (row % 2 === 0 ? "yes" : "no"),
  lonely: (row: number) => (row === 0 ? "yes" : "no"),
} as const;

function fileOf(rows: number, target: keyof typeof targets): string {
  const [a, b] = ["a", "b"].map((name) => normal(fork(seedKey(4), name), Math.max(1, rows))) as [
    Float64Array,
    Float64Array,
  ];
  const lines = Array.from({ length: rows }, (_, row) => {
    const [x, y] = [a[row] ?? 0, b[row] ?? 0];
    return [x.toFixed(3), y.toFixed(3), targets[target](row, x, y)].join();
  });
  const file = join(folder, `${target}-${rows}.csv`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${["a,b,y", ...lines].join("\n")}\n`);
  return file;
}

/** Numbers that mean nothing: infinite, none, or a percentage of more than five digits. */
const MEANINGLESS = /Infinity|NaN|\d{6,}(\.\d+)?%/;

const cases = [
  ["sum", 1, "data/few-rows"],
  ["sum", 2, "data/few-rows"],
  ["sum", 3, "not measurable"],
  ["sum", 5, "not measurable"],
  ["sum", 10, ""],
  ["sum", 20, ""],
  ["alternating", 1, "data/few-rows"],
  ["alternating", 2, "data/few-rows"],
  ["alternating", 3, "data/few-rows"],
  ["alternating", 5, ""],
  ["alternating", 10, ""],
  ["alternating", 20, ""],
  ["lonely", 5, ""],
  ["lonely", 20, ""],
] as const;

test.each(cases)("%s of %i rows: %s", async (target, rows, expected) => {
  const data = fileOf(rows, target);
  const training = drain(trainFile({ data, target: "y", hidden: [4], epochs: 3 }, { store, folder }));
  if (expected.includes("/")) {
    const error: unknown = await training.catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(NablaError);
    expect((error as NablaError).code).toBe(expected);
    expect((error as NablaError).message).toContain(`${rows} row`);
    return;
  }
  const { run } = await training.then((result) => {
    expect(JSON.stringify(documentOf(result))).not.toMatch(MEANINGLESS);
    return result;
  });
  const stored = await store.get(run);
  const evaluation = await evaluateRun(run, "dev", store);
  const { file } = await writeReport(run, { store });
  const texts = [
    runsText([stored]),
    runText(stored, experimentOf(stored)),
    evaluationText(evaluation),
    diagnosisText(await diagnoseRun(run, { store })),
    // the page's own code has numbers of its own
    readFileSync(file, "utf8").replace(/<(script|style)[\s\S]*?<\/\1>|d="[^"]*"/g, ""),
  ];
  for (const text of texts) expect(text).not.toMatch(MEANINGLESS);
  expect(texts[1]).toContain(expected);
  if (expected !== "") {
    expect(evaluation.score.error).toBeNaN();
    expect(evaluation.score.rmse).toBeGreaterThan(0);
    expect(stored.outcome?.unmeasured).toEqual(["dev"]);
  }
});

test("a search, and changes until good, that one dev row would decide are refused", async () => {
  const data = fileOf(4, "sum");
  const expected = {
    code: "data/no-metric",
    message: expect.stringContaining("the target is the same in every dev row (1 row)"),
  };
  await expect(planStudy({ data, target: "y" }, {})).rejects.toMatchObject(expected);
  const plan = await planExperiment({ data, target: "y", hidden: [4], epochs: 2 });
  await expect(drain(untilGood(plan, { store, folder }))).rejects.toMatchObject(expected);
});

test("members that fail leave the model where it is, and their failure is recorded and shown", async () => {
  const data = join(folder, "xor.csv");
  writeFileSync(data, "a,b,out\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n0,1,1\n");
  const split = { train: 0.8, dev: 0.2, test: 0 };
  const result = await drain(
    trainFile({ data, target: "out", split, members: 2, normalize: true, hidden: [4], epochs: 2 }, { store, folder }),
  );
  expect(result.state).toBe("finished");
  const stored = await store.get(result.run);
  expect([stored.status, stored.model]).toEqual(["finished", result.model]);
  expect(stored.outcome?.shipped).toMatchObject({
    kind: "measured",
    rows: 4,
    because: expect.stringMatching(/a batch has 1$/),
  });
  const [failure, ...others] = stored.outcome?.failures ?? [];
  expect(others).toEqual([]);
  expect(failure).toMatchObject({ extra: "members", code: "train/batch-rows" });
  expect(documentOf(result).failures).toEqual([failure]);
  expect(runText(stored, experimentOf(stored))).toMatch(
    /Failed\s+members: the model learns from at least 2 rows at once, a batch\s+has\s+1/,
  );
  expect((await evaluateRun(result.run, "dev", store)).rows).toBe(1);
});
