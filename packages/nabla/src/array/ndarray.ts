import { NablaError } from "../base/error.ts";
import { checkArray, checkDType, checkNumbers, checkSize, wrongArgument } from "./check-array.ts";
import { type ArrayData, type DType, dtypeOf, isArrayData } from "./dtype.ts";
import { type Nested, unnested } from "./nested.ts";
import { elementsOf, type Size, showShape } from "./shape.ts";

export type { ArrayData } from "./dtype.ts";

/** Numbers in row-major order: the format that data, engines and checkpoints exchange. */
export interface NdArray {
  readonly dtype: DType;
  readonly shape: Size;
  readonly data: ArrayData;
}

/** Fresh storage for `elements` numbers. */
export function allocate(dtype: DType, elements: number): ArrayData {
  if (dtype === "float32") return new Float32Array(elements);
  if (dtype === "float64") return new Float64Array(elements);
  return dtype === "int32" ? new Int32Array(elements) : new Uint8Array(elements);
}

/**
 * Wraps storage without a copy; a plain list of numbers becomes float32. Lists of lists need no shape: `ndarray([[1, 2], [3, 4]])`.
 * Throws `array/length` when the counts differ, `array/ragged` for lists of different lengths.
 */
export function ndarray(data: ArrayData | readonly number[], shape: Size, dtype?: DType): NdArray;
export function ndarray(data: ArrayData | Nested, shape?: undefined, dtype?: DType): NdArray;
export function ndarray(data: ArrayData | Nested, shape: Size | undefined, dtype?: DType): NdArray {
  if (shape !== undefined) return shaped(data as ArrayData | readonly number[], shape, dtype);
  if (isArrayData(data)) return shaped(data, [data.length], dtype);
  const known = unnested(data);
  if (known !== undefined) return shaped(known.numbers, known.shape, dtype);
  throw new NablaError(
    "array/ragged",
    "ndarray: expected numbers, or lists of numbers that have one length at each depth",
  );
}

function shaped(data: ArrayData | readonly number[], shape: Size, dtype: DType | undefined): NdArray {
  checkSize("ndarray › shape", shape);
  if (dtype !== undefined) checkDType("ndarray › dtype", dtype);
  if (!isArrayData(data)) checkNumbers("ndarray › data", data);
  if (elementsOf(shape) !== data.length) {
    throw new NablaError(
      "array/length",
      `${data.length} numbers do not fill the shape ${showShape(shape)}, which holds ${elementsOf(shape)}`,
    );
  }
  if (isArrayData(data) && (dtype === undefined || dtype === dtypeOf(data)))
    return { dtype: dtypeOf(data), shape, data };
  const storage = allocate(dtype ?? "float32", data.length);
  storage.set(data);
  return { dtype: dtype ?? "float32", shape, data: storage };
}

/** An array of zeros. */
export function zeros(shape: Size, dtype: DType = "float32"): NdArray {
  checkSize("zeros › shape", shape);
  checkDType("zeros › dtype", dtype);
  return { dtype, shape, data: allocate(dtype, elementsOf(shape)) };
}

/** An array of one value. */
export function filled(shape: Size, value: number, dtype: DType = "float32"): NdArray {
  const array = zeros(shape, dtype);
  array.data.fill(value);
  return array;
}

/** A single number as an array of shape []. */
export function scalar(value: number, dtype: DType = "float32"): NdArray {
  return filled([], value, dtype);
}

/** Whether a value is an NdArray (to distinguish leaves from branches in trees of arrays). */
export function isNdArray(value: object): value is NdArray {
  return "dtype" in value && "data" in value && ArrayBuffer.isView(value.data);
}

const LARGEST_INT = 2 ** 31 - 1;

/** A copy with another dtype. To int32 toward zero, the nearest int32 beyond its range and 0 for NaN, as ops cast. */
export function castArray(array: NdArray, dtype: DType): NdArray {
  checkArray("castArray", array);
  checkDType("castArray › dtype", dtype);
  const data = allocate(dtype, array.data.length);
  if (dtype === "bool") for (let i = 0; i < data.length; i++) data[i] = array.data[i] === 0 ? 0 : 1;
  else if (dtype === "int32")
    for (let i = 0; i < data.length; i++)
      data[i] = Math.min(LARGEST_INT, Math.max(-LARGEST_INT - 1, array.data[i] ?? 0));
  else data.set(array.data);
  return { dtype, shape: array.shape, data };
}

/** Rows `from` to `to` (not included) along the first dimension, sharing storage. */
export function rows(array: NdArray, from: number, to: number): NdArray {
  checkArray("rows", array);
  const [length = 1, ...rest] = array.shape;
  const width = elementsOf(rest);
  const end = Math.min(to, length);
  return { dtype: array.dtype, shape: [end - from, ...rest], data: array.data.subarray(from * width, end * width) };
}

/** The rows with the given numbers, copied; `into` takes the result's storage and must be long enough. */
export function takeRows(array: NdArray, indices: ArrayLike<number>, into?: ArrayData): NdArray {
  checkArray("takeRows", array);
  if (!Array.isArray(indices) && !ArrayBuffer.isView(indices))
    throw wrongArgument("takeRows › indices", "a list of row numbers", indices);
  const rest = array.shape.slice(1);
  const width = elementsOf(rest);
  const data = into ?? allocate(array.dtype, indices.length * width);
  const source = array.data;
  for (let i = 0; i < indices.length; i++) {
    const start = (indices[i] ?? 0) * width;
    if (width === 1) data[i] = source[start] ?? 0;
    else data.set(source.subarray(start, start + width), i * width);
  }
  return { dtype: array.dtype, shape: [indices.length, ...rest], data };
}
