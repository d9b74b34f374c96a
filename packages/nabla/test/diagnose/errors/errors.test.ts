import { describe, expect, test } from "vitest";
import { ndarray } from "../../../src/array/ndarray.ts";
import { seedKey, uniform } from "../../../src/base/random.ts";
import { wilson } from "../../../src/base/statistics/intervals.ts";
import { categoryColumn, numberColumn, textColumn } from "../../../src/data/table.ts";
import { fitTemperature, reliability } from "../../../src/diagnose/errors/calibration.ts";
import { classMeasures } from "../../../src/diagnose/errors/class-measures.ts";
import { confusionMatrix, worstClasses } from "../../../src/diagnose/errors/confusion.ts";
import { crossFitTemperature } from "../../../src/diagnose/errors/cross-fit.ts";
import {
  cheapestThreshold,
  decisionAt,
  operations,
  precisionRecall,
  rocCurve,
} from "../../../src/diagnose/errors/ranking.ts";
import { residualsOf } from "../../../src/diagnose/errors/residuals.ts";
import { errorBySlice } from "../../../src/diagnose/errors/slices.ts";
import { classProbabilities, likeliest, logLosses, temper, worstRows } from "../../../src/train/probabilities.ts";

describe("confusion", () => {
  const actual = [0, 0, 0, 0, 1, 1, 2];
  const predicted = [0, 0, 1, 2, 1, 1, 1];
  const confusion = confusionMatrix(predicted, actual, ["a", "b", "c", "d"]);

  test("counts answers by class", () => {
    expect(confusion.counts).toEqual([
      [2, 1, 1, 0],
      [0, 2, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 0, 0],
    ]);
  });

  test("the worst class comes first, a class without rows does not come", () => {
    const worst = worstClasses(confusion);
    expect(worst.map(({ name, error }) => [name, error])).toEqual([
      ["c", 1],
      ["a", 0.5],
      ["b", 0],
    ]);
    expect(worst[1]).toMatchObject({ rows: 4, wrong: 2, precision: 1, interval: wilson(0.5, 4) });
    expect(worst[0]?.takenFor).toEqual({ name: "b", rows: 1 });
    expect(worst[2]).not.toHaveProperty("takenFor");
    expect(worst[2]?.precision).toBe(0.5);
  });

  test("refuses lists of different lengths and codes that are no class", () => {
    expect(() => confusionMatrix([0], [0, 1], ["a", "b"])).toThrow(
      expect.objectContaining({ code: "errors/rows", message: expect.stringContaining("1 predictions for 2 targets") }),
    );
    expect(() => confusionMatrix([0, 5], [0, 1], ["a", "b"])).toThrow(
      expect.objectContaining({ code: "errors/class", message: expect.stringContaining("1 and 5") }),
    );
  });
});

describe("probabilities", () => {
  test("one output is the probability of the second class", () => {
    const both = classProbabilities(ndarray([0.25, 1], [2, 1], "float64"));
    expect([...both.data]).toEqual([0.75, 0.25, 0, 1]);
    expect([...likeliest(both).classes]).toEqual([0, 1]);
    expect([...likeliest(both).confidence]).toEqual([0.75, 1]);
  });

  test("losses are -log p, bounded; the worst rows come first, ties in the data's order", () => {
    const losses = logLosses(ndarray([0.5, 0.5, 0, 1, 0.5, 0.5], [3, 2], "float64"), [0, 0, 1]);
    expect(losses[0]).toBeCloseTo(Math.log(2), 12);
    expect(losses[1]).toBeCloseTo(12 * Math.log(10), 9);
    expect(worstRows(losses, 2)).toEqual([1, 0]);
  });
});

describe("calibration", () => {
  test("ECE by hand: 0.95 sure and right in 1 of 2, 0.6 sure and right in 1 of 2", () => {
    const { bins, ece } = reliability([0.95, 0.95, 0.6, 0.55], [1, 0, 1, 0]);
    // (0.6 lies in the bin that ends there, with 0.55)
    expect(bins.map(({ from, rows, right }) => [from, rows, right])).toEqual([
      [0.5, 2, 0.5],
      [0.9, 2, 0.5],
    ]);
    expect(ece).toBeCloseTo((2 * Math.abs(0.5 - 0.575) + 2 * Math.abs(0.5 - 0.95)) / 4, 12);
  });

  test("temperature finds again what made the network too sure, and changes no answer", () => {
    // probabilities of 0.8, drawn honestly: four of five rows right; then sharpened by 3
    const honest = ndarray(Array.from({ length: 100 }, () => [0.8, 0.2]).flat(), [100, 2], "float64");
    const targets = Array.from({ length: 100 }, (_, row) => Number(row % 5 === 0));
    const sharp = temper(honest, 1 / 3);
    const found = fitTemperature(sharp, targets);
    expect(found.temperature).toBeCloseTo(3, 2);
    expect(found.after.ece).toBeLessThan(1e-3);
    expect(found.before.ece).toBeCloseTo(0.8 ** 3 / (0.8 ** 3 + 0.2 ** 3) - 0.8, 6);
    expect(likeliest(temper(sharp, found.temperature)).classes).toEqual(likeliest(sharp).classes);
    expect(fitTemperature(honest, targets).temperature).toBeCloseTo(1, 2);
  });
});

describe("a temperature that is taken only where it helps rows that it was not fitted on", () => {
  /** Rows whose confidence is `claimed` while a share of `right` of them is right. */
  const rowsOf = (rows: number, { claimed, right }: { readonly claimed: number; readonly right: number }) => {
    const drawn = uniform(seedKey(8), rows);
    const answers = ndarray(Array.from({ length: rows }, () => [claimed, 1 - claimed]).flat(), [rows, 2], "float64");
    return { answers, targets: drawn.map((value) => Number(value > right)) };
  };

  test("a network that claims 98% and is right in 80% is made less sure, by much the same on other rows", () => {
    const { answers, targets } = rowsOf(400, { claimed: 0.98, right: 0.8 });
    const found = crossFitTemperature(answers, targets);
    const share = 1 - targets.reduce((sum, code) => sum + code, 0) / 400;
    // the temperature that maps the odds of 98% to those of the share that is right
    expect(found.temperature).toBeCloseTo(Math.log(0.98 / 0.02) / Math.log(share / (1 - share)), 1);
    expect(found.kept).toBe(true);
    expect(found.before.ece).toBeCloseTo(0.98 - share, 9);
    expect(found.after.ece).toBeLessThan(0.02);
    expect(found.after.loss).toBeLessThan(found.before.loss - 0.1);
    const softer = crossFitTemperature(answers, targets, { softened: Math.sqrt });
    expect(softer.temperature).toBeCloseTo(Math.sqrt(found.temperature), 9);
  });

  test("an honest one stays as it is, as does one of a few rows, and one that made no error is not made surer", () => {
    for (const [rows, given] of [
      [400, { claimed: 0.8, right: 0.8 }],
      [16, { claimed: 0.99, right: 0.5 }],
      [200, { claimed: 0.9, right: 1 }],
    ] as const) {
      const { answers, targets } = rowsOf(rows, given);
      expect(crossFitTemperature(answers, targets)).toMatchObject({ temperature: 1, kept: false, rows });
    }
  });
});

describe("rows that count differently", () => {
  const rows = 240;
  const drawn = uniform(seedKey(9), 2 * rows);
  const shares = Array.from({ length: rows }, (_, row) => 0.5 + 0.49 * (drawn[row] ?? 0));
  const weights = shares.map((_, row) => [0, 1, 3][row % 3] ?? 0);
  // heavy rows are right less often than they claim
  const codes = shares.map((share, row) => Number((drawn[rows + row] ?? 0) > share - (row % 3 === 2 ? 0.25 : 0)));
  const asAnswers = (of: readonly number[]) =>
    ndarray(
      of.flatMap((one) => [one, 1 - one]),
      [of.length, 2],
      "float64",
    );
  const written = weights.flatMap((weight, row) => Array.from({ length: weight }, () => row));
  const repeated = <T>(of: readonly T[]): readonly T[] => written.map((row) => of[row] as T);

  test("a temperature and a calibration error are those of rows written so many times", () => {
    const weighed = fitTemperature(asAnswers(shares), codes, { weights });
    const plain = fitTemperature(asAnswers(repeated(shares)), repeated(codes));
    expect(weighed.temperature).toBeCloseTo(plain.temperature, 6);
    expect(weighed.before.ece).toBeCloseTo(plain.before.ece, 9);
    expect(weighed.after.loss).toBeCloseTo(plain.after.loss, 9);
    expect(weighed.temperature).toBeGreaterThan(fitTemperature(asAnswers(shares), codes).temperature + 0.2);
    const { bins } = reliability(shares, codes, { weights });
    expect(bins.reduce((sum, bin) => sum + bin.rows, 0)).toBe(rows);
  });

  test("so are the measures of classes", () => {
    const names = ["a", "b"];
    const predicted = shares.map((share) => Number(share < 0.75));
    const weighed = classMeasures(asAnswers(shares), codes, names, { weights, predicted });
    const plain = classMeasures(asAnswers(repeated(shares)), repeated(codes), names, {
      predicted: repeated(predicted),
    });
    for (const [i, one] of weighed.byClass.entries()) {
      expect(one.rows).toBe(codes.filter((code) => code === i).length);
      for (const name of ["precision", "recall", "f1"] as const)
        expect(one[name]).toBeCloseTo(plain.byClass[i]?.[name] ?? Number.NaN, 12);
    }
    expect(weighed.balancedError).toBeCloseTo(plain.balancedError, 12);
    expect(weighed.positive?.auc).toBeCloseTo(plain.positive?.auc ?? 0, 12);
    expect(weighed.positive?.averagePrecision).toBeCloseTo(plain.positive?.averagePrecision ?? 0, 12);
  });

  test("whether it is taken goes by what they count", () => {
    const crossed = crossFitTemperature(asAnswers(shares), codes, { weights });
    expect(crossed).toMatchObject({
      kept: true,
      temperature: fitTemperature(asAnswers(shares), codes, { weights }).temperature,
    });
    expect(crossed.before.loss).toBeCloseTo(fitTemperature(asAnswers(shares), codes, { weights }).before.loss, 12);
    const even = weights.map((_, row) => Number(row % 3 !== 2));
    expect(crossFitTemperature(asAnswers(shares), codes, { weights: even }).kept).toBe(false);
  });
});

describe("ranking", () => {
  test("the area under the ROC is the share of pairs in order, ties counting half", () => {
    // few distinct scores, so that there are many ties
    const scores = uniform(seedKey(3), 200).map((value) => Math.floor(value * 20) / 20);
    const positive = uniform(seedKey(4), 200).map((value, row) => Number(value < 0.2 + 0.6 * (scores[row] ?? 0)));
    let [pairs, ordered] = [0, 0];
    for (const [i, a] of scores.entries())
      for (const [j, b] of scores.entries())
        if (positive[i] === 1 && positive[j] === 0) {
          pairs += 1;
          ordered += a > b ? 1 : a === b ? 0.5 : 0;
        }
    const area = ordered / pairs;
    expect(rocCurve(operations(scores, positive)).area).toBeCloseTo(area, 12);
    expect(area).toBeGreaterThan(0.6);
  });

  // sorted: 0.9 yes, 0.8 no, 0.7 yes, 0.1 no
  const all = operations([0.9, 0.1, 0.7, 0.8], [1, 0, 1, 0]);

  test("average precision by hand", () => {
    expect(precisionRecall(all).area).toBeCloseTo(0.5 * 1 + 0.5 * (2 / 3), 12);
    expect(rocCurve(all).area).toBeCloseTo(0.75, 12);
  });

  test("the cheapest threshold follows the costs", () => {
    expect(cheapestThreshold(all, { miss: 10 })).toMatchObject({ hits: 2, falseAlarms: 1, misses: 0, cost: 0.25 });
    expect(cheapestThreshold(all, { miss: 10 }).threshold).toBeCloseTo(0.4, 12);
    expect(cheapestThreshold(all, { falseAlarm: 10 })).toMatchObject({ hits: 1, falseAlarms: 0, cost: 0.25 });
    expect(decisionAt(all, 0.5)).toMatchObject({ hits: 2, falseAlarms: 1, misses: 0, cost: 0.25 });
  });

  test("refuses rows of one kind", () => {
    expect(() => operations([0.1, 0.2], [1, 1])).toThrow(
      expect.objectContaining({
        code: "errors/one-class",
        message: expect.stringContaining("2 of the class and 0 others"),
      }),
    );
  });
});

describe("slices", () => {
  test("categories by level, missing apart, rare levels together", () => {
    const column = categoryColumn("island", ["a", "a", "b", null, "c", "a"]);
    const { slices, excess } = errorBySlice(column, [1, 0, 1, 0, 1, 0], { levels: 2 });
    expect(slices.map(({ name, rows, error }) => [name, rows, error])).toEqual([
      ["a", 3, 1 / 3],
      ["b", 1, 1],
      ["all others", 1, 1],
      ["missing", 1, 0],
    ]);
    expect(slices[0]?.interval).toEqual(wilson(1 / 3, 3));
    expect(excess).toBeCloseTo(wilson(1, 1).from - 0.5, 12);
  });

  test("texts by their number of words, as each is hardly there twice", () => {
    const column = textColumn("review", ["a b", "c  d e\nf", "g h", "i j k l", null]);
    const { column: name, slices } = errorBySlice(column, [1, 0, 1, 0, 1], { bins: 2 });
    expect(name).toBe("words in review");
    expect(slices.map(({ name: range, rows, error }) => [range, rows, error])).toEqual([
      ["2 to below 3", 2, 1],
      ["3 and above", 2, 0],
      ["missing", 1, 1],
    ]);
  });

  test("numbers in quantile bins; equal values stay together", () => {
    const { slices } = errorBySlice(numberColumn("x", [1, 2, 3, 4, 5, 6, 7, Number.NaN]), [0, 0, 0, 0, 1, 1, 1, 1], {
      bins: 2,
    });
    expect(slices.map(({ name, rows, error }) => [name, rows, error])).toEqual([
      ["1 to below 4", 3, 0],
      ["4 and above", 4, 0.75],
      ["missing", 1, 1],
    ]);
    expect(errorBySlice(numberColumn("x", [0, 0, 0, 0]), [0, 1, 0, 1]).slices).toHaveLength(1);
    expect(errorBySlice(numberColumn("image", ndarray([1, 2, 3, 4], [2, 2])), [0, 1]).slices).toEqual([]);
  });

  test("squared distances get Student's interval of a mean, a single row none", () => {
    const { slices } = errorBySlice(categoryColumn("c", ["a", "a", "a", "a", "a", "b"]), [2, 4, 2, 4, 3, 7]);
    // standard deviation 1 of five rows; the quantile for four degrees of freedom is 2.776
    expect(slices[0]).toMatchObject({ error: 3, rows: 5 });
    expect(slices[0]?.interval.from).toBeCloseTo(3 - 2.776 / Math.sqrt(5), 2);
    expect(slices[0]?.interval.to).toBeCloseTo(3 + 2.776 / Math.sqrt(5), 2);
    expect(slices[1]?.interval).toEqual({ from: 0, to: Number.POSITIVE_INFINITY });
  });
});

test("residuals by hand", () => {
  const found = residualsOf([1, 2, 3, 4], [2, 2, 2, 8], { bins: 2 });
  expect([...found.residuals]).toEqual([1, 0, -1, 4]);
  expect(found).toMatchObject({ mean: 1, meanDistance: 1.5 });
  expect(found.rmse).toBeCloseTo(Math.sqrt(18 / 4), 12);
  expect(found.quantiles.map(({ value }) => value)).toEqual([
    -1,
    expect.closeTo(-0.85),
    -0.25,
    0.5,
    1.75,
    expect.closeTo(3.55),
    4,
  ]);
  expect(found.bins).toEqual([
    { from: 1, to: 2, rows: 2, mean: 0.5, deviation: 0.5 },
    { from: 3, to: 4, rows: 2, mean: 1.5, deviation: 2.5 },
  ]);
});
