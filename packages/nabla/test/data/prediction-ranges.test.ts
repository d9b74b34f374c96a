/** Intervals and sets that hold what is true as often as they say. */
import { describe, expect, test } from "vitest";
import { rowModel } from "../../src/answers/row-model.ts";
import { type NdArray, ndarray } from "../../src/array/ndarray.ts";
import { fork, normal, seedKey, uniform } from "../../src/base/random.ts";
import { conformalQuantile, conformalScores } from "../../src/base/statistics/conformal.ts";
import { applyPreparation } from "../../src/data/apply-preparation.ts";
import { predictedRanges, rangeScores } from "../../src/data/prediction-ranges.ts";
import { prepare } from "../../src/data/prepare.ts";
import { categoryColumn, numberColumn, type Table, table, takeTable } from "../../src/data/table.ts";
import { modelFromJson, modelToJson } from "../../src/exchange/model-json.ts";
import { dense } from "../../src/nn/dense.ts";
import { jointHeads } from "../../src/nn/joint-heads.ts";
import { joint, softmaxCrossEntropy, squaredError } from "../../src/nn/losses.ts";
import { adam } from "../../src/optim/adam.ts";
import { fit } from "../../src/train/fit.ts";
import { rowResults } from "../../src/train/row-results.ts";
import { predict } from "../../src/train/trained.ts";

describe("the quantile of conformal scores", () => {
  const scores = conformalScores([5, 1, 4, 2, 3, 9, 8, 7, 6]);
  test("is number ⌈(rows + 1) · level⌉ of the sorted ones, and infinite where there are fewer", () => {
    expect([0.1, 0.5, 0.55, 0.8, 0.9].map((level) => conformalQuantile(scores, level))).toEqual([1, 5, 6, 8, 9]);
    expect(conformalQuantile(scores, 0.91)).toBe(Number.POSITIVE_INFINITY);
    expect(conformalQuantile(conformalScores([]), 0.5)).toBe(Number.POSITIVE_INFINITY);
  });

  test("of many rows is at most a fifth of a percent of level too high", () => {
    const many = conformalScores(Float64Array.from({ length: 7001 }, (_, i) => 7001 - i));
    expect(many.scores).toHaveLength(500);
    for (const level of [0.5, 0.801, 0.9, 0.95, 0.99]) {
      const exact = Math.ceil(7002 * level);
      expect(conformalQuantile(many, level)).toBeGreaterThanOrEqual(exact);
      expect(conformalQuantile(many, level)).toBeLessThanOrEqual(exact + 15);
    }
  });

  test("of rows of weights is that of rows as often, and rows of weight 0 are none", () => {
    const [values, weights] = [
      [1, 2, 3, 4, 5, 6],
      [1, 0, 3, 2, 1, 1],
    ];
    const often = conformalScores(values.flatMap((value, i) => Array<number>(weights[i] ?? 0).fill(value)));
    const weighed = conformalScores(values, weights);
    expect(weighed.rows).toBeCloseTo(64 / 16, 9);
    // the same part of the rows, of fewer that say as much
    for (const part of [0.2, 0.4, 0.6, 0.8, 1])
      expect(weighed.scores[Math.ceil(part * 5 - 1e-9) - 1]).toBe(often.scores[Math.ceil(part * 8 - 1e-9) - 1]);
    expect(conformalScores(values, [1, 1, 1, 1, 1, 1])).toEqual(conformalScores(values));
  });

  test("holds new rows as often as it says, over many draws of both", () => {
    const [draws, held, level] = [400, 39, 0.9];
    let within = 0;
    for (let draw = 0; draw < draws; draw++) {
      const sizes = normal(fork(seedKey(4), `draw ${draw}`), held + 20).map(Math.abs);
      const reach = conformalQuantile(conformalScores(sizes.subarray(0, held)), level);
      for (const size of sizes.subarray(held)) within += Number(size <= reach) / 20;
    }
    // of 39 rows the 36th is asked for: exactly 90%, and each draw is off by Beta and binomial noise
    const deviation = Math.sqrt((0.9 * 0.1) / 41 + (0.9 * 0.1) / 20) / Math.sqrt(draws);
    expect(Math.abs(within / draws - level)).toBeLessThan(4 * deviation);
  });
});

const ROWS = 3000;
const [x, noise] = [normal(seedKey(1), ROWS), normal(seedKey(2), ROWS)];
const price = Array.from(x, (value, row) => Math.exp(2 + 0.8 * value + 0.4 * (noise[row] ?? 0)));
const luck = uniform(seedKey(3), ROWS);
const kinds = Array.from(x, (value, row) => ((luck[row] ?? 0) < 1 / (1 + Math.exp(-2 * value)) ? "big" : "small"));
const columns = [numberColumn("x", Float64Array.from(x))];
const prices = numberColumn("price", price);
const kind = categoryColumn("kind", kinds);
const part = (all: Table, from: number, to: number): Table =>
  takeTable(
    all,
    Array.from({ length: to - from }, (_, i) => from + i),
  );

/** Learns 200 rows, scores 400 others, and gives the model with its scores. */
async function learned(all: Table, targetScale: "none" | "log" = "none") {
  const preparation = prepare.fit(part(all, 0, 200), { targetScale });
  const { target } = preparation;
  const [train, held] = [part(all, 0, 200), part(all, 200, 600)].map((rows) => applyPreparation(preparation, rows)) as [
    ReturnType<typeof applyPreparation>,
    ReturnType<typeof applyPreparation>,
  ];
  const several = target.kind === "several" ? joint(jointHeads(target, train.targets)) : undefined;
  const loss = several ?? (target.kind === "classes" ? softmaxCrossEntropy() : squaredError());
  const outputs = several === undefined ? (target.kind === "classes" ? 2 : 1) : 3;
  const { trained } = await fit({ model: dense(outputs), loss, optimizer: adam({ rate: 0.05 }), train, epochs: 20 });
  const { answers, targets } = await rowResults(trained, held);
  return { trained, preparation, ranges: rangeScores(preparation, { answers, targets }) };
}

/** The noise of a coverage that 400 rows were scored for and 2400 measured. */
const bound = (level: number): number => 4 * Math.sqrt(level * (1 - level) * (1 / 400 + 1 / 2400));
const fresh = (all: Table): Table => part(all, 600, ROWS);

test.each([
  "none",
  "log",
] as const)("numbers on the scale %s: new rows lie within as often as it says", async (scale) => {
  const all = table(columns, prices);
  const { trained, preparation, ranges } = await learned(all, scale);
  const { answers } = await predict(trained, applyPreparation(preparation, fresh(all)).inputs);
  for (const level of [0.5, 0.9, 0.99]) {
    const found = predictedRanges(preparation, ranges, level)(answers);
    let within = 0;
    for (const [row, [range]] of found.entries()) {
      if (range === undefined || "classes" in range) throw new Error("no interval");
      const real = price[600 + row] ?? 0;
      within += Number(range.lower <= real && real <= range.upper);
      expect(range.lower).toBeGreaterThanOrEqual(0);
    }
    expect(Math.abs(within / found.length - level)).toBeLessThan(bound(level) + 1 / 400);
  }
});

test("classes: one of the set is right at least as often as it says, and the likeliest is in it", async () => {
  const all = table(columns, kind);
  const { trained, preparation, ranges } = await learned(all);
  const { answers, classes } = await predict(trained, applyPreparation(preparation, fresh(all)).inputs);
  for (const level of [0.7, 0.9, 0.99]) {
    const found = predictedRanges(preparation, ranges, level)(answers);
    let [right, names] = [0, 0];
    for (const [row, [range]] of found.entries()) {
      if (range === undefined || !("classes" in range)) throw new Error("no set");
      right += Number(range.classes.includes(kinds[600 + row] ?? ""));
      names += range.classes.length;
      expect(range.classes).toContain(kind.levels[classes?.data[row] ?? 0]);
    }
    expect(right / found.length).toBeGreaterThan(level - bound(level));
    expect(names / found.length).toBeLessThan(2);
  }
});

test("several targets have ranges of their own, which come with a saved model and with its answers", async () => {
  const all = table(columns, [prices, kind]);
  const model = await learned(all);
  const saved = modelFromJson(JSON.parse(JSON.stringify(modelToJson(model))), model.trained.weights);
  expect(saved.ranges).toEqual(model.ranges);
  const asked = await rowModel(saved);
  const plain = await asked.predict({ x: 0 });
  expect([plain.interval, plain.set]).toEqual([undefined, undefined]);
  const [one, other] = await asked.predict([{ x: 0 }, { x: 2.5 }], { interval: 0.9 });
  const { price: found } = one?.interval as { readonly price: { readonly lower: number; readonly upper: number } };
  const { price: middle } = one?.prediction as { readonly price: number };
  expect(found.lower).toBeLessThan(middle);
  expect(found.upper).toBeGreaterThan(middle);
  expect((one?.set as { readonly kind: readonly string[] }).kind).toEqual(["big", "small"]);
  expect((other?.set as { readonly kind: readonly string[] }).kind).toEqual(["big"]);
  const alone = await rowModel(await learned(table(columns, prices)));
  expect(await alone.predict({ x: 0 }, { interval: 0.5 })).toEqual({
    prediction: expect.any(Number),
    interval: { lower: expect.any(Number), upper: expect.any(Number) },
  });
});

test("what a model cannot answer is refused by how many rows it would take", async () => {
  const all = table(columns, prices);
  const { preparation } = await learned(all);
  const few: NdArray = ndarray([1, 2, 3], [3, 1]);
  const ranges = rangeScores(preparation, { answers: [1, 2, 4], targets: few });
  const of =
    (level: number, given: typeof ranges | undefined = ranges) =>
    () =>
      predictedRanges(preparation, given, level);
  expect(of(0.75)).not.toThrow();
  expect(of(0.9)).toThrow("an interval of 90% needs 9 rows that were not learned, and the model has 3");
  expect(of(90)).toThrow("an interval holds a share between 0 and 1 of the rows, received 90");
  expect(of(0.9, undefined as never)).not.toThrow("internal");
  expect(() => predictedRanges(preparation, undefined, 0.9)).toThrow("it was saved without held-out rows");
  expect(() => modelFromJson({ ...damaged, ranges: [{ rows: 2, scores: [2, 1] }] }, new Map())).toThrow();
});

const damaged = { layers: { kind: "chain", layers: [] }, loss: "squaredError", shape: [1] };
