import { describe, expect, test } from "vitest";
import { scalar } from "../../src/array/ndarray.ts";
import type { Json } from "../../src/base/json.ts";
import { add, multiply, sigmoid, subtract } from "../../src/graph/elementwise.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { optimizerFrom } from "../../src/optim/optimizers.ts";
import { type Cost, walk } from "./walk.ts";

const square = (x: Tensor): Tensor => multiply(x, x);
const at = (parameters: ReadonlyMap<string, Tensor>, path: string): Tensor => parameters.get(path) as Tensor;

interface Landscape {
  readonly start: Readonly<Record<string, number>>;
  readonly cost: Cost;
  readonly reached: (values: Readonly<Record<string, number>>) => boolean;
}

const saddle: Landscape = {
  start: { x: 1, y: 1e-6 },
  cost: (p) => subtract(square(at(p, "x")), square(at(p, "y"))),
  reached: ({ y = 0 }) => Math.abs(y) >= 1,
};
const plateau: Landscape = {
  start: { w: -10 },
  cost: (p) => square(subtract(sigmoid(at(p, "w")), 1)),
  reached: ({ w = 0 }) => (1 / (1 + Math.exp(-w)) - 1) ** 2 <= 0.25,
};
const ravine: Landscape = {
  start: { w1: 10, w2: 1 },
  cost: (p) => multiply(add(square(at(p, "w1")), multiply(square(at(p, "w2")), 100)), 0.5),
  reached: ({ w1 = 0, w2 = 0 }) => (w1 * w1 + 100 * w2 * w2) / 2 <= 1e-3,
};

/** The number of steps until the landscape's goal is reached, within `most`. */
async function stepsTo({ start, cost, reached }: Landscape, optimizer: Json, most: number): Promise<number> {
  const begin = new Map(Object.entries(start).map(([name, value]) => [name, scalar(value, "float64")]));
  const seen = await walk(optimizerFrom(optimizer), begin, cost, most);
  return (
    1 + seen.findIndex((values) => reached(Object.fromEntries([...values].map(([name, [value = 0]]) => [name, value]))))
  );
}

describe("L3 averaged momentum is faster where the ground curves, not where it is flat", () => {
  test.each([
    ["saddle, gradient descent", saddle, { kind: "gradientDescent", rate: 0.1 }, 76],
    ["saddle, momentum", saddle, { kind: "momentum", rate: 0.1 }, 140],
    ["plateau, gradient descent", plateau, { kind: "gradientDescent", rate: 1 }, 11034],
    ["plateau, momentum", plateau, { kind: "momentum", rate: 1 }, 11105],
    ["ravine, gradient descent", ravine, { kind: "gradientDescent", rate: 2 / 101 }, 288],
    ["ravine, momentum .1", ravine, { kind: "momentum", rate: 0.1 }, 94],
    ["ravine, momentum .06", ravine, { kind: "momentum", rate: 0.06 }, 86],
  ])("%s", async (_, landscape, optimizer, expected) => {
    expect(await stepsTo(landscape, optimizer, expected + 5)).toBe(expected);
  });
});

describe("N0b adaptive steps leave saddles and plateaus soon", () => {
  test.each([
    ["saddle, RMSprop", saddle, { kind: "rmsprop", rate: 0.1 }, 4],
    ["saddle, Adam", saddle, { kind: "adam", rate: 0.1 }, 11],
    ["plateau, RMSprop", plateau, { kind: "rmsprop", rate: 0.1 }, 53],
    ["plateau, Adam", plateau, { kind: "adam", rate: 0.1 }, 72],
    ["ravine, Adam", ravine, { kind: "adam", rate: 0.3 }, 92],
  ])("%s", async (_, landscape, optimizer, expected) => {
    expect(await stepsTo(landscape, optimizer, expected + 5)).toBe(expected);
  });
});

test("L6 RMSprop walks a ravine equally fast along and across, hovers at a constant rate, and settles as the rate falls", async () => {
  const begin = new Map(Object.entries(ravine.start).map(([name, value]) => [name, scalar(value, "float64")]));
  const [first] = await walk(optimizerFrom({ kind: "rmsprop", rate: 0.1 }), begin, ravine.cost, 1);
  const step = (name: string): number => (ravine.start[name] ?? 0) - (first?.get(name)?.[0] ?? 0);
  expect(step("w1") / step("w2")).toBeCloseTo(1, 6); // gradient descent's steps are 10 and 100 times the rate
  for (const [rate, height] of [
    [0.1, 0.126],
    [0.01, 0.00126],
  ] as const) {
    const last = (await walk(optimizerFrom({ kind: "rmsprop", rate }), begin, ravine.cost, 20_000)).at(-1);
    const [w1 = 0, w2 = 0] = [last?.get("w1")?.[0], last?.get("w2")?.[0]];
    expect((w1 ** 2 + 100 * w2 ** 2) / 2 / height).toBeCloseTo(1, 2);
  }
  const falling = (step: number): number => 1 / (1 + 0.05 * step);
  const resolved = (await walk(optimizerFrom({ kind: "rmsprop", rate: 0.5 }), begin, ravine.cost, 5000, falling)).at(
    -1,
  );
  const [w1 = 0, w2 = 0] = [resolved?.get("w1")?.[0], resolved?.get("w2")?.[0]];
  expect((w1 ** 2 + 100 * w2 ** 2) / 2).toBeLessThan(1e-3);
});

test("L2 L10 defaults are those of the papers", () => {
  expect(optimizerFrom("momentum").transforms[0]?.settings).toEqual({ beta: 0.9 });
  expect(optimizerFrom("adam").transforms[0]?.settings).toEqual({ beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
  expect(optimizerFrom("adam").rate).toBe(0.001);
  expect(optimizerFrom("rmsprop").options).toMatchObject({ rate: 0.001, beta: 0.9, epsilon: 1e-8 });
});
