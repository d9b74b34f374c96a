import { type ArrayData, type NdArray, rows as rowsBetween } from "../array/ndarray.ts";
import { elementsOf } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { isNamed, mapNamed } from "../base/named.ts";
import { fork, type Key, permutation } from "../base/random.ts";
import { count } from "../base/text.ts";
import type { Augmenter } from "./augment/augmentation.ts";
import {
  type AnyExamples,
  type Arrays,
  copyRows,
  type Examples,
  readInputs,
  type StoredExamples,
  sliceExamples,
  storageLike,
} from "./examples.ts";
import { cutSequences } from "./sequences.ts";

/** How a pass over examples is cut into batches: options of `batches` and `batchCount`. */
export interface BatchOptions {
  /** Rows in a batch; any whole number above 0. */
  readonly size: number;
  /** Root of the order; can be left out without shuffling. */
  readonly key?: Key;
  /** Which pass this is: every epoch has its own order. Default 0. */
  readonly epoch?: number;
  /** The first batch to give, for resuming in the middle of an epoch; 0 by default. */
  readonly from?: number;
  /** Rows of the order that earlier batches, of whatever size, already used: counting starts after them. Default 0. */
  readonly skip?: number;
  /** Default true. False preserves the rows' own order. */
  readonly shuffle?: boolean;
  /** Whether a smaller last batch is included or dropped. Default keep. */
  readonly last?: "keep" | "drop";
  /** Changes the inputs of every batch. Default: they stay as they are. */
  readonly augment?: Augmenter;
  /** The inputs of a batch, where they have been put together already. Default: none are. */
  readonly ready?: (index: number) => ArrayData | undefined;
  /**
   * The buffer for a batch of so many rows, such as an engine's own memory; by default one that is allocated and
   * reused here.
   */
  readonly into?: (rows: number) => BatchStorage | undefined;
}

/** Room for a batch: exactly its rows. */
export type BatchStorage = Pick<AnyExamples, "inputs" | "targets" | "mask">;

/** Some rows of the examples. Its arrays and `indices` are valid until the next batch is requested. */
export interface Batch<I extends Arrays = NdArray, T extends Arrays = NdArray> {
  /** The batch's position in its epoch, from 0 after the rows that were skipped. */
  readonly index: number;
  readonly rows: number;
  /** Which rows these are. */
  readonly indices: Uint32Array;
  /** [rows, ...features] */
  readonly inputs: I;
  /** [rows, …] or [rows, …, k] */
  readonly targets: T;
  /** [rows] or [rows, …], where the examples have a mask. */
  readonly mask?: Arrays;
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
export function batches<I extends Arrays, T extends Arrays>(
  examples: Examples<I, T> | StoredExamples,
  options: BatchOptions,
): Generator<Batch<I, T>, void, undefined>;
export function* batches(
  examples: AnyExamples | StoredExamples,
  options: BatchOptions,
): Generator<Batch<Arrays, Arrays>, void, undefined> {
  const { size, key, epoch = 0, from = 0, skip = 0, shuffle = true, augment, ready, into } = options;
  check(examples.rows, options);
  const total = batchCount(examples.rows - skip, options);
  const order = shuffle && key !== undefined ? epochOrder(examples.rows, key, epoch) : undefined;
  const numbers = new Uint32Array(order === undefined ? Math.min(size, examples.rows) : 0);
  const cut = (storage: BatchStorage): BatchStorage => cutSequences(storage, examples.sequences);
  let own: BatchStorage | undefined;
  for (let index = from; index < total; index++) {
    const first = skip + index * size;
    const indices = order?.subarray(first, first + size) ?? ascending(numbers, first, examples.rows);
    const rows = indices.length;
    if (!shuffle && augment === undefined && !("read" in examples)) {
      yield { index, rows, indices, ...cut(arraysOf(sliceExamples(examples, first, first + rows))) };
      continue;
    }
    let storage = into?.(rows);
    if (storage === undefined) {
      own ??= storageFor(examples, Math.min(size, examples.rows));
      storage = rows === size ? own : firstRows(own, rows);
    }
    const { inputs, targets, mask } = storage;
    copyRows(examples.targets, indices, targets);
    if (examples.mask !== undefined && mask !== undefined) copyRows(examples.mask, indices, mask);
    const found = isNamed(inputs) ? undefined : ready?.(index);
    if (found !== undefined && !isNamed(inputs)) {
      const filled = { ...inputs, data: found.subarray(0, inputs.data.length) };
      yield { index, rows, indices, ...cut({ ...storage, inputs: filled }) };
      continue;
    }
    readInputs(examples, indices, inputs);
    if (augment !== undefined && !isNamed(inputs)) change(inputs, augment, { indices, epoch });
    yield { index, rows, indices, ...cut(storage) };
  }
}

function change(
  { data, shape }: NdArray,
  augment: Augmenter,
  { indices, epoch }: { readonly indices: Uint32Array; readonly epoch: number },
): void {
  const width = elementsOf(shape.slice(1));
  const place = { row: 0, epoch };
  for (let i = 0; i < indices.length; i++) {
    place.row = indices[i] ?? 0;
    augment(data, i * width, place);
  }
}

/** The rows from `first` on, as many as there is room for. */
function ascending(room: Uint32Array, first: number, rows: number): Uint32Array {
  const count = Math.min(room.length, rows - first);
  for (let i = 0; i < count; i++) room[i] = first + i;
  return count === room.length ? room : room.subarray(0, count);
}

function arraysOf({ inputs, targets, mask }: BatchStorage): BatchStorage {
  return mask === undefined ? { inputs, targets } : { inputs, targets, mask };
}

function firstRows({ inputs, targets, mask }: BatchStorage, rows: number): BatchStorage {
  const first = (array: NdArray): NdArray => rowsBetween(array, 0, rows);
  return {
    inputs: mapNamed(inputs, first),
    targets: mapNamed(targets, first),
    ...(mask === undefined ? {} : { mask: mapNamed(mask, first) }),
  };
}

function check(rows: number, options: BatchOptions): void {
  const { size, key, shuffle = true, from = 0, skip = 0 } = options;
  if (!(Number.isInteger(size) && size > 0)) {
    throw new NablaError("data/batch-size", `a batch size is a whole number above 0, got ${size}`);
  }
  if (batchCount(rows, options) === 0) {
    throw new NablaError(
      "data/batch-size",
      `${count(rows, "row")} give no batch of ${size}`,
      "choose a smaller batch size, or keep the last, smaller batch",
    );
  }
  if (!(Number.isInteger(from) && from >= 0)) {
    throw new NablaError("data/batch-from", `the first batch is a whole number from 0, got ${from}`);
  }
  if (!(Number.isInteger(skip) && skip >= 0)) {
    throw new NablaError("data/batch-from", `rows to skip are a whole number from 0, got ${skip}`);
  }
  if (shuffle && key === undefined) {
    throw new NablaError(
      "data/batch-key",
      "shuffled batches need a key",
      'pass key: fork(seedKey(seed), "batches"), or shuffle: false',
    );
  }
}

function storageFor({ inputs, targets, mask }: AnyExamples | StoredExamples, rows: number): BatchStorage {
  return {
    inputs: storageLike(inputs, rows),
    targets: storageLike(targets, rows),
    ...(mask === undefined ? {} : { mask: storageLike(mask, rows) }),
  };
}
