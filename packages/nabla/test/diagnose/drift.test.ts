import { expect, test } from "vitest";
import { fork, normal, seedKey, uniform } from "../../src/base/random.ts";
import { split } from "../../src/data/split.ts";
import { categoryColumn, columnOf, numberColumn, table, textColumn } from "../../src/data/table.ts";
import { drift } from "../../src/diagnose/drift.ts";
import { aucOf, chiSquare, holm, kolmogorovSmirnov, kolmogorovTail } from "../../src/diagnose/drift-statistics.ts";
import { thrown } from "../data/thrown.ts";
import { readDigits } from "../train/digits.ts";
import { cloud } from "./samples.ts";

test("A5 half a standard deviation in three of twenty columns is found, and the columns are named", async () => {
  const found = await drift(cloud(500), cloud(500, { name: "b", shift: 0.5 }), { names: ["train", "dev"] });
  expect(found.drifted).toBe(true);
  expect(found.auc.interval.from).toBeGreaterThan(0.55);
  expect(found.columns.map(({ name }) => name).sort()).toEqual(["x0", "x1", "x2"]);
  expect(found.summary).toMatch(/^train and dev do not come from the same distribution: .*x\d \(mean .*, against .*\)/);
  expect(found.try).toContain("same distribution");
});

test("A5 parts of one table do not differ", async () => {
  const parts = split(cloud(1000, { seed: 4 }), { seed: 4 });
  const found = await drift(parts.train, parts.dev);
  expect([found.drifted, found.columns, found.try]).toEqual([false, [], ""]);
  expect(found.auc.interval.from).toBeLessThan(0.5);
  expect(found.auc.interval.to).toBeGreaterThan(0.5);
});

test("A5 blurred pictures, as a phone takes them, are told from sharp ones by their spread", async () => {
  const { inputs } = readDigits(1).train;
  const [rows = 0] = inputs.shape;
  const half = rows >> 1;
  // rows stand in the order of their writers, so that halves one after the other do differ
  const sharp = (first: 0 | 1): Float32Array =>
    Float32Array.from(
      { length: half * 64 },
      (_, i) => inputs.data[(2 * Math.floor(i / 64) + first) * 64 + (i % 64)] ?? 0,
    );
  const blurred = sharp(1);
  const given = blurred.slice();
  for (let i = 0; i < given.length; i++) {
    const beside = i % 8 < 7 ? (given[i + 1] ?? 0) : (given[i] ?? 0);
    blurred[i] = ((given[i] ?? 0) + beside) / 2;
  }
  const images = (data: Float32Array) =>
    table([numberColumn("image", { dtype: "float32", shape: [half, 8, 8], data })]);
  const found = await drift(images(sharp(0)), images(blurred));
  expect(found.drifted).toBe(true);
  expect(found.auc.value).toBeGreaterThan(0.7);
  expect((await drift(images(sharp(0)), images(sharp(1)))).drifted).toBe(false);
});

test("names that shift and values that go missing are named with their shares", async () => {
  const part = (web: number, gone: number, seed: number) => {
    const [a, b] = [uniform(fork(seedKey(seed), "a"), 600), uniform(fork(seedKey(seed), "b"), 600)];
    return table([
      categoryColumn(
        "source",
        Array.from(a, (x) => (x < web ? "web" : "phone")),
      ),
      numberColumn(
        "age",
        normal(seedKey(seed), 600).map((x, i) => ((b[i] ?? 0) < gone ? Number.NaN : x)),
      ),
    ]);
  };
  const found = await drift(part(0.8, 0.02, 1), part(0.5, 0.2, 2));
  expect(found.columns.map(({ name, test: how }) => [name, how]).sort()).toEqual([
    ["age", "chi-square"],
    ["source", "chi-square"],
  ]);
  expect(found.summary).toMatch(/source \(phone in 24%, against 52%\)/);
  expect(found.summary).toMatch(/age \(missing in [12](\.\d)?%, against \d+%\)/);
});

test("too few rows, no columns that vary, and other columns", async () => {
  expect((await drift(cloud(10), cloud(500, { shift: 3 }))).summary).toContain("too few rows");
  const constant = table([numberColumn("x", new Float64Array(50))]);
  expect((await drift(constant, constant)).drifted).toBe(false);
  const other = table([numberColumn("y", new Float64Array(50))]);
  await expect(drift(constant, other)).rejects.toMatchObject({ code: "data/missing-column" });
  expect(thrown(() => columnOf(other, "x")).message).toContain('"x"');
});

test("the same seed gives the same answer to the last bit", async () => {
  const parts = () => [cloud(300), cloud(300, { name: "b" })] as const;
  expect(await drift(...parts(), { seed: 3 })).toEqual(await drift(...parts(), { seed: 3 }));
});

test("statistics agree with tables and hand-made examples", () => {
  expect(aucOf([1, 2, 3], [2, 3, 4]).value).toBeCloseTo(7 / 9, 12); // ties count half
  expect(aucOf([0, 0], [0, 0])).toMatchObject({ value: 0.5, variance: 0 });
  expect(kolmogorovSmirnov([1, 2, 3, 4], [3, 4, 5, 6])).toBe(0.5);
  expect(chiSquare([30, 10], [20, 20])).toEqual({ statistic: expect.closeTo(5.3333, 3), freedom: 1 });
  expect(chiSquare([50, 50, 1, 1], [50, 50, 1, 1]).freedom).toBe(2); // the rare ones together
  // 1.36 / sqrt(n/2) is the textbook's 5% point for two large samples of n
  expect(kolmogorovTail(1.358 / Math.sqrt(5000), 10_000, 10_000)).toBeCloseTo(0.05, 2);
  expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
});

/** Sentences of their own; `topic` says how many of a hundred are about the sea, `long` how many words follow. */
function sentences(rows: number, seed: number, { topic = 30, long = 4 } = {}) {
  const draws = uniform(fork(seedKey(seed), "sentences"), rows * 12);
  const draw = (row: number, i: number): number => draws[12 * row + i] ?? 0;
  const words = ["stone", "cloud", "river", "house", "light", "paper", "green", "north"];
  const texts = Array.from({ length: rows }, (_, row) => {
    const about = draw(row, 0) * 100 < topic ? "sea" : "land";
    const rest = Array.from({ length: long }, (_word, i) => words[Math.floor(draw(row, i + 1) * words.length)]);
    return draw(row, 11) < 0.05 ? null : `from the ${about} ${rest.join(" ")} ${seed}x${row}`;
  });
  return table([textColumn("note", texts)]);
}

test("A5 texts drift by a word that more of them have, or by their length, and not because each is new", async () => {
  const alike = await drift(sentences(600, 1), sentences(600, 2));
  expect([alike.drifted, alike.columns]).toEqual([false, []]);
  const moved = await drift(sentences(600, 1), sentences(600, 2, { topic: 60 }));
  expect(moved.columns.map(({ name }) => name)).toEqual(["note"]);
  expect(moved.summary).toMatch(/note \("(sea|land)" in \d+% of the texts, against \d+%\)/);
  const longer = await drift(sentences(600, 1), sentences(600, 2, { long: 7 }));
  expect(longer.drifted).toBe(true);
  expect(longer.columns[0]).toMatchObject({ name: "note", test: "Kolmogorov-Smirnov" });
  expect(longer.summary).toContain("words: mean 8");
});
