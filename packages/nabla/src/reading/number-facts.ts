/** What the plain numbers of a column are like, from one pass over them. */
import type { WrittenColumn } from "./written-column.ts";

/** Values that are counted one by one; a column with more of them is one of quantities, not of kinds. */
export const COUNTED_VALUES = 2048;

/** Facts about the plain numbers of a column. */
export interface NumberFacts {
  /** How many cells are plain numbers, infinities included. */
  readonly count: number;
  readonly minimum: number;
  readonly maximum: number;
  /** How many cells have the smallest value. */
  readonly atMinimum: number;
  /** How many cells have the largest value. */
  readonly atMaximum: number;
  /** No fractions, and no infinity. */
  readonly whole: boolean;
  /** Each is above the one before. */
  readonly increasing: boolean;
  /** How often each value occurs, where there are at most COUNTED_VALUES. */
  readonly values?: ReadonlyMap<number, number>;
}

/** Measures the plain numbers of a column, but for the values in `without`. */
export function numberFacts(
  { numbers, rows }: Pick<WrittenColumn, "numbers" | "rows">,
  without: ReadonlySet<number> = new Set(),
): NumberFacts {
  const filtered = without.size > 0;
  const tally = new Tally(rows);
  let [count, minimum, maximum, previous] = [
    0,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
  let [whole, increasing, counting] = [true, true, true];
  let row = 0;
  for (; row < rows && (whole || increasing || counting || filtered); row++) {
    const value = numbers[row] as number;
    if (Number.isNaN(value) || (filtered && without.has(value))) continue;
    count++;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
    if (whole && Math.floor(value) !== value) whole = false;
    if (increasing && value <= previous) increasing = false;
    previous = value;
    if (counting) counting = tally.add(value);
  }
  // quantities with fractions, in no order, which most cells of large tables are: only their ends are left to find
  for (; row < rows; row++) {
    const value = numbers[row] as number;
    if (Number.isNaN(value)) continue;
    count++;
    if (value < minimum) minimum = value;
    else if (value > maximum) maximum = value;
  }
  if (minimum === Number.NEGATIVE_INFINITY || maximum === Number.POSITIVE_INFINITY) whole = count === 0;
  const values = counting ? tally.counts() : undefined;
  const [atMinimum, atMaximum] =
    values === undefined
      ? occurrences(numbers, rows, [minimum, maximum])
      : [values.get(minimum) ?? 0, values.get(maximum) ?? 0];
  const facts = { count, minimum, maximum, atMinimum, atMaximum, whole, increasing };
  return values === undefined ? facts : { ...facts, values };
}

/** How often two values occur. */
function occurrences(
  numbers: Float64Array,
  rows: number,
  [one, other]: readonly [number, number],
): readonly [number, number] {
  let [ones, others] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const value = numbers[row] as number;
    if (value === one) ones++;
    if (value === other) others++;
  }
  return [ones, others];
}

/** Counts values in a table of fixed size: open addressing, since a Map of numbers is several times slower. */
class Tally {
  readonly #values: Float64Array;
  readonly #counts: Uint32Array;
  readonly #scratch = new Float64Array(1);
  readonly #bits = new Uint32Array(this.#scratch.buffer);
  /** Counts of whole numbers from 0 on, the values of most columns of few. */
  readonly #small: Uint32Array;
  #size = 0;

  /** Room for as many values as so many rows can have: tables of thousands of columns have few rows. */
  constructor(rows: number) {
    const room = Math.min(COUNTED_VALUES, rows + 1);
    this.#small = new Uint32Array(room);
    this.#counts = new Uint32Array(4 * room);
    this.#values = new Float64Array(4 * room).fill(Number.NaN);
  }

  /** Counts a value; false once there are too many different ones. */
  add(value: number): boolean {
    const small = value | 0;
    if (small === value && small >= 0 && small < this.#small.length) {
      const before = this.#small[small] as number;
      this.#small[small] = before + 1;
      return before > 0 || this.#size++ < COUNTED_VALUES;
    }
    const values = this.#values;
    this.#scratch[0] = value + 0;
    const mixed = Math.imul((this.#bits[0] as number) ^ Math.imul(this.#bits[1] as number, 0x9e3779b1), 0x85ebca6b);
    const slots = values.length;
    let slot = (mixed >>> 16) % slots;
    for (;;) {
      const found = values[slot] as number;
      if (found === value) break;
      if (Number.isNaN(found)) {
        if (this.#size === COUNTED_VALUES) return false;
        values[slot] = value;
        this.#size++;
        break;
      }
      slot = (slot + 1) % slots;
    }
    this.#counts[slot] = (this.#counts[slot] as number) + 1;
    return true;
  }

  /** The values with their counts, the smallest first. */
  counts(): ReadonlyMap<number, number> {
    const found: [number, number][] = [];
    for (const [value, count] of this.#small.entries()) if (count > 0) found.push([value, count]);
    for (const [slot, value] of this.#values.entries())
      if (!Number.isNaN(value)) found.push([value, this.#counts[slot] ?? 0]);
    return new Map(found.sort(([a], [b]) => a - b));
  }
}

/** The different plain numbers of a column with their counts, however many they are. */
export function numberCounts(
  { numbers, rows }: Pick<WrittenColumn, "numbers" | "rows">,
  { values }: NumberFacts,
  without: ReadonlySet<number> = new Set(),
): ReadonlyMap<number, number> {
  if (values !== undefined) return values;
  const counts = new Map<number, number>();
  for (let row = 0; row < rows; row++) {
    const value = numbers[row] as number;
    if (!Number.isNaN(value) && !without.has(value)) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

/** How a plain number is spelled in its file. */
export function spellingOf(value: number, { spellings }: Pick<WrittenColumn, "spellings">): string {
  return spellings.get(value) ?? String(value);
}
