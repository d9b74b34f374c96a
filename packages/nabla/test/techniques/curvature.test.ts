import { describe, expect, test } from "vitest";
import { type NdArray, ndarray, scalar } from "../../src/array/ndarray.ts";
import { fork, normal, seedKey } from "../../src/base/random.ts";
import { standardize } from "../../src/data/standardize.ts";
import { numberColumn, table } from "../../src/data/table.ts";
import { curvature } from "../../src/diagnose/curvature.ts";
import { eigenvaluesOf, lanczos } from "../../src/diagnose/lanczos.ts";
import { trend } from "../../src/diagnose/trend.ts";
import { wasm } from "../../src/engine/wasm/engine.ts";
import { matmul } from "../../src/graph/contraction.ts";
import { add, multiply, sigmoid, subtract } from "../../src/graph/elementwise.ts";
import { constant, state } from "../../src/graph/leaf.ts";
import { sum, transpose } from "../../src/graph/movement.ts";
import { mean } from "../../src/graph/reduce.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { tanh } from "../../src/nn/activations.ts";
import { chain } from "../../src/nn/chain.ts";
import { softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { dense } from "../../src/nn/dense.ts";
import { gradientDescent } from "../../src/optim/gradient-descent.ts";
import { optimizerFrom } from "../../src/optim/optimizers.ts";
import { type Cost, walk } from "../optim/walk.ts";

const square = (x: Tensor): Tensor => multiply(x, x);
const at = (parameters: ReadonlyMap<string, Tensor>, path: string): Tensor => parameters.get(path) as Tensor;
const points = (values: Readonly<Record<string, number>>): ReadonlyMap<string, Tensor> =>
  new Map(Object.entries(values).map(([name, value]) => [name, state(name, scalar(value, "float64"))]));

/** A symmetric matrix of normal numbers. */
function gaussian(size: number, seed: number): Float64Array {
  const draws = normal(fork(seedKey(seed), `matrix of ${size}`), size * size);
  return draws.map((_, i) => {
    const [row, column] = [Math.floor(i / size), i % size];
    return ((draws[row * size + column] ?? 0) + (draws[column * size + row] ?? 0)) / Math.SQRT2;
  });
}

function product(matrix: Float64Array, vector: Float64Array): Float64Array {
  return vector.map((_, row) =>
    vector.reduce((total, x, column) => total + x * (matrix[row * vector.length + column] ?? 0), 0),
  );
}

const saddle: Cost = (p) => subtract(square(at(p, "x")), square(at(p, "y")));
const plateau: Cost = (p) => square(subtract(sigmoid(at(p, "w")), 1));
const bowl: Cost = (p) => add(square(at(p, "x")), multiply(square(at(p, "y")), 3));

describe("N0a the curvature names a point", () => {
  test.each([
    ["minimum", bowl, { x: 0, y: 0 }, [2, 6]],
    ["saddle", saddle, { x: 0, y: 0 }, [-2, 2]],
    ["saddle", saddle, { x: 1, y: 1e-6 }, [-2, 2]],
    ["maximum", (p) => multiply(bowl(p), -1), { x: 0, y: 0 }, [-6, -2]],
    ["plateau", plateau, { w: -10 }, undefined],
  ] as readonly (readonly [
    string,
    Cost,
    Readonly<Record<string, number>>,
    readonly number[] | undefined,
  ])[])("%s", async (point, cost, where, eigenvalues) => {
    const parameters = points(where);
    const found = await curvature({ cost: cost(parameters), parameters });
    expect(found).toMatchObject({ point, complete: true });
    for (const [i, value] of (eigenvalues ?? []).entries()) expect(found.eigenvalues[i]).toBeCloseTo(value, 10);
    expect(found.advice.length > 0).toBe(point !== "minimum");
    expect(found.summary).toMatch(new RegExp(point, "i"));
  });

  test("of a network, by the gradient of the gradient: some eigenvalues of a random beginning are below 0", async () => {
    const inputs = ndarray(Float32Array.from(normal(seedKey(1), 40)), [10, 4]);
    const targets = ndarray(
      Int32Array.from({ length: 10 }, (_, i) => i % 3),
      [10],
    );
    const model = chain(dense(5), tanh(), dense(3));
    const found = await curvature({ model, loss: softmaxCrossEntropy(), examples: { rows: 10, inputs, targets } });
    expect(found.point).toBe("saddle");
    expect(found.complete).toBe(false);
    expect(found.eigenvalues.length).toBe(30);
    const fast = await curvature(
      { model, loss: softmaxCrossEntropy(), examples: { rows: 10, inputs, targets } },
      { engine: wasm },
    );
    expect(fast.point).toBe("saddle");
    for (const end of [0, -1]) expect(fast.eigenvalues.at(end)).toBeCloseTo(found.eigenvalues.at(end) ?? 0, 3);
  });

  test("products through the graph give the eigenvalues of a known matrix", async () => {
    const size = 6;
    const matrix = gaussian(size, 3);
    const w = state("w", ndarray(normal(seedKey(4), size), [size, 1]));
    const cost = multiply(sum(matmul(transpose(w), matmul(constant(ndarray(matrix, [size, size])), w))), 0.5);
    const found = await curvature({ cost, parameters: new Map([["w", w]]) });
    const direct = await lanczos((v) => product(matrix, v), { size, steps: size, key: seedKey(9) });
    for (const [i, value] of direct.entries()) expect(found.eigenvalues[i]).toBeCloseTo(value, 9);
    const trace = Array.from({ length: size }, (_, i) => matrix[i * size + i] ?? 0).reduce((a, b) => a + b, 0);
    expect(found.eigenvalues.reduce((a, b) => a + b, 0)).toBeCloseTo(trace, 9);
  });

  test("N0a all eigenvalues of a random Gaussian quadratic are above 0 ever more rarely as the dimension grows", async () => {
    const draws = 400;
    const shares: number[] = [];
    for (const size of [1, 2, 3, 5]) {
      let bowls = 0;
      for (let draw = 0; draw < draws; draw++) {
        const matrix = gaussian(size, draw);
        const values = await lanczos((v) => product(matrix, v), { size, steps: size, key: seedKey(draw) });
        if ((values[0] ?? 0) > 0) bowls += 1;
      }
      shares.push(bowls / draws);
    }
    for (let i = 1; i < shares.length; i++) expect(shares[i]).toBeLessThan(shares[i - 1] ?? 0);
    expect(shares[0]).toBeGreaterThan(0.4);
    expect(shares[1]).toBeLessThan(0.25); // (2 - sqrt 2) / 4 = .146
    expect(shares[3]).toBeLessThan(0.005);
  });

  test("eigenvalues of a tridiagonal matrix, also split in two and all alike", () => {
    const size = 12;
    const found = eigenvaluesOf(Array(size).fill(2), Array(size - 1).fill(-1));
    for (const [i, value] of found.entries())
      expect(value).toBeCloseTo(2 - 2 * Math.cos(((i + 1) * Math.PI) / (size + 1)), 12);
    expect([...eigenvaluesOf([3, 1, 2], [0, 0])].map((x) => Math.round(x * 1e9) / 1e9)).toEqual([1, 2, 3]);
    expect([...eigenvaluesOf([5], [])]).toEqual([5]);
  });

  test("a matrix with equal eigenvalues gives all of them", async () => {
    const values = await lanczos((v) => v.map((x) => 2 * x), { size: 5, steps: 5, key: seedKey(1) });
    for (const value of values) expect(value).toBeCloseTo(2, 12);
    expect(values.length).toBe(5);
  });
});

describe("N0b saddles and plateaus slow learning; adaptive steps leave them soon", () => {
  const stepsTo = async (
    cost: Cost,
    start: Readonly<Record<string, number>>,
    kind: string,
    rate: number,
    reached: (values: ReadonlyMap<string, readonly number[]>) => boolean,
    most: number,
  ): Promise<number> => {
    const begin = new Map(Object.entries(start).map(([name, value]) => [name, scalar(value, "float64")]));
    return 1 + (await walk(optimizerFrom({ kind, rate }), begin, cost, most)).findIndex(reached);
  };

  test.each([
    ["gradientDescent", 76],
    ["momentum", 140],
    ["rmsprop", 4],
    ["adam", 11],
  ] as const)("the saddle x² - y² by %s: %d steps", async (kind, expected) => {
    const left = (values: ReadonlyMap<string, readonly number[]>): boolean => Math.abs(values.get("y")?.[0] ?? 0) >= 1;
    expect(await stepsTo(saddle, { x: 1, y: 1e-6 }, kind, 0.1, left, expected + 5)).toBe(expected);
  });

  test.each([
    ["gradientDescent", 1, 11034],
    ["momentum", 1, 11105],
    ["rmsprop", 0.1, 53],
    ["adam", 0.1, 72],
  ] as const)("the plateau of a sigmoid by %s at %d: %d steps", async (kind, rate, expected) => {
    const cost = (w: number): number => (1 / (1 + Math.exp(-w)) - 1) ** 2;
    const left = (values: ReadonlyMap<string, readonly number[]>): boolean => cost(values.get("w")?.[0] ?? 0) <= 0.25;
    expect(await stepsTo(plateau, { w: -10 }, kind, rate, left, expected + 5)).toBe(expected);
  });

  test("the plateau detector fires on the costs, and says what to try; Adam's costs do not set it off", async () => {
    const costs = async (kind: string, rate: number): Promise<readonly number[]> =>
      (await walk(optimizerFrom({ kind, rate }), new Map([["w", scalar(-10, "float64")]]), plateau, 100)).map(
        (values) => (1 / (1 + Math.exp(-(values.get("w")?.[0] ?? 0))) - 1) ** 2,
      );
    // less than a millionth in a hundred steps, of a cost that has all its way before it
    const slow = trend(await costs("gradientDescent", 1));
    expect(slow.kind).toBe("stuck");
    expect(slow.advice[0]).toMatchObject({ code: "plateau/adaptive", try: expect.stringContaining("adam()") });
    expect(trend(await costs("adam", 0.1)).kind).toBe("converging");
  });
});

describe("G6 standardized inputs make the bowl round", () => {
  const ROWS = 200;
  const noise = normal(seedKey(1), ROWS * 3);
  // scales 1 : 1000, and far from 0
  const small = Float64Array.from({ length: ROWS }, (_, i) => noise[i] ?? 0);
  const large = Float64Array.from({ length: ROWS }, (_, i) => 500 + 1000 * (noise[ROWS + i] ?? 0));
  const y = Float64Array.from({ length: ROWS }, (_, i) => 3 * (small[i] ?? 0) + 0.002 * (large[i] ?? 0) + 1);
  const raw = table([numberColumn("small", ndarray(small, [ROWS])), numberColumn("large", ndarray(large, [ROWS]))]);
  const inputsOf = (from: typeof raw): NdArray => {
    const [first, second] = from.columns.map((column) => (column.kind === "number" ? column.values.data : []));
    const both = Float64Array.from({ length: 2 * ROWS }, (_, i) => (i % 2 === 0 ? first : second)?.[i >> 1] ?? 0);
    return ndarray(both, [ROWS, 2]);
  };
  const costOn = (inputs: NdArray): Cost => {
    const target = constant(ndarray(y, [ROWS, 1]));
    return (p) => {
      const off = subtract(add(matmul(constant(inputs), at(p, "weights")), at(p, "bias")), target);
      return multiply(mean(square(off)), 0.5);
    };
  };
  const begin = (): ReadonlyMap<string, NdArray> =>
    new Map([
      ["weights", ndarray(new Float64Array(2), [2, 1])],
      ["bias", ndarray(new Float64Array(1), [1])],
    ]);
  const bowlOf = async (cost: Cost) => {
    const parameters = new Map([...begin()].map(([path, array]) => [path, state(path, array)]));
    return curvature({ cost: cost(parameters), parameters });
  };
  /** Steps of gradient descent, at the best rate that the curvature allows, until the cost is a thousandth of its start. */
  const descend = async (cost: Cost, inputs: NdArray, most: number): Promise<number> => {
    const { eigenvalues } = await bowlOf(cost);
    const rate = 2 / ((eigenvalues[0] ?? 0) + (eigenvalues.at(-1) ?? 0));
    const costAt = (values: ReadonlyMap<string, readonly number[]>): number => {
      const [a = 0, b = 0] = values.get("weights") ?? [];
      const [bias = 0] = values.get("bias") ?? [];
      const off = Array.from(
        y,
        (goal, i) => a * (inputs.data[2 * i] ?? 0) + b * (inputs.data[2 * i + 1] ?? 0) + bias - goal,
      );
      return off.reduce((total, d) => total + d * d, 0) / (2 * ROWS);
    };
    const start = costAt(new Map());
    const seen = await walk(gradientDescent({ rate }), begin(), cost, most);
    const reached = seen.findIndex((values) => costAt(values) <= start * 1e-3);
    return reached < 0 ? Number.POSITIVE_INFINITY : reached + 1;
  };

  test("the condition number of the Hessian falls from a million to a few, and gradient descent needs a fiftieth of the steps", async () => {
    const before = inputsOf(raw);
    const after = inputsOf(standardize.fit(raw)(raw));
    const [long, round] = [await bowlOf(costOn(before)), await bowlOf(costOn(after))];
    expect(long.condition).toBeGreaterThan(1e6);
    expect(round.condition).toBeLessThan(3);
    expect(round).toMatchObject({ point: "minimum", complete: true });
    const few = await descend(costOn(after), after, 50);
    expect(few).toBeLessThan(20);
    const many = await descend(costOn(before), before, 50 * few);
    expect(many).toBe(Number.POSITIVE_INFINITY);
  });
});
