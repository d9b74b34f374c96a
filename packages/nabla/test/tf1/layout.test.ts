import { beforeEach, expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import * as tf from "../../src/tf1/index.ts";
import { thrown } from "../data/thrown.ts";

beforeEach(() => tf.resetDefaultGraph());

async function computed(
  tensor: tf.Tensor,
  feed?: tf.Feed,
): Promise<readonly [string, readonly number[], readonly number[]]> {
  const found = await tf.session().run(tensor, feed);
  if (typeof found === "number") return [tensor.dtype, [], [found]];
  return [found.dtype, found.shape, [...found.data]];
}

test("lengths as a tensor, also those that are fed", async () => {
  const x = tf.placeholder(tf.float32, [null, 3]);
  const fed = new Map([[x, ndarray(new Float32Array(12), [4, 3])]]);
  expect(await computed(tf.shape(x), fed)).toEqual(["int32", [2], [4, 3]]);
  expect(await computed(tf.shape(tf.constant([[1], [2]])))).toEqual(["int32", [2], [2, 1]]);
});

test("ranges", async () => {
  expect(await computed(tf.range(4))).toEqual(["int32", [4], [0, 1, 2, 3]]);
  expect(await computed(tf.range(3, 18, 3))).toEqual(["int32", [5], [3, 6, 9, 12, 15]]);
  expect(await computed(tf.range(3, 1, -0.5))).toEqual(["float32", [4], [3, 2.5, 2, 1.5]]);
  expect(await computed(tf.range(2, 5, 1, { dtype: tf.float32 }))).toEqual(["float32", [3], [2, 3, 4]]);
  expect(thrown(() => tf.range(0, 1, 0)).code).toBe("tf1/range");
});

test("tiles, and their gradient", async () => {
  const x = tf.constant([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  expect(await computed(tf.tile(x, [1, 2]))).toEqual(["float32", [2, 6], [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6]]);
  expect(await computed(tf.tile(x, [2, 1]))).toEqual(["float32", [4, 3], [1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6]]);
  const [slope] = tf.gradients(tf.reduceSum(tf.tile(x, [2, 3])), [x]);
  expect(await computed(slope as tf.Tensor)).toEqual(["float32", [2, 3], [6, 6, 6, 6, 6, 6]]);
  const fed = tf.placeholder(tf.float32, [null, 1]);
  const twice = tf.tile(fed, [2, 2]);
  expect(await computed(twice, new Map([[fed, ndarray([7, 8], [2, 1])]]))).toEqual([
    "float32",
    [4, 2],
    [7, 7, 8, 8, 7, 7, 8, 8],
  ]);
  expect(thrown(() => tf.tile(x, [2])).code).toBe("tf1/shape");
});

test("padding with a constant, mirrored without and with the edge", async () => {
  const x = tf.constant([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  expect(
    await computed(
      tf.pad(
        x,
        [
          [1, 0],
          [0, 1],
        ],
        { constantValues: 9 },
      ),
    ),
  ).toEqual(["float32", [3, 4], [9, 9, 9, 9, 1, 2, 3, 9, 4, 5, 6, 9]]);
  expect(
    await computed(
      tf.pad(
        x,
        [
          [1, 1],
          [2, 2],
        ],
        { mode: "REFLECT" },
      ),
    ),
  ).toEqual(["float32", [4, 7], [6, 5, 4, 5, 6, 5, 4, 3, 2, 1, 2, 3, 2, 1, 6, 5, 4, 5, 6, 5, 4, 3, 2, 1, 2, 3, 2, 1]]);
  expect(
    await computed(
      tf.pad(
        x,
        [
          [0, 0],
          [1, 3],
        ],
        { mode: "SYMMETRIC" },
      ),
    ),
  ).toEqual(["float32", [2, 7], [1, 1, 2, 3, 3, 2, 1, 4, 4, 5, 6, 6, 5, 4]]);
  expect(
    thrown(() =>
      tf.pad(
        x,
        [
          [0, 0],
          [3, 0],
        ],
        { mode: "REFLECT" },
      ),
    ).message,
  ).toContain("at most 2");
});

test("parts along an axis", async () => {
  const x = tf.constant([
    [1, 2, 3, 4],
    [5, 6, 7, 8],
  ]);
  const [left, right] = tf.split(x, 2, 1);
  expect(await computed(left as tf.Tensor)).toEqual(["float32", [2, 2], [1, 2, 5, 6]]);
  expect(await computed(right as tf.Tensor)).toEqual(["float32", [2, 2], [3, 4, 7, 8]]);
  expect(tf.split(x, [1, 3], -1).map(({ shape }) => shape)).toEqual([
    [2, 1],
    [2, 3],
  ]);
  expect(thrown(() => tf.split(x, 3, 1)).message).toContain("has no 3 equal parts");
});

test("averages of windows, in which padding does not count", async () => {
  const x = tf.constant(ndarray([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]));
  const options = { ksize: [1, 2, 2, 1], strides: [1, 2, 2, 1] } as const;
  expect(await computed(tf.nn.avgPool(x, { ...options, padding: "VALID" }))).toEqual(["float32", [1, 1, 1, 1], [3]]);
  expect(await computed(tf.nn.avgPool(x, { ...options, padding: "SAME" }))).toEqual([
    "float32",
    [1, 2, 2, 1],
    [3, 4.5, 7.5, 9],
  ]);
});

test("rates that fall with the step", async () => {
  const step = tf.placeholder(tf.int32, []);
  const rates = [
    tf.train.naturalExpDecay(0.1, step, 10, 0.5),
    tf.train.naturalExpDecay(0.1, step, 10, 0.5, { staircase: true }),
    tf.train.inverseTimeDecay(0.1, step, 10, 0.5),
    tf.train.polynomialDecay(0.1, step, 10, { endLearningRate: 0.01, power: 0.5 }),
    tf.train.polynomialDecay(0.1, step, 10, { endLearningRate: 0.01, cycle: true }),
    tf.train.cosineDecay(0.1, step, 10, { alpha: 0.2 }),
    tf.train.piecewiseConstant(step, [5, 14], [1, 0.5, 0.1]),
  ];
  const session = tf.session();
  const at = async (n: number) => (await session.run(rates, new Map([[step, n]]))) as readonly number[];
  const expected = (n: number): readonly number[] => {
    const [p, held] = [n / 10, Math.min(1, n / 10)];
    const periods = Math.max(1, Math.ceil(p));
    return [
      0.1 * Math.exp(-0.5 * p),
      0.1 * Math.exp(-0.5 * Math.floor(p)),
      0.1 / (1 + 0.5 * p),
      0.09 * (1 - held) ** 0.5 + 0.01,
      0.09 * (1 - p / periods) + 0.01,
      0.1 * (0.8 * 0.5 * (1 + Math.cos(Math.PI * held)) + 0.2),
      n <= 5 ? 1 : n <= 14 ? 0.5 : 0.1,
    ];
  };
  for (const n of [0, 5, 7, 10, 14, 15, 23])
    for (const [i, rate] of (await at(n)).entries())
      expect(rate, `${i} at ${n}`).toBeCloseTo(expected(n)[i] ?? Number.NaN, 6);
});
