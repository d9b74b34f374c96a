import { expect } from "vitest";
import type { DType } from "../../../src/array/dtype.ts";
import type { Buffer, Kernel, Lowered, ScalarName, Value, View } from "../../../src/engine/loop.ts";
import { detectFeatures, type Features } from "../../../src/engine/wasm/features.ts";
import { compileModule, createMemory, instantiate, reserve } from "../../../src/engine/wasm/machine.ts";
import { memoryBytes } from "../../../src/engine/wasm/print.ts";
import { type Contents, interpret } from "./interpret.ts";

const { fused: isFused, revectorized: isRevectorized } = detectFeatures();

/** The features of this host, with and without fused products, each with and without the revectorizer. */
export const featureSets: readonly Features[] = (isFused ? [false, true] : [false]).flatMap((fused) =>
  (isRevectorized ? [false, true] : [false]).map((revectorized) => ({ vectors: true, fused, revectorized })),
);

/** Lays buffers out in memory one after the other. */
export class Layout {
  readonly buffers: Buffer[] = [];
  readonly contents: Contents = [];
  bytes = 128;

  /** Adds a buffer with its contents, or filled with junk that every run must overwrite. */
  add(elements: number, dtype: DType = "float32", value: (i: number) => number = () => 12345): number {
    this.buffers.push({ address: this.bytes, elements, dtype });
    this.contents.push(Float64Array.from({ length: elements }, (_, i) => round(value(i), dtype)));
    this.bytes += Math.ceil((elements * 4) / 64) * 64;
    return this.buffers.length - 1;
  }

  lowered(kernels: readonly Kernel[]): Lowered {
    return { buffers: this.buffers, kernels, bytes: this.bytes };
  }
}

const round = (value: number, dtype: DType) => (dtype === "float32" ? Math.fround(value) : value);

/** Numbers without a pattern, the same in every run. */
export function noise(i: number, seed = 1): number {
  const mixed = Math.imul(Math.imul(i + seed * 7919 + 1, 0x9e3779b1) ^ (i >>> 3), 0x85ebca6b) >>> 0;
  return mixed / 2 ** 31 - 1;
}

/** Runs kernels in WebAssembly, over memory whose gaps are all NaN, and returns every buffer. */
export async function runMachine(lowered: Lowered, contents: Contents, features: Features): Promise<Contents> {
  const memory = createMemory();
  reserve(memory, memoryBytes(lowered));
  new Int32Array(memory.buffer).fill(-1);
  lowered.buffers.forEach((buffer, i) => {
    const array = new (buffer.dtype === "float32" ? Float32Array : Int32Array)(
      memory.buffer,
      buffer.address,
      buffer.elements,
    );
    array.set(contents[i] ?? []);
  });
  const machine = instantiate(await compileModule(lowered, features), lowered, memory);
  machine.run();
  return lowered.buffers.map(({ dtype, address, elements }) => {
    const bits = new Int32Array(memory.buffer);
    const start = address / 4;
    const end = start + Math.ceil(elements / 16) * 16;
    for (let i = start + elements; i < end; i++) expect(bits[i], "the padding stays as it was").toBe(-1);
    const array = new (dtype === "float32" ? Float32Array : Int32Array)(memory.buffer, address, elements);
    return Float64Array.from(array);
  });
}

/** Runs kernels in WebAssembly and in plain loops and compares all buffers; the revectorizer changes no bit. */
export async function check(
  layout: Layout,
  kernels: readonly Kernel[],
  options: { tolerance?: number } = {},
): Promise<void> {
  const lowered = layout.lowered(kernels);
  const wanted = layout.contents.map((content) => Float64Array.from(content));
  interpret(lowered, wanted);
  for (const features of featureSets) {
    const got = await runMachine(lowered, layout.contents, features);
    if (features.revectorized)
      expect(got).toEqual(await runMachine(lowered, layout.contents, { ...features, revectorized: false }));
    wanted.forEach((content, b) => {
      const scale = content.reduce((most, x) => Math.max(most, Number.isFinite(x) ? Math.abs(x) : 0), 0);
      content.forEach((value, i) => {
        const actual = got[b]?.[i] ?? Number.NaN;
        if (Object.is(value, actual) || value === actual) return;
        const allowed = (options.tolerance ?? 2e-6) * Math.max(scale, 1e-30);
        if (Math.abs(actual - value) <= allowed) return;
        const text = `buffer ${b}[${i}] of ${kernels.map((k) => k.label)}, fused ${features.fused}: ${actual}, not ${value}`;
        expect.fail(text);
      });
    });
  }
}

/** Row-major strides. */
export function dense(sizes: readonly number[]): readonly number[] {
  const strides: number[] = [];
  let stride = 1;
  for (const size of [...sizes].reverse()) {
    strides.unshift(stride);
    stride *= size;
  }
  return strides;
}

export function view(buffer: number, strides: readonly number[], offset = 0): View {
  return { buffer, strides, offset };
}

export function load(
  buffer: number,
  strides: readonly number[],
  options: { offset?: number; dtype?: DType } = {},
): Value {
  return { kind: "load", view: view(buffer, strides, options.offset), dtype: options.dtype ?? "float32" };
}

export function number(value: number, dtype: DType = "float32"): Value {
  return { kind: "number", value, dtype };
}

export function apply(name: ScalarName, ...inputs: readonly Value[]): Value {
  const first = inputs[0]?.dtype ?? "float32";
  const isTruth = ["equal", "less", "lessEqual", "and", "or", "not"].includes(name);
  return {
    kind: "apply",
    name,
    inputs,
    dtype: isTruth ? "bool" : name === "select" ? (inputs[1]?.dtype ?? first) : first,
  };
}

export function cast(input: Value, dtype: DType): Value {
  return { kind: "apply", name: "cast", inputs: [input], dtype };
}

export const product = (sizes: readonly number[]) => sizes.reduce((total, size) => total * size, 1);
