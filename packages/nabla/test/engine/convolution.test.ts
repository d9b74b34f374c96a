import { describe, expect, test } from "vitest";
import { type NdArray, ndarray } from "../../src/array/ndarray.ts";
import { elementsOf, type Size, sizeOf } from "../../src/array/shape.ts";
import { fork, normal, seedKey } from "../../src/base/random.ts";
import { compile } from "../../src/engine/program.ts";
import { reference } from "../../src/engine/reference/reference.ts";
import { wasmWith } from "../../src/engine/wasm/engine.ts";
import { grad } from "../../src/graph/grad.ts";
import { state } from "../../src/graph/leaf.ts";
import { max, mean, multiply, patches, sum, tanh } from "../../src/graph/ops.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { convolve } from "../../src/nn/convolution.ts";
import { type Padding, padded, paddingFor } from "../../src/nn/padding.ts";

function draw(name: string, size: Size): NdArray {
  return ndarray(Float32Array.from(normal(fork(seedKey(9), name), elementsOf(size))), size);
}

interface Case {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly filters: number;
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  readonly groups: number;
  readonly padding: Padding;
}

const grid: Case[] = [];
for (const [height, width] of [
  [5, 5],
  [17, 3],
  [1, 7],
  [10, 9],
] as const) {
  for (const [size, stride, dilation] of [
    [1, 1, 1],
    [3, 1, 1],
    [3, 2, 1],
    [2, 3, 1],
    [3, 1, 2],
  ] as const) {
    for (const [channels, filters, groups] of [
      [1, 3, 1],
      [3, 5, 1],
      [4, 6, 2],
      [3, 3, 3],
      [2, 4, 2],
    ] as const) {
      for (const padding of ["same", "valid"] as const) {
        const fits = padding === "same" || Math.min(height, width) > (size - 1) * dilation;
        if (fits) grid.push({ height, width, channels, filters, size, stride, dilation, groups, padding });
      }
    }
  }
}

const windowOf = ({ size, stride, dilation }: Case) => ({
  size: [size, size],
  stride: [stride, stride],
  dilation: [dilation, dilation],
});

function sides({ height, width, channels, filters, size, groups }: Case): { readonly x: NdArray; readonly w: NdArray } {
  return { x: draw("x", [2, height, width, channels]), w: draw("w", [size, size, channels / groups, filters]) };
}

/** The definition, written out: sum over the window and the group's channels of input times weight. */
function byDefinition(one: Case): number[] {
  const { x, w } = sides(one);
  const { height, width, channels, filters, size, stride, dilation, groups, padding } = one;
  const [[top, bottom] = [0, 0], [left, right] = [0, 0]] = paddingFor([height, width], windowOf(one), padding);
  const reach = (size - 1) * dilation + 1;
  const results: number[] = [];
  for (let image = 0; image < 2; image++) {
    for (let row = 0; row + reach <= height + top + bottom; row += stride) {
      for (let column = 0; column + reach <= width + left + right; column += stride) {
        for (let filter = 0; filter < filters; filter++) {
          const perGroup = channels / groups;
          const firstChannel = Math.floor(filter / (filters / groups)) * perGroup;
          let total = 0;
          for (let i = 0; i < size; i++) {
            for (let j = 0; j < size; j++) {
              const [y, z] = [row + i * dilation - top, column + j * dilation - left];
              if (y < 0 || z < 0 || y >= height || z >= width) continue;
              for (let c = 0; c < perGroup; c++) {
                const at = ((image * height + y) * width + z) * channels + firstChannel + c;
                total += (x.data[at] ?? 0) * (w.data[((i * size + j) * perGroup + c) * filters + filter] ?? 0);
              }
            }
          }
          results.push(total);
        }
      }
    }
  }
  return results;
}

async function compute(outputs: Record<string, Tensor>, engine = reference): Promise<Record<string, NdArray>> {
  return (await compile({ inputs: [], outputs }, { engine })).run({});
}

function graph(one: Case): Record<string, Tensor> {
  const { x, w } = sides(one);
  const [image, weights] = [state("x", x), state("w", w)];
  const window = windowOf(one);
  const product = convolve(padded(image, window, one.padding), weights, { window, groups: one.groups });
  const [dx, dw] = grad(sum(multiply(product, tanh(product))), [image, weights]);
  return { product, dx: dx ?? product, dw: dw ?? product };
}

function expectClose(received: ArrayLike<number> | undefined, expected: ArrayLike<number>, tolerance: number): void {
  expect(received?.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const distance = Math.abs((received?.[i] ?? Number.NaN) - (expected[i] ?? 0));
    expect(distance, `[${i}]: ${received?.[i]} for ${expected[i]}`).toBeLessThan(tolerance);
  }
}

test("convolution is what its definition says, for every stride, padding, dilation and grouping", async () => {
  for (const one of grid) expectClose((await compute(graph(one))).product?.data, byDefinition(one), 1e-9);
});

describe.each([
  ["with a native BLAS where there is one", wasmWith()],
  ["in WebAssembly alone", wasmWith({ blas: false })],
  ["without fused multiply-add", wasmWith({ blas: false, fused: false })],
] as const)("%s", (_, engine) => {
  test("convolution and both gradients agree with the reference", async () => {
    for (const one of grid) {
      const [received, expected] = [await compute(graph(one), engine), await compute(graph(one))];
      for (const name of ["product", "dx", "dw"]) expectClose(received[name]?.data, expected[name]?.data ?? [], 2e-4);
    }
  });

  test("a convolution large enough for packed products agrees too", async () => {
    const large = {
      height: 28,
      width: 28,
      channels: 8,
      filters: 16,
      size: 3,
      stride: 1,
      dilation: 1,
      groups: 1,
      padding: "same",
    } as const;
    const [received, expected] = [await compute(graph(large), engine), await compute(graph(large))];
    expectClose(received.product?.data, expected.product?.data ?? [], 1e-4);
    expectClose(received.dx?.data, expected.dx?.data ?? [], 5e-4);
    expectClose(received.dw?.data, expected.dw?.data ?? [], 5e-3);
  });

  test("pooling over windows that overlap, and that do not divide", async () => {
    const x = state("x", draw("pool", [2, 7, 10, 3]));
    for (const [size, stride] of [
      [2, 2],
      [3, 2],
      [3, 1],
      [2, 3],
    ] as const) {
      const spread = patches(x, { size: [size, size], stride: [stride, stride], dilation: [1, 1] });
      const [largest, average] = [max(spread, { axes: [3, 4] }), mean(spread, { axes: [3, 4] })];
      const [slope] = grad(sum(multiply(largest, average)), [x]);
      const outputs = { largest, average, slope: slope ?? x };
      const [received, expected] = [await compute(outputs, engine), await compute(outputs)];
      for (const name of Object.keys(outputs)) expectClose(received[name]?.data, expected[name]?.data ?? [], 1e-5);
    }
  });
});

test("a filter for each channel, and windows of one point, are computed as what they are", async () => {
  const explain = async (one: Case): Promise<string> => {
    const program = await compile({ inputs: [], outputs: graph(one) }, { engine: wasmWith({ blas: false }) });
    await program.run({});
    return program.explain();
  };
  const plain = { height: 8, width: 9, stride: 1, dilation: 1, padding: "same" } as const;
  expect(await explain({ ...plain, size: 3, channels: 5, filters: 10, groups: 5 })).not.toContain("matmul");
  expect(await explain({ ...plain, size: 1, channels: 5, filters: 10, groups: 1 })).not.toMatch(/patches|fill/);
});

test("elements of results are counted as the shapes say", () => {
  for (const one of grid) expect(byDefinition(one)).toHaveLength(elementsOf(sizeOf(graph(one).product?.shape ?? [])));
});
