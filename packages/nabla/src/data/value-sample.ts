/** Some of the values of a column, the same ones whether it comes whole or in pieces. */

/** The most values that are kept: a quartile of 8,192 random ones or more is off by half a percent of the rows. */
const MOST_SAMPLED = 16_384;

/**
 * Values by whose quantiles a column is scaled: all of them up to `most`, and beyond that those of the rows whose hashed
 * number is small, at least half of `most`. Which rows these are depends on nothing but their number, so that a stream
 * keeps the same values as a table in memory. Missing values (NaN) are left out.
 */
export class ValueSample {
  readonly #most: number;
  #values: number[] = [];
  #hashes: number[] = [];
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
      this.#values.push(value);
      this.#hashes.push(hash);
      while (this.#values.length > this.#most) this.#halve();
    }
  }

  /** Ascending. */
  sorted(): Float64Array {
    return Float64Array.from(this.#values).sort();
  }

  #halve(): void {
    this.#limit /= 2;
    this.#values = this.#values.filter((_, i) => (this.#hashes[i] ?? 0) < this.#limit);
    this.#hashes = this.#hashes.filter((hash) => hash < this.#limit);
  }
}

/** The finalizer of MurmurHash3 (Appleby 2011): a number of 32 bits in another, as random as they come. */
function mixed(index: number): number {
  let hash = (index ^ Math.floor(index / 2 ** 32)) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
