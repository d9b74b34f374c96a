/** Rows of several parts as one list, each with a hash of its inputs. */
import { hashName } from "../base/random.ts";
import { deviationOfMoments, moments } from "../base/statistics/moments.ts";
import { joinColumns } from "../data/join-tables.ts";
import { type CategoryColumn, type Column, columnOf, type NumberColumn, type Table, widthOf } from "../data/table.ts";

/** All rows of all parts, one after the other. */
export interface Fingerprints {
  readonly rows: number;
  /** The part of each row. */
  readonly part: Uint8Array;
  /** The first row of each part. */
  readonly starts: readonly number[];
  readonly numbers: readonly ScaledNumbers[];
  readonly categories: readonly CategoryColumn[];
  /** Of all inputs; rows of different hashes differ. */
  readonly hashes: Uint32Array;
  /** Of the names alone. */
  readonly categoryHashes: Uint32Array;
  /** Of all inputs but one column that holds one value a row; undefined where that leaves nothing. */
  readonly hashesWithout: (name: string) => Uint32Array | undefined;
  /** Whether two rows have the same inputs, missing values alike. */
  readonly same: (a: number, b: number) => boolean;
}

/** A column of numbers with what one standard deviation is. */
export interface ScaledNumbers {
  readonly name: string;
  readonly data: ArrayLike<number>;
  readonly width: number;
  readonly deviation: number;
}

/** Puts parts below each other. Throws what `joinColumns` and `columnOf` throw. */
export function fingerprints(parts: readonly Table[]): Fingerprints {
  const [first, ...others] = parts;
  const columns = (first?.columns ?? []).map((column) =>
    others.reduce<Column>((joined, part) => joinColumns(joined, columnOf(part, column.name)), column),
  );
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const starts: number[] = [];
  const part = new Uint8Array(rows);
  let at = 0;
  for (const [i, { rows: many }] of parts.entries()) {
    starts.push(at);
    part.fill(i, at, at + many);
    at += many;
  }
  const categories = columns.filter((column) => column.kind === "category");
  const numbers = columns.filter((column) => column.kind === "number").map(scaledNumbers);
  const hashAll = (without?: string): { readonly names: Uint32Array; readonly all: Uint32Array } => {
    const names = new Uint32Array(rows).fill(hashName("row"));
    for (const { name, codes } of categories) {
      if (name !== without) for (let row = 0; row < rows; row++) mix(names, row, codes[row] ?? -1);
    }
    const all = names.slice();
    for (const column of numbers) if (column.name !== without) hashNumbers(all, column, rows);
    return { names, all };
  };
  const { names: categoryHashes, all: hashes } = hashAll();
  const hashesWithout = (name: string): Uint32Array | undefined => {
    const narrow = numbers.every((column) => column.name !== name || column.width === 1);
    return columns.length > 1 && narrow ? hashAll(name).all : undefined;
  };
  return {
    rows,
    part,
    starts,
    numbers,
    categories,
    hashes,
    categoryHashes,
    hashesWithout,
    same: samenessOf(numbers, categories),
  };
}

function scaledNumbers(column: NumberColumn): ScaledNumbers {
  return {
    name: column.name,
    data: column.values.data,
    width: widthOf(column),
    deviation: deviationOfMoments(moments(column.values.data)),
  };
}

/** Bytes of a 32-bit word into a hash (FNV-1a, a word at a time, with a final spread of the high bits). */
function mix(hashes: Uint32Array, row: number, word: number): void {
  const mixed = Math.imul((hashes[row] ?? 0) ^ word, 0x01000193);
  hashes[row] = mixed ^ (mixed >>> 15);
}

function hashNumbers(hashes: Uint32Array, { data, width }: ScaledNumbers, rows: number): void {
  const value = new Float64Array(1);
  const words = new Int32Array(value.buffer);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < width; i++) {
      value[0] = (data[row * width + i] ?? 0) + 0; // -0 is 0
      mix(hashes, row, words[0] ?? 0);
      mix(hashes, row, words[1] ?? 0);
    }
  }
}

function samenessOf(numbers: readonly ScaledNumbers[], categories: readonly CategoryColumn[]): Fingerprints["same"] {
  return (a, b) => {
    for (const { codes } of categories) if (codes[a] !== codes[b]) return false;
    for (const { data, width } of numbers) {
      for (let i = 0; i < width; i++) {
        const [x, y] = [data[a * width + i] ?? 0, data[b * width + i] ?? 0];
        if (x !== y && !(Number.isNaN(x) && Number.isNaN(y))) return false;
      }
    }
    return true;
  };
}
