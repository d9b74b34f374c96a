import { describe, expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { normal, seedKey } from "../../src/base/random.ts";
import type { Examples } from "../../src/data/examples.ts";
import { add, multiply } from "../../src/graph/elementwise.ts";
import { state } from "../../src/graph/leaf.ts";
import { sum } from "../../src/graph/movement.ts";
import { op } from "../../src/graph/op.ts";
import type { Op } from "../../src/graph/tensor.ts";
import { elu, gelu, leakyRelu, relu, sigmoid, tanh } from "../../src/nn/activations.ts";
import { batchNorm } from "../../src/nn/batch-norm.ts";
import { chain } from "../../src/nn/chain.ts";
import { sigmoidCrossEntropy, softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { dense } from "../../src/nn/dense.ts";
import { dropout } from "../../src/nn/dropout.ts";
import type { Layer } from "../../src/nn/layer.ts";
import { buildModel } from "../../src/nn/model.ts";
import { elastic, l1, l2 } from "../../src/nn/penalty.ts";
import { absoluteError, huber, squaredError } from "../../src/nn/regression-losses.ts";
import { gradientCheck } from "../../src/testing/check-model.ts";

const ROWS = 7;
const inputs = ndarray(Float32Array.from(normal(seedKey(1), ROWS * 5)), [ROWS, 5]);
const classes: Examples = { rows: ROWS, inputs, targets: ndarray(Int32Array.of(0, 2, 1, 1, 0, 2, 2), [ROWS]) };
const numbers: Examples = {
  rows: ROWS,
  inputs,
  targets: ndarray(Float32Array.from(normal(seedKey(2), ROWS * 3)), [ROWS, 3]),
};
const shares: Examples = {
  rows: ROWS,
  inputs,
  targets: ndarray(
    Float32Array.from({ length: ROWS * 3 }, (_, i) => Number(i % 2)),
    [ROWS, 3],
  ),
};

describe("I4 gradients of models are right", () => {
  test.each([
    ["tanh, softmax cross-entropy", chain(dense(6), tanh(), dense(3)), softmaxCrossEntropy(), classes],
    ["smoothed labels", chain(dense(6), sigmoid(), dense(3)), softmaxCrossEntropy({ smoothing: 0.1 }), classes],
    ["gelu, squared error", chain(dense(6), gelu(), dense(3)), squaredError(), numbers],
    ["elu, Huber", chain(dense(6), elu(), dense(3)), huber({ delta: 0.7 }), numbers],
    ["leaky rectifier, absolute error", chain(dense(6), leakyRelu(), dense(3)), absoluteError(), numbers],
    ["sigmoid cross-entropy", chain(dense(6), relu(), dense(3)), sigmoidCrossEntropy(), shares],
    ["I10 batch norm in training", chain(dense(6), batchNorm(), tanh(), dense(3)), softmaxCrossEntropy(), classes],
    [
      "I8 dropout with a frozen mask",
      chain(dense(6), tanh(), dropout({ keep: 0.7 }), dense(3)),
      softmaxCrossEntropy(),
      classes,
    ],
  ])("%s", async (_, model, loss, examples) => {
    const report = await gradientCheck({ model, loss, examples });
    expect(report.verdict, report.table).toBe("right");
    expect(report.error).toBeLessThan(1e-7);
  });

  test.each([
    ["L2", l2(0.7)],
    ["L1", l1(0.7)],
    ["elastic", elastic({ l1: 0.3, l2: 0.4 })],
    ["L2 of all, by examples", l2(0.7, { reduction: "examples", except: [] })],
  ])("I7 with the penalty %s", async (_, penalty) => {
    const report = await gradientCheck({
      model: chain(dense(6), tanh(), dense(3)),
      loss: softmaxCrossEntropy(),
      penalty,
      examples: classes,
    });
    expect(report.verdict, report.table).toBe("right");
  });
});

test("I1 every parameter stands in the table under its path", async () => {
  const { table, parameters } = await gradientCheck({
    model: chain(dense(6), tanh(), dense(3)),
    loss: softmaxCrossEntropy(),
    examples: classes,
  });
  expect(parameters.map(({ path }) => path).sort()).toEqual([
    "dense1.bias",
    "dense1.weights",
    "dense2.bias",
    "dense2.weights",
  ]);
  expect(parameters.find(({ path }) => path === "dense1.weights")?.checked).toBe(30);
  expect(table.split("\n").length).toBe(5);
});

/** The same value with a gradient twice too large; it borrows a kernel that copies. */
const scaled: Op<1> = op("stopGradient", {
  arity: 1,
  shape: ([x]) => x.shape,
  gradient: (up) => [multiply(up, 2)],
  trials: [],
});

/** A dense layer whose bias has a wrong gradient. */
function faulty(units: number): Layer {
  const right = dense(units);
  return {
    ...right,
    apply: (x, scope) =>
      right.apply(x, { ...scope, kept: (name) => (name === "bias" ? scaled(scope.kept(name)) : scope.kept(name)) }),
  };
}

test("I4 I6 a planted mistake is found and named by layer", async () => {
  const report = await gradientCheck({
    model: chain(dense(6), tanh(), faulty(3)),
    loss: squaredError(),
    examples: numbers,
  });
  expect(report.verdict).toBe("wrong");
  expect(report.parameters[0]).toMatchObject({ path: "dense2.bias" });
  expect(report.parameters[0]?.error).toBeGreaterThan(1e-3);
  expect(report.parameters[1]?.error).toBeLessThan(1e-7);
});

test("I3 the difference is divided by (2 * step): 6 for x^2 at 3", async () => {
  const x = state("x", ndarray(Float64Array.of(3), [1]));
  const report = await gradientCheck({ cost: sum(multiply(x, x)), parameters: new Map([["x", x]]) });
  expect(report.verdict).toBe("right");
});

test("I10 a kink is left out and counted, beside it everything is checked", async () => {
  const model = chain(relu());
  const x = state("x", ndarray(Float64Array.of(0, 1e-6, 0.5, -0.5), [1, 4]));
  const { output } = buildModel(model, x, { kept: new Map(), mode: "train" });
  const report = await gradientCheck({
    cost: sum(multiply(add(output, 1), add(output, 1))),
    parameters: new Map([["x", x]]),
  });
  expect(report).toMatchObject({ verdict: "right", kinks: 2 });
  expect(report.parameters[0]?.checked).toBe(2);
});

test("a parameter that the cost does not depend on is fine: 0/0 passes", async () => {
  const x = state("x", ndarray(Float64Array.of(3), [1]));
  const y = state("y", ndarray(Float64Array.of(3), [1]));
  const report = await gradientCheck({
    cost: sum(add(multiply(x, x), multiply(y, 0))),
    parameters: new Map([
      ["x", x],
      ["y", y],
    ]),
  });
  expect(report.verdict).toBe("right");
  expect(report.parameters.find(({ path }) => path === "y")?.error).toBe(0);
});
