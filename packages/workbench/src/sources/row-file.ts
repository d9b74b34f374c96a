/** Rows that do not fit in memory: prepared once into a file of plain numbers, and read from there row by row. */
import { closeSync, openSync, readSync } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ArrayData,
  NablaError,
  type NdArray,
  type Preparation,
  preparedInputs,
  preparedTargets,
  type Source,
  type StoredExamples,
} from "nabla";
import { fileFailure } from "../host/file-failure.ts";

/** Examples whose inputs lie in a file that goes when it is disposed of. Its targets are in memory, 4 bytes a row. */
export interface RowFile extends StoredExamples, AsyncDisposable {}

/** Options of `rowFile`. */
export interface RowFileOptions {
  /** Where the file is made, about as large as rows times inputs times 4 bytes; default the system's folder for such. */
  readonly folder?: string;
}

/**
 * Prepares the rows of a stream for training without holding them: `train({ …, train: await rowFile(source, preparation)
 * })`. What a training gives is the same to the last bit as with all rows in memory, since the same rows come in the same
 * order. Throws what reading and preparing throw, `files/…`.
 */
export async function rowFile(
  source: Source,
  preparation: Preparation,
  { folder = tmpdir() }: RowFileOptions = {},
): Promise<RowFile> {
  const home = await mkdtemp(join(folder, "nabla-rows-"));
  try {
    const path = join(home, "inputs.float32");
    const { rows, shape, targets } = await spool(source, preparation, path);
    const inputs = { dtype: "float32", shape: [rows, ...shape] } as const;
    const { target } = preparation;
    const classes = target.kind === "classes" ? { classes: target.classes } : {};
    const descriptor = openSync(path, "r");
    const width = shape.reduce((product, length) => product * length, 1);
    return {
      ...{ rows, inputs, targets, ...classes },
      read: readerOf(descriptor, width, path),
      [Symbol.asyncDispose]: async () => {
        closeSync(descriptor);
        await rm(home, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(home, { recursive: true, force: true });
    throw fileFailure(error, "write", home);
  }
}

interface Spooled {
  readonly rows: number;
  /** Of one example. */
  readonly shape: readonly number[];
  readonly targets: NdArray;
}

async function spool(source: Source, preparation: Preparation, path: string): Promise<Spooled> {
  const file = await open(path, "w");
  const targets: NdArray[] = [];
  let [rows, shape]: [number, readonly number[]] = [0, []];
  try {
    for await (const table of source) {
      const { data, shape: size } = preparedInputs(preparation, table);
      await file.writeFile(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      targets.push(preparedTargets(preparation, table));
      rows += table.rows;
      shape = size.slice(1);
    }
  } finally {
    await file.close();
  }
  const [first] = targets;
  if (first === undefined) throw new NablaError("data/no-rows", "the stream has no rows");
  const width = first.shape.slice(1).reduce((product, length) => product * length, 1);
  const all = first.dtype === "int32" ? new Int32Array(rows * width) : new Float32Array(rows * width);
  let at = 0;
  for (const { data } of targets) {
    all.set(data, at);
    at += data.length;
  }
  return { rows, shape, targets: { dtype: first.dtype, shape: [rows, ...first.shape.slice(1)], data: all } };
}

/** Rows that follow each other are read at once. */
function readerOf(descriptor: number, width: number, path: string): StoredExamples["read"] {
  const bytes = width * 4;
  let room = new Float32Array(0);
  return (indices: ArrayLike<number>, into: ArrayData) => {
    if (room.length < indices.length * width) room = new Float32Array(indices.length * width);
    const raw = new Uint8Array(room.buffer);
    for (let first = 0; first < indices.length; ) {
      const row = indices[first] ?? 0;
      let next = first + 1;
      while (next < indices.length && indices[next] === row + next - first) next++;
      const length = (next - first) * bytes;
      const found = readSync(descriptor, raw, first * bytes, length, row * bytes);
      if (found < length)
        throw new NablaError("data/changed", `${path} was cut short while it was read`, "train again");
      first = next;
    }
    into.set(room.subarray(0, indices.length * width));
  };
}
