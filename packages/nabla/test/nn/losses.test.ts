import { describe, expect, test } from "vitest";
import { type NdArray, ndarray } from "../../src/array/ndarray.ts";
import { elementsOf } from "../../src/array/shape.ts";
import { normOf } from "../../src/array/spread.ts";
import { normal, seedKey } from "../../src/base/random.ts";
import { populationVariance } from "../../src/base/statistics/summary.ts";
import { value } from "../../src/engine/program.ts";
import { grad } from "../../src/graph/grad.ts";
import { constant, state } from "../../src/graph/leaf.ts";
import { sum } from "../../src/graph/movement.ts";
import { tanh } from "../../src/nn/activations.ts";
import { batchNorm } from "../../src/nn/batch-norm.ts";
import { chain } from "../../src/nn/chain.ts";
import { sigmoidCrossEntropy, softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { dense } from "../../src/nn/dense.ts";
import { oneHot } from "../../src/nn/functions.ts";
import type { Loss } from "../../src/nn/loss.ts";
import { losses, lossFrom } from "../../src/nn/losses.ts";
import { initModel } from "../../src/nn/model.ts";
import { elastic, l1, l2, penaltyFrom, sumOfSizes, sumOfSquares } from "../../src/nn/penalty.ts";
import { absoluteError, huber, squaredError } from "../../src/nn/regression-losses.ts";
import { thrown } from "../data/thrown.ts";

const wide = (numbers: readonly number[], shape: readonly number[]): NdArray =>
  ndarray(Float64Array.from(numbers), shape);
const codes = (...list: number[]): NdArray => ndarray(Int32Array.from(list), [list.length]);
const of = async (loss: Loss, output: NdArray, target: NdArray) =>
  Array.from((await value(loss.loss(constant(output), constant(target)))).data);
const mistakes = async (loss: Loss, output: NdArray, target: NdArray) =>
  Array.from((await value(loss.exampleError(constant(output), constant(target)))).data);

describe("softmax cross-entropy", () => {
  test("S6 S7 is -log of the right class's share: ln C for equal logits, never negative, finite at ±1e4", async () => {
    expect((await of(softmaxCrossEntropy(), wide([0, 0, 0, 0], [1, 4]), codes(2)))[0]).toBeCloseTo(Math.log(4), 12);
    expect(await of(softmaxCrossEntropy(), wide([1e4, -1e4, -1e4, 1e4], [2, 2]), codes(0, 0))).toEqual([0, 2e4]);
    const [loss] = await of(softmaxCrossEntropy(), wide([5, 2, -1, 3], [1, 4]), codes(0));
    expect(loss).toBeCloseTo(Math.log1p(Math.exp(-3) + Math.exp(-6) + Math.exp(-2)), 12);
  });

  test("S8 its slope by the logits is the share minus the one-hot target", async () => {
    const z = state("z", wide([5, 2, -1, 3], [1, 4]));
    const [slope] = grad(sum(softmaxCrossEntropy().loss(z, constant(codes(1)))), [z]);
    const expected = [0.8420076, 0.0419212 - 1, 0.0020871, 0.1139535];
    for (const [i, x] of Array.from((await value(slope ?? z)).data).entries())
      expect(x).toBeCloseTo(expected[i] ?? 0, 4);
  });

  test("smoothing gives a share of the target to all classes", async () => {
    const [plain] = await of(softmaxCrossEntropy(), wide([2, 0, 0], [1, 3]), codes(0));
    const [smooth] = await of(softmaxCrossEntropy({ smoothing: 0.3 }), wide([2, 0, 0], [1, 3]), codes(0));
    expect(smooth).toBeCloseTo((plain ?? 0) + 0.3 * (2 - 2 / 3), 12);
  });

  test("mistakes are rows whose largest logit is another class", async () => {
    expect(await mistakes(softmaxCrossEntropy(), wide([1, 2, 3, 0, 5, 5], [3, 2]), codes(1, 1, 0))).toEqual([0, 1, 0]);
  });
});

describe("sigmoid cross-entropy", () => {
  test("T10 is 0 at z = 1000, y = 1 and 1000 at z = -1000, y = 1, and the plain formula between", async () => {
    expect(await of(sigmoidCrossEntropy(), wide([1000, -1000], [2, 1]), wide([1, 1], [2, 1]))).toEqual([0, 1000]);
    const [loss] = await of(sigmoidCrossEntropy(), wide([0.7], [1, 1]), wide([0], [1, 1]));
    expect(loss).toBeCloseTo(-Math.log(1 - 1 / (1 + Math.exp(-0.7))), 12);
  });

  test("class codes go with one output; several questions are averaged, and any wrong answer counts", async () => {
    expect(await of(sigmoidCrossEntropy(), wide([0, 0], [2, 1]), codes(0, 1))).toEqual([Math.LN2, Math.LN2]);
    expect(await mistakes(sigmoidCrossEntropy(), wide([2, -2], [2, 1]), codes(1, 1))).toEqual([0, 1]);
    expect(await mistakes(sigmoidCrossEntropy(), wide([2, -2, 2, 2], [2, 2]), wide([1, 0, 1, 0], [2, 2]))).toEqual([
      0, 1,
    ]);
  });
});

test("losses of numbers", async () => {
  const [output, target] = [wide([1, 2, 5, -4], [2, 2]), wide([0, 2, 2, 0], [2, 2])];
  expect(await of(squaredError(), output, target)).toEqual([0.5, 12.5]);
  expect(await of(absoluteError(), output, target)).toEqual([0.5, 3.5]);
  expect(await of(huber({ delta: 2 }), output, target)).toEqual([0.25, (2 * (3 - 1) + 2 * (4 - 1)) / 2]);
  expect(await mistakes(huber(), output, target)).toEqual([1, 25]);
});

test("the error of a regression is 1 - R², 0 for targets that do not vary and are met", () => {
  const targets = wide([1, 2, 3, 4], [4, 1]);
  expect(squaredError().error(1.25, targets)).toBe(1);
  expect(squaredError().error(0.125, targets)).toBe(0.1);
  expect(squaredError().error(0, wide([2, 2], [2, 1]))).toBe(0);
});

test("nothing is stretched in silence", () => {
  const outputs = constant(wide([1, 2], [2, 1]));
  expect(thrown(() => squaredError().loss(outputs, constant(wide([1, 2], [2]))))).toMatchObject({
    code: "loss/shape",
    message: expect.stringContaining("[2, 1]"),
  });
  expect(thrown(() => softmaxCrossEntropy().loss(outputs, constant(codes(1, 0, 1))))).toMatchObject({
    code: "loss/shape",
  });
  expect(thrown(() => softmaxCrossEntropy().loss(outputs, constant(wide([1, 2], [2]))))).toMatchObject({
    code: "loss/dtype",
  });
  expect(thrown(() => softmaxCrossEntropy().admit(["batch", 3], codes(0, 3)))).toMatchObject({
    code: "loss/class",
    message: expect.stringContaining("3 in row 1"),
  });
  expect(thrown(() => sigmoidCrossEntropy().admit(["batch", 1], wide([0, 1.5], [2, 1])))).toMatchObject({
    code: "loss/class",
    message: expect.stringContaining("1.5"),
  });
});

test("weights are one for each class", async () => {
  const weighed = softmaxCrossEntropy({ weights: [1, 5] });
  expect(thrown(() => weighed.loss(constant(wide([1, 2, 3], [1, 3])), constant(codes(0))))).toMatchObject({
    code: "loss/weights",
    message: expect.stringContaining("2 weights, and the model 3 outputs"),
  });
  expect(thrown(() => weighed.admit(["batch", 3], codes(0)))).toMatchObject({ code: "loss/weights" });
  expect(await of(weighed, wide([0, 0], [1, 2]), codes(1))).toEqual([5 * Math.LN2]);
  expect(lossFrom({ kind: "softmaxCrossEntropy", weights: [1, 5] }).options).toMatchObject({ weights: [1, 5] });
});

test("S1 class 0 of 3 is [1, 0, 0]", async () => {
  const rows = await value(oneHot(constant(codes(0, 2)), constant(wide([0, 0, 0, 0, 0, 0], [2, 3]))));
  expect(Array.from(rows.data)).toEqual([1, 0, 0, 0, 0, 1]);
});

test("every loss and penalty comes back from its data", () => {
  for (const kind of Object.keys(losses).filter((one) => one !== "joint")) expect(lossFrom(kind).kind).toBe(kind);
  expect(thrown(() => lossFrom("joint"))).toMatchObject({ code: "options/missing" });
  expect(lossFrom({ kind: "huber", delta: 2 }).options).toEqual({ delta: 2 });
  for (const penalty of [
    l1(0.1),
    l2(0.2, { reduction: "examples", except: ["bias"] }),
    elastic({ l1: 0.1, l2: 0.2 }),
  ]) {
    const again = penaltyFrom({ kind: penalty.kind, ...penalty.options });
    expect([again.options, again.settings]).toEqual([penalty.options, penalty.settings]);
  }
  expect(thrown(() => penaltyFrom({ kind: "l2", strenth: 1 })).hint).toContain("strength");
});

describe("penalties", () => {
  const w = state("dense1.weights", wide([1, -2, 3, 0], [2, 2]));
  const b = state("dense1.bias", wide([5, 5], [2]));
  const both = new Map([
    ["dense1.weights", w],
    ["dense1.bias", b],
  ]);
  const cost = (penalty: ReturnType<typeof l2>, rows = 1) =>
    penalty.cost(both, (name) =>
      constant({ dtype: "float64", shape: [], data: Float64Array.of(penalty.fed(penalty.settings[name] ?? 0, rows)) }),
    );
  const number = async (tensor: ReturnType<typeof cost>) => (await value(tensor)).data[0];

  test("C1 C2 C9 the norms of [[1, -2], [3, 0]]: 6, and the square 14, whose root is Frobenius'", async () => {
    expect(await number(sumOfSizes(w))).toBe(6);
    expect(await number(sumOfSquares(w))).toBe(14);
    // the root of the stacked vector is the norm; the penalty takes its square
    expect(normOf(wide([1, -2, 3, 0], [2, 2]))).toBeCloseTo(Math.sqrt(14), 14);
    expect(await number(cost(l2(2)))).toBe(14);
  });

  test("C4 C5 with reduction by examples λ = .7 and m = 5 add .7/(2·5) times the norm", async () => {
    expect(await number(cost(l2(0.7, { reduction: "examples" }), 5))).toBeCloseTo((0.7 / 10) * 14, 12);
    expect(await number(cost(l1(0.7, { reduction: "examples" }), 5))).toBeCloseTo((0.7 / 10) * 6, 12);
    expect(await number(cost(elastic({ l1: 0.7, l2: 0.3 }), 5))).toBeCloseTo(0.35 * 6 + 0.15 * 14, 12);
  });

  test("C8 the penalty of a network sums over its layers; biases, scales and shifts are left alone, and included when asked", async () => {
    const model = chain(dense(4, { bias: true }), batchNorm(), tanh(), dense(3), tanh(), dense(2));
    const { parameters } = initModel(model, [3], seedKey(1));
    const drawn = new Map(
      [...parameters].map(([path, { shape }], i) => [path, ndarray(normal(seedKey(i), elementsOf(shape)), shape)]),
    );
    const squares = (names: readonly string[]) =>
      [...drawn]
        .filter(([path]) => names.some((name) => path.endsWith(name)))
        .reduce((sum, [, { data }]) => sum + Array.from(data).reduce((of, x) => of + x * x, 0), 0);
    expect([...drawn.keys()].filter((path) => path.endsWith("weights"))).toHaveLength(3);
    const states = new Map([...drawn].map(([path, array]) => [path, state(path, array)]));
    const of = (penalty: ReturnType<typeof l2>) =>
      number(
        penalty.cost(states, (name) => constant(wide([penalty.fed(penalty.settings[name] ?? Number.NaN, 10)], []))),
      );
    const [weights, all] = [squares(["weights"]), squares(["weights", "bias", "scale", "shift"])];
    expect(await of(l2(0.7, { reduction: "examples" }))).toBeCloseTo((0.7 / 20) * weights, 12);
    expect(await of(l2(0.7, { reduction: "examples", except: [] }))).toBeCloseTo((0.7 / 20) * all, 12);
    expect(all).toBeGreaterThan(weights + 1);
  });

  test("C10 C5 gradients gain (λ/m)·w and λ/(2m)·sign(w)", async () => {
    const slope = async (penalty: ReturnType<typeof l2>) =>
      Array.from((await value(grad(cost(penalty, 5), [w])[0] ?? w)).data);
    for (const [i, x] of (await slope(l2(0.7, { reduction: "examples" }))).entries())
      expect(x).toBeCloseTo((0.7 / 5) * ([1, -2, 3, 0][i] ?? 0), 12);
    for (const [i, x] of (await slope(l1(0.7, { reduction: "examples" }))).entries())
      expect(x).toBeCloseTo((0.7 / 10) * ([1, -1, 1, 0][i] ?? 0), 12);
  });
});

test("numbers that are all the same have no variance, however their mean is rounded", () => {
  for (const value of [0.1, 0.333, -1234.567, 1e30])
    for (let rows = 1; rows <= 12; rows++) {
      const targets = ndarray(new Float32Array(rows).fill(value), [rows, 1]);
      expect(squaredError().error(1, targets)).toBe(1);
      expect(squaredError().error(0, targets)).toBe(0);
      expect(populationVariance(new Float64Array(rows).fill(value))).toBe(0);
    }
  // of two columns the one that varies counts: 0, 2, 4 have a variance of 8/3
  const both = ndarray(Float32Array.of(0.1, 0, 0.1, 2, 0.1, 4), [3, 2]);
  expect(squaredError().error(8 / 3, both)).toBeCloseTo(1, 12);
});
