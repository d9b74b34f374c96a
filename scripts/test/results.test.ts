import { execFile } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  duel,
  meanRanks,
  peerDuels,
  rowDuels,
  summarize,
  sureSign,
  targetsOf,
} from "../../benchmarks/results/comparison.ts";
import { calibrationOf, measureClasses, measureNumbers } from "../../benchmarks/results/measures.ts";
import { type Outcome, OutcomeFile } from "../../benchmarks/results/outcomes.ts";
import { columnIn, isTestRow, listTables, recordsOf, writeParts } from "../../benchmarks/results/tables.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nabla-results-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const outcome = (one: Partial<Outcome>): Outcome => ({
  ...{ table: "t", method: "default", seed: 1, error: 0.1, seconds: 1, time: 60, sources: "s", losses: [0, 1] },
  ...one,
});

test("classes are measured by error, log loss and calibration", () => {
  const answers = { classes: ["no", "yes"], probabilities: [0.9, 0.6, 0.2, 0].map((no) => [no, 1 - no]) };
  const { error, logLoss, losses } = measureClasses(answers, ["no", "yes", "yes", "no"]);
  expect(losses).toEqual([0, 1, 0, 1]);
  expect(error).toBe(0.5);
  // the last has probability 0, which counts as a millionth
  const expected = (-Math.log(0.9) - Math.log(0.4) - Math.log(0.8) - Math.log(1e-6)) / 4;
  expect(logLoss).toBeCloseTo(expected, 12);
  expect(measureClasses(answers, ["no", "no", "yes", "maybe"]).error).toBe(0.25);
});

test("the calibration error is the mean gap over 15 bins of equal mass", () => {
  // one row in each bin: 12 right ones are 0.2 off, 3 wrong ones 0.8
  const wrong = Array.from({ length: 15 }, (_, row) => Number(row < 3));
  const single = calibrationOf(new Array(15).fill(0.8), wrong);
  expect(single.calibration).toBeCloseTo((12 * 0.2 + 3 * 0.8) / 15, 12);
  expect(single.chance).toBeCloseTo(2 * 0.8 * 0.2, 12);
  // two rows in each, sorted by confidence: of two fair coins one is right, and both or none as often
  const surer = Array.from({ length: 30 }, (_, row) => (row % 2 === 0 ? 0.5 : 1));
  const pairs = calibrationOf(
    surer,
    surer.map((sure, row) => Number(sure === 0.5 && row % 4 === 0)),
  );
  // 15 coins fill seven bins and half of the eighth, whose sure row is right
  expect(pairs.chance).toBeCloseTo((7 * 0.5 + 0.5) / 30, 12);
  // rows 0, 4, … are wrong: one of the two in each bin, and the single one
  expect(pairs.calibration).toBeCloseTo(0.5 / 30, 12);
});

test("numbers are measured by 1 - R² against the mean of the test rows", () => {
  const { error, losses } = measureNumbers([1, 2, 3, 4], [1, 2, 5, 4]);
  // the squares around the mean 3 are 4, 1, 4, 1
  expect(error).toBeCloseTo(4 / 10, 12);
  expect(losses.map((loss) => loss / 4).reduce((a, b) => a + b)).toBeCloseTo(error, 12);
  expect(measureNumbers([3, 3, 3, 3], [1, 2, 5, 4]).error).toBeCloseTo(1, 12);
});

test("ranks share places, and tables that a method lacks do not count", () => {
  const error = (table: string, errors: Readonly<Record<string, number>>): readonly Outcome[] =>
    Object.entries(errors).map(([method, of]) => outcome({ table, method: method as "default", error: of }));
  const found = summarize([
    ...error("a", { default: 0.1, forest: 0.2, linear: 0.2 }),
    ...error("b", { default: 0.3, forest: 0.2, linear: 0.1 }),
    ...error("c", { default: 0.3, forest: 0.2 }),
  ]);
  const { ranks, tables } = meanRanks(found, ["default", "forest", "linear"]);
  expect(tables).toBe(2);
  expect(Object.fromEntries(ranks)).toEqual({ default: 2, forest: 2.25, linear: 1.75 });
});

test("a duel counts wins and has Student's interval over tables", () => {
  const found = summarize(
    [0.01, 0.02, 0.03].flatMap((ahead, i) => [
      outcome({ table: `${i}`, error: 0.2 - ahead }),
      outcome({ table: `${i}`, method: "tune", error: 0.2 }),
    ]),
  );
  const { wins, ties, difference, interval } = duel(found, "default", "tune");
  expect([wins, ties]).toEqual([3, 0]);
  expect(difference).toBeCloseTo(-0.02, 12);
  // t with 2 degrees of freedom is 4.302653 at 97.5%
  expect(interval.to).toBeCloseTo(-0.02 + (4.302653 * 0.01) / Math.sqrt(3), 7);
});

test("searches are compared with the default row by row, on the seeds that both have", () => {
  const [found] = rowDuels(
    [
      outcome({ losses: [0, 1, 0, 1] }),
      outcome({ seed: 2, losses: [1, 1, 1, 1] }),
      outcome({ method: "tune", losses: [0, 0, 0, 1] }),
    ],
    "tune",
  );
  expect(found?.difference).toBe(-0.25);
  // variances 1/3 and 1/4 over 4 rows
  expect(found?.noise).toBeCloseTo(Math.sqrt(1 / 3 / 4), 12);
  expect(found?.paired).toBeCloseTo(Math.sqrt(1 / 4 / 4), 12);
  expect(found === undefined ? undefined : sureSign(found)).toBe(0);
});

test("the default is compared with peers row by row, over all its seeds", () => {
  const right = new Array<number>(100).fill(0);
  const rows = {
    t: { forest: right.map((_, row) => Number(row < 20)), linear: right.map((_, row) => Number(row < 2)) },
  };
  const outcomes = [1, 2].map((seed) => outcome({ seed, losses: right.map((_, row) => Number(row < seed)) }));
  const [forest, linear] = ["forest", "linear"].flatMap((peer) => peerDuels(outcomes, rows, peer));
  expect(forest?.difference).toBeCloseTo(0.015 - 0.2, 12);
  expect(linear?.difference).toBeCloseTo(-0.005, 12);
  expect([forest, linear].map((one) => one && sureSign(one))).toEqual([-1, 0]);
  expect(peerDuels(outcomes, rows, "boosting")).toEqual([]);
});

test("the targets name the tables that miss them", () => {
  const table = (name: string, rows: number) => ({
    ...{ name, rows, inputs: 1, target: "y", task: "classification", ordered: false, half: "reporting" },
    ...{ licence: "", source: "", shipped: true },
  });
  const tables = [table("good", 400), table("bad", 400), table("small", 100)] as Parameters<typeof targetsOf>[0];
  const errors = { good: [0.1, 0.2, 0.1], bad: [0.2, 0.1, 0.3], small: [0.4, 0.1, 0.3] };
  const all = Object.entries(errors).flatMap(([name, [mine = 0, linear = 0, tuned = 0]]) => ({
    mine: [
      outcome({ table: name, error: mine, calibration: mine / 2, chance: 0.01, losses: [0, 0, 1, 0] }),
      outcome({ table: name, method: "tune", losses: name === "bad" ? [1, 1, 1, 1] : [0, 0, 0, 0] }),
    ],
    peers: Object.entries({ linear, tuned }).map(([method, error]) => ({
      ...{ table: name, method, seed: 1, error, seconds: 1 },
    })),
  }));
  const found = targetsOf(
    tables,
    all.flatMap(({ mine }) => mine),
    all.flatMap(({ peers }) => peers),
  );
  const said = found.map(({ met, found: what }) => `${met ? "met" : "missed"}: ${what}`);
  expect(said).toEqual([
    "missed: 1 of 2; not bad +10.0%",
    "missed: 0 of 3",
    "missed: 1 of 2; not bad 10.0%, of which 1.0% is chance",
    "missed: 1 of 2; not bad 10.0%, of which 1.0% is chance",
    "missed: 2 of 3; not bad +75.0% (25.0%)",
    "met: 2 of 3",
  ]);
});

test("every table is divided once for all, and nearly half of the tables choose", async () => {
  const tables = listTables();
  expect(tables.length).toBeGreaterThanOrEqual(24);
  const choosing = tables.filter(({ half }) => half === "choosing").length / tables.length;
  expect(choosing).toBeGreaterThan(0.4);
  expect(choosing).toBeLessThan(0.6);
  for (const entry of tables.filter(({ shipped }) => shipped)) {
    const { train, test: held } = await writeParts(entry, join(folder, entry.name), folder);
    const [learned, kept] = [train, held].map((path) => columnIn(path, entry.target));
    expect((learned?.length ?? 0) + (kept?.length ?? 0), entry.name).toBe(entry.rows);
    const share = (kept?.length ?? 0) / entry.rows;
    expect(share, entry.name).toBeGreaterThan(0.22);
    expect(share, entry.name).toBeLessThan(0.36);
    expect([...(learned ?? []), ...(kept ?? [])], entry.name).not.toContain("");
  }
  expect(recordsOf('a,b\n"x\ny",1\nz,2\n')).toEqual(["a,b", '"x\ny",1', "z,2"]);
  const path = join(folder, "cells.csv");
  writeFileSync(path, ',b,c\n,"x, ""y""",\n1,,3\n');
  expect(["", "b", "c"].map((name) => columnIn(path, name))).toEqual([
    ["", "1"],
    ['x, "y"', ""],
    ["", "3"],
  ]);
  expect([0, 1, 2, 3].map((row) => isTestRow({ name: "n", rows: 4, ordered: true }, row))).toEqual([
    ...[false, false, false, true],
  ]);
});

test("a line that was cut off is measured again", () => {
  const path = join(folder, "outcomes.jsonl");
  new OutcomeFile(path).add(outcome({ seed: 1 }));
  appendFileSync(path, JSON.stringify(outcome({ seed: 2 })).slice(0, 30));
  const file = new OutcomeFile(path);
  expect(file.read("s").map(({ seed }) => seed)).toEqual([1]);
  file.add(outcome({ seed: 2 }));
  file.add(outcome({ seed: 3, sources: "others" }));
  expect(file.read("s").map(({ seed }) => seed)).toEqual([1, 2]);
  expect(file.read().map(({ seed }) => seed)).toEqual([1, 2, 3]);
});

test("the quick subset goes on from what is there, and its results are what they were", {
  timeout: 300_000,
}, async () => {
  const results = async (cache: string, ...args: readonly string[]): Promise<string> => {
    const command = ["--conditions=nabla-source", "scripts/results.ts", "--cache", join(folder, cache), ...args];
    return (await promisify(execFile)(process.execPath, command)).stdout;
  };
  expect(await results("a", "--tables", "penguins", "--seeds", "1", "--methods", "default")).toContain("0 of 1 are");
  const page = join(folder, "results.md");
  expect(await results("a", "--quick", "--out", page)).toContain("1 of 6 are measured");
  await results("b", "--tables", "penguins", "--seeds", "2", "--methods", "default");
  const read = (cache: string) => new OutcomeFile(join(folder, cache, "outcomes.jsonl")).read();
  const penguins = read("a").filter(({ table }) => table === "penguins");
  const bare = (all: readonly Outcome[]) =>
    all.map(({ seconds: _, ...rest }) => rest).toSorted((a, b) => a.seed - b.seed);
  expect(bare(read("b"))).toEqual(bare(penguins));
  const [best] = penguins;
  expect(best?.losses).toHaveLength(96);
  const errors = Object.fromEntries(summarize(read("a")).map(({ table, error }) => [table, error]));
  // 54% of the penguins of the test rows are not of the species that is the most frequent
  expect(errors.penguins).toBeLessThan(0.06);
  expect(errors.ozone).toBeLessThan(0.5);
  expect(errors.spirals).toBeLessThan(0.45);
  expect(read("a").filter(({ failed }) => failed !== undefined)).toEqual([]);
  expect(readFileSync(page, "utf8")).toMatch(/^\| penguins \(344\) \| \d\.\d% ± \d\.\d \|/m);
});
