/** The kinds of numbers. Networks train in float32; float64 serves checks; int32 holds classes and counts. */
export type DType = "float32" | "float64" | "int32" | "bool";

/** The typed array of each dtype; bool is 0 or 1 in bytes. */
export type ArrayData = Float32Array | Float64Array | Int32Array | Uint8Array;

/** Whether a value is storage of one of the dtypes. */
export function isArrayData(value: unknown): value is ArrayData {
  return (
    value instanceof Float32Array ||
    value instanceof Float64Array ||
    value instanceof Int32Array ||
    value instanceof Uint8Array
  );
}

/** The dtype of storage. */
export function dtypeOf(data: ArrayData): DType {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Float64Array) return "float64";
  return data instanceof Int32Array ? "int32" : "bool";
}
