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

/** Reads a file; `.gz` is unzipped. Throws `files/…`, `data/damaged` for one that is not whole. */
export async function readIdx(path: string): Promise<IdxArray> {
  const name = basename(path);
  const chunks: Uint8Array[] = [];
  try {
    const stored = fileBytes(path);
    const zipped = /\.gz$/i.test(path);
    const { size } = await stat(path);
    for await (const chunk of zipped ? decompress(stored, "gzip", { name, size }) : stored) chunks.push(chunk);
  } catch (error) {
    throw fileFailure(error, "read", path);
  }
  const bytes = Buffer.concat(chunks);
  const damaged = (message: string): NablaError =>
    new NablaError("data/damaged", `${name} ${message}`, "download it again, or check how it was written");
  const axes = bytes[3] ?? 0;
  const [width, read] = readers[bytes[2] ?? 0] ?? [0, () => 0];
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0 || width === 0 || axes === 0 || bytes.length < 4 + 4 * axes)
    throw damaged("is not in IDX format: its first bytes are not those of an IDX header");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const shape = Array.from({ length: axes }, (_, i) => view.getUint32(4 + 4 * i));
  const start = 4 + 4 * axes;
  const count = shape.reduce((product, length) => product * length, 1);
  if (bytes.length !== start + count * width) {
    throw damaged(
      `is not whole: its header says ${shape.join(" x ")} numbers, which are ${count * width} bytes, and ${bytes.length - start} follow`,
    );
  }
  if (width === 1 && bytes[2] === 8) return { shape, data: bytes.subarray(start) };
  return { shape, data: Float64Array.from({ length: count }, (_, i) => read(view, start + i * width)) };
}

/** The name of the labels of an images file: `train-images-idx3-ubyte.gz` has `train-labels-idx1-ubyte.gz`. */
export function labelsBeside(path: string): string | undefined {
  const name = basename(path);
  if (!/images/i.test(name)) return undefined;
  const other = name.replace(/images/i, (word) => (word === "IMAGES" ? "LABELS" : "labels")).replace(/idx\d/i, "idx1");
  return join(dirname(path), other);
}
