import * as runtime from "onnxruntime-web";
import { type NdArray, ndarray } from "../../src/array/ndarray.ts";

runtime.env.wasm.numThreads = 1;
runtime.env.logLevel = "error";

/** Columns of texts, or numbers. */
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
    return ndarray(Float32Array.from(output.data as Float32Array), output.dims);
  };
}

function tensorOf(value: Fed): runtime.Tensor {
  if ("dtype" in value) return new runtime.Tensor("float32", Float32Array.from(value.data), [...value.shape]);
  return new runtime.Tensor("string", [...value], [value.length, 1]);
}

/** The largest difference, relative to numbers above 1; infinite where one is no number. */
export function furthest(found: NdArray, expected: NdArray): number {
  const errors = Array.from(
    expected.data,
    (x, i) => Math.abs((found.data[i] ?? Number.NaN) - x) / Math.max(1, Math.abs(x)),
  );
  return errors.some(Number.isNaN) ? Number.POSITIVE_INFINITY : Math.max(0, ...errors);
}
