/** One array in NumPy's format (numpy/lib/format.py, versions 1 to 3): a magic word, a Python literal, the data. */
import { allocate, type NdArray } from "../../array/ndarray.ts";
import { elementsOf, type Size, stridesOf } from "../../array/shape.ts";
import { NablaError } from "../../base/error.ts";
import { type ElementType, elementTypes, readElements } from "../element-type.ts";
import { quoted } from "../quoted.ts";
import { decodeUtf8, encodeUtf8 } from "../utf8.ts";

const MAGIC: readonly number[] = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const ALIGNMENT = 64;

/** The types that can be read, by NumPy's letter and size. */
const types: Readonly<Record<string, string>> = {
  f2: "F16",
  f4: "F32",
  f8: "F64",
  i1: "I8",
  i2: "I16",
  i4: "I32",
  i8: "I64",
  u1: "U8",
  u2: "U16",
  u4: "U32",
  u8: "U64",
  b1: "BOOL",
};

const storedAs = { float32: "<f4", float64: "<f8", int32: "<i4", bool: "|b1" } as const;

/** The bytes of a `.npy` file, version 1, row-major, little-endian. */
export function writeNpy({ dtype, shape, data }: NdArray): Uint8Array {
  const lengths = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const literal = `{'descr': '${storedAs[dtype]}', 'fortran_order': False, 'shape': (${lengths}), }`;
  const prefix = MAGIC.length + 4;
  const padding = (ALIGNMENT - ((prefix + literal.length + 1) % ALIGNMENT)) % ALIGNMENT;
  const header = encodeUtf8(`${literal}${" ".repeat(padding)}\n`);
  const bytes = new Uint8Array(prefix + header.length + data.byteLength);
  bytes.set([...MAGIC, 1, 0, header.length & 0xff, header.length >> 8]);
  bytes.set(header, prefix);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), prefix + header.length);
  return bytes;
}

/**
 * The array of a `.npy` file, row-major whatever the file's order. float16 becomes float32; shorter integers int32; int64
 * and uint64 float64, refused beyond 2^53. Throws `npy/{truncated,header,dtype,objects,shape,value}`.
 */
export function readNpy(bytes: Uint8Array): NdArray {
  const { text, data: from } = headerOf(bytes);
  const { descr, columnMajor, shape } = literalOf(text);
  const { type, bigEndian } = typeOf(descr);
  const elements = countOf(shape, type);
  const data = checkedData(bytes.subarray(from), elements * type.bytes);
  const stored = readElements(type, bigEndian ? turned(data, type.bytes) : data, elements, "npy");
  const array = { dtype: type.dtype, shape, data: stored };
  return columnMajor && shape.length > 1 ? rowMajor(array) : array;
}

/** Texts as NumPy holds them: an array of the types `U` and `S`. */
export interface TextArray {
  readonly shape: Size;
  /** Row by row; NumPy has no place for a missing one but the empty text. */
  readonly texts: readonly string[];
}

const TEXT = /^([<>|=]?)([US])(\d{1,9})$/;

/**
 * The array of a `.npy` file, of numbers as `readNpy` gives them, or of texts: `<U5` in UTF-32, `|S5` in UTF-8. Throws what
 * `readNpy` throws.
 */
export function readNpyArray(bytes: Uint8Array): NdArray | TextArray {
  const { text, data: from } = headerOf(bytes);
  const { descr, columnMajor, shape } = literalOf(text);
  const found = TEXT.exec(descr);
  if (found === null) return readNpy(bytes);
  const [, order, letter, length] = found;
  const width = Number(length) * (letter === "U" ? 4 : 1);
  const elements = countOf(shape, { bytes: Math.max(1, width) });
  const data = checkedData(bytes.subarray(from), elements * width);
  const read = letter === "U" ? wideText : narrowText;
  const littleEndian = order !== ">";
  const texts = Array.from({ length: elements }, (_, i) =>
    read(data.subarray(i * width, (i + 1) * width), littleEndian),
  );
  if (!columnMajor || shape.length < 2) return { shape, texts };
  const places = rowMajor({ dtype: "int32", shape, data: Int32Array.from(texts, (_, i) => i) }).data;
  return { shape, texts: Array.from(places, (place) => texts[place] ?? "") };
}

/** UTF-32, filled up with zeros. */
function wideText(bytes: Uint8Array, littleEndian: boolean): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = "";
  for (let at = 0; at < bytes.length; at += 4) {
    const point = view.getUint32(at, littleEndian);
    if (point > 0x10ffff) throw new NablaError("npy/value", `holds ${point} where a character is at most ${0x10ffff}`);
    text += String.fromCodePoint(point);
  }
  return text.replace(/\0+$/, "");
}

function narrowText(bytes: Uint8Array): string {
  const end = bytes.findLastIndex((byte) => byte !== 0) + 1;
  const text = decodeUtf8(bytes.subarray(0, end));
  if (text !== undefined) return text;
  throw new NablaError("npy/value", "holds bytes that are no text in UTF-8", "save texts, not bytes: x.astype(str)");
}

/** As many bytes as the shape asks for. */
function checkedData(data: Uint8Array, asked: number): Uint8Array {
  if (data.length === asked) return data;
  throw new NablaError(
    data.length < asked ? "npy/truncated" : "npy/shape",
    `the array takes ${asked} bytes by its shape and the file holds ${data.length}`,
  );
}

function headerOf(bytes: Uint8Array): { readonly text: string; readonly data: number } {
  if (bytes.length < 10 || MAGIC.some((byte, i) => bytes[i] !== byte))
    throw new NablaError("npy/header", "the file does not begin as NumPy's do");
  const version = bytes[6] ?? 0;
  if (version < 1 || version > 3)
    throw new NablaError("npy/header", `the file is of NumPy's format ${version}, not 1 to 3`);
  const prefix = version === 1 ? 10 : 12;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = version === 1 ? view.getUint16(8, true) : bytes.length < prefix ? 0 : view.getUint32(8, true);
  if (prefix + length > bytes.length)
    throw new NablaError("npy/truncated", `the header claims ${length} bytes and the file has ${bytes.length}`);
  const text = decodeUtf8(bytes.subarray(prefix, prefix + length));
  if (text === undefined) throw new NablaError("npy/header", "the header is not text");
  return { text, data: prefix + length };
}

const PATTERN =
  /^\{'descr': ?('[^']{0,20}'|\[.*\]), ?'fortran_order': ?(True|False), ?'shape': ?\(((?:\d{1,16}, ?)*(?:\d{1,16})?)\),? ?\}\s*$/;

/** NumPy writes its three fields in one order, so that its own literal is the only one that has to be understood. */
function literalOf(text: string): { readonly descr: string; readonly columnMajor: boolean; readonly shape: Size } {
  const found = PATTERN.exec(text.slice(0, 10_000));
  if (found === null) throw new NablaError("npy/header", `the header is not NumPy's: ${quoted(text)}`);
  const [, descr = "", order, lengths = ""] = found;
  const shape = lengths
    .split(",")
    .map((length) => length.trim())
    .filter((length) => length !== "")
    .map(Number);
  return { descr: descr.slice(1, -1), columnMajor: order === "True", shape };
}

function typeOf(descr: string): { readonly type: ElementType; readonly bigEndian: boolean } {
  if (/^[|<>=]?O/.test(descr)) {
    const message = "the array holds Python objects, which are pickles that run code when they are read";
    throw new NablaError("npy/objects", message, "save plain numbers: numpy.asarray(x, dtype=float)");
  }
  const name = types[descr.slice(1)];
  const type = name === undefined || !/^[|<>=]/.test(descr) ? undefined : elementTypes.get(name);
  if (type !== undefined) return { type, bigEndian: descr.startsWith(">") };
  throw new NablaError("npy/dtype", `the array is of the type ${quoted(descr)}, which cannot be read`);
}

/** Checked before the next factor comes, so that a later zero cannot mask an overflow. */
function countOf(shape: Size, { bytes }: Pick<ElementType, "bytes">): number {
  let elements = 1;
  for (const length of shape) {
    elements *= length;
    if (!Number.isSafeInteger(elements * bytes) || shape.length > 32)
      throw new NablaError("npy/shape", "the array would hold more than 2^53 bytes");
  }
  return elements;
}

function turned(data: Uint8Array, width: number): Uint8Array {
  const result = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) result[i] = data[i - (i % width) + width - 1 - (i % width)] ?? 0;
  return result;
}

function rowMajor({ dtype, shape, data }: NdArray): NdArray {
  const result = allocate(dtype, elementsOf(shape));
  const strides = stridesOf(shape.toReversed()).toReversed();
  const at = new Array<number>(shape.length).fill(0);
  let from = 0;
  for (let i = 0; i < result.length; i++) {
    result[i] = data[from] ?? 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at[axis] = (at[axis] ?? 0) + 1;
      from += strides[axis] ?? 0;
      if ((at[axis] ?? 0) < (shape[axis] ?? 0)) break;
      from -= (strides[axis] ?? 0) * (shape[axis] ?? 0);
      at[axis] = 0;
    }
  }
  return { dtype, shape, data: result };
}
