import { beforeEach, describe, expect, test } from "vitest";
import * as tf from "../../src/tf1/index.ts";
import { thrown } from "../data/thrown.ts";

beforeEach(() => tf.resetDefaultGraph());

describe("names", () => {
  test("names are made unique, and found again", () => {
    const [first, second] = [tf.constant(1), tf.constant(2)];
    expect([first.name, second.name]).toEqual(["constant", "constant_1"]);
    expect(tf.variable(0, { name: "w" }).name).toBe("w");
    expect(tf.variable(0, { name: "w" }).name).toBe("w_1");
    expect(tf.getDefaultGraph().find("w_1")).toMatchObject({ kind: "variable" });
  });

  test("what is no name is refused", () => {
    const error = thrown(() => tf.constant(1, { name: "a*b" }));
    expect([error.code, error.message]).toEqual(["tf1/name", '"a*b" is no name']);
  });

  test("a name that is not there is told with the nearest", () => {
    tf.constant(1, { name: "cost" });
    const error = thrown(() => tf.getDefaultGraph().find("cots"));
    expect([error.code, error.message, error.hint]).toEqual([
      "tf1/unknown",
      'the graph holds nothing named "cots"',
      'did you mean "cost"?',
    ]);
  });
});

describe("graphs", () => {
  test("another graph is built in while it is the default", () => {
    const graph = new tf.Graph();
    const inside = graph.asDefault(() => tf.constant(1));
    expect([inside.graph, graph.size, tf.getDefaultGraph().size]).toEqual([graph, 1, 0]);
  });

  test("the default graph is back after an error", () => {
    const before = tf.getDefaultGraph();
    expect(() =>
      new tf.Graph().asDefault(() => {
        throw new Error("inside");
      }),
    ).toThrow("inside");
    expect(tf.getDefaultGraph()).toBe(before);
  });

  test("tensors of two graphs do not mix", () => {
    const old = tf.variable(1, { name: "old" });
    tf.resetDefaultGraph();
    const error = thrown(() => tf.add(old, tf.variable(2, { name: "fresh" })));
    expect(error.code).toBe("tf1/graph");
    expect(error.sentence).toBe('add: "old" and "fresh" belong to different graphs');
  });

  test("a scope that waits is refused", () => {
    expect(thrown(() => tf.variableScope("a", async () => undefined)).code).toBe("tf1/scope");
  });
});

describe("getVariable", () => {
  test("a second one of a name needs a scope that reuses", () => {
    const first = tf.getVariable("W1", [2, 3]);
    const error = thrown(() => tf.getVariable("W1", [2, 3]));
    expect(error.code).toBe("tf1/variable-exists");
    expect(error.message).toBe('there is a variable "W1" of shape [2, 3] already');
    expect(tf.globalVariables()).toEqual([first]);
  });

  test("scopes put their names before, and reuse finds what they made", () => {
    const make = () => tf.getVariable("w", [2]);
    const [a, b] = [tf.variableScope("a", make), tf.variableScope("b", make)];
    expect([a.name, b.name]).toEqual(["a/w", "b/w"]);
    expect(tf.variableScope("a", { reuse: true }, make)).toBe(a);
    const inner = tf.variableScope("a", () => tf.variableScope("inner", make));
    expect(tf.variableScope("a", { reuse: true }, () => tf.variableScope("inner", make))).toBe(inner);
    expect(tf.globalVariables("a/").map(({ name }) => name)).toEqual(["a/w", "a/inner/w"]);
  });

  test("reuse of what is not there is refused, with the nearest name", () => {
    tf.variableScope("a", () => tf.getVariable("weights", [2]));
    const error = thrown(() => tf.variableScope("a", { reuse: true }, () => tf.getVariable("weight", [2])));
    expect(error.code).toBe("tf1/variable-missing");
    expect(error.hint).toContain("a/weights");
  });

  test("AUTO_REUSE makes, then finds", () => {
    const get = () => tf.variableScope("a", { reuse: tf.AUTO_REUSE }, () => tf.getVariable("w", [2]));
    expect(get()).toBe(get());
    expect(tf.globalVariables()).toHaveLength(1);
  });

  test("another shape or dtype than before is refused", () => {
    const get = (shape: number[], dtype?: "float64") =>
      tf.variableScope("a", { reuse: tf.AUTO_REUSE }, () => tf.getVariable("w", shape, dtype ? { dtype } : {}));
    get([2]);
    const error = thrown(() => get([3]));
    expect([error.code, error.message]).toEqual([
      "tf1/shape",
      'the variable "a/w" has the shape [2], and was asked for with [3]',
    ]);
    expect(thrown(() => get([2], "float64")).code).toBe("tf1/dtype");
  });

  test("a name that something else has is refused", () => {
    tf.constant(1, { name: "W1" });
    expect(thrown(() => tf.getVariable("W1", [2])).message).toBe('the name "W1" is taken by a constant');
  });

  test("what is not of floats, or does not matter, has no gradient", () => {
    const [w, n, apart] = [tf.variable(1), tf.variable(2, { dtype: tf.int32 }), tf.variable(3)];
    const cost = tf.multiply(w, tf.cast(n, tf.float32));
    expect(tf.gradients(cost, [w, n, apart]).map((gradient) => gradient?.shape)).toEqual([[], undefined, undefined]);
    expect(tf.train.adamOptimizer().minimize(cost).updates).toHaveLength(5);
  });

  test("what is not trainable is not among what is trained", () => {
    tf.variable(0, { name: "step", trainable: false });
    const w = tf.variable(0);
    expect(tf.trainableVariables()).toEqual([w]);
  });
});

describe("what is refused while building", () => {
  test("dtypes do not mix, and both tensors are named", () => {
    const n = tf.constant(1, { name: "n", dtype: tf.int32 });
    const error = thrown(() => tf.multiply(tf.variable(1, { name: "w" }), n));
    expect(error.code).toBe("tf1/dtype");
    expect(error.message).toContain('multiply › "w" is float32 and "n" is int32');
  });

  test("a variable is not begun with another dtype than it is said to have", () => {
    const error = thrown(() => tf.variable(tf.zeros([2]), { dtype: tf.float64 }));
    expect([error.code, error.sentence]).toEqual([
      "tf1/dtype",
      "its initial value is float32, and its dtype was said to be float64",
    ]);
  });

  test("shapes that do not go together are named by the function", () => {
    const error = thrown(() => tf.matmul(tf.zeros([2, 3]), tf.zeros([2, 3])));
    expect(error.code).toBe("shape/matmul");
    expect(error.message).toContain("inner sizes differ: 3 and 2");
    expect(thrown(() => tf.add(tf.zeros([2]), tf.zeros([3]))).code).toBe("shape/broadcast");
  });

  test("places outside a tensor are named", () => {
    const x = tf.zeros([3, 1], { name: "x" });
    expect(x.at(-1).shape).toEqual([1]);
    expect(thrown(() => x.at(3)).message).toBe('place 3 does not lie within axis 0 of "x", [3, 1]');
    expect(thrown(() => x.at(0, 0, 0)).code).toBe("tf1/index");
    expect(thrown(() => x.at(0.5)).code).toBe("tf1/index");
  });

  test("lists that are not of one length are refused", () => {
    expect(thrown(() => tf.constant([[1, 2], [3]])).code).toBe("tf1/ragged");
    expect(thrown(() => tf.constant([1, "2"] as never)).code).toBe("tf1/ragged");
    expect(tf.constant([[], []]).shape).toEqual([2, 0]);
  });

  test("numbers that are not whole are no int32", () => {
    const n = tf.constant([1, 2], { dtype: tf.int32 });
    const error = thrown(() => tf.multiply(n, 0.5));
    expect([error.code, error.sentence]).toEqual(["tf1/dtype", "int32 is expected, and 0.5 is not whole"]);
    expect(thrown(() => tf.constant([1, 2.5], { dtype: tf.int32 })).code).toBe("tf1/dtype");
    expect(tf.multiply(n, 3).dtype).toBe("int32");
  });

  test("options out of their range are refused", () => {
    expect(thrown(() => tf.nn.dropout(tf.ones([2]), 0)).code).toBe("options/range");
    expect(thrown(() => tf.train.adamOptimizer(-1)).code).toBe("options/range");
    expect(thrown(() => tf.varianceScalingInitializer({ mode: "fanin" as never })).hint).toContain("fanIn");
  });

  test("what is no operand is refused", () => {
    for (const wrong of [undefined, null, "1", true])
      expect(thrown(() => tf.add(tf.constant(1), wrong as never)).code).toBe("tf1/operand");
    expect(thrown(() => tf.constant(null as never)).code).toBe("tf1/ragged");
  });

  test("a value that does not fit is not assigned", () => {
    const w = tf.variable([1, 2], { name: "w" });
    const error = thrown(() => tf.assign(w, [1, 2, 3]));
    expect([error.code, error.sentence]).toEqual(["tf1/shape", "the variable has the shape [2], the value [3]"]);
    expect(thrown(() => tf.assign(w, tf.constant([1, 2], { dtype: tf.int32 }))).code).toBe("tf1/dtype");
  });

  test("axes that are longer than 1 are not squeezed", () => {
    expect(thrown(() => tf.squeeze(tf.zeros([2, 1]), 0)).message).toContain("its length is 2, not 1");
    expect(tf.squeeze(tf.zeros([2, 1])).shape).toEqual([2]);
  });

  test("losses stretch nothing", () => {
    const error = thrown(() =>
      tf.nn.sigmoidCrossEntropyWithLogits({ logits: tf.zeros([4, 1]), labels: tf.zeros([4]) }),
    );
    expect(error.message).toContain("logits and labels must have one shape, received [4, 1] and [4]");
    const sparse = { logits: tf.zeros([4, 2]), labels: tf.zeros([4]) };
    expect(thrown(() => tf.nn.sparseSoftmaxCrossEntropyWithLogits(sparse)).code).toBe("tf1/dtype");
  });

  test("a cost that depends on nothing cannot be made small", () => {
    tf.variable(0, { name: "w" });
    const minimize = () => tf.train.gradientDescentOptimizer(0.1).minimize(tf.constant(1));
    expect(thrown(minimize).message).toBe('there is no gradient for any variable of "w"');
    const whole = tf.variable(1, { dtype: tf.int32, name: "n" });
    expect(thrown(() => tf.gradients(tf.multiply(whole, whole), [whole])).code).toBe("tf1/gradient");
  });

  test("a gradient of another shape is not applied", () => {
    const w = tf.variable([1, 2], { name: "w" });
    const apply = () => tf.train.adamOptimizer().applyGradients([[tf.zeros([3]), w]]);
    expect(thrown(apply).message).toBe('the gradient for "w" is float32 of shape [3], and the variable float32 of [2]');
  });
});
