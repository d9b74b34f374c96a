import { beforeEach, describe, expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import * as tf from "../../src/tf1/index.ts";
import { thrown } from "../data/thrown.ts";

beforeEach(() => tf.resetDefaultGraph());

const numbers = (fetched: unknown): readonly number[] =>
  typeof fetched === "number" ? [fetched] : [...(fetched as { readonly data: Iterable<number> }).data];

describe("cond", () => {
  test("gives the branch that the condition chooses, with its gradient", async () => {
    const x = tf.placeholder(tf.float32, []);
    const y = tf.cond(
      tf.less(x, 0),
      () => tf.square(x),
      () => tf.multiply(x, 3),
    );
    const [slope] = tf.gradients(y, [x]);
    const session = tf.session();
    expect(await session.run([y, slope as tf.Tensor], new Map([[x, -2]]))).toEqual([4, -4]);
    expect(await session.run([y, slope as tf.Tensor], new Map([[x, 2]]))).toEqual([6, 3]);
  });

  test("sets what its branch sets, and leaves what the other one sets", async () => {
    const [a, b, c] = [tf.variable(0), tf.variable(0), tf.variable(10)];
    const way = tf.placeholder(tf.bool, []);
    const step = tf.cond(
      way,
      () => tf.group(tf.assignAdd(a, 1), tf.assign(c, 20)),
      () => tf.group(tf.assignAdd(b, 1), tf.assignSub(c, 1)),
    );
    const session = tf.session();
    await session.run(tf.globalVariablesInitializer());
    for (const one of [1, 0, 0]) await session.run(step, new Map([[way, one]]));
    expect(await session.run([a, b, c])).toEqual([1, 2, 18]);
  });

  test("lists of tensors, and conditions inside conditions", async () => {
    const x = tf.placeholder(tf.float32, []);
    const count = tf.variable(0);
    const [double, sign] = tf.cond(
      tf.less(x, 0),
      () => [tf.multiply(x, 2), tf.constant(-1)],
      () => [
        tf.cond(
          tf.less(x, 10),
          () => tf.multiply(tf.assignAdd(count, 1), 100),
          () => x,
        ),
        tf.constant(1),
      ],
    );
    const session = tf.session();
    await session.run(tf.globalVariablesInitializer());
    const at = (value: number) => session.run([double as tf.Tensor, sign as tf.Tensor], new Map([[x, value]]));
    expect([await at(-4), await at(5), await at(12), await at(6)]).toEqual([
      [-8, -1],
      [100, 1],
      [12, 1],
      [200, 1],
    ]);
    expect(await session.run(count)).toBe(2);
  });

  test("branches of other shapes and dtypes, and conditions that are none, are refused", () => {
    const x = tf.placeholder(tf.float32, []);
    const wrong = [
      () =>
        tf.cond(
          x,
          () => x,
          () => x,
        ),
      () =>
        tf.cond(
          tf.less(x, 0),
          () => x,
          () => tf.constant([1, 2]),
        ),
      () =>
        tf.cond(
          tf.less(x, 0),
          () => x,
          () => tf.constant(1, { dtype: tf.int32 }),
        ),
    ];
    expect(wrong.map((build) => thrown(build).code)).toEqual(["tf1/cond", "tf1/shape", "tf1/dtype"]);
  });
});

describe("whileLoop", () => {
  test("a loop over constants is unrolled as often as its condition says", async () => {
    const w = tf.variable(3);
    const [i, power] = tf.whileLoop(
      (i) => tf.less(i as tf.Tensor, 5),
      (i, power) => [tf.add(i as tf.Tensor, 1), tf.multiply(power as tf.Tensor, w)],
      [tf.constant(0, { dtype: tf.int32 }), tf.constant(1)],
    );
    const [slope] = tf.gradients(power as tf.Tensor, [w]);
    const session = tf.session();
    await session.run(tf.globalVariablesInitializer());
    expect(await session.run([i as tf.Tensor, power as tf.Tensor, slope as tf.Tensor])).toEqual([5, 243, 405]);
  });

  test("a loop over what is fed stands still when its condition no longer holds", async () => {
    // Collatz: how many steps a number takes to 1
    const n = tf.placeholder(tf.float32, []);
    const [, steps] = tf.whileLoop(
      (value) => tf.notEqual(value as tf.Tensor, 1),
      (value, count) => {
        const half = tf.divide(value as tf.Tensor, 2);
        const next = tf.where(tf.equal(tf.floor(half), half), half, tf.add(tf.multiply(value as tf.Tensor, 3), 1));
        return [next, tf.add(count as tf.Tensor, 1)];
      },
      [n, tf.constant(0)],
      { maximumIterations: 20 },
    );
    const session = tf.session();
    const of = (value: number) => session.run(steps as tf.Tensor, new Map([[n, value]]));
    expect([await of(1), await of(2), await of(6), await of(7)]).toEqual([0, 1, 8, 16]);
  });

  test("what cannot be unrolled is said", () => {
    const x = tf.placeholder(tf.float32, []);
    const more = (value: tf.Tensor) => tf.add(value, 1);
    const fed = thrown(() =>
      tf.whileLoop(
        (value) => tf.less(value as tf.Tensor, 3),
        (value) => more(value as tf.Tensor),
        [x],
      ),
    );
    expect([fed.code, fed.hint]).toEqual(["tf1/loop", expect.stringContaining("maximumIterations")]);
    const endless = thrown(() =>
      tf.whileLoop(
        (value) => tf.less(0, value as tf.Tensor),
        (value) => more(value as tf.Tensor),
        [tf.constant(1)],
      ),
    );
    expect(endless.message).toContain("goes on after 1000 iterations");
    const shaped = thrown(() =>
      tf.whileLoop(
        (value) => tf.less(value as tf.Tensor, 3),
        () => tf.constant([1]),
        [tf.constant(1)],
      ),
    );
    expect(shaped.message).toContain("float32 [] before and float32 [1] after");
  });
});

describe("controlDependencies", () => {
  test("what is built there comes after: it sets too, and reads what was set", async () => {
    const [a, b] = [tf.variable(1), tf.variable(0)];
    const old = tf.multiply(a, 10);
    const set = tf.assign(a, 5);
    const [read, before, next] = tf.controlDependencies([set], () => [
      tf.identity(a),
      tf.identity(old),
      tf.assign(b, tf.add(a, 1)),
    ]);
    const session = tf.session();
    await session.run(tf.globalVariablesInitializer());
    expect(await session.run([read, before])).toEqual([5, 10]);
    expect(await session.run(a)).toBe(5);
    await session.run(tf.globalVariablesInitializer());
    expect(await session.run([next, a, b])).toEqual([6, 1, 0]);
    expect(await session.run([a, b])).toEqual([5, 6]);
  });

  test("of two that set one variable in order the last counts, and two without order are refused", async () => {
    const v = tf.variable(1);
    const first = tf.assign(v, 10);
    const second = tf.controlDependencies([first], () => tf.assignAdd(v, 2));
    const session = tf.session();
    await session.run(tf.globalVariablesInitializer());
    expect(await session.run(second)).toBe(12);
    expect(await session.run(v)).toBe(12);
    await expect(session.run([tf.assign(v, 1), tf.assign(v, 2)])).rejects.toMatchObject({ code: "tf1/conflict" });
  });

  test("moving averages after a training step", async () => {
    const w = tf.variable(0, { name: "w" });
    const step = tf.train.gradientDescentOptimizer(0.5).minimize(tf.square(tf.subtract(w, 4)));
    const averages = tf.train.exponentialMovingAverage(0.9);
    const both = tf.controlDependencies([step], () => averages.apply([w]));
    const own = averages.average(w);
    expect([own?.name, averages.averageName(w)]).toEqual(["w/ExponentialMovingAverage", "w/ExponentialMovingAverage"]);
    const session = tf.session();
    await session.run(tf.globalVariablesInitializer());
    await session.run(both);
    expect(await session.run(w)).toBe(4);
    expect(numbers(await session.run(own as tf.Variable))[0]).toBeCloseTo(0.4, 6);
  });
});

test("moving averages count their updates", async () => {
  const [w, steps] = [tf.variable(1), tf.variable(0)];
  const averages = tf.train.exponentialMovingAverage(0.99, { numUpdates: steps });
  const apply = averages.apply([w]);
  const session = tf.session();
  await session.run(tf.globalVariablesInitializer());
  let expected = 1;
  for (let i = 0; i < 4; i++) {
    await session.run([tf.assign(w, i * 3), tf.assign(steps, i)]);
    await session.run(apply);
    expected -= (1 - Math.min(0.99, (1 + i) / (10 + i))) * (expected - i * 3);
  }
  expect(await session.run(averages.average(w) as tf.Variable)).toBeCloseTo(expected, 5);
});

test("scopes of names are not those of variables", () => {
  const [op, made, plain] = tf.nameScope("tower", () => [
    tf.constant(1, { name: "c" }),
    tf.getVariable("W", [2]),
    tf.variable(0, { name: "v" }),
  ]);
  expect([op.name, made.name, plain.name]).toEqual(["tower/c", "W", "tower/v"]);
  const inner = tf.variableScope("layer", () =>
    tf.nameScope("tower", () => [tf.getVariable("W", [2]), tf.constant(1, { name: "c" })] as const),
  );
  expect(inner.map(({ name }) => name)).toEqual(["layer/W", "layer/tower/c"]);
  expect(tf.variableScope("layer", { reuse: true }, () => tf.getVariable("W", [2]))).toBe(inner[0]);
});

describe("summaries", () => {
  test("are fetched by name and passed on as events", async () => {
    const x = tf.placeholder(tf.float32, [3]);
    tf.summary.scalar("mean", tf.reduceMean(x));
    tf.nameScope("layer", () => tf.summary.histogram("x", x));
    const merged = tf.summary.mergeAll();
    expect(Object.keys(merged)).toEqual(["mean", "layer/x"]);
    const events: object[] = [];
    const writer = tf.summary.writer((event) => events.push(event));
    const session = tf.session();
    for (const step of [0, 1])
      writer.addSummary(await session.run(merged, new Map([[x, ndarray([1, 2, step * 3], [3])]])), step);
    expect(events).toMatchObject([
      { kind: "summary", step: 0, values: { mean: 1 } },
      { kind: "summary", step: 1, values: { mean: 2, "layer/x": { shape: [3] } } },
    ]);
    expect(thrown(() => tf.summary.scalar("all", x)).code).toBe("tf1/shape");
  });
});

test("a logarithm of a probability is warned of, and not one that is held away from 0", () => {
  const z = tf.placeholder(tf.float32, [null, 3]);
  const p = tf.nn.softmax(z, -1, { name: "p" });
  tf.log(tf.clipByValue(p, 1e-7, 1));
  tf.log(tf.add(p, 1e-7));
  tf.log(tf.exp(z));
  const graph = tf.getDefaultGraph();
  expect(graph.warnings).toEqual([]);
  tf.log(tf.reshape(p, [-1]));
  tf.log(tf.subtract(1, tf.sigmoid(z)));
  expect(graph.warnings).toHaveLength(2);
  expect(graph.warnings[0]).toContain('the softmax "p" rounds');
  expect(graph.warnings[1]).toContain("sigmoidCrossEntropyWithLogits");
});

test("constant initializers take arrays, and whole numbers are divided as numbers", async () => {
  const w = tf.getVariable("w", [2, 2], {
    initializer: tf.constantInitializer([
      [1, 2],
      [3, 4],
    ]),
  });
  const flat = tf.getVariable("flat", [2, 2], { initializer: tf.constantInitializer(ndarray([5, 6, 7, 8], [4])) });
  const wrong = thrown(() => tf.getVariable("wrong", [3], { initializer: tf.constantInitializer([1, 2]) }));
  expect(wrong.message).toContain("2 numbers, [2], and the variable the shape [3]");
  const seven = tf.constant([7, 1], { dtype: tf.int32 });
  const session = tf.session();
  await session.run(tf.globalVariablesInitializer());
  expect(numbers(await session.run(w))).toEqual([1, 2, 3, 4]);
  expect(numbers(await session.run(flat))).toEqual([5, 6, 7, 8]);
  const halves = tf.divide(seven, 2);
  expect([halves.dtype, numbers(await session.run(halves))]).toEqual(["float64", [3.5, 0.5]]);
  const of = tf.constant(
    [
      [7, 8],
      [-3, -2],
    ],
    { dtype: tf.int32 },
  );
  const means = tf.reduceMean(of, 1);
  expect([means.dtype, numbers(await session.run(means))]).toEqual(["int32", [7, -2]]);
  expect(await session.run(tf.reduceMean(of))).toBe(2);
});
