import { expect, test } from "vitest";
import { resolvedFrom } from "../../src/experiment/resolve.ts";
import type { Run } from "../../src/store/run.ts";
import { chained, runsText, runText } from "../../src/terminal/run-list.ts";
import { widthOf } from "../../src/text/layout.ts";
import { outcome as outcomeOf } from "../store/drafts.ts";

const run = (more: Partial<Run> = {}): Run => ({
  id: "a-file-with-a-long-name-7f3a2c",
  name: "a-file-with-a-long-name",
  created: "2026-11-22T08:15:00.000Z",
  updated: "2026-11-22T08:15:00.000Z",
  status: "interrupted",
  job: {},
  data: { path: "/data.csv", sha256: "ab" },
  seed: 1,
  version: "0.1.0",
  task: "classification",
  target: "a target with quite a long name",
  rows: { train: 6, dev: 2, test: 2 },
  parameters: 10,
  testEvaluations: [],
  ...more,
});

const outcome = outcomeOf({
  train: { cost: 1, error: 0.1, mistake: 0.1, rows: 6 },
  dev: { cost: 1, error: 0.123, mistake: 0.123, rows: 2 },
  baseline: { error: 0.5 },
  reason: "diverged",
});

test("a list fits into 80 columns and shows ids whole", () => {
  const text = runsText([run(), run({ id: "b-1", status: "failed", outcome })]);
  const [, first = "", second = ""] = text.split("\n");
  for (const line of text.split("\n")) expect(widthOf(line)).toBeLessThanOrEqual(80);
  expect(first).toContain("a-file-with-a-long-name-7f3a2c  interrupted  a target");
  expect(first).toContain("…");
  expect(second).toMatch(/^b-1 +diverged +a target.* 12\.3% {2}2026-11-22/);
});

test("a run in full says what was tried, what it came to, and how often test was opened", () => {
  const experiment = resolvedFrom(
    {
      ...{ data: "data.csv", target: "a", task: "classification", split: { train: 0.6, dev: 0.2, test: 0.2 }, seed: 1 },
      ...{ model: { kind: "dense", units: 3 }, loss: "softmaxCrossEntropy", optimizer: { kind: "adam", rate: 0.003 } },
      ...{ schedule: "cosine", batch: 32, epochs: 100, patience: 30 },
    },
    "run",
  );
  const testEvaluations = [{ at: "2026-11-22T08:15:00.000Z", result: null }];
  const shown = runText(
    { ...run({ outcome, testEvaluations, status: "finished", model: "m" }), epochs: [], events: [] },
    experiment,
    { place: "postgres://me:secret@host/database" },
  );
  expect(shown).toContain("Network   inputs → dense 3");
  expect(shown).toContain("Error     dev 12.3%, train 10.0%, baseline 50.0%");
  expect(shown).toContain("Test      test evaluations: 1");
  expect(shown).toContain(
    "Training  adam, rate 0.003, cosine schedule, batch size 32, at most 100 epochs,\n          patience 30",
  );
  expect(shown).toMatch(
    /^Next +(npx )?nabla evaluate a-file-with-a-long-name-7f3a2c --on test --store postgres:\/\/me@host\/database\n +opens the sealed test part/m,
  );
});

test("F1 runs stand below the run whose diagnosis led to them, first to last, and others by time", () => {
  const runs = [
    run({ id: "d", parent: "b" }),
    run({ id: "c", parent: "a" }),
    run({ id: "other" }),
    run({ id: "b", parent: "a" }),
    run({ id: "a" }),
    run({ id: "orphan", parent: "not listed" }),
  ];
  expect(chained(runs).map(({ run: { id }, depth }) => `${depth} ${id}`)).toEqual([
    ...["0 other", "0 a", "1 b", "2 d", "1 c", "0 orphan"],
  ]);
  expect(runsText(runs)).toMatch(/\na .*\n└ b .*\n └ d .*\n└ c /);
});
