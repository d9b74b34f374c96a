import { beforeEach, expect, test } from "vitest";
import type { NdArray } from "../../src/array/ndarray.ts";
import * as tf from "../../src/tf1/index.ts";
import { rejected } from "./rejected.ts";

beforeEach(() => tf.resetDefaultGraph());

/** Model folders in memory. */
function inMemory(): tf.train.ModelFolders & { readonly kept: Map<string, tf.train.SavedVariables> } {
  const kept = new Map<string, tf.train.SavedVariables>();
  return {
    kept,
    save: async (path, saved) => {
      kept.set(path, saved);
    },
    load: async (path) => kept.get(path) as tf.train.SavedVariables,
  };
}

/** A graph with a variable that Adam minimizes. */
function adamOn() {
  const w = tf.variable([3, -2], { name: "w" });
  const cost = tf.reduceSum(tf.square(w));
  return { w, cost, train: tf.train.adamOptimizer(0.1).minimize(cost), init: tf.globalVariablesInitializer() };
}

test("a training that is restored goes on to the same bits, without an initializer", async () => {
  const { w, train, init } = adamOn();
  const folders = inMemory();
  const saver = tf.train.saver({ folders });
  await using first = tf.session();
  await first.run(init);
  for (let i = 0; i < 5; i++) await first.run(train);
  expect(await saver.save(first, "model", { globalStep: 5 })).toBe("model-5");
  for (let i = 0; i < 5; i++) await first.run(train);
  await using second = tf.session();
  await saver.restore(second, "model-5");
  for (let i = 0; i < 5; i++) await second.run(train);
  expect(await second.read(w)).toEqual(await first.read(w));
});

test("a folder holds each variable under its name, optimizer's too, and what they are", async () => {
  const { init } = adamOn();
  const folders = inMemory();
  await using session = tf.session();
  await session.run(init);
  await tf.train.saver({ folders }).save(session, "model");
  const { model, weights } = folders.kept.get("model") as tf.train.SavedVariables;
  expect([...weights.keys()].toSorted()).toEqual(["beta1Power", "beta2Power", "w", "w/adam", "w/adam2"]);
  expect(model).toMatchObject({ kind: "tf1", variables: { w: { shape: [2], dtype: "float32", trainable: true } } });
});

test("a record restores under other names", async () => {
  const w = tf.variable([0, 0], { name: "w" });
  const folders = inMemory();
  const array: NdArray = { dtype: "float32", shape: [2], data: Float32Array.of(4, 5) };
  folders.kept.set("other", { model: {}, weights: new Map([["dense1.weights", array]]) });
  await using session = tf.session();
  await tf.train.saver({ folders, varList: { "dense1.weights": w } }).restore(session, "other");
  expect(await session.read(w)).toEqual(array);
});

test("what does not fit is refused, and nothing is changed", async () => {
  const folders = inMemory();
  const array: NdArray = { dtype: "float32", shape: [2], data: Float32Array.of(4, 5) };
  folders.kept.set("short", { model: {}, weights: new Map([["a", array]]) });
  const [a, b] = [tf.variable([1, 1], { name: "a" }), tf.variable([1, 1, 1], { name: "b" })];
  await using session = tf.session();
  await session.run(tf.globalVariablesInitializer());
  const error = await rejected(tf.train.saver({ folders }).restore(session, "short"));
  expect([error.code, error.message]).toEqual([
    "tf1/restore",
    'short holds nothing for "b", and the variable has the shape [3]',
  ]);
  const other = await rejected(tf.train.saver({ folders, varList: { a: b } }).restore(session, "short"));
  expect(other.message).toBe('short holds the shape [2] for "a", and the variable has the shape [3]');
  expect([...(await session.read(a)).data, ...(await session.read(b)).data]).toEqual([1, 1, 1, 1, 1]);
});

test("a variable without a value is not saved", async () => {
  adamOn();
  await using session = tf.session();
  const error = await rejected(tf.train.saver({ folders: inMemory() }).save(session, "model"));
  expect([error.code, error.message]).toEqual(["tf1/uninitialized", "uninitialized variable w"]);
});
