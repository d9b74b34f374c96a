import type { DType } from "../array/dtype.ts";
import { type ArrayData, allocate } from "../array/ndarray.ts";
import { NablaError } from "../base/error.ts";

/** How the elements of a safetensors type are stored, and what they become here. */
export interface ElementType {
  readonly bytes: number;
  readonly dtype: DType;
  /** Reads one element; absent where stored bytes are the array's own. `format` is the prefix of its error codes. */
  readonly read?: (view: DataView, offset: number, format: string) => number;
}

/** A 16-bit float: a sign, `exponentBits`, and a fraction in the rest. */
const shortFloat =
  (exponentBits: number) =>
  (view: DataView, offset: number): number => {
    const fractionBits = 15 - exponentBits;
    const word = view.getUint16(offset, true);
    const top = 2 ** exponentBits - 1;
    const bias = 2 ** (exponentBits - 1) - 1;
    const exponent = (word >> fractionBits) & top;
    const fraction = (word & (2 ** fractionBits - 1)) * 2 ** -fractionBits;
    const sign = word >> 15 ? -1 : 1;
    if (exponent === top) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    return exponent === 0 ? sign * fraction * 2 ** (1 - bias) : sign * (1 + fraction) * 2 ** (exponent - bias);
  };

const exact = (value: bigint, format: string): number => {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new NablaError(
    `${format}/value`,
    `holds the whole number ${value}, beyond the 2^53 that a float64 holds exactly`,
  );
};

const bool = (view: DataView, offset: number, format: string): number => {
  const byte = view.getUint8(offset);
  if (byte <= 1) return byte;
  throw new NablaError(`${format}/value`, `holds the byte ${byte} where a BOOL is 0 or 1`);
};

/** The safetensors types that can be read. 64-bit integers become float64, shorter floats float32, shorter integers int32. */
export const elementTypes: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
  ["F64", { bytes: 8, dtype: "float64" }],
  ["F32", { bytes: 4, dtype: "float32" }],
  ["I32", { bytes: 4, dtype: "int32" }],
  ["BOOL", { bytes: 1, dtype: "bool", read: bool }],
  ["F16", { bytes: 2, dtype: "float32", read: shortFloat(5) }],
  ["BF16", { bytes: 2, dtype: "float32", read: shortFloat(8) }],
  [
    "I64",
    { bytes: 8, dtype: "float64", read: (view, offset, format) => exact(view.getBigInt64(offset, true), format) },
  ],
  [
    "U64",
    { bytes: 8, dtype: "float64", read: (view, offset, format) => exact(view.getBigUint64(offset, true), format) },
  ],
  ["U32", { bytes: 4, dtype: "float64", read: (view, offset) => view.getUint32(offset, true) }],
  ["I16", { bytes: 2, dtype: "int32", read: (view, offset) => view.getInt16(offset, true) }],
  ["U16", { bytes: 2, dtype: "int32", read: (view, offset) => view.getUint16(offset, true) }],
  ["I8", { bytes: 1, dtype: "int32", read: (view, offset) => view.getInt8(offset) }],
  ["U8", { bytes: 1, dtype: "int32", read: (view, offset) => view.getUint8(offset) }],
]);

/** The safetensors type that each dtype is written as. */
export const storedAs: Readonly<Record<DType, string>> = { float32: "F32", float64: "F64", int32: "I32", bool: "BOOL" };

/** `count` elements from little-endian bytes, as a copy with its own storage. Throws `<format>/value`. */
export function readElements(type: ElementType, bytes: Uint8Array, count: number, format: string): ArrayData {
  const data = allocate(type.dtype, count);
  // Typed arrays are little-endian on every processor that Node and browsers run on.
  if (type.read === undefined) new Uint8Array(data.buffer).set(bytes);
  else {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let i = 0; i < count; i++) data[i] = type.read(view, i * type.bytes, format);
  }
  return data;
}
