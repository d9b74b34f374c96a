import * as runtime from "onnxruntime-web";
import { type NdArray, ndarray } from "../../src/array/ndarray.ts";

runtime.env.wasm.numThreads = 1;
runtime.env.logLevel = "error";

/** Columns of texts, or numbers: float64 as such, all others as float32. */
export type Fed = NdArray | readonly string[];

/** A file opened by ONNX Runtime: call it with inputs by name, get the numbers of its only output. */
export async function openOnnx(
  bytes: Uint8Array,
): Promise<(feeds: { readonly [name: string]: Fed }) => Promise<NdArray>> {
  const session = await runtime.InferenceSession.create(bytes);
  return async (feeds) => {
    const tensors = Object.entries(feeds).map(([name, value]) => [name, tensorOf(value)] as const);
    const results = await session.run(Object.fromEntries(tensors));
    const [output] = Object.values(results);
    if (output === undefined) throw new Error("no output");
    return ndarray(Float64Array.from(output.data as Float32Array), output.dims);
  };
}

function tensorOf(value: Fed): runtime.Tensor {
  if ("dtype" in value && value.dtype === "float64")
    return new runtime.Tensor("float64", Float64Array.from(value.data), [...value.shape]);
  if ("dtype" in value) return new runtime.Tensor("float32", Float32Array.from(value.data), [...value.shape]);
  return new runtime.Tensor("string", [...value], [value.length, 1]);
}

/** The largest difference, relative to numbers above 1; infinite where one is no number. */
export function furthest(found: NdArray, expected: NdArray): number {
  let most = 0;
  for (const [i, x] of expected.data.entries()) {
    const error = Math.abs((found.data[i] ?? Number.NaN) - x) / Math.max(1, Math.abs(x));
    if (Number.isNaN(error)) return Number.POSITIVE_INFINITY;
    if (error > most) most = error;
  }
  return most;
}
