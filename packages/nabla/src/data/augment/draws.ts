import { hashName, type Key, philoxInto } from "../../base/random.ts";

const TO_UNIT = 2 ** -32;

/** Random numbers of one change: a pure function of key, epoch and row, in any batch or thread. */
export class Draws {
  readonly #words = new Uint32Array(4);
  readonly #counter: [number, number, number, number] = [0, 0, 0, hashName("augment")];
  readonly #block: { readonly counter: [number, number, number, number]; readonly key: Key["seed"] };
  #left = 0;

  constructor({ seed }: Key) {
    this.#block = { counter: this.#counter, key: seed };
  }

  /** Goes to the first number of a row in an epoch. */
  seek(row: number, epoch: number): void {
    this.#counter[0] = 0;
    this.#counter[1] = row;
    this.#counter[2] = epoch;
    this.#left = 0;
  }

  /** 32 random bits. */
  word(): number {
    if (this.#left === 0) {
      philoxInto(this.#words, this.#block);
      this.#counter[0] += 1;
      this.#left = 4;
    }
    this.#left -= 1;
    return this.#words[3 - this.#left] ?? 0;
  }

  /** A number in [0, 1). */
  uniform(): number {
    return this.word() * TO_UNIT;
  }

  /** A number between -size and size. */
  within(size: number): number {
    return (2 * this.uniform() - 1) * size;
  }
}
