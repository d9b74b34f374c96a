/** Some of the values of a column, the same ones whether it comes whole or in pieces. */

import { ascending } from "../base/statistics/frequencies.ts";

/** The most values that are kept: a quartile of 8,192 random ones or more is off by half a percent of the rows. */
const MOST_SAMPLED = 16_384;
/** Room for so many at first. They lie outside the heap, which holds the columns of no large file. */
const FIRST = 64;

/**
 * Values by whose quantiles a column is scaled: all of them up to `most`, and beyond that those of the rows whose hashed
 * number is small, at least half of `most`. Which rows these are depends on nothing but their number, so that a stream
 * keeps the same values as a table in memory. Missing values (NaN) are left out.
 */
export class ValueSample {
  readonly #most: number;
  #values = new Float64Array(FIRST);
  #hashes = new Uint32Array(FIRST);
  #count = 0;
  #limit = 2 ** 32;
  #seen = 0;

  constructor(most: number = MOST_SAMPLED) {
    this.#most = most;
  }

  add(values: ArrayLike<number>): void {
    for (let i = 0; i < values.length; i++) {
      const hash = mixed(this.#seen++);
      const value = values[i] ?? Number.NaN;
      if (hash >= this.#limit || Number.isNaN(value)) continue;
      if (this.#count === this.#values.length) this.#grow();
      this.#values[this.#count] = value;
      this.#hashes[this.#count++] = hash;
      while (this.#count > this.#most) this.#halve();
    }
  }

  /** Ascending. */
  sorted(): Float64Array {
    return ascending(this.#values.subarray(0, this.#count));
  }

  #grow(): void {
    const [values, hashes] = [this.#values, this.#hashes];
    this.#values = new Float64Array(2 * values.length);
    this.#hashes = new Uint32Array(2 * hashes.length);
    this.#values.set(values);
    this.#hashes.set(hashes);
  }

  #halve(): void {
    this.#limit /= 2;
    let kept = 0;
    for (let i = 0; i < this.#count; i++) {
      const hash = this.#hashes[i] ?? 0;
      if (hash >= this.#limit) continue;
      this.#values[kept] = this.#values[i] ?? 0;
      this.#hashes[kept++] = hash;
    }
    this.#count = kept;
  }
}

/** The finalizer of MurmurHash3 (Appleby 2011): a number of 32 bits in another, as random as they come. */
function mixed(index: number): number {
  let hash = (index ^ Math.floor(index / 2 ** 32)) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
