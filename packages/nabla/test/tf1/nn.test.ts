import { beforeEach, describe, expect, test } from "vitest";
import { type NdArray, ndarray } from "../../src/array/ndarray.ts";
import * as tf from "../../src/tf1/index.ts";
import { thrown } from "../data/thrown.ts";

beforeEach(() => tf.resetDefaultGraph());

const run = async (fetch: tf.Tensor, feed: tf.Feed = []): Promise<unknown> => {
  await using session = tf.session();
  const result = await session.run(fetch, feed);
  return typeof result === "number" ? result : [...result.data];
};

test("convolution and pooling of batches of any length learn to tell bars apart", async () => {
  const images = tf.placeholder(tf.float32, [null, 6, 6, 1], { name: "images" });
  const labels = tf.placeholder(tf.int32, [null], { name: "labels" });
  const filter = tf.getVariable("filter", [3, 3, 1, 4], { initializer: tf.glorotUniformInitializer({ seed: 2 }) });
  const maps = tf.nn.conv2d(images, filter, { strides: [1, 1, 1, 1], padding: "SAME" });
  const pooled = tf.nn.maxPool(tf.nn.relu(maps), { ksize: [1, 2, 2, 1], strides: [1, 2, 2, 1], padding: "VALID" });
  const dense = tf.getVariable("dense", [36, 2], { initializer: tf.glorotUniformInitializer({ seed: 3 }) });
  const dropped = tf.nn.dropout(tf.reshape(pooled, [-1, 36]), 0.9, { seed: 4 });
  const logits = tf.nn.biasAdd(tf.matmul(dropped, dense), tf.variable([0, 0]));
  const cost = tf.reduceMean(tf.nn.sparseSoftmaxCrossEntropyWithLogits({ logits, labels }));
  const train = tf.train.adamOptimizer(0.02).minimize(cost);
  const bar = (across: boolean, at: number) =>
    Array.from({ length: 6 }, (_, row) =>
      Array.from({ length: 6 }, (_, column) => [(across ? row : column) === at ? 1 : 0]),
    );
  const rows = Array.from({ length: 12 }, (_, i) => ({ image: bar(i % 2 === 0, i >> 1), label: i % 2 }));
  const feed = (part: typeof rows) =>
    [
      [images, part.map(({ image }) => image)],
      [labels, part.map(({ label }) => label)],
    ] as const;
  await using session = tf.session();
  await session.run(tf.globalVariablesInitializer());
  for (let epoch = 0; epoch < 60; epoch++)
    for (const part of [rows.slice(0, 7), rows.slice(7)]) await session.run(train, feed(part));
  expect(await session.run(cost, feed(rows))).toBeLessThan(0.1);
});

test("a filter for other channels is refused", () => {
  const wrong = () =>
    tf.nn.conv2d(tf.zeros([1, 5, 5, 3]), tf.zeros([3, 3, 1, 4]), { strides: [1, 1, 1, 1], padding: "SAME" });
  expect(thrown(wrong).message).toContain("a filter [rows, columns, 3, filters] is expected, received [3, 3, 1, 4]");
});

describe("moving and choosing", () => {
  const x = [
    [1, 2, 3],
    [4, 5, 6],
  ];

  test.each([
    ["transpose", () => tf.transpose(x), [1, 4, 2, 5, 3, 6]],
    ["expandDims", () => tf.reduceSum(tf.expandDims(x, -1), 1), [6, 15]],
    ["squeeze", () => tf.squeeze(tf.reduceSum(x, { axis: 0, keepdims: true })), [5, 7, 9]],
    [
      "stack",
      () =>
        tf.stack(
          [
            [1, 2],
            [3, 4],
          ],
          1,
        ),
      [1, 3, 2, 4],
    ],
    ["concat", () => tf.concat([x, [[7, 8, 9]]], 0), [1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ["gather", () => tf.gather(x, [1, 1, 0]), [4, 5, 6, 4, 5, 6, 1, 2, 3]],
    ["embeddingLookup", () => tf.nn.embeddingLookup(x, [1]), [4, 5, 6]],
    ["where", () => tf.where(tf.greater(x, 3), x, 0), [0, 0, 0, 4, 5, 6]],
    ["oneHot", () => tf.oneHot([1, 0], 2, { onValue: 5, offValue: -1 }), [-1, 5, 5, -1]],
    ["argMin", () => tf.argMin(x, 1), [0, 0]],
    ["addN", () => tf.addN([x, x, 1]), [3, 5, 7, 9, 11, 13]],
    ["zerosLike", () => tf.add(tf.zerosLike(x), tf.onesLike(x)), [1, 1, 1, 1, 1, 1]],
    ["notEqual", () => tf.cast(tf.logicalNot(tf.notEqual(x, 3)), tf.int32), [0, 0, 1, 0, 0, 0]],
    ["reciprocal", () => tf.multiply(tf.reciprocal([4]), tf.rsqrt([4])), [0.125]],
    ["matmul, both transposed", () => tf.matmul(x, x, { transposeA: true, transposeB: true }), undefined],
    ["matmul, second transposed", () => tf.matmul(x, x, { transposeB: true }), [14, 32, 32, 77]],
  ])("%s", async (_, build, expected) => {
    if (expected === undefined) expect(thrown(build).code).toBe("shape/matmul");
    else expect(await run(build())).toEqual(expected);
  });

  test("of batches of any length", async () => {
    const batch = tf.placeholder(tf.float32, [null, 3], { name: "batch" });
    const feed = [[batch, x]] as const;
    expect(await run(tf.slice(batch, [0, 1], [-1, 2]), feed)).toEqual([2, 3, 5, 6]);
    expect(await run(batch.at(1, -1), feed)).toBe(6);
    expect(await run(tf.stack([batch, tf.square(batch)], 2).at(0, 1), feed)).toEqual([2, 4]);
    expect(await run(tf.where(tf.less(batch, 3), batch, tf.zerosLike(batch)), feed)).toEqual([1, 2, 0, 0, 0, 0]);
    expect(thrown(() => tf.slice(batch, [1, 0], [-1, 2])).code).toBe("tf1/shape");
    expect(thrown(() => tf.concat([], 0)).code).toBe("tf1/operand");
  });
});

test("moments of any axes, kept or not", async () => {
  const x = ndarray([1, 2, 3, 4, 5, 9], [2, 3]);
  const [mean, variance] = tf.nn.moments(x, [1], { keepdims: true });
  expect([mean.shape, await run(mean)]).toEqual([
    [2, 1],
    [2, 6],
  ]);
  expect(((await run(variance)) as number[]).map((v) => v.toFixed(4))).toEqual(["0.6667", "4.6667"]);
});

test("a rate that decays with the steps", async () => {
  const step = tf.variable(0, { trainable: false, dtype: tf.int32 });
  const smooth = tf.train.exponentialDecay(0.1, step, 10, 0.5);
  const stairs = tf.train.exponentialDecay(0.1, step, 10, 0.5, { staircase: true });
  await using session = tf.session();
  await session.run(tf.globalVariablesInitializer());
  const seen: (readonly number[])[] = [];
  for (const at of [0, 5, 10, 19]) {
    await session.run(tf.assign(step, at));
    seen.push(await session.run([smooth, stairs]));
  }
  const expected = [0, 5, 10, 19].map((at) => [0.1 * 0.5 ** (at / 10), 0.1 * 0.5 ** Math.floor(at / 10)]);
  for (const [i, pair] of seen.entries())
    for (const [j, rate] of pair.entries()) expect(rate).toBeCloseTo(expected[i]?.[j] ?? Number.NaN, 6);
});

test("a warning is not given for what only looks like probabilities", async () => {
  const z = tf.constant([[1, 2]]);
  const gated = tf.multiply(tf.sigmoid(z), z);
  tf.nn.softmaxCrossEntropyWithLogits({ logits: gated, labels: [[0, 1]] });
  tf.nn.softmaxCrossEntropyWithLogits({ logits: tf.log(tf.nn.softmax(z)), labels: [[0, 1]] });
  // the logarithm itself is warned of
  expect(tf.getDefaultGraph().warnings.filter((warning) => !warning.startsWith("log of"))).toEqual([]);
});

test("the summary leaves out what would set a variable twice, and counts what is recorded", async () => {
  const w = tf.variable([1, 2], { name: "w" });
  const cost = tf.reduceSum(tf.square(w));
  tf.train.gradientDescentOptimizer(0.1).minimize(cost);
  tf.train.adamOptimizer().minimize(cost);
  tf.globalVariablesInitializer();
  const text = await tf.getDefaultGraph().summary();
  expect(text).toContain("5 variable");
  expect(text).toContain("updates in place");
  const empty = await new tf.Graph().summary();
  expect(empty).toContain("graph: 0 recorded");
});

test("a value of float64 goes through float64 alone", async () => {
  const w = tf.getVariable("w", [2], { dtype: tf.float64, initializer: tf.constantInitializer(1 / 3) });
  const train = tf.train.adamOptimizer(0.1).minimize(tf.reduceSum(tf.square(w)));
  await using session = tf.session();
  await session.run(tf.globalVariablesInitializer());
  expect(((await session.run(w)) as NdArray).data).toEqual(Float64Array.of(1 / 3, 1 / 3));
  await session.run(train);
  expect(((await session.run(w)) as NdArray).data[0]).toBeCloseTo(1 / 3 - 0.1, 6);
});
