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
  const values = Float64Array.from(rows, (row) => data[row] ?? Number.NaN);
  return { kind, values: kind === "number" ? values : values.map((code) => (code < 0 ? Number.NaN : code)) };
}

/**
 * 1 - (variance within groups) / (variance of all), each by its degrees of freedom, so that it is 0 on average where groups
 * mean nothing; of names the Gini index is the variance. Groups of one row, and rows without a group (a negative code) or
 * a value, do not count. NaN where nothing varies, or nothing repeats.
 */
export function likenessWithin({ kind, values }: Compared, groups: ArrayLike<number>): number {
  const sizes = new Map<number, number>();
  for (let row = 0; row < values.length; row++)
    if (counts(values, groups, row)) sizes.set(groups[row] ?? 0, (sizes.get(groups[row] ?? 0) ?? 0) + 1);
  const rows: number[] = [];
  for (let row = 0; row < values.length; row++)
    if (counts(values, groups, row) && (sizes.get(groups[row] ?? 0) ?? 0) > 1) rows.push(row);
  const repeating = new Set(rows.map((row) => groups[row] ?? 0)).size;
  const [within, all] = kind === "number" ? squares(rows, values, groups) : impurities(rows, values, groups);
  const [free, total] = [rows.length - repeating, rows.length - 1];
  return free < 1 || !(all > 0) ? Number.NaN : 1 - within / free / (all / total);
}

function counts(values: Float64Array, groups: ArrayLike<number>, row: number): boolean {
  return (groups[row] ?? -1) >= 0 && !Number.isNaN(values[row] ?? Number.NaN);
}

/** Sums of squared distances: from the mean of each row's group, and from the mean of all. */
function squares(
  rows: readonly number[],
  values: Float64Array,
  groups: ArrayLike<number>,
): readonly [within: number, all: number] {
  const mean = meanOf(rows.map((row) => values[row] ?? 0));
  const sums = new Map<number, { sum: number; count: number }>();
  for (const row of rows) {
    const group = groups[row] ?? 0;
    const found = sums.get(group) ?? { sum: 0, count: 0 };
    sums.set(group, { sum: found.sum + (values[row] ?? 0) - mean, count: found.count + 1 });
  }
  let [within, all] = [0, 0];
  for (const row of rows) {
    const value = (values[row] ?? 0) - mean;
    const { sum = 0, count = 1 } = sums.get(groups[row] ?? 0) ?? {};
    within += (value - sum / count) ** 2;
    all += value ** 2;
  }
  return [within, all];
}

/** The same of names: rows times the chance that two of them, drawn with replacement, differ. */
function impurities(
  rows: readonly number[],
  values: Float64Array,
  groups: ArrayLike<number>,
): readonly [within: number, all: number] {
  const byGroup = new Map<number, Map<number, number>>();
  const together = new Map<number, number>();
  const add = (counted: Map<number, number>, value: number): void =>
    void counted.set(value, (counted.get(value) ?? 0) + 1);
  for (const row of rows) {
    const group = groups[row] ?? 0;
    const counted = byGroup.get(group) ?? new Map<number, number>();
    byGroup.set(group, counted);
    add(counted, values[row] ?? 0);
    add(together, values[row] ?? 0);
  }
  const within = [...byGroup.values()].reduce((sum, counted) => sum + impurity(counted), 0);
  return [within, impurity(together)];
}

function impurity(counted: ReadonlyMap<number, number>): number {
  let [rows, squared] = [0, 0];
  for (const count of counted.values()) {
    rows += count;
    squared += count ** 2;
  }
  return rows === 0 ? 0 : rows - squared / rows;
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
