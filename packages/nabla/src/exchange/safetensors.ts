/**
 * Named arrays as one file in the safetensors layout (https://github.com/huggingface/safetensors, "Format"): 8 bytes
 * with the header's length, a JSON header, then the data of all tensors without holes.
 */
import type { NdArray } from "../array/ndarray.ts";
import { elementsOf, showShape } from "../array/shape.ts";
import { known, NablaError } from "../base/error.ts";
import { elementTypes, readElements, storedAs } from "./element-type.ts";
import { quoted } from "./quoted.ts";
import { metadataName, parseHeader, type TensorEntry } from "./safetensors-header.ts";
import { encodeAsciiJson } from "./utf8.ts";

/** What a file holds: arrays under their names in the order of the header, and free texts. */
export interface Safetensors {
  readonly tensors: ReadonlyMap<string, NdArray>;
  readonly metadata: Readonly<Record<string, string>>;
}

const PREFIX = 8;
const ALIGNMENT = 8;
// The bound of the published reader: a damaged length must not make a reader allocate without end.
const LONGEST_HEADER = 100_000_000;

/**
 * The bytes of a safetensors file. The header names the tensors in the map's order; the data are sorted by falling
 * element size, so that every array is aligned. Throws `safetensors/name` and `safetensors/shape`.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, NdArray>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  const begins = new Map<string, number>();
  let size = 0;
  for (const width of [8, 4, 1]) {
    for (const [name, { data }] of tensors) {
      if (data.BYTES_PER_ELEMENT !== width) continue;
      begins.set(name, size);
      size += data.byteLength;
    }
  }
  const described = [...tensors].map(([name, array]) => describe(name, array, known(begins.get(name), name)));
  if (metadata !== undefined) described.unshift(`"${metadataName}":${JSON.stringify(metadata)}`);
  const header = encodeAsciiJson(`{${described.join(",")}}`);
  const length = Math.ceil(header.length / ALIGNMENT) * ALIGNMENT;
  if (length > LONGEST_HEADER) {
    throw new NablaError(
      "safetensors/header",
      `names and metadata take ${length} bytes, more than the ${LONGEST_HEADER} that readers accept`,
    );
  }
  const bytes = new Uint8Array(PREFIX + length + size);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(header, PREFIX);
  bytes.fill(0x20, PREFIX + header.length, PREFIX + length);
  for (const [name, { data }] of tensors) {
    bytes.set(
      new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      PREFIX + length + known(begins.get(name), name),
    );
  }
  return bytes;
}

function describe(name: string, array: NdArray, begin: number): string {
  if (name === metadataName)
    throw new NablaError("safetensors/name", `no tensor can be called ${metadataName}, the header's own word`);
  if (/\p{Surrogate}/u.test(name))
    throw new NablaError("safetensors/name", `the name ${quoted(name)} is not valid Unicode`);
  const { dtype, shape, data } = array;
  if (elementsOf(shape) !== data.length || elementTypes.get(storedAs[dtype])?.bytes !== data.BYTES_PER_ELEMENT) {
    throw new NablaError(
      "safetensors/shape",
      `tensor ${quoted(name)}: ${data.length} stored numbers are not ${dtype}${showShape(shape)}`,
    );
  }
  return `${JSON.stringify(name)}:${JSON.stringify({ dtype: storedAs[dtype], shape, data_offsets: [begin, begin + data.byteLength] })}`;
}

/**
 * The arrays of a safetensors file, copied out of `bytes`. Memory and time stay in proportion to the file, whatever it
 * claims. I64 and U64 become float64 and are refused beyond 2^53; F16 and BF16 become float32; U8, I8, U16, I16 become
 * int32; U32 becomes float64. Throws `safetensors/{truncated,header,duplicate,metadata,dtype,shape,offsets,value}`.
 */
export function readSafetensors(bytes: Uint8Array): Safetensors {
  const data = PREFIX + headerLength(bytes);
  const { entries, metadata } = parseHeader(bytes.subarray(PREFIX, data));
  checkCover(entries, bytes.length - data);
  const tensors = new Map<string, NdArray>();
  for (const { name, type, shape, elements, begin, end } of entries) {
    try {
      const stored = readElements(type, bytes.subarray(data + begin, data + end), elements, "safetensors");
      tensors.set(name, { dtype: type.dtype, shape, data: stored });
    } catch (error) {
      throw error instanceof NablaError ? error.withContext(`tensor ${quoted(name)}`) : error;
    }
  }
  return { tensors, metadata };
}

function headerLength(bytes: Uint8Array): number {
  if (bytes.length < PREFIX)
    throw new NablaError("safetensors/truncated", `the file ends after ${bytes.length} bytes, before its header`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > LONGEST_HEADER)
    throw new NablaError(
      "safetensors/header",
      `the header claims ${length} bytes, more than the ${LONGEST_HEADER} allowed`,
    );
  if (length > bytes.length - PREFIX) {
    throw new NablaError(
      "safetensors/truncated",
      `the header claims ${length} bytes and the file holds ${bytes.length - PREFIX} after its length`,
    );
  }
  return Number(length);
}

/** The tensors must fill the data exactly: no holes, no overlap, nothing beyond the end. */
function checkCover(entries: readonly TensorEntry[], size: number): void {
  let filled = 0;
  for (const { name, begin, end } of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== filled) {
      const fault = begin < filled ? "overlaps the tensor before it" : "leaves a hole before it";
      throw new NablaError(
        "safetensors/offsets",
        `tensor ${quoted(name)} begins at byte ${begin} of the data and ${fault}, which ends at ${filled}`,
      );
    }
    filled = end;
  }
  if (filled > size)
    throw new NablaError("safetensors/truncated", `the tensors take ${filled} bytes and the file holds ${size}`);
  if (filled < size)
    throw new NablaError("safetensors/offsets", `${size - filled} bytes after the last tensor belong to none`);
}
