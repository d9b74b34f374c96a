/** Loops over steps: what they compute, their gradients of gradients, and what compiling and memory cost. */
import { expect, test } from "vitest";
import { type NdArray, ndarray } from "../../src/array/ndarray.ts";
import { elementsOf } from "../../src/array/shape.ts";
import { fork, normal, seedKey } from "../../src/base/random.ts";
import type { Engine } from "../../src/engine/contract.ts";
import { compile, value } from "../../src/engine/program.ts";
import { reference } from "../../src/engine/reference/reference.ts";
import { wasm, wasm64, wasmWith } from "../../src/engine/wasm/engine.ts";
import { matmul } from "../../src/graph/contraction.ts";
import { add, multiply, sigmoid, tanh } from "../../src/graph/elementwise.ts";
import { grad, gradOf } from "../../src/graph/grad.ts";
import { input, state } from "../../src/graph/leaf.ts";
import { broadcast, slice, sum } from "../../src/graph/movement.ts";
import { scan } from "../../src/graph/scan.ts";
import type { ScanStep } from "../../src/graph/scan-step.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { unrolled } from "../../src/graph/unrolled.ts";
import { checkGradients } from "../../src/testing/gradient-check.ts";
import { thrown } from "../data/thrown.ts";

const draw = (name: string, shape: readonly number[]): NdArray =>
  ndarray(normal(fork(seedKey(4), name), elementsOf(shape)), shape);

/** A step with all that steps may have: two parts of a state, something saved, a stretched bias, a product of a product. */
const step: ScanStep = ({ state: before, given: [x, y], fixed: [weights, bias, other] }) => {
  const [left, right] = [slice(before, { axis: 1, from: 0, to: 3 }), slice(before, { axis: 1, from: 3, to: 5 })];
  const gate = sigmoid(add(matmul(left, weights as Tensor), broadcast(bias as Tensor, { shape: left.shape })));
  const next = tanh(add(multiply(gate, left), x as Tensor));
  const turned = add(multiply(right, y as Tensor), matmul(multiply(gate, left), other as Tensor));
  return { next: [next, turned], saved: [gate] };
};

const shapes = { initial: [2, 5], x: [4, 2, 3], y: [4, 2, 1], weights: [3, 3], bias: [3], other: [3, 2] };

function loop(reverse: boolean): { readonly all: Tensor; readonly leaves: ReadonlyMap<string, Tensor> } {
  const leaves = new Map(Object.entries(shapes).map(([name, shape]) => [name, state(name, draw(name, shape))]));
  const of = (name: string): Tensor => leaves.get(name) as Tensor;
  const given = [of("x"), broadcast(of("y"), { shape: [4, 2, 2] })];
  const fixed = [of("weights"), of("bias"), of("other")];
  return { all: scan(step, { initial: of("initial"), given, fixed, reverse }), leaves };
}

const weighted = (all: Tensor): Tensor =>
  sum(multiply(multiply(all, all), state("aim", draw("aim", all.shape as number[]))));

test.each([
  false,
  true,
])("a loop gives what its steps one after the other give (reverse: %s), on every engine", async (reverse) => {
  const { all, leaves } = loop(reverse);
  const slopes = grad(weighted(all), [...leaves.values()]);
  const expected = await value(unrolled(all), {}, { engine: reference });
  const flat = unrolled(all);
  const flatSlopes = grad(weighted(flat), [...leaves.values()]);
  for (const engine of [reference, wasm64]) {
    const program = await compile(
      { inputs: [], outputs: Object.fromEntries([all, ...slopes].map((one, i) => [`${i}`, one])) },
      { engine },
    );
    const results = await program.run({});
    expect(results["0"]?.shape).toEqual([5, 2, 8]);
    const wanted = [expected, ...(await Promise.all(flatSlopes.map((one) => value(one, {}, { engine: reference }))))];
    for (const [i, { data }] of wanted.entries())
      for (const [k, number] of data.entries()) expect(results[`${i}`]?.data[k]).toBeCloseTo(number, 10);
  }
});

test.each([
  false,
  true,
])("first and second gradients of a loop are those of differences (reverse: %s)", async (reverse) => {
  const { all, leaves } = loop(reverse);
  const report = await checkGradients({ cost: weighted(all), parameters: leaves });
  expect(report.verdict).toBe("right");
  const slopes = grad(weighted(all), [...leaves.values()]);
  const second = await checkGradients({
    cost: slopes.map((slope) => sum(multiply(slope, slope))).reduce((total, term) => add(total, term)),
    parameters: leaves,
  });
  expect(second.verdict).toBe("right");
});

/** Two gates from one product, whose gradients lie side by side; a part twice, one that is the state, one that takes a sum of rows. */
const gated: ScanStep = ({ state: before, given: [x], fixed: [weights] }) => {
  const product = add(matmul(before, weights as Tensor), x as Tensor);
  const units = Number(before.shape[1]);
  const [gate, candidate] = [0, 1].map((i) => slice(product, { axis: 1, from: i * units, to: (i + 1) * units }));
  const opened = sigmoid(gate as Tensor);
  const found = tanh(candidate as Tensor);
  const total = broadcast(sum(found, { axes: 0, keep: true }), { shape: before.shape });
  return { next: [add(multiply(opened, before), found)], saved: [opened, found, opened, before, total] };
};

test.each([
  { units: 5, rows: 3, engine: wasm64, digits: 9 },
  { units: 5, rows: 3, engine: wasm, digits: 4 },
  // so wide that its weights are packed in several blocks
  { units: 250, rows: 2, engine: wasm, digits: 3 },
  { units: 250, rows: 2, engine: wasmWith({ fused: false, revectorized: false }), digits: 3 },
])("gates from one product are computed where they are stored: $units units, $engine.name", async ({
  units,
  rows,
  engine,
  digits,
}) => {
  const drawn = (name: string, shape: readonly number[], scale = 1): Tensor => {
    const numbers = normal(fork(seedKey(4), name), elementsOf(shape));
    return state(
      name,
      ndarray(
        engine.wide ? numbers.map((one) => one * scale) : Float32Array.from(numbers, (one) => one * scale),
        shape,
      ),
    );
  };
  const weights = drawn("weights", [units, 2 * units], 1 / Math.sqrt(units));
  const [initial, x] = [drawn("initial", [rows, units]), drawn("x", [3, rows, 2 * units])];
  for (const reverse of [false, true]) {
    const all = scan(gated, { initial, given: [x], fixed: [weights], reverse });
    const flat = unrolled(all);
    const aim = drawn("aim", all.shape as number[]);
    const outputs = (one: Tensor): Record<string, Tensor> => {
      const [a, b, c] = grad(sum(multiply(one, multiply(one, aim))), [initial, x, weights]) as [Tensor, Tensor, Tensor];
      return { one, a, b, c };
    };
    const wanted = await (await compile({ inputs: [], outputs: outputs(flat) }, { engine: reference })).run({});
    const found = await (await compile({ inputs: [], outputs: outputs(all) }, { engine })).run({});
    const apart = Object.entries(wanted).map(([name, { data }]) =>
      Array.from(data).reduce((most, number, k) => {
        const distance = Math.abs((found[name]?.data[k] ?? Number.NaN) - number) / Math.max(1, Math.abs(number));
        return distance <= most ? most : distance;
      }, 0),
    );
    for (const distance of apart) expect(distance).toBeLessThan(10 ** -digits);
  }
});

test.each([
  { rows: 64, mixes: false, fixedRows: false },
  { rows: 96, mixes: false, fixedRows: false },
  // rows that know of each other stay together, as do those that each have something fixed of their own
  { rows: 64, mixes: true, fixedRows: false },
  { rows: 64, mixes: false, fixedRows: true },
])("blocks of $rows rows go through the steps on threads, with the same bits (mixes: $mixes, fixed: $fixedRows)", async ({
  rows,
  mixes,
  fixedRows,
}) => {
  const units = 5;
  const drawn = (name: string, shape: readonly number[]): Tensor =>
    state(name, ndarray(Float32Array.from(normal(fork(seedKey(6), name), elementsOf(shape))), shape));
  const rowwise: ScanStep = ({ state: before, given: [x], fixed: [weights, own] }) => {
    const sums = add(matmul(before, weights as Tensor), x as Tensor);
    const found = tanh(fixedRows ? add(sums, own as Tensor) : sums);
    const total = sum(found, { axes: mixes ? 0 : 1, keep: true });
    return { next: [multiply(found, sigmoid(broadcast(total, { shape: before.shape })))], saved: [found] };
  };
  const given = drawn("x", [3, rows, units]);
  const [initial, weights, own] = [drawn("i", [rows, units]), drawn("w", [units, units]), drawn("o", [rows, units])];
  for (const reverse of [false, true]) {
    const all = scan(rowwise, { initial, given: [given], fixed: fixedRows ? [weights, own] : [weights], reverse });
    const aim = drawn("aim", all.shape as number[]);
    const [a, b, c] = grad(sum(multiply(all, multiply(all, aim))), [initial, given, weights]) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const run = async (engine: Engine) =>
      Object.values(await (await compile({ inputs: [], outputs: { all, a, b, c } }, { engine })).run({}));
    const alone = await run(wasmWith({ threads: 1 }));
    const together = await run(wasmWith({ threads: 2, grain: 1 }));
    expect(together).toEqual(alone);
    const wanted = await run(reference);
    const apart = wanted.map(({ data }, i) =>
      Array.from(data).reduce((most, number, k) => {
        const distance = Math.abs((alone[i]?.data[k] ?? Number.NaN) - number) / Math.max(1, Math.abs(number));
        return distance <= most ? most : distance;
      }, 0),
    );
    for (const distance of apart) expect(distance).toBeLessThan(1e-4);
  }
});

test("a thousand steps are compiled as one, and their gradient keeps what steps gave and no graph of them", async () => {
  const [steps, rows, units] = [1000, 8, 16];
  const x = input("x", [steps, "batch", units]);
  const weights = state(
    "weights",
    ndarray(
      Float32Array.from(draw("w", [units, units]).data, (w) => w / 8),
      [units, units],
    ),
  );
  const initial = broadcast(state("initial", ndarray(new Float32Array(units), [units])), { shape: ["batch", units] });
  const all = scan(
    ({ state: before, given: [own], fixed: [w] }) => ({
      next: [tanh(add(own as Tensor, matmul(before, w as Tensor)))],
    }),
    { initial, given: [x], fixed: [weights] },
  );
  const cost = sum(slice(all, { axis: 0, from: steps, to: steps + 1 }));
  const program = await compile({ inputs: [x], outputs: { cost, slope: gradOf(cost, weights) } }, { engine: wasm });
  const feeds = { x: ndarray(new Float32Array(steps * rows * units).fill(0.1), [steps, rows, units]) };
  const { slope } = await program.run(feeds);
  expect(slope?.data.every(Number.isFinite)).toBe(true);
  expect(await program.explain()).toContain("scan of 1000 steps");
  const { scratch } = await program.memoryUse(feeds);
  // states, slopes of states, of sums, and what is taken of them: a handful of numbers for each number of a state
  expect(scratch).toBeLessThan(8 * 4 * (steps + 1) * rows * units);
});

test("rows may differ from run to run", async () => {
  const x = input("x", [3, "batch", 2]);
  const initial = broadcast(state("zero", ndarray(new Float32Array(2), [2])), { shape: ["batch", 2] });
  const sums = scan(({ state: before, given: [own] }) => ({ next: [add(before, own as Tensor)] }), {
    initial,
    given: [x],
  });
  const program = await compile({ inputs: [x], outputs: { sums } });
  for (const rows of [1, 3]) {
    const { sums: found } = await program.run({ x: ndarray(new Float32Array(6 * rows).fill(1), [3, rows, 2]) });
    expect(found?.shape).toEqual([4, rows, 2]);
    expect([...(found?.data ?? [])]).toEqual([0, 1, 2, 3].flatMap((sum) => new Array(2 * rows).fill(sum)));
  }
});

test("steps that do not fit are refused with what was expected", () => {
  const [initial, x] = [input("initial", ["batch", 2]), input("x", [3, "batch", 2])];
  const plain: ScanStep = ({ state: before, given: [own] }) => ({ next: [add(before, own as Tensor)] });
  const refused = (...call: Parameters<typeof scan>) => thrown(() => scan(...call));
  expect(refused(plain, { initial, given: [] })).toMatchObject({ code: "shape/scan" });
  expect(refused(plain, { initial: x, given: [x] })).toMatchObject({
    message: expect.stringContaining("[rows, width]"),
  });
  expect(refused(plain, { initial, given: [input("y", ["time", "batch", 2])] })).toMatchObject({ code: "shape/scan" });
  expect(refused(({ state: before }) => ({ next: [before, before] }), { initial, given: [x] })).toMatchObject({
    message: expect.stringContaining("state of 2 columns and gives one of 4"),
  });
  const left: ScanStep = ({ state: before, fixed: [w] }) => ({
    next: [matmul(matmul(w as Tensor, w as Tensor), before)],
  });
  const square = { initial: input("a", [2, 2]), given: [input("b", [3, 2, 2])], fixed: [input("w", [2, 2])] };
  expect(scan(left, square).shape).toEqual([4, 2, 2]);
});
