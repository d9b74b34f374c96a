import { describe, expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { normal, seedKey } from "../../src/base/random.ts";
import type { Examples } from "../../src/data/examples.ts";
import { elu, gelu, leakyRelu, relu, sigmoid, tanh } from "../../src/nn/activations.ts";
import { batchNorm } from "../../src/nn/batch-norm.ts";
import { chain } from "../../src/nn/chain.ts";
import { sigmoidCrossEntropy, softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { dense } from "../../src/nn/dense.ts";
import { dropout } from "../../src/nn/dropout.ts";
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
    ["l2", l2(0.7)],
    ["l1", l1(0.7)],
    ["elastic", elastic({ l1: 0.3, l2: 0.4 })],
    ["l2 of all, by examples", l2(0.7, { reduction: "examples", except: [] })],
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
