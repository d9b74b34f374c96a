/** Runs compared on the same dev rows: the best first, differences paired. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drain, seedKey, uniform } from "nabla";
import { afterAll, expect, test } from "vitest";
import type { PartialExperiment } from "../../src/experiment/fields.ts";
import { compareRuns } from "../../src/runs/compare-runs.ts";
import { diagnoseRun } from "../../src/runs/diagnose-run.ts";
import { evaluateRun } from "../../src/runs/evaluate-run.ts";
import { trainFile } from "../../src/runs/train-file.ts";
import { openStore } from "../../src/store/open.ts";
import { comparisonDocument, comparisonText } from "../../src/terminal/comparison.ts";

const home = await mkdtemp(join(tmpdir(), "nabla-compare-"));
const store = await openStore(join(home, "runs.db"));
afterAll(async () => {
  await store.close();
  await rm(home, { recursive: true, force: true });
});

const data = join(home, "rows.csv");
const draws = uniform(seedKey(3), 600);
const rows = Array.from({ length: 300 }, (_, i) => [Number(draws[2 * i]) * 8, Number(draws[2 * i + 1]) * 8]);
await writeFile(
  data,
  [
    "a,b,side,sum",
    ...rows.map(([a = 0, b = 0]) => `${a},${b},${a > b ? "left" : "right"},${Math.exp(a / 2) + b}`),
  ].join("\n"),
);

async function trained(changes: PartialExperiment & { readonly target: string }): Promise<string> {
  const small = { hidden: [8], epochs: 12, members: 1, refit: "none", splitSeed: 1 } as const;
  const { target, ...others } = changes;
  const ignore = target === "side" ? ["sum"] : ["side"];
  return (await drain(trainFile({ data, target, ...small, ignore, ...others }, { store, folder: home }))).run;
}

test("classes: the best run comes first, and one that knows half is surely behind it", async () => {
  const half = await trained({ target: "side", ignore: ["sum", "b"] });
  const good = await trained({ target: "side", seed: 2 });
  const twin = await trained({ target: "side", seed: 3 });
  const comparison = await compareRuns([half, good, twin], store);
  const { compared, rows: devRows, task, measure } = comparison;
  expect([task, measure]).toEqual(["classification", { kind: "error" }]);
  expect(compared.map(({ run }) => run.id).at(-1)).toBe(half);
  expect(compared.map(({ error }) => error)).toEqual(compared.map(({ error }) => error).toSorted((a, b) => a - b));
  for (const { run, error } of compared) {
    const measured = await evaluateRun(run.id, "dev", store);
    expect(error).toBeCloseTo(measured.score.error, 9);
    expect(devRows).toBe(measured.rows);
  }
  const [best, second, last] = compared;
  expect(best?.behind).toBeUndefined();
  expect(last?.behind?.gain).toBeCloseTo((last?.error ?? 0) - (best?.error ?? 0), 9);
  expect(last?.behind?.interval.from).toBeGreaterThan(0);
  expect(second?.behind?.interval.from).toBeLessThanOrEqual(0);
  const text = comparisonText(comparison);
  expect(text).toMatch(/best\n.*could be chance\n.*worse\n/);
  expect(text).toMatch(/not surely before 1 other/);
  expect(comparisonDocument(comparison)).toMatchObject({
    runs: [{ run: best?.run.id }, {}, { behind: last?.behind?.gain }],
  });
});

test("where a class is rare, runs are compared by the error that their verdict goes by", async () => {
  const file = join(home, "fraud.csv");
  const kinds = rows.map(
    ([a = 0, b = 0], i) => `${a},${b},${i % 23 === 0 ? "fraud" : "fine"},${i % 23 === 0 ? 1 + a : a - 1}`,
  );
  await writeFile(file, ["a,b,kind,trace", ...kinds].join("\n"));
  const options = { hidden: [8], members: 1, refit: "none", splitSeed: 1, target: "kind", data: file } as const;
  const ids: string[] = [];
  for (const epochs of [1, 30]) ids.push((await drain(trainFile({ ...options, epochs }, { store, folder: home }))).run);
  const comparison = await compareRuns(ids, store);
  expect(comparison.measure).toEqual({ kind: "balancedError" });
  for (const { run, error } of comparison.compared) {
    const { diagnosis } = await diagnoseRun(run.id, { store });
    expect(error).toBeCloseTo(diagnosis?.errors.dev ?? Number.NaN, 9);
  }
  expect(comparisonText(comparison)).toContain("balanced error");
});

test("numbers are compared in their own unit, on whichever scale they were learned", async () => {
  const plain = await trained({ target: "sum", targetScale: "none" });
  const log = await trained({ target: "sum", targetScale: "log" });
  const { compared } = await compareRuns([plain, log], store);
  for (const { run, rmse } of compared)
    expect(rmse).toBeCloseTo((await evaluateRun(run.id, "dev", store)).score.rmse ?? 0, 6);
  const [best, other] = compared;
  expect(other?.behind?.gain).toBeCloseTo((other?.error ?? 0) - (best?.error ?? 0), 6);
  expect(other?.behind?.interval.from).toBeLessThanOrEqual(other?.behind?.gain ?? 0);
});

test("runs that share no dev rows are refused, as is one alone and one named twice", async () => {
  const one = await trained({ target: "side", epochs: 1 });
  const other = await trained({ target: "side", epochs: 1, splitSeed: 2 });
  const code = "compare/runs";
  await expect(compareRuns([one, other], store)).rejects.toMatchObject({ code, message: /split the data differently/ });
  await expect(compareRuns([one], store)).rejects.toMatchObject({ code });
  await expect(compareRuns([one, one], store)).rejects.toMatchObject({ code, message: /twice/ });
});
