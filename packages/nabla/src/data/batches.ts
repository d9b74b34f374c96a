import { type ArrayData, allocate, type NdArray, rows as rowsBetween } from "../array/ndarray.ts";
import { elementsOf } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { fork, type Key, permutation } from "../base/random.ts";
import { count } from "../base/text.ts";
import type { Examples } from "./examples.ts";

export interface BatchOptions {
  /** Rows in a batch; any whole number above 0. */
  readonly size: number;
  /** Root of the order; not needed without shuffling. */
  readonly key?: Key;
  /** Which pass this is: every epoch has its own order. */
  readonly epoch?: number;
  /** The first batch to give, for resuming in the middle of an epoch. */
  readonly from?: number;
  /** Default true. False keeps the rows' own order. */
  readonly shuffle?: boolean;
  /** Whether a shorter last batch is given or left out. Default keep. */
  readonly last?: "keep" | "drop";
}

/** Some rows of the examples. `inputs`, `targets` and `indices` are valid until the next batch is asked for. */
export interface Batch {
  /** The batch's position in its epoch, from 0. */
  readonly index: number;
  readonly rows: number;
  /** Which rows these are. */
  readonly indices: Uint32Array;
  /** [rows, ...features] */
  readonly inputs: NdArray;
  /** [rows] or [rows, k] */
  readonly targets: NdArray;
}

/** The order of one epoch: a function of key and epoch alone, so that a resumed run sees the same one. */
export function epochOrder(rows: number, key: Key, epoch: number): Uint32Array {
  return permutation(fork(key, `epoch ${epoch}`), rows);
}

/** The number of batches in an epoch. */
export function batchCount(rows: number, { size, last = "keep" }: Pick<BatchOptions, "size" | "last">): number {
  return last === "keep" ? Math.ceil(rows / size) : Math.floor(rows / size);
}

/**
 * One epoch in batches, each row exactly once. The storage of a batch is used again for the next one: copy what must
 * live longer. Throws `data/batch-size` for a size that is not a whole number above 0 or gives no batch,
 * `data/batch-key` when shuffling without a key.
 */
export function* batches(examples: Examples, options: BatchOptions): Generator<Batch, void, undefined> {
  const { size, key, epoch = 0, from = 0, shuffle = true } = options;
  check(examples.rows, options);
  const total = batchCount(examples.rows, options);
  const order =
    shuffle && key !== undefined
      ? epochOrder(examples.rows, key, epoch)
      : Uint32Array.from({ length: examples.rows }, (_, i) => i);
  const storage = shuffle ? storageFor(examples, Math.min(size, examples.rows)) : undefined;
  for (let index = from; index < total; index++) {
    const first = index * size;
    const indices = order.subarray(first, first + size);
    const rows = indices.length;
    if (storage === undefined) {
      const inputs = rowsBetween(examples.inputs, first, first + rows);
      yield { index, rows, indices, inputs, targets: rowsBetween(examples.targets, first, first + rows) };
      continue;
    }
    gather(examples.inputs, indices, storage.inputs.data);
    gather(examples.targets, indices, storage.targets.data);
    // full batches share their arrays too; only a short last one needs views
    const inputs = rows === size ? storage.inputs : rowsBetween(storage.inputs, 0, rows);
    const targets = rows === size ? storage.targets : rowsBetween(storage.targets, 0, rows);
    yield { index, rows, indices, inputs, targets };
  }
}

function check(rows: number, options: BatchOptions): void {
  const { size, key, shuffle = true, from = 0 } = options;
  if (!(Number.isInteger(size) && size > 0)) {
    throw new NablaError("data/batch-size", `a batch size is a whole number above 0, got ${size}`);
  }
  if (batchCount(rows, options) === 0) {
    throw new NablaError(
      "data/batch-size",
      `${count(rows, "row")} give no batch of ${size}`,
      "choose a smaller size, or keep the last batch",
    );
  }
  if (!(Number.isInteger(from) && from >= 0)) {
    throw new NablaError("data/batch-from", `the first batch is a whole number from 0, got ${from}`);
  }
  if (shuffle && key === undefined) {
    throw new NablaError(
      "data/batch-key",
      "shuffled batches need a key",
      'pass key: fork(seedKey(seed), "batches"), or shuffle: false',
    );
  }
}

function storageFor(examples: Examples, rows: number): { inputs: NdArray; targets: NdArray } {
  const like = ({ dtype, shape }: NdArray): NdArray => {
    const size = [rows, ...shape.slice(1)];
    return { dtype, shape: size, data: allocate(dtype, elementsOf(size)) };
  };
  return { inputs: like(examples.inputs), targets: like(examples.targets) };
}

// Below this width a loop over numbers beats a bulk copy with its view object per row (measured on V8).
const BULK_WIDTH = 48;

/** Copies whole rows to the front of `into`, as near to memory speed as V8 allows. */
function gather({ data, shape }: NdArray, indices: Uint32Array, into: ArrayData): void {
  const width = elementsOf(shape.slice(1));
  let to = 0;
  for (const row of indices) {
    const start = row * width;
    if (width >= BULK_WIDTH) into.set(data.subarray(start, start + width), to);
    else for (let i = 0; i < width; i++) into[to + i] = data[start + i] ?? 0;
    to += width;
  }
}
