/** Measuring a model on any file with answers: what learning asks of a file is not asked here. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drain } from "nabla";
import { afterAll, beforeAll, expect, test } from "vitest";
import { evaluateFile } from "../../src/runs/evaluate-file.ts";
import { predictFile } from "../../src/runs/predict-file.ts";
import { trainFile } from "../../src/runs/train-file.ts";
import { openStore } from "../../src/store/open.ts";
import type { RunStore } from "../../src/store/run-store.ts";
import { loadTrained, type TrainedModel } from "../../src/store/trained-model.ts";
import { fileEvaluationText } from "../../src/terminal/evaluation.ts";

let folder = "";
let store: RunStore;
const models = new Map<string, TrainedModel>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "nabla-evaluate-"));
  store = await openStore(join(folder, "runs.db"));
  const rows = Array.from({ length: 60 }, (_, row) => row);
  await learn("grade", [
    "x,grade",
    ...rows.map((row) => `${row % 2 === 0 ? 1 : -1}.${row},${row % 2 === 0 ? "good" : "bad"}`),
  ]);
  await learn("digit", ["x,digit", ...rows.map((row) => `${row % 2 === 0 ? 1 : -1}.${row},${row % 2 === 0 ? 1 : 0}`)]);
  await learn("price", ["x,price", ...rows.map((row) => `${row},${3 * row}.5`)]);
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

function file(lines: readonly string[], name = "rows.csv"): string {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
}

async function learn(target: string, lines: readonly string[]): Promise<void> {
  const data = file(lines, `${target}.csv`);
  const { model = "" } = await drain(
    trainFile({ data, target, hidden: [8], keep: 1, epochs: 60, patience: 60, rate: 0.03 }, { store, folder }),
  );
  models.set(target, await loadTrained(model));
}

const modelOf = (target: string): TrainedModel => models.get(target) ?? expect.fail("a model was trained");

const measure = async (target: string, lines: readonly string[], name?: string) =>
  await evaluateFile(modelOf(target), file(lines, name));

test.each([
  ["one class", ["x,grade", "1,good", "2,good", "0.5,good"], 3, 0, 0],
  ["one row, wrong", ["x,grade", "1,bad"], 1, 1, 0],
  ["two rows", ["x,grade", "1,good", "-2,bad"], 2, 0, 0.5],
  [
    "as many classes as rows, columns in another order, and one more",
    ["grade,y,x", "bad,7,1", "good,8,1"],
    2,
    0.5,
    0.5,
  ],
])("%s", async (_name, lines, rows, error, baseline) => {
  const found = await measure("grade", lines);
  expect([found.rows, found.score.error, found.baseline.error]).toEqual([rows, error, baseline]);
  expect([found.unknown, found.unanswered, found.notices]).toEqual([0, 0, []]);
  expect(found.score.cost).toBeGreaterThan(0);
  expect(found.intervals.error.to).toBeGreaterThan(found.intervals.error.from);
});

test("classes that the model does not know are errors, named by their rows as a spreadsheet counts", async () => {
  const found = await measure("grade", ["x,grade", "1.0,good", "-2.0,bad", "0.5,awful", "-1,bad", "3,", "1,good"]);
  expect(found).toMatchObject({ rows: 5, unknown: 1, unanswered: 1, score: { error: 0.2 } });
  expect(found.baseline.error).toBeCloseTo(0.6, 12);
  expect(found.notices.map(({ message }) => message)).toEqual([
    "1 row without a target left out",
    "1 row of a class that the model does not know counted as an error: awful (row 4)",
  ]);
  // far down, below another, beside a cell of two lines
  const many = Array.from(
    { length: 9000 },
    (_, row) => `${row % 2 === 0 ? 1 : -1},${row % 2 === 0 ? "good" : "bad"},n`,
  );
  many[10] = '1,good,"two\nlines"';
  many[8999] = "1,superb,n";
  many.push(...["a", "b", "c", "d", "e"].map((name) => `1,${name},n`));
  const far = await measure("grade", ["x,grade,note", ...many], "far.csv");
  expect([far.rows, far.unknown]).toEqual([9005, 6]);
  expect(far.score.error).toBeCloseTo(6 / 9005, 12);
  expect(far.notices[0]?.message).toBe(
    "6 rows of a class that the model does not know counted as errors: superb (row 9001), a (row 9002), b (row 9003), c (row 9004), d (row 9005) and 1 more",
  );
  const none = await measure("grade", ["x,grade", "1,awful", "2,poor"]);
  expect(none).toMatchObject({ rows: 2, unknown: 2, score: { error: 1, cost: Number.NaN }, baseline: { error: 0.5 } });
});

test("two classes have precision, recall and F1 of the positive one, in text too", async () => {
  const found = await measure("grade", ["x,grade", "1,good", "2,good", "1,bad", "-1,bad", "-2,bad", "-1,good"]);
  expect(found.classes).toMatchObject({ positive: { precision: 2 / 3, recall: 2 / 3 } });
  expect(found.classes?.balancedError).toBeCloseTo(1 / 3, 12);
  const text = fileEvaluationText(found, { model: "m", data: "d.csv", task: "classification" });
  expect(text).toMatch(/balanced error 33\.3%, macro F1 66\.7%/);
  expect(text).toMatch(/precision 66\.7%, recall 66\.7%, F1 66\.7%/);
});

test("a class that is a number is the same however it is written", async () => {
  const found = await measure("digit", ["x,digit", "1,1.0", "-1,0", "1,01", "-1,0.00", "1,7"]);
  expect(found).toMatchObject({ rows: 5, unknown: 1, score: { error: 0.2 } });
  const json = join(folder, "rows.jsonl");
  writeFileSync(json, '{"x": 1, "digit": 1}\n{"x": -1, "digit": 0.0}\n{"x": 2, "digit": null}\n');
  expect(await evaluateFile(modelOf("digit"), json)).toMatchObject({ rows: 2, unanswered: 1, score: { error: 0 } });
});

test("numbers: RMSE and MAE always, 1 - R² where targets differ", async () => {
  const values = [4, 10, 25];
  const given = file(["x", ...values.map(String)], "inputs.csv");
  const answers: number[] = [];
  for await (const chunk of (await predictFile(modelOf("price"), given)).chunks)
    answers.push(...chunk.map(([answer]) => Number(answer)));
  const rmse = (right: readonly number[]): number =>
    Math.sqrt(right.reduce((sum, value, row) => sum + (value - (answers[row] ?? 0)) ** 2, 0) / right.length);
  const mae = (right: readonly number[]): number =>
    right.reduce((sum, value, row) => sum + Math.abs(value - (answers[row] ?? 0)), 0) / right.length;
  const lines = (right: readonly number[]): readonly string[] => [
    "x,price",
    ...right.map((y, i) => `${values[i]},${y}`),
  ];

  const differing = await measure("price", lines([10, 40, 70]));
  expect(differing.score.error).toBeCloseTo(rmse([10, 40, 70]) ** 2 / 600, 4);
  const same = await measure("price", lines([40, 40, 40]));
  const one = await measure("price", lines([40]));
  for (const [found, right] of [
    [differing, [10, 40, 70]],
    [same, [40, 40, 40]],
    [one, [40]],
  ] as const) {
    expect(found.score.rmse).toBeCloseTo(rmse(right), 3);
    expect(found.score.mae).toBeCloseTo(mae(right), 3);
  }
  expect([same.score.error, one.score.error, one.intervals.rmse?.from]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  const text = fileEvaluationText(one, { model: "m", data: "d.csv", task: "regression" });
  expect(text).toMatch(/1 - R² {4}not measurable, its targets are all the same\nRMSE {6}[\d.]+\nMAE {7}[\d.]+$/);
});

test.each([
  ["no row", ["x,grade"], "data/no-rows", "rows.csv has a header and no rows"],
  ["no answer", ["x,grade", "1,", "2,"], "data/missing", "rows.csv, column grade: the target is missing in every row"],
  ["no column of answers", ["x,y", "1,2"], "data/missing-column", 'rows.csv: there is no column "grade"'],
])("%s is said", async (_name, lines, code, message) => {
  await expect(measure("grade", lines)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
});
