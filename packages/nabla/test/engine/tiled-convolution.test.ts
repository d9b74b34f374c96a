import { describe, expect, test } from "vitest";
import { type NdArray, ndarray } from "../../src/array/ndarray.ts";
import { elementsOf, type Size } from "../../src/array/shape.ts";
import { fork, normal, seedKey } from "../../src/base/random.ts";
import { compile, type Program } from "../../src/engine/program.ts";
import { reference } from "../../src/engine/reference/reference.ts";
import { wasmWith } from "../../src/engine/wasm/engine.ts";
import { grad } from "../../src/graph/grad.ts";
import { state } from "../../src/graph/leaf.ts";
import { multiply, sum, tanh, transpose } from "../../src/graph/ops.ts";
import { convolve } from "../../src/nn/convolution.ts";
import { type Padding, padded } from "../../src/nn/padding.ts";

interface Case {
  readonly input: readonly [batch: number, height: number, width: number, channels: number];
  readonly filters: number;
  readonly padding: Padding;
}

const WINDOW = { size: [3, 3], stride: [1, 1], dilation: [1, 1] } as const;

const cases: readonly (readonly [string, Case])[] = [
  ["several groups, the last unit shorter", { input: [9, 12, 22, 16], filters: 17, padding: "same" }],
  ["several images in a block, odd numbers of channels", { input: [10, 6, 8, 17], filters: 19, padding: "same" }],
  ["no padding", { input: [3, 14, 10, 16], filters: 16, padding: "valid" }],
  ["several parts of an image", { input: [2, 20, 28, 16], filters: 16, padding: "same" }],
  ["rows longer than a block", { input: [1, 4, 260, 16], filters: 16, padding: "same" }],
];

/** How far results of float32 may be from the exact ones, as a share of the largest: a product of sums of products more. */
const MOST_FAR = { product: 1e-6, dx: 1.5e-6, dw: 1.5e-6, second: 1.5e-5 } as const;
const NAMES = ["product", "dx", "dw", "second"] as const;

function draw(name: string, size: Size): NdArray {
  return ndarray(Float32Array.from(normal(fork(seedKey(4), name), elementsOf(size))), size);
}

/** A convolution, the gradients of something made of it, and what depends on those of second order. */
async function programOf({ input, filters, padding }: Case, engine = reference): Promise<Program> {
  const [x, w] = [state("x", draw("x", input)), state("w", draw("w", [3, 3, input[3], filters]))];
  const product = convolve(padded(x, WINDOW, padding), w, { window: WINDOW, groups: 1 });
  const [dx = x, dw = w] = grad(sum(multiply(product, tanh(product))), [x, w]);
  const [second = x] = grad(sum(multiply(dx, dx)), [x]);
  return await compile({ inputs: [], outputs: { product, dx, dw, second } }, { engine });
}

/** The largest difference, as a share of the largest number. */
function distance(received: NdArray | undefined, expected: NdArray | undefined): number {
  expect(received?.shape).toEqual(expected?.shape);
  const [ours, theirs] = [Float64Array.from(received?.data ?? []), Float64Array.from(expected?.data ?? [])];
  const most = theirs.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0);
  return ours.reduce((far, x, i) => Math.max(far, Math.abs(x - (theirs[i] ?? Number.NaN))), 0) / most;
}

function bitsOf(outputs: Record<string, NdArray>): readonly number[] {
  return Object.values(outputs).flatMap(({ data }) => [...new Int32Array(Float32Array.from(data).buffer)]);
}

describe.each(cases)("%s", (_, one) => {
  test("convolution and its gradients of both orders are those of the reference", async () => {
    const program = await programOf(one, wasmWith({ blas: false, threads: 1 }));
    const alone = await program.run({});
    const expected = await (await programOf(one)).run({});
    for (const name of NAMES) expect(distance(alone[name], expected[name]), name).toBeLessThan(MOST_FAR[name]);
    expect(await program.explain()).toMatch(/convolution \d/);
    expect(await program.explain()).toContain("gradient of weights");
    expect(await program.explain()).not.toContain("unpatches");

    const threads = await (await programOf(one, wasmWith({ blas: false, threads: 3, grain: 50 }))).run({});
    expect(bitsOf(threads)).toEqual(bitsOf(alone));
    const plain = await (await programOf(one, wasmWith({ blas: false, threads: 1, fused: false }))).run({});
    for (const name of NAMES) expect(distance(plain[name], expected[name]), name).toBeLessThan(MOST_FAR[name]);
  });
});

test("an input in another order in memory is read where it lies", async () => {
  const outputs = async (engine = reference): Promise<Record<string, NdArray>> => {
    const [x, w] = [state("x", draw("x", [16, 12, 3, 8])), state("w", draw("w", [3, 3, 16, 16]))];
    const image = transpose(x, { order: [2, 3, 1, 0] });
    const product = convolve(padded(image, WINDOW, "same"), w, { window: WINDOW, groups: 1 });
    const valid = convolve(image, w, { window: WINDOW, groups: 1 });
    const [dx = x] = grad(sum(multiply(valid, valid)), [x]);
    return await (await compile({ inputs: [], outputs: { product, valid, dx } }, { engine })).run({});
  };
  const [received, expected] = [await outputs(wasmWith({ blas: false })), await outputs()];
  for (const name of ["product", "valid", "dx"])
    expect(distance(received[name], expected[name]), name).toBeLessThan(2e-6);
});

/** The product alone, and how it was computed. */
async function productOf(x: NdArray): Promise<{ readonly data: ArrayLike<number>; readonly explanation: string }> {
  const w = draw("w", [3, 3, x.shape[3] ?? 1, 16]);
  const product = convolve(padded(state("x", x), WINDOW, "same"), state("w", w), { window: WINDOW, groups: 1 });
  const program = await compile({ inputs: [], outputs: { product } }, { engine: wasmWith({ blas: false }) });
  const { data = [] } = (await program.run({})).product ?? {};
  return { data, explanation: await program.explain() };
}

test("an image gets the same bits in every batch", async () => {
  const all = draw("x", [5, 4, 6, 16]);
  const [one, five] = [await productOf(ndarray(all.data.slice(0, 4 * 6 * 16), [1, 4, 6, 16])), await productOf(all)];
  expect(one.explanation).toMatch(/convolution \d/);
  expect(Array.from(five.data).slice(0, one.data.length)).toEqual(Array.from(one.data));
});

test("odd lengths, few channels and few tiles stay products of windows", async () => {
  for (const size of [
    [8, 7, 8, 16],
    [8, 8, 9, 16],
    [8, 8, 8, 8],
    [8, 2, 6, 16],
  ]) {
    expect((await productOf(draw("x", size))).explanation).not.toMatch(/convolution \d/);
  }
});
