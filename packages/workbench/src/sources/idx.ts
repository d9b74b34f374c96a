/** IDX, the file format of MNIST: a header of a few bytes, then big-endian numbers. */
import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { NablaError } from "nabla";
import { fileFailure } from "../host/file-failure.ts";
import { decompress } from "./decompress.ts";
import { fileBytes } from "./file-bytes.ts";

/** The content of an IDX file. */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array | Float64Array;
}

const readers: Readonly<Record<number, readonly [bytes: number, read: (view: DataView, at: number) => number]>> = {
  8: [1, (view, at) => view.getUint8(at)],
  9: [1, (view, at) => view.getInt8(at)],
  11: [2, (view, at) => view.getInt16(at)],
  12: [4, (view, at) => view.getInt32(at)],
  13: [4, (view, at) => view.getFloat32(at)],
  14: [8, (view, at) => view.getFloat64(at)],
};

/** Whether a file is an IDX file by its name: `train-images-idx3-ubyte`, `letters.idx`, either with `.gz`. */
export function isIdx(path: string): boolean {
  return /([.-]idx\d-\w+|\.idx\d?)(\.gz)?$/i.test(basename(path));
}

/** Reads a file; `.gz` is unzipped, and no further than its header says. Throws `files/…`, `data/damaged` for one that is not whole. */
export async function readIdx(path: string): Promise<IdxArray> {
  const damaged = (message: string): NablaError =>
    new NablaError("data/damaged", `${basename(path)} ${message}`, "download it again, or check how it was written");
  const { shape, width, read, start, end, bytes } = await wholeFile(path, damaged);
  if (bytes.length !== end) {
    const follow = bytes.length > end ? "more" : String(bytes.length - start);
    const says = `its header says ${shape.join(" x ")} numbers, which are ${end - start} bytes, and ${follow} follow`;
    throw damaged(`is not whole: ${says}`);
  }
  if (read === readers[8]?.[1]) return { shape, data: bytes.subarray(start) };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return { shape, data: Float64Array.from({ length: (end - start) / width }, (_, i) => read(view, start + i * width)) };
}

type Damaged = (message: string) => NablaError;

/** The bytes of a file with what its header says; of one with more bytes than that only some more. */
async function wholeFile(path: string, damaged: Damaged): Promise<IdxHeader & { readonly bytes: Buffer }> {
  const chunks: Uint8Array[] = [];
  let [length, header]: [number, IdxHeader | undefined] = [0, undefined];
  try {
    const stored = fileBytes(path);
    const packed = { name: basename(path), size: (await stat(path)).size };
    for await (const chunk of /\.gz$/i.test(path) ? decompress(stored, "gzip", packed) : stored) {
      chunks.push(chunk);
      length += chunk.length;
      header ??= headerOf(Buffer.concat(chunks), damaged);
      if (header !== undefined && length > header.end) break;
    }
  } catch (error) {
    throw fileFailure(error, "read", path);
  }
  const bytes = Buffer.concat(chunks);
  if (header === undefined) throw damaged(NO_HEADER);
  return { ...header, bytes };
}

interface IdxHeader {
  readonly shape: readonly number[];
  /** Bytes of a number, and how it is read. */
  readonly width: number;
  readonly read: (view: DataView, at: number) => number;
  readonly start: number;
  readonly end: number;
}

const NO_HEADER = "is not in IDX format: its first bytes are not those of an IDX header";

/** The header, as soon as there are enough bytes for it. */
function headerOf(bytes: Buffer, damaged: Damaged): IdxHeader | undefined {
  if (bytes.length < 4) return undefined;
  const axes = bytes[3] ?? 0;
  const [width, read] = readers[bytes[2] ?? 0] ?? [0, () => 0];
  if (bytes[0] !== 0 || bytes[1] !== 0 || width === 0 || axes === 0) throw damaged(NO_HEADER);
  const start = 4 + 4 * axes;
  if (bytes.length < start) return undefined;
  const shape = Array.from({ length: axes }, (_, i) => bytes.readUInt32BE(4 + 4 * i));
  return { shape, width, read, start, end: start + width * shape.reduce((product, side) => product * side, 1) };
}

/** The name of the labels of an images file: `train-images-idx3-ubyte.gz` has `train-labels-idx1-ubyte.gz`. */
export function labelsBeside(path: string): string | undefined {
  const name = basename(path);
  if (!/images/i.test(name)) return undefined;
  const other = name.replace(/images/i, (word) => (word === "IMAGES" ? "LABELS" : "labels")).replace(/idx\d/i, "idx1");
  return join(dirname(path), other);
}
