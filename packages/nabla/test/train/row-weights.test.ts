/** Rows that count differently. */
import { expect, test } from "vitest";
import { type NdArray, ndarray } from "../../src/array/ndarray.ts";
import { normal, seedKey } from "../../src/base/random.ts";
import { applyPreparation } from "../../src/data/apply-preparation.ts";
import { type Examples, examplesOf, takeExamples } from "../../src/data/examples.ts";
import { foldRows } from "../../src/data/folds.ts";
import { joinTables } from "../../src/data/join-tables.ts";
import { prepare } from "../../src/data/prepare.ts";
import { split } from "../../src/data/split.ts";
import { numberColumn, table } from "../../src/data/table.ts";
import { withWeights } from "../../src/data/with-weights.ts";
import { effectOf } from "../../src/diagnose/paired.ts";
import { partError } from "../../src/diagnose/part-error.ts";
import { tanh } from "../../src/nn/activations.ts";
import { chain } from "../../src/nn/chain.ts";
import { sigmoidCrossEntropy, softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { dense } from "../../src/nn/dense.ts";
import type { Layer } from "../../src/nn/layer.ts";
import type { Loss } from "../../src/nn/loss.ts";
import { absoluteError, joint, squaredError } from "../../src/nn/losses.ts";
import { adam } from "../../src/optim/adam.ts";
import { fit } from "../../src/train/fit.ts";
import { trainMembers } from "../../src/train/members.ts";
import { rowResults } from "../../src/train/row-results.ts";
import { splitStep } from "../../src/train/split-step.ts";
import { evaluate } from "../../src/train/trained.ts";
import golden from "./golden/row-weights.json" with { type: "json" };

const ROWS = 24;
const draws = normal(seedKey(3), 4 * ROWS);
const inputs = ndarray(Float32Array.from(draws.subarray(0, 2 * ROWS)), [ROWS, 2]);
const counts = Float32Array.from({ length: ROWS }, (_, row) => [1, 3, 0, 2][row % 4] ?? 1);
const repeated = [...counts].flatMap((times, row) => Array.from({ length: times }, () => row));
const numbers = (width: number, of: (draw: number, i: number) => number = (draw) => draw): NdArray =>
  ndarray(
    Float32Array.from({ length: ROWS * width }, (_, i) => of(draws[ROWS + i] ?? 0, i)),
    [ROWS, width],
  );
const codes = ndarray(
  Int32Array.from({ length: ROWS }, (_, row) => ((draws[row] ?? 0) > 0.3 ? 2 : row % 2)),
  [ROWS],
);
const heads = [
  { target: "a", outputs: 1, loss: squaredError(), weight: 2, usualLoss: 1, usualError: 1 },
  { target: "b", outputs: 2, loss: sigmoidCrossEntropy(), weight: 1, usualLoss: 0.6, usualError: 0.4 },
];
const labels = (draw: number, i: number): number => (i % 3 === 0 ? draw : Number(draw > 0));

const losses: readonly (readonly [name: string, loss: Loss, targets: NdArray, outputs: number])[] = [
  ["classes", softmaxCrossEntropy({ smoothing: 0.1 }), codes, 3],
  ["labels", sigmoidCrossEntropy({ positive: 2 }), numbers(2, (draw) => Number(draw > 0)), 2],
  ["numbers", squaredError(), numbers(1), 1],
  ["several targets", joint(heads), numbers(3, labels), 3],
];

test.each(
  losses,
)("%s: a weight of 3 is the row three times, and one of 0 no row", async (_, loss, targets, outputs) => {
  const examples: Examples = { rows: ROWS, inputs, targets };
  const job = {
    model: chain(dense(4), tanh(), dense(outputs)),
    loss,
    optimizer: adam({ rate: 0.05 }),
    epochs: 8,
  };
  const weighed = withWeights(
    examples,
    counts.map((count) => count / 7),
  );
  const often = takeExamples(examples, repeated);
  const one = await fit({ ...job, train: weighed, dev: weighed, batch: ROWS });
  const other = await fit({ ...job, train: often, dev: often, batch: repeated.length });
  for (const [path, { data }] of one.trained.weights)
    for (const [i, found] of data.entries())
      expect(found).toBeCloseTo(other.trained.weights.get(path)?.data[i] ?? 9, 4);
  expect(one.dev?.cost).toBeCloseTo(other.dev?.cost ?? 9, 5);
  expect(one.dev?.error).toBeCloseTo(other.dev?.error ?? 9, 5);
  expect(one.history.at(-1)?.cost).toBeCloseTo(other.history.at(-1)?.cost ?? 9, 5);
});

test("batches of light and of heavy rows add up to the gradient of all rows", async () => {
  const weights = Float32Array.from({ length: ROWS }, (_, row) => (row < ROWS / 2 ? 0.1 : 5));
  const train = withWeights({ rows: ROWS, inputs, targets: codes }, weights);
  const job = { model: dense(3), loss: softmaxCrossEntropy(), optimizer: adam(), train };
  const at = { step: 0 };
  const whole = await (await splitStep({ ...job, batch: ROWS })).gradients(train, at);
  const halves = await splitStep({ ...job, batch: ROWS / 2 });
  const part = (from: number): Examples =>
    takeExamples(
      train,
      Array.from({ length: ROWS / 2 }, (_, i) => from + i),
    );
  const [light, heavy] = [await halves.gradients(part(0), at), await halves.gradients(part(ROWS / 2), at)];
  expect((light.cost + heavy.cost) / 2).toBeCloseTo(whole.cost, 5);
  const of = ({ gradients }: typeof whole): readonly number[] => [...gradients].flatMap(([, { data }]) => [...data]);
  for (const [i, gradient] of of(whole).entries())
    expect(((of(light)[i] ?? 9) + (of(heavy)[i] ?? 9)) / 2).toBeCloseTo(gradient, 5);
  expect(Math.hypot(...of(light))).toBeLessThan(Math.hypot(...of(heavy)) / 10);
});

/** A network whose outputs are its inputs. */
async function identity(width: number, loss: Loss) {
  const eye = Float32Array.from({ length: width * width }, (_, i) => Number(i % (width + 1) === 0));
  const model: Layer = dense(width, { bias: false });
  return { model, loss, shape: [width], weights: new Map([["weights", ndarray(eye, [width, width])]]) };
}

test("costs and errors are those of scikit-learn with sample_weight", async () => {
  const { weights, logits, predicted, true: real } = golden;
  const rows = weights.length;
  const classes = withWeights(
    { rows, inputs: ndarray(logits.flat(), [rows, 3]), targets: ndarray(Int32Array.from(golden.codes), [rows]) },
    weights,
  );
  const found = await evaluate(await identity(3, softmaxCrossEntropy()), classes);
  expect(found.cost).toBeCloseTo(golden.logLoss, 5);
  expect(found.error).toBeCloseTo(golden.wrong, 6);
  const values = withWeights(
    { rows, inputs: ndarray(predicted, [rows, 1]), targets: ndarray(real, [rows, 1]) },
    weights,
  );
  const squared = await evaluate(await identity(1, squaredError()), values);
  expect(squared.cost).toBeCloseTo(golden.squared, 5);
  expect(squared.error).toBeCloseTo(golden.unexplained, 5);
  expect((await evaluate(await identity(1, absoluteError()), values)).cost).toBeCloseTo(golden.absolute, 5);
  const results = await rowResults(await identity(1, squaredError()), values);
  const { error, interval } = partError(results);
  expect(error).toBeCloseTo(golden.unexplained, 5);
  expect(interval.from).toBeLessThan(error);
  expect(interval.to).toBeGreaterThan(error);
  const wrong = await rowResults(await identity(3, softmaxCrossEntropy()), classes);
  expect(partError(wrong).error).toBeCloseTo(golden.wrong, 6);
  const perfect = { ...wrong, mistakes: new Float64Array(rows) };
  const effect = effectOf(wrong, perfect);
  expect(effect.gain).toBeCloseTo(golden.wrong, 6);
  expect(effect.interval.from).toBeGreaterThan(0);
});

test("members that rotate over folds are measured by the weights of the rows that they held out", async () => {
  const train = withWeights({ rows: ROWS, inputs, targets: numbers(1) }, counts);
  const job = { model: dense(1), loss: squaredError(), optimizer: adam(), epochs: 1, train };
  const training = trainMembers(job, { folds: foldRows({ rows: ROWS }, { folds: 2, seed: 1 }) });
  let step = await training.next();
  while (step.done !== true) step = await training.next();
  const { dev, heldOut } = step.value;
  expect([...(heldOut.weights ?? [])]).toEqual([...counts]);
  const total = counts.reduce((sum, count) => sum + count, 0);
  expect(dev.mistake).toBeCloseTo(
    heldOut.mistakes.reduce((sum, one, row) => sum + one * (counts[row] ?? 0), 0) / total,
    6,
  );
});

test("weights of a table stay with their rows, through splits, joins and preparation", () => {
  const values = Array.from({ length: 40 }, (_, row) => row);
  const weighed = table(
    [numberColumn("x", values)],
    numberColumn(
      "y",
      values.map((x) => 2 * x),
    ),
    {
      weights: numberColumn(
        "w",
        values.map((x) => x / 10),
      ),
    },
  );
  const parts = split(weighed, { seed: 1 });
  const preparation = prepare.fit(parts.train);
  expect(preparation.columns.map(({ name }) => name)).toEqual(["x"]);
  for (const part of [parts.train, parts.dev, joinTables(parts.dev, parts.train)]) {
    const xs = [...((part.columns[0]?.kind === "number" && part.columns[0].values.data) || [])];
    const found = applyPreparation(preparation, part).mask as NdArray;
    expect([...found.data]).toEqual(xs.map((x) => Math.fround(x / 10)));
    expect((examplesOf(part).mask as NdArray).shape).toEqual([part.rows]);
  }
  const { weights: _, ...plain } = parts.dev;
  const both = applyPreparation(preparation, joinTables(parts.train, plain)).mask as NdArray;
  expect([...both.data.subarray(parts.train.rows)]).toEqual(
    plain.target === undefined ? [] : Array(plain.rows).fill(1),
  );
});

test("what is no weight is refused, by row and name", () => {
  const columns = [numberColumn("x", [1, 2, 3])];
  const of = (weights: readonly number[]) => () => table(columns, undefined, { weights: numberColumn("w", weights) });
  expect(of([1, -2, 1])).toThrow("column w, row 1: a weight is a finite number from 0, and this one is -2");
  expect(of([1, 1, Number.NaN])).toThrow("column w, row 2: the weight is missing");
  expect(of([1, 1])).toThrow("column w has 2 rows, column x has 3 rows");
  const examples: Examples = { rows: 3, inputs: ndarray([1, 2, 3], [3, 1]), targets: ndarray([1, 2, 3], [3, 1]) };
  expect(() => withWeights(examples, [1, 2])).toThrow("there are 3 rows, and 2 weights");
  expect(() => withWeights(examples, [0, 0, 0])).toThrow("every weight is 0");
  expect(() => withWeights(examples, [1, Number.POSITIVE_INFINITY, 0])).toThrow("weight 1 is Infinity");
  const masked = withWeights({ ...examples, mask: ndarray([1, 0, 1, 1, 1, 1], [3, 2]) }, [2, 1, 0.5]);
  expect([...(masked.mask as NdArray).data]).toEqual([2, 0, 1, 1, 0.5, 0.5]);
});
