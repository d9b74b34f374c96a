import { expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { averageRows } from "../../src/diagnose/average-rows.ts";
import { chanceOfGain, type JudgedRun, judgeChange } from "../../src/diagnose/judge-change.ts";
import type { RowResults } from "../../src/diagnose/row-results.ts";
import type { Reason } from "../../src/train/record.ts";

/** Rows of two classes, of which those are wrong that are named. */
function rows(count: number, wrong: (row: number) => boolean): RowResults {
  const mistakes = Float64Array.from({ length: count }, (_, row) => Number(wrong(row)));
  const targets = ndarray(new Int32Array(count), [count]);
  return { task: "classification", mistakes, losses: mistakes, targets, answers: mistakes };
}

interface Judged {
  readonly dev: RowResults;
  readonly train?: RowResults;
  readonly reason?: Reason;
  readonly bias?: "high" | "low";
  readonly onDev?: RowResults;
}

/** A training of which only that is known which its judge looks at. */
function judged({ dev, train = dev, reason = "epochs", bias = "low", onDev }: Judged): JudgedRun {
  const evidence = { diagnosis: { measure: "error", bias }, rowResults: { train, dev }, plan: { epochs: 100 } };
  return { run: { reason, epochs: 40 }, evidence, ...(onDev === undefined ? {} : { onDev }) };
}

const same = { otherRows: false, otherTrain: false };
const first = (most: number) => rows(200, (row) => row < most);

test.each([
  ["surely better", 60, 20, true, /^accepted \(surely better, by \S+ to \S+ on dev\)$/],
  ["better by one row", 60, 59, false, /^rejected \(from \S+ worse to \S+ better on dev could be noise\)$/],
  ["the same", 60, 60, false, /could be noise/],
  ["worse by one row", 60, 61, false, /could be noise/],
  ["surely worse", 20, 60, false, /^rejected \(surely worse, by \S+ to \S+ on dev\)$/],
] as const)("a change that is %s: %i wrong rows become %i", (_, before, after, kept, outcome) => {
  const verdict = judgeChange(judged({ dev: first(before) }), judged({ dev: first(after) }), same);
  expect(verdict.kept).toBe(kept);
  expect(verdict.outcome).toMatch(outcome);
  expect(verdict.effect?.dev.gain).toBeCloseTo((before - after) / 200, 12);
});

test("what decides is the measure alone, and what it costs of the plain error is said", () => {
  // 180 rows of one class and 20 of another, whose errors count alike
  const codes = Int32Array.from({ length: 200 }, (_, row) => Number(row >= 180));
  const of = (wrong: (row: number) => boolean): JudgedRun => {
    const dev = { ...rows(200, wrong), targets: ndarray(codes, [200]) };
    const { run, evidence } = judged({ dev });
    return { run, evidence: { ...evidence, diagnosis: { measure: { kind: "balancedError" }, bias: "low" } } };
  };
  const before = of((row) => row >= 182);
  const dear = judgeChange(
    before,
    of((row) => row < 60),
    { otherRows: false, otherTrain: true },
  );
  expect(dear.effect?.dev.gain).toBeGreaterThan(0.2);
  expect(dear).toMatchObject({
    kept: true,
    outcome: expect.stringMatching(
      /^accepted \(surely better, by .* on dev; of all rows surely worse by \S+ to \S+ on dev\)$/,
    ),
  });
  const fair = judgeChange(
    before,
    of((row) => row < 12),
    { otherRows: false, otherTrain: true },
  );
  expect(fair).toMatchObject({
    kept: true,
    outcome: expect.stringMatching(/^accepted \(surely better, by \S+ to \S+ on dev\)$/),
  });
});

/** Twelve of the sixty rows become right, and five others wrong. */
const mixed = rows(200, (row) => row >= 12 && row < 65);

test("a change that wins more rows than it loses is probably better, and the other way round probably worse", () => {
  const better = judgeChange(judged({ dev: first(60) }), judged({ dev: mixed }), same);
  expect(better).toMatchObject({ kept: true, outcome: expect.stringMatching(/^accepted \(probably better, /) });
  const worse = judgeChange(judged({ dev: mixed }), judged({ dev: first(60) }), same);
  expect(worse).toMatchObject({ kept: false, outcome: expect.stringMatching(/^rejected \(probably worse, /) });
});

test("a better train error excuses no worse dev error, and helps one that is likely better", () => {
  const before = judged({ dev: first(60), train: first(100), bias: "high" });
  const after = (dev: number) => judged({ dev: first(dev), train: first(10) });
  expect(judgeChange(before, after(62), same).kept).toBe(false);
  expect(judgeChange(before, after(60), same).kept).toBe(false);
  expect(judgeChange(before, after(58), same).kept).toBe(true);
  expect(judgeChange(judged({ dev: first(60), train: first(100) }), after(58), same).kept).toBe(false);
});

test("a training that the time limit cut off is not judged, unless it is surely better all the same", () => {
  const cut = (dev: RowResults) => judged({ dev, reason: "time" });
  const worse = judgeChange(judged({ dev: first(20) }), cut(first(60)), same);
  expect(worse).toMatchObject({ kept: false, outcome: "not judged (the time limit ended it after 40 epochs of 100)" });
  expect(judgeChange(judged({ dev: first(60) }), cut(mixed), same).kept).toBe(false);
  expect(judgeChange(judged({ dev: first(60) }), cut(first(20)), same).kept).toBe(true);
});

test("a training that diverged is never kept, and other rows cannot be compared", () => {
  const found = judgeChange(judged({ dev: first(60) }), judged({ dev: first(0), reason: "diverged" }), same);
  expect(found).toEqual({ kept: false, outcome: "rejected (the training diverged)" });
  const other = judgeChange(judged({ dev: first(60) }), judged({ dev: first(60) }), { ...same, otherRows: true });
  expect(other).toEqual({ kept: true, outcome: expect.stringContaining("measured on other data") });
});

test("trainings that are judged by different rows are compared on the dev rows of both", () => {
  const before = judged({ dev: rows(1000, (row) => row < 300), onDev: first(60) });
  const { effect, kept } = judgeChange(before, judged({ dev: first(20) }), same);
  expect([effect?.dev.gain, kept]).toEqual([0.2, true]);
});

test("the chance of a gain is that of the normal distribution of the interval", () => {
  expect(chanceOfGain({ interval: { from: -1, to: 1 } })).toBeCloseTo(0.5, 12);
  expect(chanceOfGain({ interval: { from: 0, to: 2 } })).toBeCloseTo(0.975, 6);
  expect(chanceOfGain({ interval: { from: 0, to: 0 } })).toBe(0.5);
  expect(chanceOfGain({ interval: { from: -2, to: -2 } })).toBe(0);
});

test("the mean of probabilities and of numbers, with its mistakes and losses row by row", () => {
  const of = (answers: readonly number[], targets: RowResults["targets"]): RowResults => {
    const mistakes = new Float64Array(targets.shape[0] ?? 0);
    const task = targets.dtype === "int32" ? "classification" : "regression";
    return { task, targets, mistakes, losses: mistakes, answers: Float64Array.from(answers) };
  };
  const codes = ndarray(Int32Array.from([0, 1]), [2]);
  const classes = averageRows([of([0.9, 0.1, 0.8, 0.2], codes), of([0.4, 0.6, 0.1, 0.9], codes)]);
  expect(Array.from(classes.mistakes)).toEqual([0, 0]);
  expect(Array.from(classes.answers)).toEqual([0.65, 0.35, expect.closeTo(0.45, 12), 0.55]);
  expect(Array.from(classes.losses)).toEqual([-Math.log(0.65), expect.closeTo(-Math.log(0.55), 12)]);
  const values = ndarray(Float32Array.from([1, 2]), [2, 1]);
  const numbers = averageRows([of([0, 4], values), of([1, 2], values)]);
  expect(Array.from(numbers.mistakes)).toEqual([0.25, 1]);
});
