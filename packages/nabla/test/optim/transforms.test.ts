import { expect, test } from "vitest";
import { type NdArray, ndarray, scalar } from "../../src/array/ndarray.ts";
import type { Json } from "../../src/base/json.ts";
import { fits, isPenalized } from "../../src/base/parameter-path.ts";
import { add, multiply } from "../../src/graph/elementwise.ts";
import { constant } from "../../src/graph/leaf.ts";
import { sum } from "../../src/graph/movement.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { optimizerFrom } from "../../src/optim/optimizers.ts";
import { thrown } from "../data/thrown.ts";
import { type Cost, walk } from "./walk.ts";

const at = (parameters: ReadonlyMap<string, Tensor>, path: string): Tensor => parameters.get(path) as Tensor;
const wide = (numbers: readonly number[], shape: readonly number[]): NdArray =>
  ndarray(Float64Array.from(numbers), shape);

// the cost sum(c·w + w²/2): the gradient is c + w
const slopes = [0.3, -0.2, 0.9];
const begin = [1, -0.5, 0.25];
const bowl: Cost = (p) => {
  const w = at(p, "weights");
  return add(sum(multiply(w, constant(wide(slopes, [3])))), multiply(sum(multiply(w, w)), 0.5));
};
const gradient = (w: readonly number[]) => w.map((x, i) => x + (slopes[i] ?? 0));
const steps = async (optimizer: Json, count: number) =>
  (await walk(optimizerFrom(optimizer), new Map([["weights", wide(begin, [3])]]), bowl, count)).map(
    (values) => values.get("weights") ?? [],
  );
function close(received: readonly number[] | undefined, expected: readonly number[]): void {
  for (const [i, x] of expected.entries()) expect(received?.[i]).toBeCloseTo(x, 12);
}

test("L12 Lion is algorithm 2 of its paper", async () => {
  const received = await steps({ kind: "lion", rate: 0.1, decay: 0.01 }, 8);
  let [w, m] = [begin, [0, 0, 0]];
  for (const values of received) {
    const g = gradient(w);
    const c = m.map((x, i) => 0.9 * x + 0.1 * (g[i] ?? 0));
    w = w.map((x, i) => x - 0.1 * (Math.sign(c[i] ?? 0) + 0.01 * x));
    m = m.map((x, i) => 0.99 * x + 0.01 * (g[i] ?? 0));
    close(values, w);
  }
});

test("L12 LAMB is algorithm 2 of its paper", async () => {
  const received = await steps({ kind: "lamb", rate: 0.1, decay: 0.02 }, 8);
  const length = (x: readonly number[]) => Math.hypot(...x);
  let [w, m, v] = [begin, [0, 0, 0], [0, 0, 0]];
  for (const [i, values] of received.entries()) {
    const g = gradient(w);
    m = m.map((x, j) => 0.9 * x + 0.1 * (g[j] ?? 0));
    v = v.map((x, j) => 0.999 * x + 0.001 * (g[j] ?? 0) ** 2);
    const u = w.map((x, j) => {
      const [first, second] = [(m[j] ?? 0) / (1 - 0.9 ** (i + 1)), (v[j] ?? 0) / (1 - 0.999 ** (i + 1))];
      return first / (Math.sqrt(second) + 1e-6) + 0.02 * x;
    });
    const ratio = length(w) / length(u);
    w = w.map((x, j) => x - 0.1 * ratio * (u[j] ?? 0));
    close(values, w);
  }
});

test("L12 LAMB steps as Adam does where a parameter is 0, and leaves biases' lengths alone", async () => {
  const cost: Cost = (p) => add(multiply(at(p, "weights"), 3), multiply(at(p, "bias"), 3));
  const start = new Map([
    ["weights", scalar(0, "float64")],
    ["bias", scalar(50, "float64")],
  ]);
  const [first] = await walk(optimizerFrom({ kind: "lamb", rate: 0.1 }), start, cost, 1);
  expect(first?.get("weights")?.[0]).toBeCloseTo(-0.1, 6);
  expect(first?.get("bias")?.[0]).toBeCloseTo(49.9, 6);
});

test("L12 clipping by value, by each norm and by the global norm", async () => {
  const start = new Map([
    ["a", wide([0, 0], [2])],
    ["b", wide([0], [1])],
  ]);
  const cost: Cost = (p) => add(sum(multiply(at(p, "a"), constant(wide([3, -4], [2])))), multiply(sum(at(p, "b")), 12));
  const after = async (kind: string, most: number) => {
    const optimizer = optimizerFrom({ kind: "sequence", rate: 1, links: [{ kind, most }] });
    const [values] = await walk(optimizer, start, cost, 1);
    return [...(values?.get("a") ?? []), ...(values?.get("b") ?? [])].map((x) => -x);
  };
  close(await after("clipValue", 3.5), [3, -3.5, 3.5]);
  close(await after("clipNorm", 2.5), [1.5, -2, 2.5]);
  close(await after("clipGlobalNorm", 6.5), [1.5, -2, 6]); // the length of all is 13
  close(await after("clipGlobalNorm", 20), [3, -4, 12]);
  expect(thrown(() => optimizerFrom({ kind: "sequence", rate: 1, links: [{ kind: "clipNorm", most: 0 }] })).code).toBe(
    "options/range",
  );
});

test("L12 a gradient of 0 is clipped to 0", async () => {
  const flat: Cost = (p) => multiply(sum(at(p, "weights")), 0);
  const optimizer = optimizerFrom({ kind: "sequence", rate: 1, links: [{ kind: "clipGlobalNorm", most: 1 }] });
  const [values] = await walk(optimizer, new Map([["weights", wide(begin, [3])]]), flat, 1);
  expect(values?.get("weights")).toEqual(begin);
});

test("L12 groups: the first pattern that fits a path scales its rate, and 0 freezes", async () => {
  expect(fits("*.bias", "dense1.bias")).toBe(true);
  expect(fits("dense*.w*", "dense2.weights")).toBe(true);
  expect(fits("dense1.*", "dense12.bias")).toBe(false);
  expect(fits("a*a", "a")).toBe(false);
  const start = new Map(
    ["dense1.weights", "dense1.bias", "dense2.weights"].map((path) => [path, scalar(0, "float64")]),
  );
  const cost: Cost = (p) => [...p.values()].reduce((total, w) => add(total, w));
  const factors = { "*.bias": 2, "dense1.*": 0 };
  const optimizer = optimizerFrom({ kind: "sequence", rate: 0.5, links: [{ kind: "groups", factors }] });
  const [values] = await walk(optimizer, start, cost, 1);
  expect([...(values ?? [])].map(([, [x]]) => x)).toEqual([-0, -1, -0.5].map((x) => x + 0));
});

test("C8 what is left alone is named by last name or by path", () => {
  const paths = ["dense1.weights", "dense1.bias", "dense2.weights", "batchNorm1.scale"];
  const left = (except?: readonly string[]) => paths.filter((path) => isPenalized(path, except));
  expect(left()).toEqual(["dense1.weights", "dense2.weights"]);
  expect(left([])).toEqual(paths);
  expect(left(["bias", "dense2.*"])).toEqual(["dense1.weights", "batchNorm1.scale"]);
  expect(left(["dense1.weights"])).toEqual(["dense1.bias", "dense2.weights", "batchNorm1.scale"]);
});

test("L12 accumulated gradients update once in `every` steps by their mean, and bias correction counts updates", async () => {
  const one = await steps({ kind: "adam", rate: 0.1 }, 4);
  const three = await steps({ kind: "accumulate", every: 3, optimizer: { kind: "adam", rate: 0.1 } }, 12);
  expect(three[1]).toEqual(begin);
  for (const [i, values] of one.entries()) close(three[3 * i + 2], values); // the gradient stays while the weights do
});

test("L12 max-norm shortens what leads into each unit, behind the step and only where it is too long", async () => {
  const start = new Map([
    ["dense1.weights", wide([3, 0.3, 4, 0.4], [2, 2])],
    ["dense1.bias", wide([9, 9], [2])],
  ]);
  const cost: Cost = (p) => multiply(add(sum(at(p, "dense1.weights")), sum(at(p, "dense1.bias"))), 0);
  const optimizer = optimizerFrom({ kind: "sequence", rate: 1, links: ["adam", { kind: "maxNorm", most: 2 }] });
  const [values] = await walk(optimizer, start, cost, 1);
  close(values?.get("dense1.weights"), [1.2, 0.3, 1.6, 0.4]);
  expect(values?.get("dense1.bias")).toEqual([9, 9]);
});

test("L5 with epsilon inside the root the first step is g / sqrt((1 - beta)·g² + epsilon)", async () => {
  const [outside, inside] = await Promise.all(
    ["outside", "inside"].map(
      async (place) => (await steps({ kind: "rmsprop", rate: 0.1, epsilon: 0.5, place }, 1))[0],
    ),
  );
  const g = gradient(begin);
  close(
    outside,
    begin.map((x, i) => x - (0.1 * (g[i] ?? 0)) / (Math.sqrt(0.1 * (g[i] ?? 0) ** 2) + 0.5)),
  );
  close(
    inside,
    begin.map((x, i) => x - (0.1 * (g[i] ?? 0)) / Math.sqrt(0.1 * (g[i] ?? 0) ** 2 + 0.5)),
  );
});

test("L2 bias correction on momentum makes the first step a whole one", async () => {
  const [[plain = 0] = []] = await steps({ kind: "momentum", rate: 0.1 }, 1);
  const [[corrected = 0] = []] = await steps({ kind: "momentum", rate: 0.1, correct: true }, 1);
  expect(1 - plain).toBeCloseTo(0.1 * 0.1 * 1.3, 12);
  expect(1 - corrected).toBeCloseTo(0.1 * 1.3, 12);
});
