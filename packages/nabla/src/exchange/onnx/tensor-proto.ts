/** Tensors of an ONNX file as arrays, and arrays as tensors. */
import type { DType } from "../../array/dtype.ts";
import { type ArrayData, allocate, type NdArray } from "../../array/ndarray.ts";
import { NablaError } from "../../base/error.ts";
import { elementTypes, readElements } from "../element-type.ts";
import type { TensorProto } from "./schema.ts";
import { varints } from "./wire.ts";

/** ONNX's numbers for the types that are read and written. */
export const DATA_TYPES = { float: 1, int32: 6, int64: 7, string: 8, bool: 9, double: 11 } as const;

/** A type by its number in the file: its name, and how raw bytes are read (names of safetensors). */
const types: Readonly<Record<number, { readonly name: string; readonly raw: string }>> = {
  1: { name: "float", raw: "F32" },
  2: { name: "uint8", raw: "U8" },
  3: { name: "int8", raw: "I8" },
  4: { name: "uint16", raw: "U16" },
  5: { name: "int16", raw: "I16" },
  6: { name: "int32", raw: "I32" },
  7: { name: "int64", raw: "I64" },
  9: { name: "bool", raw: "BOOL" },
  10: { name: "float16", raw: "F16" },
  11: { name: "double", raw: "F64" },
  12: { name: "uint32", raw: "U32" },
  13: { name: "uint64", raw: "U64" },
  16: { name: "bfloat16", raw: "BF16" },
};

const floats = new Set([1, 10, 11, 16]);

/** What a type's numbers become: float32 for every float, bool, and int32 for every whole number. Throws `onnx/type`. */
export function dtypeFor(dataType: number, what: string): DType {
  if (types[dataType] === undefined) {
    const message = dataType === DATA_TYPES.string ? "holds texts" : `is of the element type ${dataType}`;
    const known = Object.values(types).map(({ name }) => name);
    throw new NablaError("onnx/type", `${what} ${message}, which is not supported`, `read are ${known.join(", ")}`);
  }
  if (dataType === DATA_TYPES.bool) return "bool";
  return floats.has(dataType) ? "float32" : "int32";
}

/** What a type is called, such as "uint8". */
export function nameOfType(dataType: number): string {
  return types[dataType]?.name ?? `the element type ${dataType}`;
}

/** The bytes of a file beside the model's, by its location there; undefined where it was not given. */
export type ExternalData = (location: string) => Uint8Array | undefined;

/**
 * The numbers of a tensor: floats as float32, whole numbers as float64 (they may hold lengths up to 2^53), bool. Sizes
 * are checked against the bytes that are there before anything is allocated. Throws `onnx/{type,size,truncated,external}`.
 */
export function readTensor(proto: TensorProto, externalData: ExternalData = () => undefined): NdArray {
  const what = `the tensor ${JSON.stringify((proto.name ?? "").slice(0, 60))}`;
  const dataType = proto.dataType ?? 0;
  const dtype = dtypeFor(dataType, what);
  const count = countOf(proto.dims, what);
  const raw = isExternal(proto) ? externalBytes(proto, what, externalData) : proto.rawData;
  const data = raw === undefined ? typedNumbers(proto, dataType, count) : rawNumbers(raw, dataType, count);
  if (data === undefined) {
    throw new NablaError(
      "onnx/truncated",
      `${what} of shape [${proto.dims.join(", ")}] does not hold the ${count} numbers that its shape asks for`,
    );
  }
  const into = allocate(dtype === "int32" ? "float64" : dtype, count);
  into.set(data);
  return { dtype: dtype === "int32" ? "float64" : dtype, shape: proto.dims, data: into };
}

/** Whether the numbers lie in a file beside the model's. */
export function isExternal({ dataLocation, externalData }: TensorProto): boolean {
  return dataLocation === 1 || (externalData ?? []).length > 0;
}

/** Where the numbers lie: a file's name without a way out of the model's folder. Throws `onnx/external`. */
export function locationOf({ name = "", externalData = [] }: TensorProto): string {
  const location = externalData.find(({ key }) => key === "location")?.value ?? "";
  const parts = location.split("/");
  const leaves = /[\\\0:]/.test(location) || parts.some((part) => part === "" || part === "." || part === "..");
  if (location !== "" && location.length <= 255 && !leaves) return location;
  throw new NablaError(
    "onnx/external",
    `the tensor ${JSON.stringify(name.slice(0, 60))} is stored in ${JSON.stringify(location.slice(0, 60))}, which is no file beside the model's`,
    "save the model with its weights inside: onnx.save(model, path, save_as_external_data=False)",
  );
}

function externalBytes(proto: TensorProto, what: string, externalData: ExternalData): Uint8Array {
  const location = locationOf(proto);
  const bytes = externalData(location);
  if (bytes === undefined)
    throw new NablaError(
      "onnx/external",
      `${what} is stored in another file, ${JSON.stringify(location)}, which was not given`,
      'give it: readOnnx(bytes, { files: new Map([["weights.data", data]]) })',
    );
  const number = (key: string, otherwise: number): number => {
    const text = proto.externalData?.find((pair) => pair.key === key)?.value;
    const value = text === undefined ? otherwise : /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= 0) return value;
    throw new NablaError("onnx/external", `${what} has the ${key} ${JSON.stringify(text?.slice(0, 60))} in its file`);
  };
  const offset = number("offset", 0);
  const length = number("length", bytes.length - Math.min(offset, bytes.length));
  if (offset + length <= bytes.length) return bytes.subarray(offset, offset + length);
  throw new NablaError(
    "onnx/truncated",
    `${what} claims bytes ${offset} to ${offset + length} of ${JSON.stringify(location)}, which has ${bytes.length}`,
  );
}

function countOf(dims: readonly number[], what: string): number {
  if (dims.length > 32) throw new NablaError("onnx/size", `${what} has ${dims.length} dimensions`);
  let count = 1;
  for (const dim of dims) {
    count *= dim;
    // checked before the next factor comes, so that a later zero cannot mask an overflow
    if (!Number.isSafeInteger(dim) || dim < 0 || !Number.isSafeInteger(count))
      throw new NablaError(
        "onnx/size",
        `${what} claims the shape [${dims.slice(0, 8).join(", ")}], which no memory holds`,
      );
  }
  return count;
}

function rawNumbers(bytes: Uint8Array, dataType: number, count: number): ArrayData | undefined {
  if (dataType === DATA_TYPES.int64) return bytes.length === count * 8 ? wideNumbers(bytes, count) : undefined;
  const type = elementTypes.get(types[dataType]?.raw ?? "");
  if (type === undefined || bytes.length !== count * type.bytes) return undefined;
  return readElements(type, bytes, count, "onnx");
}

/** 64-bit numbers as the nearest float64: the largest means "to the end" and need not be exact. */
function wideNumbers(bytes: Uint8Array, count: number): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from({ length: count }, (_, i) => Number(view.getBigInt64(i * 8, true)));
}

/** Numbers from the field for their type: int32_data holds every short type, 16-bit floats as their bits. */
function typedNumbers(proto: TensorProto, dataType: number, count: number): ArrayData | undefined {
  if (dataType === 1) return rawNumbers(joined(proto.floatData), 1, count);
  if (dataType === 11) return rawNumbers(joined(proto.doubleData), 11, count);
  const wide =
    dataType === 7 ? proto.int64Data : dataType === 12 || dataType === 13 ? proto.uint64Data : proto.int32Data;
  const chunks = wide ?? [];
  // a number takes at least one byte
  if (chunks.reduce((sum, { length }) => sum + length, 0) < count) return undefined;
  const as = readAs(dataType);
  const data = new Float64Array(count);
  let i = 0;
  for (const value of varints(chunks, as)) {
    if (i === count) return undefined;
    data[i++] = value;
  }
  return i === count ? data : undefined;
}

function readAs(dataType: number): (wide: bigint) => number {
  if (dataType === 10 || dataType === 16) {
    const type = elementTypes.get(dataType === 10 ? "F16" : "BF16");
    const view = new DataView(new ArrayBuffer(2));
    return (wide) => {
      view.setUint16(0, Number(BigInt.asUintN(16, wide)), true);
      return type?.read?.(view, 0, "onnx") ?? Number.NaN;
    };
  }
  if (dataType === 12 || dataType === 13) return (wide) => Number(BigInt.asUintN(64, wide));
  if (dataType === 9) return (wide) => Number(wide !== 0n);
  return (wide) => Number(BigInt.asIntN(64, wide));
}

function joined(chunks: readonly Uint8Array[] = []): Uint8Array {
  const [only] = chunks;
  if (only !== undefined && chunks.length === 1) return only;
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

const written: Readonly<Record<DType, number>> = {
  float32: DATA_TYPES.float,
  float64: DATA_TYPES.double,
  int32: DATA_TYPES.int32,
  bool: DATA_TYPES.bool,
};

/** An array as a tensor of its own type. */
export function tensorProto(name: string, { dtype, shape, data }: NdArray): TensorProto {
  const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { name, dims: shape, dataType: written[dtype], rawData };
}

/** Whole numbers as the int64 tensor that shapes, axes and limits are given in. */
export function int64Tensor(
  name: string,
  values: readonly number[],
  dims: readonly number[] = [values.length],
): TensorProto {
  const rawData = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
  return { name, dims, dataType: DATA_TYPES.int64, rawData };
}
