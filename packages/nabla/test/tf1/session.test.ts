import { beforeEach, describe, expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { reference } from "../../src/engine/reference/reference.ts";
import { wasm } from "../../src/engine/wasm/engine.ts";
import * as tf from "../../src/tf1/index.ts";
import { deferred } from "../engine/deferred/engine.ts";
import { rejected } from "./rejected.ts";

const ENGINES = [
  ["wasm", wasm],
  ["deferred wasm", deferred(wasm)],
] as const;

beforeEach(() => tf.resetDefaultGraph());

const list = (value: tf.Fetched | null): unknown =>
  typeof value === "object" && value !== null ? [...value.data] : value;

describe("fetches", () => {
  test("answers have the nesting of the fetches; operations answer null, numbers numbers", async () => {
    const w = tf.variable(3, { name: "w" });
    const row = tf.constant([1, 2]);
    await using session = tf.session();
    await session.run(tf.globalVariablesInitializer());
    const answer = await session.run({ w, parts: [tf.multiply(row, w), [tf.noOp()]], byName: "w" });
    expect(answer.w).toBe(3);
    expect(list(answer.parts[0])).toEqual([3, 6]);
    expect(answer.parts[1]).toEqual([null]);
    expect(answer.byName).toBe(3);
    expect(await session.run([])).toEqual([]);
  });

  test("the same tensor may be fetched twice", async () => {
    const x = tf.constant(2);
    await using session = tf.session();
    expect(await session.run([x, x])).toEqual([2, 2]);
  });

  test("variables are read before they are set", async () => {
    const w = tf.variable(1);
    const more = tf.assignAdd(w, 10);
    await using session = tf.session();
    await session.run(tf.globalVariablesInitializer());
    expect(await session.run([w, more])).toEqual([1, 11]);
    expect(await session.run(w)).toBe(11);
  });

  test("what stands on an assignment makes it", async () => {
    const w = tf.variable(1);
    const twice = tf.multiply(tf.assign(w, 5), 2);
    await using session = tf.session();
    await session.run(tf.globalVariablesInitializer());
    expect(await session.run(twice)).toBe(10);
    expect(await session.run(w)).toBe(5);
  });

  test("int32, bool and float64 keep their dtypes", async () => {
    await using session = tf.session();
    const x = tf.constant([1, 3, 2], { dtype: tf.float64 });
    expect(await session.run(tf.argMax(x))).toBe(1);
    expect(await session.run(tf.equal(x, [1, 2, 2]))).toMatchObject({ dtype: "bool", data: Uint8Array.of(1, 0, 1) });
    expect(await session.run(tf.cast(x, tf.int32))).toMatchObject({ dtype: "int32" });
    const third = tf.divide(tf.constant(1, { dtype: tf.float64 }), 3);
    expect(await session.run(third)).toBe(1 / 3);
    const both = await session.run([third, tf.constant([1, 2])]);
    expect(both[1]).toMatchObject({ dtype: "float32" });
  });

  test("what is no fetch is refused", async () => {
    await using session = tf.session();
    expect((await rejected(session.run([1] as never))).message).toBe("1 cannot be fetched");
    expect((await rejected(session.run(undefined as never))).code).toBe("tf1/fetch");
    tf.constant(1, { name: "cost" });
    expect((await rejected(session.run("const"))).message).toBe('the graph holds nothing named "const"');
  });

  test("another graph's tensors are neither fetched nor fed", async () => {
    const old = tf.placeholder(tf.float32, [], { name: "old" });
    tf.resetDefaultGraph();
    await using session = tf.session();
    const error = await rejected(session.run(old));
    expect([error.code, error.message]).toEqual([
      "tf1/graph",
      '"old" is fetched, and belongs to another graph than this session',
    ]);
    expect((await rejected(session.run([], [[old, 1]]))).code).toBe("tf1/graph");
  });

  test("two parts of one run do not set one variable", async () => {
    const w = tf.variable(0, { name: "w" });
    await using session = tf.session();
    const error = await rejected(session.run([tf.assign(w, 1), tf.assign(w, 2)]));
    expect([error.code, error.message]).toEqual(["tf1/conflict", 'two parts of one run set the variable "w"']);
  });
});

describe("feeds", () => {
  test("pairs, maps and names feed alike; lists, arrays and other floats become the placeholder's", async () => {
    const x = tf.placeholder(tf.float32, [null, 2], { name: "x" });
    const total = tf.reduceSum(x);
    await using session = tf.session();
    const rows = [
      [1, 2],
      [3, 4],
    ];
    expect(await session.run(total, [[x, rows]])).toBe(10);
    expect(await session.run(total, new Map([[x, rows]]))).toBe(10);
    expect(await session.run(total, { x: rows })).toBe(10);
    expect(await session.run(total, [[x, ndarray(Float64Array.of(1, 2), [1, 2])]])).toBe(3);
    expect(await session.run(total, [[x, ndarray(Int32Array.of(1, 2), [1, 2])]])).toBe(3);
  });

  test("a placeholder that is needed must be fed, one that is not may be", async () => {
    const x = tf.placeholder(tf.float32, [null, 784], { name: "x" });
    const one = tf.constant(1);
    await using session = tf.session();
    const error = await rejected(session.run(tf.reduceSum(x)));
    expect([error.code, error.message]).toEqual(["tf1/missing", 'the placeholder "x" of shape [?, 784] was not fed']);
    expect(await session.run(one, [[x, tf.constant(1) as never]])).toBe(1);
  });

  test("several lengths may be open, and positions of sequences of any length are trained on", async () => {
    const x = tf.placeholder(tf.float32, [null, null, 2], { name: "x" });
    const y = tf.placeholder(tf.float32, [null, null], { name: "y" });
    const w = tf.variable([[0.5], [-0.5]], { name: "w" });
    const off = tf.subtract(tf.matmul(tf.reshape(x, [-1, 2]), w), tf.reshape(y, [-1, 1]));
    const cost = tf.reduceMean(tf.square(off));
    const step = tf.train.gradientDescentOptimizer(0.1).minimize(cost);
    await using session = tf.session();
    await session.run(tf.globalVariablesInitializer());
    const now = [0.5, -0.5];
    for (const [batch, time] of [
      [2, 3],
      [1, 5],
      [4, 1],
      [2, 3],
    ] as const) {
      const points = Array.from({ length: batch * time }, (_, i) => [Math.sin(i + time), Math.cos(2 * i)] as const);
      const aims = points.map(([a, b]) => 2 * a + b);
      const errors = points.map(([a, b], i) => a * (now[0] ?? 0) + b * (now[1] ?? 0) - (aims[i] ?? 0));
      const feeds = [
        [x, ndarray(points.flat(), [batch, time, 2])],
        [y, ndarray(aims, [batch, time])],
      ] as const;
      const [found] = await session.run([cost, step], feeds);
      expect(found).toBeCloseTo(errors.reduce((sum, e) => sum + e * e, 0) / errors.length, 5);
      for (const k of [0, 1] as const)
        now[k] =
          (now[k] ?? 0) - (0.2 * errors.reduce((sum, e, i) => sum + e * (points[i]?.[k] ?? 0), 0)) / errors.length;
      for (const [k, value] of (list(await session.run(w)) as number[]).entries())
        expect(value).toBeCloseTo(now[k] ?? 0, 5);
    }
  });

  test("another shape is refused with both shapes", async () => {
    const x = tf.placeholder(tf.float32, [3, 1], { name: "x" });
    await using session = tf.session();
    const error = await rejected(session.run(x, [[x, [[1, 2, 3]]]]));
    expect([error.code, error.message]).toEqual([
      "tf1/feed",
      'the placeholder "x" has the shape [3, 1], and was fed [1, 3]',
    ]);
    expect((await rejected(session.run(x, [[x, 1]]))).message).toContain("was fed []");
    expect((await rejected(session.run(x, [[x, [[1], [2, 3], [4]]]]))).code).toBe("tf1/ragged");
  });

  test("what is not whole is not fed as int32", async () => {
    const n = tf.placeholder(tf.int32, [2], { name: "n" });
    await using session = tf.session();
    expect((await rejected(session.run(n, [[n, [1, 2.5]]]))).message).toBe(
      'the placeholder "n" is int32, and was fed 2.5',
    );
    expect(list(await session.run(n, [[n, [1, 2]]]))).toEqual([1, 2]);
  });

  test("names that are not there, operations and variables are not fed", async () => {
    const w = tf.variable(1, { name: "w" });
    tf.noOp({ name: "nothing" });
    await using session = tf.session();
    expect((await rejected(session.run([], { ww: 1 }))).hint).toBe('did you mean "w"?');
    expect((await rejected(session.run([], { nothing: 1 }))).code).toBe("tf1/feed");
    expect((await rejected(session.run([], [[w, 1]]))).hint).toContain("tf.assign");
    expect((await rejected(session.run([], [["w", 1]] as never))).code).toBe("tf1/feed");
    const x = tf.placeholder(tf.float32, [2], { name: "x" });
    expect((await rejected(session.run(x, [x, [1, 2]] as never))).message).toBe(
      'expected pairs of a tensor and a value, received "x"',
    );
    for (const wrong of [null, 3, "x"]) expect((await rejected(session.run(x, wrong as never))).code).toBe("tf1/feed");
    for (const wrong of [null, Float32Array.of(1, 2), "12", [true, false]])
      expect((await rejected(session.run(x, [[x, wrong as never]]))).code).toBe("tf1/ragged");
  });

  test("a tensor on the way can be fed instead of what it stands on", async () => {
    const x = tf.placeholder(tf.float32, [null], { name: "x" });
    const hidden = tf.square(x);
    const total = tf.reduceSum(tf.add(hidden, 1));
    await using session = tf.session();
    expect(await session.run(total, [[hidden, [1, 2, 3]]])).toBe(9);
    expect(await session.run(total, [[x, [1, 2, 3]]])).toBe(17);
  });

  test("a placeholder with a default may be fed or not", async () => {
    const keep = tf.placeholderWithDefault(1, [], { name: "keep" });
    const half = tf.multiply(keep, 2);
    await using session = tf.session();
    expect(await session.run(half)).toBe(2);
    expect(await session.run(half, [[keep, 0.5]])).toBe(1);
    expect(await session.run(half, { keep: 4 })).toBe(8);
  });

  test("placeholders of unknown lengths go together where their fed lengths do", async () => {
    const x = tf.placeholder(tf.float32, [null, 2], { name: "x" });
    const y = tf.placeholder(tf.float32, [null, 2], { name: "y" });
    const cost = tf.reduceMean(tf.squaredDifference(x, y));
    const product = tf.matmul(x, y, { transposeA: true });
    const joined = tf.concat([x, y], 1);
    await using session = tf.session();
    const feed = [
      [x, [[1, 2]]],
      [y, [[3, 5]]],
    ] as const;
    expect(await session.run(cost, feed)).toBe(6.5);
    expect(list(await session.run(product, feed))).toEqual([3, 5, 6, 10]);
    expect(list(await session.run(joined, feed))).toEqual([1, 2, 3, 5]);
    const [slope] = tf.gradients(cost, [y]);
    expect(list(await session.run(slope as tf.Tensor, feed))).toEqual([2, 3]);
    const error = await rejected(
      session.run(cost, [
        [x, [[1, 2]]],
        [
          y,
          [
            [1, 2],
            [3, 4],
          ],
        ],
      ]),
    );
    expect(error.code).toBe("tf1/shape");
    expect(error.message).toContain("[2, 2] and [1, 2]");
  });

  test("an unknown length meets a known one", async () => {
    const x = tf.placeholder(tf.float32, [null, null], { name: "x" });
    const sum = tf.add(x, [[1, 2, 3]]);
    expect(sum.shape.at(-1)).toBe(3);
    await using session = tf.session();
    expect(list(await session.run(sum, [[x, [[1, 1, 1]]]]))).toEqual([2, 3, 4]);
    expect((await rejected(session.run(sum, [[x, [[1, 1]]]]))).code).toBe("tf1/shape");
    const weighted = tf.matmul(x, tf.ones([2, 1]));
    expect(list(await session.run(weighted, [[x, [[3, 4]]]]))).toEqual([7]);
  });
});

describe("state", () => {
  test("all programs of a session work on one set of variables", async () => {
    const w = tf.variable([1, 2], { name: "w" });
    const [double, grow] = [tf.assign(w, tf.multiply(w, 2)), tf.assignAdd(w, [1, 1])];
    await using session = tf.session();
    await session.run(tf.globalVariablesInitializer());
    await session.run(double);
    await session.run(grow);
    await session.run(double);
    expect(list(await session.run(w))).toEqual([6, 10]);
  });

  test("sessions do not share", async () => {
    const w = tf.variable(1);
    const grow = tf.assignAdd(w, 1);
    await using one = tf.session();
    await using other = tf.session();
    for (const session of [one, other]) await session.run(tf.globalVariablesInitializer());
    await one.run(grow);
    expect([await one.run(w), await other.run(w)]).toEqual([2, 1]);
  });

  test("a variable that came later, such as an optimizer's, is asked for by name", async () => {
    const w = tf.variable(4, { name: "w" });
    await using session = tf.session();
    await session.run(tf.globalVariablesInitializer());
    const train = tf.train.momentumOptimizer(0.1, 0.9).minimize(tf.square(w));
    const error = await rejected(session.run(train));
    expect([error.code, error.message]).toEqual(["tf1/uninitialized", "uninitialized variable w/momentum"]);
    await session.run(tf.variablesInitializer(tf.globalVariables("w/")));
    await session.run(train);
    expect(await session.run(w)).toBeCloseTo(3.2, 6);
  });

  test.each(ENGINES)("%s: values move along when float64 comes into a graph", async (_, engine) => {
    const w = tf.variable(1);
    const grow = tf.assignAdd(w, 2);
    await using session = tf.session({ engine });
    await session.run(tf.globalVariablesInitializer());
    await session.run(grow);
    const fine = tf.divide(tf.cast(w, tf.float64), 7);
    expect(await session.run(fine)).toBe(3 / 7);
    await session.run(grow);
    expect(await session.run(fine)).toBe(5 / 7);
  });

  test.each(
    ENGINES,
  )("%s: a session that is closed while it compiles refuses the run, one that moves repeats it", async (_, engine) => {
    const w = tf.variable(1);
    const grow = tf.assignAdd(w, 2);
    const early = tf.session({ engine });
    const pending = early.run(tf.globalVariablesInitializer());
    early.close();
    expect((await rejected(pending)).code).toBe("tf1/closed");
    await using session = tf.session({ engine });
    await session.run(tf.globalVariablesInitializer());
    const grown = session.run(grow);
    const fine = session.run(tf.cast(tf.constant(1), tf.float64));
    await Promise.all([grown, fine]);
    expect(await session.run(w)).toBe(3);
  });

  test("a session runs on the engine that it is given", async () => {
    const root = tf.sqrt(tf.constant(2));
    await using session = tf.session({ engine: reference });
    expect(await session.run(root)).toBe(Math.SQRT2);
  });

  test("fetches and feeds in another order, and other lengths, find their programs", async () => {
    const x = tf.placeholder(tf.float32, [null], { name: "x" });
    const [sum, mean] = [tf.reduceSum(x), tf.reduceMean(x)];
    await using session = tf.session();
    for (let i = 0; i < 3; i++) {
      expect(await session.run([sum, mean], [[x, [1, 2, 3]]])).toEqual([6, 2]);
      expect(await session.run([mean, sum], [[x, [1, 2, 3]]])).toEqual([2, 6]);
      expect(await session.run([sum, mean], [[x, [4, 6]]])).toEqual([10, 5]);
    }
    expect(session.compilations).toBe(3);
  });

  test("runs that do not wait for each other come out right", async () => {
    const w = tf.variable(0);
    const grow = tf.assignAdd(w, 1);
    await using session = tf.session();
    await session.run(tf.globalVariablesInitializer());
    const grown = await Promise.all(Array.from({ length: 20 }, () => session.run(grow)));
    expect(grown.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(await session.run(w)).toBe(20);
  });

  test("a run that fails leaves the session as it was", async () => {
    const x = tf.placeholder(tf.float32, [], { name: "x" });
    const w = tf.variable(1);
    const grow = tf.assignAdd(w, x);
    await using session = tf.session();
    await session.run(tf.globalVariablesInitializer());
    await rejected(session.run(grow));
    await rejected(session.run(grow, [[x, [1]]]));
    expect(await session.run(grow, [[x, 2]])).toBe(3);
  });
});
