import { expect, test } from "vitest";
import { type NdArray, ndarray } from "../../src/array/ndarray.ts";
import { value } from "../../src/engine/program.ts";
import { wasm } from "../../src/engine/wasm/engine.ts";
import { divide, exp } from "../../src/graph/elementwise.ts";
import { grad } from "../../src/graph/grad.ts";
import { constant, state } from "../../src/graph/leaf.ts";
import { slice, sum } from "../../src/graph/movement.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { hardMax, logSumExp, softmaxJacobian, softmaxOf } from "../../src/nn/functions.ts";

const wide = (numbers: readonly number[], shape: readonly number[]): NdArray =>
  ndarray(Float64Array.from(numbers), shape);
const numbers = async (tensor: Tensor) => Array.from((await value(tensor)).data);
const z = [5, 2, -1, 3];

test("S4 the hard max is a one at the largest, the first of equals, along any axis", async () => {
  expect(await numbers(hardMax(constant(wide([1, 3, 2, 5, 5, 0], [2, 3]))))).toEqual([0, 1, 0, 1, 0, 0]);
  expect(await numbers(hardMax(constant(wide([1, 3, 2, 5, 3, 0], [2, 3])), { axis: 0 }))).toEqual([0, 1, 1, 1, 0, 0]);
  expect(await numbers(hardMax(constant(wide([1, 2, 3, 4, 4, 3, 2, 1], [2, 2, 2])), { axis: 1 }))).toEqual([
    0, 0, 1, 1, 1, 1, 0, 0,
  ]);
  const narrow = await value(hardMax(constant(ndarray([7, 7, 1], [1, 3]))), {}, { engine: wasm });
  expect(Array.from(narrow.data)).toEqual([1, 0, 0]);
});

test("S3 along the first axis columns sum to 1, and ±1e4 neither overflows nor turns to NaN", async () => {
  const columns = await numbers(softmaxOf(constant(wide([1, 2, 3, 4], [2, 2])), { axis: 0 }));
  expect((columns[0] ?? 0) + (columns[2] ?? 0)).toBeCloseTo(1, 12);
  expect(columns[0]).toBeCloseTo(1 / (1 + Math.exp(2)), 12);
  expect(await numbers(softmaxOf(constant(wide([1e4, -1e4, 1e4], [1, 3]))))).toEqual([0.5, 0, 0.5]);
  expect(await numbers(logSumExp(constant(wide([-1e4, -1e4], [1, 2]))))).toEqual([-1e4 + Math.LN2]);
  // without taking off the largest, as the notes write it
  const powers = exp(constant(wide([1e4, -1e4, 1e4], [1, 3])));
  expect(await numbers(divide(powers, sum(powers, { axes: 1, keep: true })))).toEqual([Number.NaN, 0, Number.NaN]);
});

test("S5 with two classes it is the sigmoid of the difference: .81757 for .3 and -1.2", async () => {
  const [first] = await numbers(softmaxOf(constant(wide([0.3, -1.2], [1, 2]))));
  expect(first).toBeCloseTo(1 / (1 + Math.exp(-1.5)), 14);
  expect(first).toBeCloseTo(0.81757, 5);
});

test("S7 the cost is minus the mean of the logarithms; with the notes' second minus it would be negative", async () => {
  const loss = softmaxCrossEntropy().loss(
    constant(wide([0, 0, 0, ...z.slice(0, 3)], [2, 3])),
    constant(ndarray(Int32Array.of(1, 2), [2])),
  );
  const [first = 0, second = 0] = await numbers(loss);
  expect(first).toBeCloseTo(Math.log(3), 12);
  expect(second).toBeGreaterThan(0);
  const literal = -(1 / 2) * (first + second); // J = -1/m · ΣL, where L already has its minus
  expect(literal).toBeLessThan(0);
});

test("S9 all slopes of the softmax: y_i(1 - y_i) on the diagonal and -y_i·y_j beside it; rows sum to 0", async () => {
  const logits = state("z", wide(z, [1, 4]));
  const shares = softmaxOf(logits);
  const [y, jacobian] = [await numbers(shares), await numbers(softmaxJacobian(shares))];
  for (const [i, expected] of [0.133, 0.0402, 0.0021, 0.101].entries())
    expect(jacobian[5 * i]).toBeCloseTo(expected, 4);
  for (let i = 0; i < 4; i++) {
    const row = jacobian.slice(4 * i, 4 * i + 4);
    expect(row.reduce((total, slope) => total + slope, 0)).toBeCloseTo(0, 14);
    const [automatic] = grad(sum(slice(shares, { axis: 1, from: i, to: i + 1 })), [logits]);
    for (const [j, slope] of (await numbers(automatic ?? logits)).entries()) {
      expect(row[j]).toBeCloseTo(slope, 14);
      expect(row[j]).toBeCloseTo((y[i] ?? 0) * ((i === j ? 1 : 0) - (y[j] ?? 0)), 14);
    }
  }
});
