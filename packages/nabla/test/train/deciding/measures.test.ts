import { expect, test } from "vitest";
import { ndarray } from "../../../src/array/ndarray.ts";
import { normal, seedKey } from "../../../src/base/random.ts";
import { effectOf } from "../../../src/diagnose/paired.ts";
import { partError } from "../../../src/diagnose/part-error.ts";
import { relu } from "../../../src/nn/activations.ts";
import { chain } from "../../../src/nn/chain.ts";
import { softmaxCrossEntropy } from "../../../src/nn/classification-losses.ts";
import { dense } from "../../../src/nn/dense.ts";
import { adam } from "../../../src/optim/adam.ts";
import { measureFrom, measureKinds } from "../../../src/train/deciding/kinds.ts";
import { checkMeasure, errorBy, type MeasuredRows, measuredValue } from "../../../src/train/deciding/measure.ts";
import { fit } from "../../../src/train/fit.ts";
import { rowResults } from "../../../src/train/row-results.ts";
import { isPreferred } from "../../../src/train/selection.ts";
import golden from "./golden/measures.json" with { type: "json" };

type Golden = (typeof golden)[number];

function rowsOf({ kind, targets, answers, mistakes, weights }: Golden): MeasuredRows {
  const flat = targets.flat();
  const width = answers[0]?.length ?? 1;
  return {
    task: kind === "numbers" ? "regression" : "classification",
    mistakes,
    answers: answers.flat(),
    targets:
      kind === "classes"
        ? ndarray(Int32Array.from(flat), [flat.length])
        : ndarray(Float64Array.from(flat), [answers.length, width]),
    ...(weights === null ? {} : { weights: Float64Array.from(weights) }),
  };
}

const asked = (name: string) => measureFrom(name === "pinball" ? { kind: name, level: 0.9 } : name);

test.each(golden.map((one, i) => [`${one.kind} ${i}`, one] as const))("scikit-learn's numbers of %s", (_, one) => {
  for (const [name, value] of Object.entries(one.measures)) {
    const measure = asked(name);
    expect(measuredValue(measure, errorBy(measure, rowsOf(one))), name).toBeCloseTo(Number(value), 9);
  }
});

// the part of a row says how the error changes where the row counts a little more
test.each(golden.map((one, i) => [`${one.kind} ${i}`, one] as const))("parts of rows are influences, %s", (_, one) => {
  const rows = rowsOf(one);
  const own = Float64Array.from(rows.mistakes, (__, row) => rows.weights?.[row] ?? 1);
  const total = own.reduce((sum, weight) => sum + weight, 0);
  for (const name of Object.keys(one.measures)) {
    // the variance of numbers is taken as known
    if (name === "r2") continue;
    const measure = asked(name);
    const parts = measure.rowErrors({ ...rows, weights: own });
    const error = errorBy(measure, { ...rows, weights: own });
    for (const row of [0, 7, 20, 41]) {
      const moved = (by: number) =>
        errorBy(measure, { ...rows, weights: own.map((weight, i) => (i === row ? weight + by : weight)) });
      const slope = (moved(1e-4) - moved(-1e-4)) / 2e-4;
      expect(error + slope * total, `${name}, row ${row}`).toBeCloseTo(parts[row] ?? Number.NaN, 4);
    }
  }
});

const classes = (codes: readonly number[], second: readonly number[]): MeasuredRows => ({
  task: "classification",
  targets: ndarray(Int32Array.from(codes), [codes.length]),
  answers: second.flatMap((p) => [1 - p, p]),
  mistakes: codes.map((code, row) => Number(code !== Number((second[row] ?? 0) > 0.5))),
});

test.each([
  ["auc", classes([0, 0, 0], [0.1, 0.2, 0.3]), "AUC cannot decide on dev: all its rows are of one class"],
  [
    "rmse",
    classes([0, 1], [0.1, 0.2]),
    "RMSE cannot decide on dev: it is a measure of numbers, and the target is none",
  ],
  [
    "f1",
    { ...classes([0, 1, 2], []), answers: [1, 0, 0, 0, 1, 0, 0, 0, 1] },
    "F1 cannot decide on dev: it is a measure of two classes, and there are more; macroF1 is the mean over all",
  ],
  [
    "mape",
    { task: "regression", targets: ndarray([3, 0], [2, 1]), answers: [1, 1], mistakes: [4, 1] },
    "MAPE cannot decide on dev: it divides by the target, which is 0 in some row",
  ],
] as const)("%s is refused where it cannot be measured", (name, rows, message) => {
  expect(() => checkMeasure(measureFrom(name), rows as MeasuredRows, "dev")).toThrow(message);
});

test("F1 and average precision are of the class that is asked for", () => {
  const rows = classes([0, 1, 1, 1], [0.4, 0.9, 0.8, 0.3]);
  const by = (kind: string, positive: number) =>
    measuredValue(measureFrom({ kind, positive }), errorBy(measureFrom({ kind, positive }), rows));
  expect(by("f1", 0)).toBeCloseTo(2 / 3, 12);
  expect(by("f1", 1)).toBeCloseTo(0.8, 12);
  expect(by("averagePrecision", 0)).toBeCloseTo(1 / 2, 12);
});

test("errors and effects of every measure come with intervals that hold them", () => {
  for (const one of golden.slice(0, 7)) {
    const rows = rowsOf(one);
    const results = { ...rows, mistakes: Float64Array.from(rows.mistakes), answers: Float64Array.from(rows.answers) };
    const worse = { ...results, answers: results.answers.map((answer, i) => (i % 5 === 0 ? 0.5 : answer)) };
    const given = { ...results, losses: new Float64Array(results.mistakes.length) };
    for (const name of Object.keys(one.measures)) {
      const { error, interval } = partError(given, asked(name));
      expect(interval.from, name).toBeLessThanOrEqual(error);
      expect(interval.to, name).toBeGreaterThanOrEqual(error);
      const { gain, interval: range } = effectOf({ ...worse, losses: given.losses }, given, { measure: asked(name) });
      expect(range.from, name).toBeLessThanOrEqual(gain + 1e-12);
      expect(range.to, name).toBeGreaterThanOrEqual(gain - 1e-12);
    }
  }
});

test("an epoch is selected by what decides, where the plain error prefers another", () => {
  const at = (error: number, deciding: number) => ({ cost: 1, error, mistake: error, rows: 100, deciding });
  const [usual, shown] = [at(0.05, 0.5), at(0.08, 0.3)];
  expect(isPreferred({ selection: "error" }, shown, usual)).toBe(true);
  expect(isPreferred({ selection: "error" }, usual, shown)).toBe(false);
});

test("a training keeps the epoch that the measure of its job prefers, and stops by its patience", async () => {
  const draws = normal(seedKey(3), 240);
  const codes = Int32Array.from({ length: 120 }, (_, row) => Number(row % 8 === 0));
  const inputs = ndarray(
    Float32Array.from(draws, (draw, i) => draw + 1.2 * (codes[i >> 1] ?? 0)),
    [120, 2],
  );
  const examples = { rows: 120, inputs, targets: ndarray(codes, [120]), classes: ["fine", "fraud"] };
  const model = chain(dense(8), relu(), dense(2));
  const run = await fit({
    ...{ model, loss: softmaxCrossEntropy(), optimizer: adam({ rate: 0.03 }), train: examples, dev: examples },
    ...{ epochs: 40, batch: 32, patience: 6, measure: measureFrom("averagePrecision"), selection: "error" },
  });
  const values = run.history.map(({ dev }) => dev?.deciding ?? Number.NaN);
  expect(run.best?.dev?.deciding).toBe(Math.min(...values));
  expect(run.dev?.deciding).toBeCloseTo(Math.min(...values), 12);
  const results = await rowResults(run.trained, examples);
  expect(errorBy(measureFrom("averagePrecision"), results)).toBeCloseTo(run.dev?.deciding ?? Number.NaN, 6);
  expect(run.reason === "patience" ? run.epochs - (run.best?.epoch ?? 0) : 6).toBe(6);
});

test("every measure says what it is", () => {
  for (const name of Object.keys(measureKinds)) expect(measureFrom(name).title).not.toBe("");
});
