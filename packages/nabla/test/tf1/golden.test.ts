/** TensorFlow's own numbers: golden/tensorflow.json was made by golden/make-golden.py. */
import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, test } from "vitest";
import { type NdArray, ndarray } from "../../src/array/ndarray.ts";
import * as tf from "../../src/tf1/index.ts";

interface Flat {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface Golden {
  /** w of the notes' first program after 0, 1 and 1,001 runs. */
  readonly notes: Readonly<Record<"float32" | "float64", readonly number[]>>;
  readonly network: { readonly x: Flat; readonly y: Flat; readonly begin: Readonly<Record<string, Flat>> };
  readonly optimizers: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Flat>>>>>>;
  readonly inputs: Readonly<Record<string, Flat>>;
  readonly codes: readonly number[];
  readonly bends: Flat;
  readonly shares: Flat;
  readonly slopes: Readonly<Record<string, Flat>>;
  readonly functions: Readonly<Record<string, Flat>>;
}

const golden: Golden = JSON.parse(readFileSync(new URL("golden/tensorflow.json", import.meta.url), "utf8"));
const array = ({ shape, data }: Flat): NdArray => ndarray([...data], shape);

function expectClose(received: NdArray, expected: Flat, tolerance: number): void {
  expect(received.shape).toEqual(expected.shape);
  const worst = Math.max(
    ...expected.data.map((x, i) => Math.abs((received.data[i] ?? Number.NaN) - x) / Math.max(1, Math.abs(x))),
  );
  expect(worst, `received ${received.data.slice(0, 4)}, expected ${expected.data.slice(0, 4)}`).toBeLessThan(tolerance);
}

beforeEach(() => tf.resetDefaultGraph());

type Train = (cost: tf.Scalar) => tf.Operation;

const optimizers: Readonly<Record<string, Train>> = {
  gradientDescent: (cost) => tf.train.gradientDescentOptimizer(0.1).minimize(cost),
  momentum: (cost) => tf.train.momentumOptimizer(0.05, 0.9).minimize(cost),
  nesterov: (cost) => tf.train.momentumOptimizer(0.05, 0.9, { useNesterov: true }).minimize(cost),
  rmsProp: (cost) => tf.train.rmsPropOptimizer(0.01).minimize(cost),
  rmsPropCentered: (cost) =>
    tf.train.rmsPropOptimizer(0.01, { decay: 0.8, momentum: 0.5, epsilon: 1e-3, centered: true }).minimize(cost),
  adam: (cost) => tf.train.adamOptimizer(0.01).minimize(cost),
  adamOther: (cost) => tf.train.adamOptimizer(0.02, { beta1: 0.8, beta2: 0.95, epsilon: 0.1 }).minimize(cost),
  adagrad: (cost) => tf.train.adagradOptimizer(0.1).minimize(cost),
  exponentialDecay: (cost) => {
    const globalStep = tf.variable(0, { trainable: false });
    const rate = tf.train.exponentialDecay(0.3, globalStep, 4, 0.5, { staircase: true });
    return tf.train.gradientDescentOptimizer(rate).minimize(cost, { globalStep });
  },
  clipByGlobalNorm: (cost) => {
    const optimizer = tf.train.gradientDescentOptimizer(0.5);
    const pairs = optimizer.computeGradients(cost);
    const [clipped] = tf.clipByGlobalNorm(
      pairs.map(([gradient]) => gradient as tf.Tensor),
      0.3,
    );
    return optimizer.applyGradients(pairs.map(([, variable], i) => [clipped[i] as tf.Tensor, variable]));
  },
};

// TensorFlow keeps the rate in float32 whatever the variable is; a rate of the variable's own dtype ends with …459
test.each([
  tf.float32,
  tf.float64,
] as const)("T3 the notes' first program prints what TensorFlow prints, %s", async (dtype) => {
  const w = tf.variable(0, { dtype });
  const cost = tf.add(tf.add(tf.pow(w, 2), tf.multiply(-10, w)), 25);
  const rate = tf.cast(tf.constant(0.01), dtype);
  const train = tf.train.gradientDescentOptimizer(rate).minimize(cost);
  await using session = tf.session();
  await session.run(tf.globalVariablesInitializer());
  const seen = [await session.run(w)];
  for (let i = 0; i < 1001; i++) {
    await session.run(train);
    seen.push(await session.run(w));
  }
  expect([seen[0], seen[1], seen[1001]]).toEqual(golden.notes[dtype]);
});

describe("T7 optimizers take TensorFlow's steps", () => {
  test.each(Object.keys(golden.optimizers))("%s", async (name) => {
    const { x, y, begin } = golden.network;
    const [w1, b1, w2] = Object.entries(begin).map(([own, flat]) => tf.variable(array(flat), { name: own }));
    if (w1 === undefined || b1 === undefined || w2 === undefined) throw new Error("three parameters");
    const output = tf.matmul(tf.tanh(tf.add(tf.matmul(array(x), w1), b1)), w2);
    const train = optimizers[name]?.(tf.reduceMean(tf.square(tf.subtract(output, array(y)))));
    await using session = tf.session();
    await session.run(tf.globalVariablesInitializer());
    let compared = 0;
    for (let step = 1; step <= 20; step++) {
      await session.run(train as tf.Operation);
      const wanted = Object.entries(golden.optimizers[name]?.[step] ?? {});
      compared += wanted.length;
      for (const [parameter, expected] of wanted) {
        const variable = tf.globalVariables().find((one) => one.name === parameter) as tf.Variable;
        expectClose(await session.read(variable), expected, 1e-6);
      }
    }
    expect(compared).toBeGreaterThan(0);
  });
});

const input = (name: string): NdArray => array(golden.inputs[name] as Flat);
const codes = ndarray(Int32Array.from(golden.codes), [golden.codes.length]);
const logits = (): { labels: NdArray; logits: NdArray } => ({ labels: input("labels"), logits: input("z") });

const functions: Readonly<Record<string, () => tf.Tensor>> = {
  softmaxCrossEntropyWithLogits: () => tf.nn.softmaxCrossEntropyWithLogits(logits()),
  sparseSoftmaxCrossEntropyWithLogits: () =>
    tf.nn.sparseSoftmaxCrossEntropyWithLogits({ labels: codes, logits: input("z") }),
  sigmoidCrossEntropyWithLogits: () => tf.nn.sigmoidCrossEntropyWithLogits(logits()),
  softmax: () => tf.nn.softmax(input("z")),
  leakyRelu: () => tf.nn.leakyRelu(input("z")),
  elu: () => tf.nn.elu(input("z")),
  relu6: () => tf.nn.relu6(tf.multiply(input("z"), 3)),
  softplus: () => tf.nn.softplus(input("z")),
  l2Loss: () => tf.nn.l2Loss(input("z")),
  batchNormalization: () =>
    tf.nn.batchNormalization(input("z"), input("mean"), input("variance"), input("offset"), input("scale"), 0.001),
  conv2dSame: () => tf.nn.conv2d(input("images"), input("filter"), { strides: [1, 2, 1, 1], padding: "SAME" }),
  conv2dValid: () => tf.nn.conv2d(input("images"), input("filter"), { strides: [1, 1, 2, 1], padding: "VALID" }),
  maxPoolSame: () => tf.nn.maxPool(input("images"), { ksize: [1, 2, 3, 1], strides: [1, 2, 2, 1], padding: "SAME" }),
  clipByNorm: () => tf.clipByNorm(input("z"), 3),
  reduceMeanKeep: () => tf.reduceMean(input("z"), { axis: [0], keepdims: true }),
  reduceMin: () => tf.reduceMin(input("z"), 1),
  oneHotAcross: () => tf.oneHot(codes, 4, { axis: 0 }),
  moments: () => tf.concat([...tf.nn.moments(input("z"), [0])], 0),
  stack: () => tf.stack([input("mean"), input("offset")], 1),
  slice: () => tf.slice(input("z"), [1, 2], [3, -1]),
};

describe("functions give TensorFlow's numbers", () => {
  test.each(Object.entries(golden.functions))("%s", async (name, expected) => {
    await using session = tf.session();
    const received = await session.run((functions[name] as () => tf.Tensor)());
    expectClose(typeof received === "number" ? ndarray([received], []) : received, expected, 2e-6);
  });
});

const shares = array(golden.shares);

const bent: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
  maximum: (x) => tf.maximum(x, 0.5),
  minimum: (x) => tf.minimum(x, 0.5),
  clipByValue: (x) => tf.clipByValue(x, -1, 1),
  clipByNorm: (x) => tf.clipByNorm(x, 3),
  abs: (x) => tf.abs(x),
  square: (x) => tf.square(x),
  pow: (x) => tf.pow(x, 3),
  tanh: (x) => tf.tanh(x),
  sigmoid: (x) => tf.sigmoid(x),
  relu: (x) => tf.nn.relu(x),
  relu6: (x) => tf.nn.relu6(x),
  leakyRelu: (x) => tf.nn.leakyRelu(x),
  elu: (x) => tf.nn.elu(x),
  softplus: (x) => tf.nn.softplus(x),
  reduceMax: (x) => tf.reduceMax(tf.minimum(x, 6.5)),
  l2Loss: (x) => tf.nn.l2Loss(x),
  softmax: (x) => tf.multiply(tf.nn.softmax(x), array(golden.bends)),
  sigmoidCrossEntropyWithLogits: (x) =>
    tf.nn.sigmoidCrossEntropyWithLogits({ logits: tf.reshape(x, [1, 7]), labels: shares }),
  softmaxCrossEntropyWithLogits: (x) =>
    tf.nn.softmaxCrossEntropyWithLogits({ logits: tf.reshape(x, [1, 7]), labels: shares }),
};

describe("gradients are TensorFlow's, also where functions bend", () => {
  test.each(Object.entries(golden.slopes))("%s", async (name, expected) => {
    const x = tf.constant(array(golden.bends));
    const [slope] = tf.gradients((bent[name] as (x: tf.Tensor) => tf.Tensor)(x), [x]);
    await using session = tf.session();
    expectClose((await session.run(slope as tf.Tensor)) as NdArray, expected, 2e-6);
  });
});
