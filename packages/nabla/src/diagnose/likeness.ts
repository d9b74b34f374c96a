/** How much more alike the rows of one group are than any rows, from 0 (not at all) to 1 (the same). */
import type { Key } from "../base/random.ts";
import { permutation } from "../base/random.ts";
import { meanOf, sampleVariance } from "../base/statistics/summary.ts";
import type { Column } from "../data/table.ts";

/** What rows are compared by: the number of each, or the code of its name; NaN is missing. */
export interface Compared {
  readonly kind: "number" | "category";
  readonly values: Float64Array;
}

/** Some rows of a column of one number or name a row. */
export function comparedOf(column: Column, rows: ArrayLike<number>): Compared {
  const [kind, data] =
    column.kind === "number" ? ["number" as const, column.values.data] : ["category" as const, column.codes];
  const values = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) values[i] = data[rows[i] ?? 0] ?? Number.NaN;
  return { kind, values: kind === "number" ? values : values.map((code) => (code < 0 ? Number.NaN : code)) };
}

/**
 * 1 - (variance within groups) / (variance of all), each by its degrees of freedom, so that it is 0 on average where groups
 * mean nothing; of names the Gini index is the variance. Groups of one row, and rows without a group (a negative code) or
 * a value, do not count. NaN where nothing varies, or nothing repeats.
 */
export function likenessWithin({ kind, values }: Compared, groups: ArrayLike<number>): number {
  const sizes = new Int32Array(highest(groups) + 1);
  const counts = (row: number): boolean => (groups[row] ?? -1) >= 0 && !Number.isNaN(values[row] ?? Number.NaN);
  for (let row = 0; row < values.length; row++) if (counts(row)) raise(sizes, groups[row] ?? 0, 1);
  const rows: number[] = [];
  for (let row = 0; row < values.length; row++) if (counts(row) && (sizes[groups[row] ?? 0] ?? 0) > 1) rows.push(row);
  const repeating = sizes.reduce((sum, size) => sum + Number(size > 1), 0);
  const [within, all] =
    kind === "number" ? squares(rows, values, groups, sizes) : impurities(rows, values, groups, sizes);
  const [free, total] = [rows.length - repeating, rows.length - 1];
  return free < 1 || !(all > 0) ? Number.NaN : 1 - within / free / (all / total);
}

/** The highest code; 0 where there is none. */
export function highest(codes: ArrayLike<number>): number {
  let most = 0;
  // a missing code is not higher than any
  for (let row = 0; row < codes.length; row++) if ((codes[row] ?? 0) > most) most = codes[row] ?? 0;
  return most;
}

function raise(counts: Int32Array | Float64Array, at: number, by: number): void {
  counts[at] = (counts[at] ?? 0) + by;
}

/** Sums of squared distances: from the mean of each row's group, and from the mean of all. */
function squares(
  rows: readonly number[],
  values: Float64Array,
  groups: ArrayLike<number>,
  sizes: Int32Array,
): readonly [within: number, all: number] {
  let mean = 0;
  for (const row of rows) mean += (values[row] ?? 0) / rows.length;
  const sums = new Float64Array(sizes.length);
  for (const row of rows) raise(sums, groups[row] ?? 0, (values[row] ?? 0) - mean);
  let [within, all] = [0, 0];
  for (const row of rows) {
    const [value, group] = [(values[row] ?? 0) - mean, groups[row] ?? 0];
    within += (value - (sums[group] ?? 0) / (sizes[group] ?? 1)) ** 2;
    all += value ** 2;
  }
  return [within, all];
}

/** The same of names: rows times the chance that two of them, drawn with replacement, differ. */
function impurities(
  rows: readonly number[],
  values: Float64Array,
  groups: ArrayLike<number>,
  sizes: Int32Array,
): readonly [within: number, all: number] {
  const names = highest(values) + 1;
  const together = new Float64Array(names);
  const apart = new Map<number, number>();
  for (const row of rows) {
    const name = values[row] ?? 0;
    raise(together, name, 1);
    const cell = (groups[row] ?? 0) * names + name;
    apart.set(cell, (apart.get(cell) ?? 0) + 1);
  }
  let within = rows.length;
  for (const [cell, found] of apart) within -= found ** 2 / (sizes[Math.floor(cell / names)] ?? 1);
  return [within, rows.length - together.reduce((sum, found) => sum + found ** 2, 0) / rows.length];
}

/** Shuffles that a likeness is compared with. */
const SHUFFLES = 60;
/** Standard deviations above what shuffles give. */
const FAR = 6;

/** Whether values are more alike within groups than chance makes them: a permutation test, far out in its tail. */
export function isBeyondChance(compared: Compared, groups: ArrayLike<number>, key: Key): boolean {
  const found = likenessWithin(compared, groups);
  if (Number.isNaN(found)) return false;
  const order = permutation(key, compared.values.length);
  const shuffled = new Float64Array(order.length);
  const chance = Array.from({ length: SHUFFLES }, (_, shuffle) => {
    // one order, turned around by another stride each time: as good as new ones, and quickly made
    const turn = Math.floor(((shuffle + 1) * order.length) / (SHUFFLES + 1));
    for (let row = 0; row < order.length; row++)
      shuffled[row] = compared.values[order[(row + turn) % order.length] ?? 0] ?? Number.NaN;
    return likenessWithin({ ...compared, values: shuffled }, groups);
  }).filter((value) => !Number.isNaN(value));
  return found > Math.max(...chance) && found - meanOf(chance) > FAR * Math.sqrt(sampleVariance(chance));
}
