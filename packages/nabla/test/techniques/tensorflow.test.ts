/** The notes' TensorFlow code, line by line. */
import { beforeEach, expect, test } from "vitest";
import { type NdArray, ndarray } from "../../src/array/ndarray.ts";
import { batchNorm } from "../../src/nn/batch-norm.ts";
import * as tf from "../../src/tf1/index.ts";
import { thrown } from "../data/thrown.ts";
import { apply, list } from "../nn/apply.ts";
import { rejected } from "../tf1/rejected.ts";

beforeEach(() => tf.resetDefaultGraph());

test.each([
  [tf.float32, [0, 0.09999999403953552, 4.999988555908203]],
  [tf.float64, [0, 0.1, 4.999999991753459]],
] as const)("T3 the notes' first program in %s", async (dtype, expected) => {
  const printed: number[] = [];

  const w = tf.variable(0, { dtype });
  const cost = tf.add(tf.add(tf.pow(w, 2), tf.multiply(-10.0, w)), 25.0);
  const train = tf.train.gradientDescentOptimizer(0.01).minimize(cost);

  const init = tf.globalVariablesInitializer();
  await using session = tf.session();
  await session.run(init);
  printed.push(await session.run(w));
  await session.run(train);
  printed.push(await session.run(w));
  for (let i = 0; i < 1000; i++) await session.run(train);
  printed.push(await session.run(w));

  expect(printed).toEqual(expected);
});

test("T4 an expression is the same graph as the functions, and gives the same numbers", async () => {
  const build = (cost: (w: tf.Variable<readonly []>) => tf.Tensor) => {
    const graph = new tf.Graph();
    return graph.asDefault(() => {
      const w = tf.variable(0);
      const train = tf.train.gradientDescentOptimizer(0.01).minimize(cost(w));
      return { graph, w, train, init: tf.globalVariablesInitializer() };
    });
  };
  const functions = build((w) => tf.add(tf.add(tf.pow(w, 2), tf.multiply(-10, w)), 25));
  const operators = build((w) => tf.expr`${w}**2 + -10*${w} + 25`);
  const notes = build((w) => tf.expr`${w}**2 - 10*${w} + 25`);
  const kinds = ({ graph }: typeof functions) => graph.entries.map(({ kind }) => kind).toSorted();
  expect(kinds(operators)).toEqual(kinds(functions));
  expect(notes.graph.size).toBe(functions.graph.size);
  for (const { graph, w, train, init } of [functions, operators, notes]) {
    await using session = tf.session({ graph });
    await session.run(init);
    for (let i = 0; i < 1001; i++) await session.run(train);
    expect(await session.run(w)).toBe(4.999988555908203);
  }
});

test("T5 the notes' second program: coefficients are fed, and others move the minimum without compiling again", async () => {
  const printed: number[] = [];
  const coefficient = [[1], [-10], [25]];

  const x = tf.placeholder(tf.float32, [3, 1], { name: "x" });
  const w = tf.variable(0, { dtype: tf.float32 });
  const cost = tf.expr`${x}[0][0]*${w}**2 + ${x}[1][0]*${w} + ${x}[2][0]`;
  const train = tf.train.gradientDescentOptimizer(0.01).minimize(cost);

  const init = tf.globalVariablesInitializer();
  await using session = tf.session();
  await session.run(init);
  printed.push(await session.run(w));
  await session.run(train, [[x, coefficient]]);
  printed.push(await session.run(w));
  for (let i = 0; i < 1000; i++) await session.run(train, [[x, coefficient]]);
  printed.push(await session.run(w));
  expect(printed).toEqual([0, 0.09999999403953552, 4.999988555908203]);

  const { compilations } = session;
  for (let i = 0; i < 1500; i++) await session.run(train, [[x, [[1], [-20], [100]]]]);
  expect(await session.run(w)).toBeCloseTo(10, 4);
  expect(session.compilations).toBe(compilations);
  expect(tf.getDefaultGraph().size).toBeLessThan(25);
});

test("T5 missing and wrong feeds are told clearly", async () => {
  const x = tf.placeholder(tf.float32, [3, 1], { name: "coefficients" });
  await using session = tf.session();
  expect((await rejected(session.run(x))).message).toBe('the placeholder "coefficients" of shape [3, 1] was not fed');
  expect((await rejected(session.run(x, [[x, [1, -10, 25]]]))).message).toBe(
    'the placeholder "coefficients" has the shape [3, 1], and was fed [3]',
  );
  expect((await rejected(session.run(x, { coefficient: [[1], [2], [3]] }))).hint).toBe('did you mean "coefficients"?');
});

test("T6 a variable has no value before it is initialized, lists give lists, operations give null", async () => {
  const w = tf.variable(3, { name: "w" });
  const double = tf.multiply(w, 2);
  const init = tf.globalVariablesInitializer();
  await using session = tf.session();
  const error = await rejected(session.run(double));
  expect([error.code, error.message]).toEqual(["tf1/uninitialized", "uninitialized variable w"]);
  expect(await session.run(init)).toBeNull();
  expect(await session.run([w, double, tf.noOp()])).toEqual([3, 6, null]);
});

test.each([
  ["gradientDescent", () => tf.train.gradientDescentOptimizer(0.1)],
  ["momentum", () => tf.train.momentumOptimizer(0.01, 0.9)],
  ["rmsProp", () => tf.train.rmsPropOptimizer(0.1)],
  ["adam", () => tf.train.adamOptimizer(0.3)],
  ["adagrad", () => tf.train.adagradOptimizer(2)],
] as const)("T7 another optimizer is another line: %s", async (_, optimizer) => {
  const w = tf.variable(0);
  const train = optimizer().minimize(tf.expr`${w}**2 - 10*${w} + 25`);
  await using session = tf.session();
  await session.run(tf.globalVariablesInitializer());
  for (let i = 0; i < 500; i++) await session.run(train);
  expect(Math.abs((await session.run(w)) - 5)).toBeLessThan(0.06);
});

test("T7 gradients may be clipped between computing and applying", async () => {
  const w = tf.variable(0);
  const optimizer = tf.train.gradientDescentOptimizer(1);
  const pairs = optimizer.computeGradients(tf.expr`${w}**2 - 10*${w} + 25`);
  const clipped = pairs.map(([gradient, variable]) => [tf.clipByValue(gradient ?? 0, -0.5, 0.5), variable] as const);
  const globalStep = tf.variable(0, { trainable: false, dtype: tf.int32 });
  const train = optimizer.applyGradients(clipped, { globalStep });
  await using session = tf.session();
  await session.run(tf.globalVariablesInitializer());
  for (let i = 0; i < 3; i++) await session.run(train);
  expect(await session.run([w, globalStep])).toEqual([1.5, 3]);
});

test("T8 a session ends with its block, and refuses work from then on", async () => {
  const w = tf.variable(1);
  let kept: tf.Session;
  {
    using session = tf.session();
    kept = session;
    await session.run(tf.globalVariablesInitializer());
    expect(await session.run(w)).toBe(1);
  }
  const error = await rejected(kept.run(w));
  expect([error.code, error.message]).toEqual(["tf1/closed", "the session was closed, and its variables are gone"]);
  expect((await rejected(kept.read(w))).code).toBe("tf1/closed");
  await kept[Symbol.asyncDispose]();
});

test("T9 tensors, operations between them, initialization, a session, a run", async () => {
  const a = tf.constant(2);
  const b = tf.constant(10);
  const c = tf.multiply(a, b);
  expect(c).toBeInstanceOf(tf.Tensor);
  await using session = tf.session();
  expect(await session.run(c)).toBe(20);
});

test("T10 sigmoid cross-entropy overflows nowhere", async () => {
  const z = tf.placeholder(tf.float32, [null], { name: "z" });
  const y = tf.placeholder(tf.float32, [null], { name: "y" });
  const loss = tf.nn.sigmoidCrossEntropyWithLogits({ logits: z, labels: y });
  const stable = tf.expr`maximum(${z}, 0) - ${z}*${y} + log(1 + exp(-abs(${z})))`;
  const naive = tf.expr`-(${y}*log(sigmoid(${z})) + (1 - ${y})*log(1 - sigmoid(${z})))`;
  const [slope] = tf.gradients(loss, [z]);
  await using session = tf.session();
  const far = [
    [z, [1000, -1000, 1000, -1000]],
    [y, [1, 1, 0, 0]],
  ] as const;
  expect([...((await session.run(loss, far)) as NdArray).data]).toEqual([0, 1000, 1000, 0]);
  expect([...((await session.run(slope as tf.Tensor, far)) as NdArray).data]).toEqual([0, -1, 1, 0]);
  expect([...((await session.run(naive, far)) as NdArray).data].every(Number.isFinite)).toBe(false);
  const near = [
    [z, [-4, -1, 0, 0.5, 3]],
    [y, [0, 1, 1, 0.3, 0]],
  ] as const;
  const answers = await session.run({ loss, stable, naive }, near);
  for (let i = 0; i < 5; i++) {
    const [own, other, third] = [answers.loss, answers.stable, answers.naive].map((one) => (one as NdArray).data[i]);
    expect(own).toBeCloseTo(other ?? Number.NaN, 6);
    expect(own).toBeCloseTo(third ?? Number.NaN, 5);
  }
});

test("T11 getVariable with Xavier's initializer", async () => {
  const initializer = tf.contrib.layers.xavierInitializer({ seed: 1 });
  const W1 = tf.getVariable("W1", [25, 12288], { initializer });
  const again = tf.getVariable("again", [25, 12288], { initializer });
  const b1 = tf.getVariable("b1", [25, 1], { initializer: tf.zerosInitializer() });
  await using session = tf.session();
  await session.run(tf.globalVariablesInitializer());
  const { data } = await session.read(W1);
  let [most, squares, sum] = [0, 0, 0];
  for (const x of data) {
    most = Math.max(most, Math.abs(x));
    squares += x * x;
    sum += x;
  }
  const limit = Math.sqrt(6 / (25 + 12288));
  expect(limit).toBeCloseTo(0.0220746, 7);
  expect(most).toBeLessThanOrEqual(limit);
  expect(most).toBeGreaterThan(0.999 * limit);
  expect(sum / data.length).toBeCloseTo(0, 4);
  expect(squares / data.length).toBeCloseTo(1.624e-4, 6);
  expect((await session.read(again)).data).toEqual(data);
  expect(new Set((await session.read(b1)).data)).toEqual(new Set([0]));
  expect(thrown(() => tf.getVariable("W1", [25, 12288])).code).toBe("tf1/variable-exists");
  const reused = tf.variableScope("", { reuse: true }, () => tf.getVariable("W1", [25, 12288]));
  expect(reused).toBe(W1);
});

test("T12 losses take logits, and the linter warns of probabilities", async () => {
  const logits = tf.constant([[1, 2, 3]], { name: "Z3" });
  const labels = [[0, 0, 1]];
  tf.nn.softmaxCrossEntropyWithLogits({ logits, labels });
  const graph = tf.getDefaultGraph();
  expect(graph.warnings).toEqual([]);
  const a3 = tf.nn.softmax(logits, -1, { name: "A3" });
  const wrong = tf.nn.softmaxCrossEntropyWithLogits({ logits: tf.reshape(a3, [1, 3]), labels });
  tf.nn.sigmoidCrossEntropyWithLogits({ logits: tf.sigmoid(logits), labels });
  tf.nn.sparseSoftmaxCrossEntropyWithLogits({ logits: a3, labels: [2] });
  expect(graph.warnings).toHaveLength(3);
  expect(graph.warnings[0]).toBe(
    'softmaxCrossEntropyWithLogits takes logits and was given "reshape", which holds probabilities: "A3" is a softmax. Pass what goes into it',
  );
  const told: string[] = [];
  await using session = tf.session({ warn: (warning) => told.push(warning) });
  await session.run(wrong);
  await session.run(wrong);
  expect(told).toEqual(graph.warnings);
  expect(await graph.summary({ fetches: [wrong] })).toContain("warning: softmaxCrossEntropyWithLogits takes logits");
});

test("T13 a reset leaves nothing, and names are free again", () => {
  tf.getVariable("W1", [2, 2]);
  expect(tf.getDefaultGraph().size).toBeGreaterThan(0);
  tf.resetDefaultGraph();
  expect(tf.getDefaultGraph().size).toBe(0);
  expect(tf.globalVariables()).toEqual([]);
  expect(tf.getVariable("W1", [3]).name).toBe("W1");
});

test("T14 a mini-batch is another feed", async () => {
  const x = tf.placeholder(tf.float32, [null, 2], { name: "x" });
  const y = tf.placeholder(tf.float32, [null, 1], { name: "y" });
  const w = tf.variable(tf.zeros([2, 1]));
  const cost = tf.reduceMean(tf.square(tf.subtract(tf.matmul(x, w), y)));
  const train = tf.train.gradientDescentOptimizer(0.1).minimize(cost);
  const rows = Array.from({ length: 50 }, (_, i) => [Math.sin(i), Math.cos(3 * i)] as const);
  await using session = tf.session();
  await session.run(tf.globalVariablesInitializer());
  for (let epoch = 0; epoch < 20; epoch++) {
    for (let from = 0; from < rows.length; from += 16) {
      const batch = rows.slice(from, from + 16);
      await session.run(train, [
        [x, batch],
        [y, batch.map(([a, b]) => [2 * a - b])],
      ]);
    }
  }
  const [a, b] = ((await session.run(w)) as NdArray).data;
  expect(a).toBeCloseTo(2, 2);
  expect(b).toBeCloseTo(-1, 2);
  // batches of 16 and of the 2 that are left, each made ready once, the initializer, and w itself
  expect(session.compilations).toBe(4);
});

test("T15 the optimized graph has fewer kernels and gives the same numbers", async () => {
  const x = tf.placeholder(tf.float32, [null, 8], { name: "x" });
  const w = tf.getVariable("w", [8, 4], { initializer: tf.glorotUniformInitializer({ seed: 1 }) });
  const b = tf.getVariable("b", [4], { initializer: tf.zerosInitializer() });
  const layer = tf.nn.relu(tf.add(tf.matmul(x, w), b));
  const cost = tf.reduceMean(tf.square(tf.multiply(layer, tf.add(1, 1))));
  const train = tf.train.adamOptimizer(0.01).minimize(cost);
  const init = tf.globalVariablesInitializer();
  const text = await tf.getDefaultGraph().summary({ fetches: [train, cost], batch: 5 });
  const [, before = 0, after = 0, kernels = 0] = (
    /(\d+) ops, (\d+) after simplification, (\d+) kernels/.exec(text) ?? []
  ).map(Number);
  expect(after).toBeLessThan(before);
  expect(kernels).toBeLessThan(after / 2);
  expect(text).toContain("matmul 5x8x4");
  expect(text.split("\n").every((line) => line.length <= 80)).toBe(true);

  const batch = ndarray(
    Float32Array.from({ length: 40 }, (_, i) => Math.sin(i)),
    [5, 8],
  );
  const { reference } = await import("../../src/engine/reference/reference.ts");
  const costs: number[][] = [];
  for (const options of [{}, { engine: reference }]) {
    await using session = tf.session(options);
    await session.run(init);
    const seen: number[] = [];
    for (let i = 0; i < 20; i++) seen.push((await session.run([cost, train], [[x, batch]]))[0]);
    costs.push(seen);
  }
  expect(costs.map(({ length }) => length)).toEqual([20, 20]);
  for (const [i, own] of (costs[0] ?? []).entries()) expect(own).toBeCloseTo(costs[1]?.[i] ?? Number.NaN, 5);
});

test("R4 batch normalization is one line with TensorFlow's arguments, and what the layer computes", async () => {
  const x = ndarray(
    Float32Array.from({ length: 12 }, (_, i) => Math.sin(5 * i) * 3 + 1),
    [6, 2],
  );
  const [mean, variance] = tf.nn.moments(x, [0]);
  const normal = tf.nn.batchNormalization(x, mean, variance, [0, 0], [1, 1], 1e-5);
  await using session = tf.session();
  const received = (await session.run(normal)) as NdArray;
  const { output } = await apply(batchNorm(), x, { mode: "train" });
  for (const [i, expected] of list(output).entries()) expect(received.data[i]).toBeCloseTo(expected, 5);
  expect(list(output)).toHaveLength(12);
});
