/** Checks of arrays, shapes and dtypes that a program without a type checker hands in. */
import { NablaError } from "../base/error.ts";
import { isRecord, mismatch } from "../base/value-type.ts";
import { type ArrayData, type DType, dtypeOf, isArrayData } from "./dtype.ts";
import { elementsOf, type Shape, type Size, showShape } from "./shape.ts";

/** What `checkArray` asserts: an `NdArray`. */
interface Checked {
  readonly dtype: DType;
  readonly shape: Size;
  readonly data: ArrayData;
}

const DTYPES: readonly unknown[] = ["float32", "float64", "int32", "bool"] satisfies readonly DType[];

/** The error of an argument: where it was handed in, what was expected, and what it is. */
export function wrongArgument(place: string, expected: string, value: unknown, hint?: string): NablaError {
  const { code, message } = mismatch(expected, value, { place, keys: [], families: {} });
  return new NablaError(code, message, hint);
}

/** Throws `options/type` unless a value is an array as `ndarray` gives, and `array/length` where storage and shape differ. */
export function checkArray(place: string, value: unknown): asserts value is Checked {
  const expected = "an array { dtype, shape, data }, as ndarray(numbers, shape) gives";
  if (!isRecord(value) || !isArrayData(value.data)) throw wrongArgument(place, expected, value, arrayHint(value));
  checkSize(`${place} › shape`, value.shape);
  if (value.dtype !== dtypeOf(value.data)) {
    const message = `${place}: its dtype is ${String(value.dtype)}, and its data a ${value.data.constructor.name}`;
    throw new NablaError("array/dtype", message, "make it with ndarray(numbers, shape)");
  }
  if (elementsOf(value.shape) === value.data.length) return;
  const message = `${place}: ${value.data.length} numbers do not fill the shape ${showShape(value.shape)}`;
  throw new NablaError("array/length", message);
}

/** Throws `options/type` unless a value is a list of lengths. */
export function checkSize(place: string, value: unknown): asserts value is Size {
  if (Array.isArray(value) && value.every(isLength)) return;
  throw wrongArgument(place, "a list of lengths, as [2, 3]", value);
}

/** The same for shapes, some of whose lengths may have a name. */
export function checkShape(place: string, value: unknown): asserts value is Shape {
  if (Array.isArray(value) && value.every((dim) => isLength(dim) || (typeof dim === "string" && dim !== ""))) return;
  throw wrongArgument(place, 'a list of lengths, as ["batch", 3]', value);
}

/** Throws `options/type` unless a value is the name of a dtype. */
export function checkDType(place: string, value: unknown): asserts value is DType {
  if (!DTYPES.includes(value)) throw wrongArgument(place, `one of ${DTYPES.join(", ")}`, value);
}

function isLength(dim: unknown): dim is number {
  return typeof dim === "number" && Number.isInteger(dim) && dim >= 0;
}

/** Throws `options/type` unless a value is a list of numbers. */
export function checkNumbers(place: string, value: unknown): asserts value is readonly number[] {
  if (!Array.isArray(value)) throw wrongArgument(place, "a typed array or a list of numbers", value);
  const at = value.findIndex((one) => typeof one !== "number");
  if (at >= 0) throw wrongArgument(`${place}[${at}]`, "a number", value[at], arrayHint(value));
}

/** How a list or storage becomes an array. */
export function arrayHint(value: unknown): string | undefined {
  if (isArrayData(value)) return `give its shape too: ndarray(numbers, [${value.length}])`;
  if (!Array.isArray(value)) return undefined;
  const lengths: number[] = [];
  for (let inner: unknown = value; Array.isArray(inner); inner = inner[0]) lengths.push(inner.length);
  const flat = lengths.length === 1 ? "numbers" : `rows.flat(${lengths.length === 2 ? "" : "Infinity"})`;
  return `make an array of it: ndarray(${flat}, [${lengths.join(", ")}])`;
}
