import { describe, expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { differenceInterval, wilson } from "../../src/base/statistics/intervals.ts";
import { shareText } from "../../src/base/text.ts";
import { diagnose } from "../../src/diagnose/diagnose.ts";
import type { RowResults } from "../../src/diagnose/row-results.ts";

describe("errors alone", () => {
  test.each([
    ["B2 1% and 11% is high variance", { train: 0.01, dev: 0.11 }, undefined, "low", "high", "high variance"],
    [
      "B3 15% and 14% is high bias, and a negative gap is no variance",
      { train: 0.15, dev: 0.14 },
      undefined,
      "high",
      "low",
      "high bias",
    ],
    ["B4 15% and 30% is both", { train: 0.15, dev: 0.3 }, undefined, "high", "high", "high bias and high variance"],
    ["B5 0.5% and 1% is good", { train: 0.005, dev: 0.01 }, undefined, "low", "low", "good"],
    ["B6 15% and 16% is good where people make 14%", { train: 0.15, dev: 0.16 }, 0.14, "low", "low", "good"],
    ["B6 15% and 16% is high bias where people make none", { train: 0.15, dev: 0.16 }, 0, "high", "low", "high bias"],
  ] as const)("%s", (_, errors, human, bias, variance, verdict) => {
    const found = diagnose(errors, human === undefined ? {} : { human });
    expect(found).toMatchObject({ bias, variance, verdict });
    expect(found.gap).toBeCloseTo(errors.dev - errors.train, 12);
    expect(found.avoidableBias).toBeCloseTo(errors.train - (human ?? 0), 12);
  });
});

test("B7 one error against two in fifty rows is not enough to tell", () => {
  const found = diagnose({ train: 1 / 50, dev: 2 / 50, trainRows: 50, devRows: 50 });
  expect(found).toMatchObject({ verdict: "not enough data to tell", advice: [{ code: "doubt/rows" }] });
  expect(found.intervals.dev?.from).toBeLessThan(0.02);
  expect(found.intervals.dev?.to).toBeGreaterThan(0.13);
});

test("no error at all in few rows is good news, with a wide interval", () => {
  const found = diagnose({ train: 0, dev: 0, trainRows: 200, devRows: 68 });
  expect(found.verdict).toBe("good");
  expect(found.intervals.dev?.to).toBeGreaterThan(0.05);
});

test.each([
  ["four wrong rows of sixty beside a dev part without any are no bias", 4, 60, 0, 60, "good"],
  ["with two wrong of thirty dev rows they leave it open", 4, 60, 2, 30, "not enough data to tell"],
  ["twenty of sixty are bias", 20, 60, 10, 30, "high bias"],
  ["four in a hundred of many rows are bias", 400, 10_000, 100, 2500, "high bias"],
] as const)("%s", (_, wrong, trainRows, devWrong, devRows, verdict) => {
  const found = diagnose({ train: wrong / trainRows, dev: devWrong / devRows, trainRows, devRows });
  expect(found.verdict).toBe(verdict);
});

describe("an early epoch that was kept since dev became worse", () => {
  const measures = (cost: number, error: number) => ({ cost, error, mistake: error, rows: 4000 });
  const run = (last: { readonly train: number; readonly dev: number; readonly cost: number }) => ({
    train: measures(0.3, 0.08),
    dev: measures(0.5, 0.15),
    history: [
      { train: measures(0.3, 0.08), dev: measures(0.5, 0.15) },
      { train: measures(0.05, last.train), dev: measures(last.cost, last.dev) },
    ],
  });

  test("is no bias where the network fit the training part later", () => {
    const found = diagnose(run({ train: 0.001, dev: 0.16, cost: 0.9 }));
    expect(found).toMatchObject({ verdict: "high variance", bias: "low", variance: "high" });
    expect(found.summary).toContain("train error 8% (0.1% after the last epoch, when dev had become worse)");
  });

  test("is bias where it never did, or where dev was no worse", () => {
    expect(diagnose(run({ train: 0.07, dev: 0.16, cost: 0.9 })).bias).toBe("high");
    expect(diagnose(run({ train: 0.001, dev: 0.16, cost: 0.4 })).bias).toBe("high");
  });
});

test("B7 the same errors on many rows are told apart", () => {
  const found = diagnose({ train: 0.02, dev: 0.06, trainRows: 50_000, devRows: 50_000 });
  expect(found).toMatchObject({ verdict: "high variance", bias: "low" });
});

test("B8 B9 advice is for what is wrong, and says because of which numbers", () => {
  expect(diagnose({ train: 0.15, dev: 0.14 }).advice.map(({ code }) => code)).toEqual([
    "bias/bigger",
    "bias/longer",
    "bias/optimizer",
    "bias/model",
  ]);
  const { advice, summary } = diagnose({ train: 0.01, dev: 0.11 });
  expect(advice.map(({ code }) => code)).toEqual(["variance/data", "variance/regularize", "variance/model"]);
  expect(advice[0]?.because).toContain("11%");
  expect(summary).toContain("train error 1%, dev error 11%");
});

test("a finished training is diagnosed by its measures; regression without counted intervals", () => {
  const measures = (error: number, rows: number) => ({ cost: 1, error, mistake: error, rows });
  const found = diagnose({ train: measures(0.001, 5000), dev: measures(0.09, 1000) }, { human: 0.01, baseline: 0.9 });
  expect(found.verdict).toBe("high variance");
  expect(found.intervals.gap).toBeDefined();
  const numbers = diagnose({
    train: measures(0.1, 40),
    dev: measures(0.11, 20),
    trained: { loss: { task: "regression" } },
  });
  expect(numbers.intervals).toEqual({});
});

test("a network no better than always predicting the same is reported", () => {
  expect(diagnose({ train: 0.5, dev: 0.5 }, { baseline: 0.5 }).summary).toContain(
    "always predicting the same does as well (baseline 50%)",
  );
});

test("Wilson's interval", () => {
  // Newcombe 1998, table I: 81 of 263, 15 of 148 and 0 of 20
  expect(wilson(81 / 263, 263)).toEqual({ from: expect.closeTo(0.2553, 4), to: expect.closeTo(0.3662, 4) });
  expect(wilson(15 / 148, 148)).toEqual({ from: expect.closeTo(0.0624, 4), to: expect.closeTo(0.1605, 4) });
  expect(wilson(0, 20)).toEqual({ from: 0, to: expect.closeTo(0.1611, 4) });
  // Newcombe 1998, table II: 56/70 - 48/80
  expect(
    differenceInterval(
      { value: 56 / 70, interval: wilson(56 / 70, 70) },
      { value: 48 / 80, interval: wilson(48 / 80, 80) },
    ),
  ).toEqual({
    from: expect.closeTo(0.0524, 4),
    to: expect.closeTo(0.3339, 4),
  });
});

test("of targets that are all the same there is no 1 - R², and nothing is concluded from it", () => {
  const part = (targets: readonly number[], off: number): RowResults => ({
    task: "regression",
    mistakes: Float64Array.from(targets, () => off ** 2),
    losses: Float64Array.from(targets, () => off ** 2),
    targets: ndarray(Float32Array.from(targets), [targets.length, 1]),
    answers: Float64Array.from(targets, (target) => target + off),
  });
  const measures = { cost: 1, error: 1, mistake: 1, rows: 1 };
  const spread = [-2, -1, 0, 1, 2, -2, -1, 0, 1, 2]; // variance 2
  const flat = { train: part(spread, 0.1), dev: part([3, 3], 0.1) };
  const found = diagnose({ train: measures, dev: measures }, { rowResults: flat });
  expect([found.verdict, found.bias, found.variance]).toEqual(["not enough data to tell", "low", undefined]);
  expect([found.errors.dev, found.gap]).toEqual([Number.NaN, Number.NaN]);
  expect(found.intervals).not.toHaveProperty("dev");
  expect(found.summary).toContain("dev error not measurable, since its targets are all the same");
  const far = diagnose({ train: measures, dev: measures }, { rowResults: { ...flat, dev: part(spread, 1e6) } });
  expect(far.errors.dev).toBeCloseTo(1e12 / 2, -6);
  expect(far.summary).toContain("dev error 5e11 times the variance (worse than predicting the mean)");
});

test.each([
  [0.123456, "12.3%"],
  [9.99, "999%"],
  [12.5, "12.5 times the variance"],
  [43454369379.9, "4.35e10 times the variance"],
  [Number.POSITIVE_INFINITY, "not measurable"],
])("the share %f is %s", (share, text) => {
  expect(shareText(share)).toBe(text);
});

test("what diverged has no other verdict, and a lower rate is the advice", () => {
  const measures = { cost: Number.NaN, error: Number.NaN, mistake: Number.NaN, rows: 0 };
  const found = diagnose({ train: measures, dev: measures, reason: "diverged" });
  expect(found).toMatchObject({ verdict: "diverged", advice: [{ code: "rate/high" }] });
  expect(found.summary).toMatch(/^Diverged/);
});
