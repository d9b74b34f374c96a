/** A number that is learned on a log scale: what is shown of it is in its own unit. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drain, type Json, normal, numberColumn, seedKey } from "nabla";
import { rowModel } from "nabla/answers";
import { answerOnnx, writeJs, writeOnnx } from "nabla/exchange";
import { afterAll, beforeAll, expect, test } from "vitest";
import { planExperiment } from "../../src/experiment/plan.ts";
import { evaluateFile } from "../../src/runs/evaluate-file.ts";
import { evaluateRun } from "../../src/runs/evaluate-run.ts";
import { predictFile } from "../../src/runs/predict-file.ts";
import type { RunResult } from "../../src/runs/run-events.ts";
import { runFacts } from "../../src/runs/run-facts.ts";
import { trainFile } from "../../src/runs/train-file.ts";
import { openStore } from "../../src/store/open.ts";
import type { RunStore } from "../../src/store/run-store.ts";
import { loadTrained } from "../../src/store/trained-model.ts";
import { percent } from "../../src/text/format.ts";
import { rejected } from "../sources/files.ts";

let folder = "";
let store: RunStore;
const ROWS = 240;
const sizes = normal(seedKey(1), ROWS).map((size) => Math.max(-2, Math.min(2, size)));
const noise = normal(seedKey(2), ROWS);
const prices = Float64Array.from(sizes, (size, row) => Math.round(Math.exp(8 + 1.6 * size + 0.2 * (noise[row] ?? 0))));

function written(name: string, rows: readonly number[]): string {
  const path = join(folder, name);
  const lines = rows.map((row) => `${sizes[row]},${row % 2 === 0 ? "flat" : "house"},${prices[row]}`);
  writeFileSync(path, `${["size,kind,price", ...lines].join("\n")}\n`);
  return path;
}

const all = Array.from({ length: ROWS }, (_, row) => row);
const experiment = (data: string) =>
  ({
    data,
    target: "price",
    hidden: [8],
    epochs: 30,
    rate: 0.02,
    seed: 1,
    split: { train: 0.8, dev: 0.2, test: 0 },
  }) as const;
let logged: RunResult;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "nabla-scale-"));
  store = await openStore(join(folder, "runs.db"));
  const data = written("houses.csv", all);
  logged = await drain(trainFile({ ...experiment(data), targetScale: "log", members: 3 }, { store, folder }));
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Root of the mean squared distance between a file's prices and what is predicted for them. */
async function distanceOf(model: string, path: string, rows: readonly number[]): Promise<number> {
  const { chunks } = await predictFile(await loadTrained(model), path);
  const found: number[] = [];
  for await (const chunk of chunks) found.push(...chunk.map(([price]) => Number(price)));
  const squares = rows.map((row, i) => ((prices[row] ?? 0) - (found[i] ?? Number.NaN)) ** 2);
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / rows.length);
}

test("typical distances are in the target's own unit, wherever they are shown", async () => {
  // of several networks only one is measured by dev
  const alone = { ...experiment(written("alone.csv", all)), targetScale: "log", members: 1 } as const;
  const { model = "", run, outcome } = await drain(trainFile(alone, { store, folder }));
  const rows = all.slice(0, 100);
  const file = written("some.csv", rows);
  const expected = await distanceOf(model, file, rows);
  const { score, intervals } = await evaluateFile(await loadTrained(model), file);
  expect(Math.abs((score.rmse ?? 0) / expected - 1)).toBeLessThan(1e-4);
  expect(intervals.rmse?.from).toBeLessThan(expected);
  expect(intervals.rmse?.to).toBeGreaterThan(expected);
  const some = rows.map((row) => prices[row] ?? 0);
  const mean = some.reduce((sum, price) => sum + price, 0) / some.length;
  const variance = some.reduce((sum, price) => sum + (price - mean) ** 2, 0) / some.length;
  // 1 - R² is that of prices, and not of their logarithms
  expect(score.error / (expected ** 2 / variance)).toBeCloseTo(1, 3);
  expect(intervals.error.from).toBeLessThan(score.error);
  expect(intervals.error.to).toBeGreaterThan(score.error);
  // the run's own parts are all rows of the file
  const parts = [await evaluateRun(run, "train", store), await evaluateRun(run, "dev", store)];
  const total = parts.reduce((sum, part) => sum + part.rows * (part.score.rmse ?? 0) ** 2, 0);
  const whole = await distanceOf(model, written("all.csv", all), all);
  expect(Math.abs(Math.sqrt(total / ROWS) / whole - 1)).toBeLessThan(1e-4);
  expect(outcome.rmse?.train).toBeCloseTo(parts[0]?.score.rmse ?? 0, 3);
  expect(outcome.rmse?.dev).toBeCloseTo(parts[1]?.score.rmse ?? 0, 3);
});

test("what a run is said to come to is in the target's own unit too, as evaluate tells it", async () => {
  const { outcome, plan, run } = logged;
  const { numbers } = outcome;
  const [onDev, onTrain] = [await evaluateRun(run, "dev", store), await evaluateRun(run, "train", store)];
  expect(1 - (numbers?.r2 ?? 0)).toBeCloseTo(onDev.score.error, 5);
  expect(1 - (numbers?.trainR2 ?? 0)).toBeCloseTo(onTrain.score.error, 5);
  expect(1 - (numbers?.constantR2 ?? 0)).toBeCloseTo(onDev.baseline.error, 9);
  const stored = await store.get(run);
  const facts = new Map(runFacts(stored, plan.resolved));
  expect(facts.has("1 - R² of log")).toBe(false);
  const percentOf = (error: number): string => percent(error).replace(".", "\\.");
  expect(facts.get("1 - R²")).toMatch(
    new RegExp(`^dev ${percentOf(onDev.score.error)} .*, train ${percentOf(onTrain.score.error)} .*, baseline `),
  );
});

test("folds measure the error of the scale that is learned, and distances in the target's own unit", () => {
  const { shipped, rmse, dev } = logged.outcome;
  const outOfFold = shipped?.outOfFold;
  expect(outOfFold?.rows).toBe(ROWS);
  expect(outOfFold?.error).toBeLessThan(0.5);
  // the same sort of number as on dev
  expect((outOfFold?.error ?? 0) / (dev?.error ?? 1)).toBeLessThan(10);
  expect((outOfFold?.rmse ?? 0) / (rmse?.train ?? 1)).toBeGreaterThan(0.1);
  expect((outOfFold?.rmse ?? 0) / (rmse?.train ?? 1)).toBeLessThan(10);
});

test("far from training, on its own scale too, a number that was never negative is not, and what is measured is what is predicted", async () => {
  const data = written("plain.csv", all);
  const plain = { ...experiment(data), targetScale: "none", scaling: "standardize", members: 1 } as const;
  const { model = "" } = await drain(trainFile(plain, { store, folder }));
  const path = join(folder, "away.csv");
  writeFileSync(path, `size,kind,price\n-90,flat,5\n-1e6,house,9\n90,house,70000\n1e6,flat,80000\n`);
  const trained = await loadTrained(model);
  const { chunks } = await predictFile(trained, path);
  const found: number[] = [];
  for await (const chunk of chunks) found.push(...chunk.map(([price]) => Number(price)));
  expect(Math.min(...found)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...found)).toBeLessThanOrEqual(1.5 * Math.max(...prices));
  const distances = [5, 9, 70_000, 80_000].map((price, row) => (price - (found[row] ?? Number.NaN)) ** 2);
  const expected = Math.sqrt(distances.reduce((sum, square) => sum + square, 0) / 4);
  const { score } = await evaluateFile(trained, path);
  expect(Math.abs((score.rmse ?? 0) / expected - 1)).toBeLessThan(1e-4);
  const mean = (5 + 9 + 70_000 + 80_000) / 4;
  const variance = [5, 9, 70_000, 80_000].reduce((sum, price) => sum + (price - mean) ** 2, 0) / 4;
  expect(Math.abs(score.error / (expected ** 2 / variance) - 1)).toBeLessThan(1e-3);
});

test("predictions are never negative", async () => {
  const path = join(folder, "far.csv");
  writeFileSync(path, "size,kind\n-90,flat\n90,house\n");
  const { chunks } = await predictFile(await loadTrained(logged.model ?? ""), path);
  for await (const [least, most] of chunks) {
    expect(Number(least?.[0])).toBeGreaterThanOrEqual(0);
    expect(Number(most?.[0])).toBeLessThanOrEqual(10.001 * Math.max(...prices));
  }
});

test("a skewed target is noticed with the option, a log scale with what is measured, and classes refuse it", async () => {
  const data = written("houses.csv", all);
  const codes = async (targetScale: "none" | "log"): Promise<readonly string[]> =>
    (await planExperiment({ ...experiment(data), targetScale })).notices.map(({ code }) => code);
  expect(await codes("none")).toContain("data/skewed-target");
  expect(await codes("log")).toContain("data/log-scale");
  const classes = planExperiment({ ...experiment(data), target: "kind", targetScale: "log" });
  expect((await rejected(classes)).code).toBe("data/target-scale");
});

test("the loss of counts brings its scale, predicts none below 0, and refuses values below it", async () => {
  const path = join(folder, "counts.csv");
  const line = (row: number): string =>
    `${sizes[row]},${row % 2},${Math.round(2 * Math.exp(sizes[row] ?? 0))},${Math.round(10 * (noise[row] ?? 0))}`;
  writeFileSync(path, `${["size,kind,count,level", ...all.map(line)].join("\n")}\n`);
  const asked = { ...experiment(path), loss: "poisson", task: "regression", members: 1, refit: "none" } as const;
  const counts = { ...asked, target: "count", ignore: ["level"] };
  const { model = "", plan, outcome } = await drain(trainFile(counts, { store, folder }));
  expect(plan.resolved.targetScale).toBe("mean");
  const { preparation } = await loadTrained(model);
  const { target } = preparation;
  expect(target).toMatchObject({ kind: "number", mean: 0, bounds: { from: 0 } });
  expect(outcome.dev?.error).toBeLessThan(0.3);
  const { chunks } = await predictFile(await loadTrained(model), path);
  for await (const chunk of chunks) for (const [count] of chunk) expect(Number(count)).toBeGreaterThan(0);
  const below = planExperiment({ ...asked, target: "level", ignore: ["count"] });
  expect((await rejected(below)).message).toMatch(/target level: -\d+ is below 0, which no count is/);
  const { task: _, ...several } = { ...asked, target: ["count", "size"] };
  expect((await rejected(planExperiment(several))).message).toMatch(/target size: \S+ is below 0, which no count is/);
});

test("counts beside another target get the same loss, relative to what their mean comes to, in every answer and file", async () => {
  const path = join(folder, "visits.csv");
  const visits = all.map((row) => Math.round(20 * Math.exp(sizes[row] ?? 0)));
  const lines = all.map(
    (row) => `${sizes[row]},${(noise[row] ?? 0).toFixed(3)},${visits[row]},${(sizes[row] ?? 0) > 0 ? "big" : "small"}`,
  );
  writeFileSync(path, `${["size,other,visits,kind", ...lines].join("\n")}\n`);
  const asked = {
    ...experiment(path),
    target: ["visits", "kind"],
    loss: "poisson",

    members: 1,
    refit: "none",
  } as const;
  const { model = "", plan, outcome } = await drain(trainFile(asked, { store, folder }));
  const { heads } = plan.resolved.loss as {
    readonly heads: readonly { readonly loss: Json; readonly usualLoss: number }[];
  };
  expect(heads.map(({ loss }) => loss)).toMatchObject([{ kind: "poisson" }, { kind: "softmaxCrossEntropy" }]);
  const { train } = plan.parts;
  const column = train.target?.kind === "number" ? [...train.target.values.data] : [];
  const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
  const deviance = column.reduce(
    (sum, value) => sum + (value > 0 ? (2 * value * Math.log(value / mean)) / mean : 0),
    0,
  );
  expect(heads[0]?.usualLoss).toBeCloseTo(deviance / column.length, 5);
  expect(outcome.targets?.map(({ dev }) => [dev?.name, (dev?.error ?? 1) < 0.3])).toEqual([
    ["visits", true],
    ["kind", true],
  ]);
  const own = await loadTrained(model);
  const [row, far] = [
    { size: 1, other: 0 },
    { size: -9, other: 0 },
  ];
  const [first, second] = await (await rowModel(own)).predict([row, far]);
  const visitsOf = (answer: typeof first): number => Number((answer?.prediction as { visits: number }).visits);
  expect(Math.abs(visitsOf(first) - 20 * Math.E)).toBeLessThan(15);
  expect(visitsOf(second)).toBeGreaterThan(0);
  const table = { rows: 2, columns: [numberColumn("size", [1, -9]), numberColumn("other", [0, 0])] };
  const onnx = await answerOnnx(writeOnnx(own), table);
  expect(onnx.data[0]).toBeCloseTo(visitsOf(first), 2);
  const js = writeJs(own, { name: "visits", version: "1" });
  const module = await import(`data:text/javascript;base64,${Buffer.from(js).toString("base64")}`);
  expect(module.predict([row])[0].prediction.visits).toBeCloseTo(visitsOf(first), 2);
});
