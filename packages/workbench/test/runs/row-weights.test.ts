/** A column that says how much rows count, from the file to what is measured. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applyPreparation, drain, normal, predict, type StoredExamples, seedKey, weightsIn } from "nabla";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decidesIn } from "../../src/runs/decided-model.ts";
import { evaluateFile } from "../../src/runs/evaluate-file.ts";
import { evaluateRun } from "../../src/runs/evaluate-run.ts";
import { predictFile } from "../../src/runs/predict-file.ts";
import { shownRows } from "../../src/runs/shown-rows.ts";
import { trainFile } from "../../src/runs/train-file.ts";
import { openStore } from "../../src/store/open.ts";
import type { RunStore } from "../../src/store/run-store.ts";
import { loadTrained } from "../../src/store/trained-model.ts";
import { rejected } from "../sources/files.ts";

let folder = "";
let store: RunStore;
const ROWS = 120;
const [x, noise] = [normal(seedKey(1), ROWS), normal(seedKey(2), ROWS)];
const heavy = Array.from({ length: ROWS }, (_, row) => [1, 0, 4][row % 3] ?? 1);

function written(name: string, weights: readonly (number | string)[]): string {
  const path = join(folder, name);
  const lines = weights.map((weight, row) => {
    const value = (x[row] ?? 0) + 0.5 * (noise[row] ?? 0);
    return `${x[row]},${weight},${value > 0 ? "up" : "down"},${value}`;
  });
  writeFileSync(path, `${["x,w,way,y", ...lines].join("\n")}\n`);
  return path;
}

const experiment = (data: string) =>
  ({ data, target: "way", ignore: ["y"], weight: "w", hidden: [4], epochs: 4, members: 1, refit: "none" }) as const;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "nabla-weights-"));
  store = await openStore(join(folder, "runs.db"));
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

test("rows are learned and measured by their weights, and predicted without them", async () => {
  const data = written("rows.csv", heavy);
  const { run, plan, outcome, model = "" } = await drain(trainFile(experiment(data), { store, folder }));
  expect(plan.notices).toContainEqual({
    code: "data/weighted",
    message:
      "rows count by w (0 to 4): what is learned, costs and errors are weighted means; 40 rows of weight 0 do not count",
  });
  expect(plan.prepared.preparation.columns.map(({ name }) => name)).toEqual(["x"]);
  const { trained, preparation } = await loadTrained(model);
  const dev = applyPreparation(preparation, plan.parts.dev);
  const weights = weightsIn(dev) ?? [];
  const { classes } = await predict(trained, dev.inputs);
  let [wrong, counted, ofUp] = [0, 0, 0];
  for (const [row, code] of (classes?.data ?? []).entries()) {
    const weight = weights[row] ?? 0;
    counted += weight;
    wrong += weight * Number(code !== dev.targets.data[row]);
    ofUp += weight * Number(dev.targets.data[row]);
  }
  const found = await evaluateRun(run, "dev", store);
  expect(found.score.error).toBeCloseTo(wrong / counted, 6);
  expect(outcome.dev?.error).toBeCloseTo(wrong / counted, 6);
  expect([ofUp / counted, 1 - ofUp / counted]).toContainEqual(expect.closeTo(found.baseline.error, 6));
  const alone = join(folder, "new.csv");
  writeFileSync(alone, "x\n0.5\n-1\n");
  const { chunks } = await predictFile(await loadTrained(model), alone);
  const answers: unknown[] = [];
  for await (const chunk of chunks) answers.push(...chunk);
  expect(answers).toHaveLength(2);
  const sets = await predictFile(await loadTrained(model), alone, { interval: 0.8 });
  expect(sets.header.at(-1)).toBe("set");
  for await (const chunk of sets.chunks)
    for (const row of chunk) expect(String(row.at(-1)).split("|")).toContain(String(row[0]));
});

test("a file is measured by the weights that it holds, as by its rows written so many times", async () => {
  const { run, model = "" } = await drain(trainFile(experiment(written("learned.csv", heavy)), { store, folder }));
  const own = await loadTrained(model);
  const decides = (await decidesIn({ run }, store.place)) ?? {};
  expect(decides.weight).toBe("w");
  const lines = heavy.map((weight, row) => ({
    weight,
    text: `${(x[row] ?? 0) * 0.9},${row % 4 === 0 ? "up" : "down"}`,
  }));
  // a class that the model does not know is wrong, and counts by its weight
  const all = [...lines, { weight: 2, text: "0.3,sideways" }];
  const files = {
    weighed: ["x,way,w", ...all.map(({ text, weight }) => `${text},${weight}`)],
    repeated: ["x,way", ...all.flatMap(({ text, weight }) => Array.from({ length: weight }, () => text))],
  };
  for (const [name, rows] of Object.entries(files)) writeFileSync(join(folder, `${name}.csv`), rows.join("\n"));
  const [weighed, repeated] = [
    await evaluateFile(own, join(folder, "weighed.csv"), { decides }),
    await evaluateFile(own, join(folder, "repeated.csv"), { decides }),
  ];
  expect(weighed.notices.map(({ message }) => message)).toContain("rows count by w");
  expect(weighed.rows).toBe(121);
  expect(weighed.score.error).toBeCloseTo(repeated.score.error, 9);
  expect(weighed.score.cost).toBeCloseTo(repeated.score.cost, 5);
  expect(weighed.baseline.error).toBeCloseTo(repeated.baseline.error, 9);
  expect(weighed.classes?.balancedError).toBeCloseTo(repeated.classes?.balancedError ?? 0, 9);
  expect(weighed.intervals.error.from).toBeLessThan(repeated.intervals.error.from);
  const alike = await evaluateFile(own, join(folder, "weighed.csv"));
  expect(alike.score.error).not.toBeCloseTo(weighed.score.error, 3);
  expect((await evaluateFile(own, join(folder, "weighed.csv"), { weight: "w" })).score).toEqual(weighed.score);
  const refused = async (file: string, weight: string) =>
    (await rejected(evaluateFile(own, join(folder, file), { weight }))).message;
  expect(await refused("repeated.csv", "w")).toMatch(/repeated\.csv: there is no column "w"/);
  writeFileSync(join(folder, "below.csv"), "x,way,w\n1,up,1\n1,up,-2\n");
  expect(await refused("below.csv", "w")).toBe("column w, row 3: a weight is a number from 0, and this one is -2");
});

test("rows of rare classes are shown again from memory, and refused where they are read from disk", () => {
  const stored = { rows: 2, read: () => {} } as unknown as StoredExamples;
  expect(shownRows({ balance: "none" }, stored)).toBe(stored);
  expect(() => shownRows({ balance: "rows" }, stored)).toThrow(
    "rows that are read from disk are shown as they lie there",
  );
});

test("numbers: RMSE and 1 - R² in their unit are weighted", async () => {
  const data = written("numbers.csv", heavy);
  const asked = { ...experiment(data), target: "y", ignore: ["way"] };
  const { run, plan, model = "" } = await drain(trainFile(asked, { store, folder }));
  const { dev } = plan.parts;
  const own = written("own.csv", heavy);
  const { chunks } = await predictFile(await loadTrained(model), own);
  const predicted = new Map<number, number>();
  let row = 0;
  for await (const chunk of chunks) for (const [value] of chunk) predicted.set(x[row++] ?? 0, Number(value));
  const column = dev.columns.find(({ name }) => name === "x");
  const xs = column?.kind === "number" ? [...column.values.data] : [];
  const ys = dev.target?.kind === "number" ? [...dev.target.values.data] : [];
  const ws = [...(dev.weights?.values.data ?? [])];
  const mean = (of: (i: number) => number): number =>
    ws.reduce((sum, weight, i) => sum + weight * of(i), 0) / ws.reduce((sum, weight) => sum + weight, 0);
  const wide = await predictFile(await loadTrained(model), own, { interval: 0.8 });
  expect(wide.header).toEqual(["prediction", "lower", "upper"]);
  for await (const chunk of wide.chunks)
    for (const [middle, lower, upper] of chunk) {
      expect(Number(upper) - Number(middle)).toBeCloseTo(Number(middle) - Number(lower), 4);
      expect(Number(upper)).toBeGreaterThan(Number(middle));
    }
  const [covered] = (await evaluateRun(run, "test", store)).coverage ?? [];
  expect(covered).toMatchObject({ name: "y", kind: "number", level: 0.9 });
  expect(covered?.covered).toBeGreaterThan(0.5);
  expect(covered?.interval.from).toBeLessThan(covered?.covered ?? 0);
  const square = mean((i) => ((ys[i] ?? 0) - (predicted.get(xs[i] ?? 0) ?? Number.NaN)) ** 2);
  const middle = mean((i) => ys[i] ?? 0);
  const { score } = await evaluateRun(run, "dev", store);
  expect(score.rmse).toBeCloseTo(Math.sqrt(square), 4);
  expect(score.error).toBeCloseTo(square / mean((i) => ((ys[i] ?? 0) - middle) ** 2), 4);
});

test("a column that holds no weights is refused by its name and row", async () => {
  const of = async (name: string, weights: readonly (number | string)[], more = {}) =>
    (await rejected(drain(trainFile({ ...experiment(written(name, weights)), ...more }, { store, folder })))).message;
  const withAt = (at: number, weight: number | string) => heavy.map((one, row) => (row === at ? weight : one));
  expect(await of("negative.csv", withAt(3, -0.5))).toMatch(/negative\.csv, column w, row 5: .* this one is -0\.5/);
  expect(await of("missing.csv", withAt(0, ""))).toMatch(/missing\.csv, column w, row 2: the weight is missing/);
  expect(await of("text.csv", withAt(1, "much"))).toMatch(/column w: expected a number, found "much"/);
  expect(
    await of(
      "zero.csv",
      heavy.map(() => 0),
    ),
  ).toMatch(/column w: every weight is 0/);
  expect(await of("target.csv", heavy, { weight: "way" })).toMatch(/column way: it is the target/);
});
