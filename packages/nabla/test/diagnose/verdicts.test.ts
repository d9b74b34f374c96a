import { expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { normal, seedKey } from "../../src/base/random.ts";
import { diagnose } from "../../src/diagnose/diagnose.ts";
import { effectOf } from "../../src/diagnose/paired.ts";
import type { RowResults } from "../../src/diagnose/row-results.ts";
import { measureFrom } from "../../src/train/deciding/kinds.ts";

/** Results of classes, wrong where `wrong` says so. */
function counted(codes: readonly number[], wrong: (row: number) => boolean): RowResults {
  const mistakes = Float64Array.from(codes, (_, row) => Number(wrong(row)));
  const targets = ndarray(Int32Array.from(codes), [codes.length]);
  return { task: "classification", mistakes, losses: mistakes, targets, answers: mistakes };
}

function measured(rows: number, noise: number, seed: number): RowResults {
  const truth = normal(seedKey(seed), rows);
  const miss = normal(seedKey(seed + 1000), rows);
  const mistakes = Float64Array.from(miss, (x) => (noise * x) ** 2);
  const targets = ndarray(Float32Array.from(truth), [rows, 1]);
  return { task: "regression", mistakes, losses: mistakes, targets, answers: truth };
}

const measures = { cost: 0, error: 0, mistake: 0, rows: 0 };

test("a rare class that is given up does not hide behind the frequent one", () => {
  const codes = Array.from({ length: 2000 }, (_, row) => Number(row % 40 === 0));
  const rowResults = { train: counted(codes, (row) => row % 40 === 0), dev: counted(codes, (row) => row % 40 === 0) };
  const plain = diagnose({ train: 0.025, dev: 0.025 });
  expect(plain.errors.train).toBeLessThan(0.03);
  const found = diagnose({ train: measures }, { rowResults });
  expect(found).toMatchObject({ measure: { kind: "balancedError" }, bias: "high", errors: { train: 0.5 } });
  expect(found.summary).toContain("each averaged over classes (balanced error)");
});

test("numbers get bootstrap intervals: the same gap is told apart on many rows, and left open on few", () => {
  const many = diagnose(
    { train: measures },
    { rowResults: { train: measured(4000, 0.1, 1), dev: measured(4000, 0.4, 2) } },
  );
  expect(many).toMatchObject({ verdict: "high variance", bias: "low" });
  expect(many.intervals.gap?.from).toBeGreaterThan(0.1);
  const few = diagnose({ train: measures }, { rowResults: { train: measured(10, 0.1, 1), dev: measured(10, 0.2, 2) } });
  expect(few.verdict).toBe("not enough data to tell");
});

test("a dev part of a handful of rows decides nothing, even without a mistake", () => {
  expect(diagnose({ train: 0, dev: 0, trainRows: 500, devRows: 5 }).verdict).toBe("not enough data to tell");
});

test("a human level in the unit of the measure is compared as its errors are", () => {
  const truth = Float32Array.from({ length: 200 }, (_, row) => Math.sin(row));
  const off = (by: number) => {
    const answers = Float64Array.from(truth, (one, row) => one + (row % 2 === 0 ? by : -by));
    const mistakes = Float64Array.from(truth, (one, row) => (one - Number(answers[row])) ** 2);
    return { task: "regression", mistakes, losses: mistakes, answers, targets: ndarray(truth, [200, 1]) } as const;
  };
  // numbers that were learned as (price - 100) / 20: 0.5 of these are 10 of the target
  const measure = measureFrom({ kind: "rmse", mean: 100, deviation: 20 });
  const rowResults = { train: off(0.5), dev: off(0.51) };
  const errors = { train: 0.5, dev: 0.51 };
  const found = diagnose(errors, { measure, rowResults, human: 9.9 });
  expect(found).toMatchObject({ bias: "low", variance: "low", verdict: "good" });
  const variance =
    truth.reduce((sum, one) => sum + one ** 2 / 200, 0) - (truth.reduce((sum, one) => sum + one, 0) / 200) ** 2;
  expect(found.errors.human).toBeCloseTo(0.495 ** 2 / variance, 5);
  expect(found.summary).toContain("train RMSE 10, dev RMSE 10.2, human-level error 9.9.");
  expect(diagnose(errors, { measure, rowResults }).bias).toBe("high");
  const refused = {
    code: "diagnose/human",
    message: "a human-level RMSE of 9.9 says nothing beside errors that are fractions",
  };
  expect(() => diagnose(errors, { measure, human: 9.9 })).toThrow(expect.objectContaining(refused));
  expect(() => diagnose(errors, { measure: measureFrom("f1"), rowResults, human: 1 })).toThrow(
    "not below 0 and below 1",
  );
});

test.each([1, -0.1, 1.5, Number.NaN])("a human error of %s is refused", (human) => {
  expect(() => diagnose({ train: 0.1, dev: 0.1 }, { human })).toThrow(
    expect.objectContaining({ code: "options/range", message: expect.stringContaining(`received ${human}`) }),
  );
});

test("a change that wins as many rows as it loses is noise, one that only wins is not", () => {
  const codes = Array.from({ length: 200 }, () => 0);
  const before = counted(codes, (row) => row < 20);
  const other = effectOf(
    before,
    counted(codes, (row) => row >= 10 && row < 30),
  );
  expect(other.gain).toBe(0);
  expect(other.interval.from).toBeLessThan(0);
  const better = effectOf(
    before,
    counted(codes, (row) => row < 8),
  );
  expect(better.gain).toBeCloseTo(0.06, 12);
  expect(better.interval.from).toBeGreaterThan(0);
});
