/** Classes that count alike, whatever their rows. */
import { expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { describe } from "../../src/base/described.ts";
import { value } from "../../src/engine/program.ts";
import { constant } from "../../src/graph/leaf.ts";
import { balancedLoss, classWeights } from "../../src/nn/balanced-loss.ts";
import {
  focal,
  huber,
  joint,
  lossFrom,
  sigmoidCrossEntropy,
  sigmoidFocal,
  softmaxCrossEntropy,
  squaredError,
} from "../../src/nn/losses.ts";
import golden from "./golden/class-weights.json" with { type: "json" };

const rows = golden.codes.length;
const logits = ndarray(golden.logits.flat(), [rows, 3], "float64");
const codes = ndarray(Int32Array.from(golden.codes), [rows]);
const shares = ndarray(
  golden.codes.flatMap((code) => [0, 1, 2].map((one) => Number(one === code))),
  [rows, 3],
  "float64",
);
const labels = ndarray(golden.labels.flat(), [rows, 3], "float64");

test("weights of classes are scikit-learn's, with rows of weights and for shares too", () => {
  const close = (expected: readonly number[]) => expected.map((weight) => expect.closeTo(weight, 9));
  expect(classWeights(codes)).toEqual(close(golden.classWeights));
  expect(classWeights(shares)).toEqual(close(golden.classWeights));
  expect(classWeights(codes, { weights: golden.weights })).toEqual(close(golden.weighedClassWeights));
  expect(classWeights(codes, { classes: 4 })).toEqual([...close(golden.classWeights), 1]);
});

test.each([
  ["softmaxCrossEntropy", softmaxCrossEntropy(), codes],
  ["softmaxCrossEntropy", softmaxCrossEntropy(), shares],
  ["focal", focal({ gamma: 2 }), codes],
  ["sigmoidCrossEntropy", sigmoidCrossEntropy(), labels],
  ["sigmoidFocal", sigmoidFocal({ gamma: 2 }), labels],
] as const)("%s: the loss of each row is that of scikit-learn and PyTorch", async (kind, plain, targets) => {
  const loss = balancedLoss(plain, targets);
  const found = await value(loss.loss(constant(logits), constant(targets)));
  for (const [row, expected] of golden[kind].entries()) expect(found.data[row]).toBeCloseTo(expected, 7);
  expect(describe(lossFrom(describe(loss)))).toEqual(describe(loss));
  loss.admit(["batch", 3], targets);
  expect(() => balancedLoss(plain, targets).admit(["batch", 2], targets)).toThrow();
});

test("two classes with one output count alike", async () => {
  const two = ndarray(
    Int32Array.from({ length: 10 }, (_, row) => Number(row === 0)),
    [10],
  );
  const loss = balancedLoss(sigmoidCrossEntropy(), two);
  const output = constant(ndarray(new Float32Array(10), [10, 1]));
  const { data } = await value(loss.loss(output, constant(two)));
  expect(data[0]).toBeCloseTo(5 * Math.LN2, 6);
  expect(9 * mean(data.slice(1))).toBeCloseTo(5 * Math.LN2, 6);
});

test("of several targets each head of classes or labels is balanced on its own", async () => {
  const heads = [
    { target: "size", outputs: 1, loss: squaredError(), weight: 1, usualLoss: 1, usualError: 1 },
    { target: "kind", outputs: 2, loss: softmaxCrossEntropy(), weight: 2, usualLoss: 0.3, usualError: 0.1 },
    { target: "tags", outputs: 1, loss: sigmoidCrossEntropy(), weight: 1, usualLoss: 0.3, usualError: 0.1 },
  ];
  const all = ndarray([
    [1.5, 1, 0, 1],
    [0.5, 1, 0, 0],
    [0, 1, 0, 0],
    [1, 0, 1, 0],
  ]);
  const loss = balancedLoss(joint(heads), all);
  const learned = balancedLoss(joint(heads, { weighting: "uncertainty" }), all);
  expect(joint.valuesOf(learned).weighting).toBe("uncertainty");
  const made = joint.valuesOf(loss).heads;
  expect(made.map(({ loss: own }) => own.options)).toEqual([
    {},
    { smoothing: 0, weights: [expect.closeTo(2 / 3, 9), 2] },
    { positive: [2], negative: [expect.closeTo(2 / 3, 9)] },
  ]);
  // always the same answer, whose parts are as they are without any learning: each relative loss is 1
  expect(made.map(({ usualLoss }) => usualLoss)).toEqual([1, Math.LN2, Math.LN2]);
  const even = constant(ndarray(new Float32Array(16), [4, 4]));
  const own = async (i: number) =>
    (await value(known(loss.heads?.[i]).loss.loss(even, known(loss.heads?.[i]).target(constant(all))))).data;
  for (const i of [1, 2]) expect(mean(await own(i))).toBeCloseTo(Math.LN2, 6);
});

test("losses without classes, and weights that are not one for each, are refused", () => {
  const numbers = ndarray([[1], [2]]);
  expect(() => balancedLoss(huber(), numbers)).toThrow("the loss huber knows no classes");
  const heads = [{ target: "size", outputs: 1, loss: squaredError(), weight: 1, usualLoss: 1, usualError: 1 }];
  expect(() => balancedLoss(joint(heads), numbers)).toThrow("the loss joint knows no classes");
  const two = ndarray([
    [1, 0],
    [0, 1],
  ]);
  expect(() => sigmoidCrossEntropy({ positive: [1, 2, 3] }).admit(["batch", 2], two)).toThrow(
    "the loss has 3 weights, and the model 2 outputs",
  );
});

function mean(data: ArrayLike<number>): number {
  return Array.from(data).reduce((sum, one) => sum + one, 0) / data.length;
}

function known<T>(found: T | undefined): T {
  if (found === undefined) throw new Error("a head is missing");
  return found;
}
