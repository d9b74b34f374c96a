/** Numbers that sum up a list of numbers. */
import { known } from "../error.ts";

/** The mean of some values, or of what `of` makes of them; NaN for none. */
export function meanOf(values: ArrayLike<number>, of?: (value: number) => number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const value = known(values[i], "a value");
    sum += of === undefined ? value : of(value);
  }
  return sum / values.length;
}

/**
 * The mean squared distance from the mean (divides by the count); NaN for no values, and exactly 0 for values that are all
 * the same, whose mean need not be one of them after rounding.
 */
export function populationVariance(values: ArrayLike<number>): number {
  if (values.length > 0 && isOneValue(values)) return 0;
  const mean = meanOf(values);
  return meanOf(values, (value) => (value - mean) ** 2);
}

function isOneValue(values: ArrayLike<number>): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false;
  return Number.isFinite(values[0]);
}

/**
 * The unbiased estimate of the population variance from a sample (divides by the count less one); 0 for fewer than two
 * values.
 */
export function sampleVariance(values: ArrayLike<number>): number {
  if (values.length < 2) return 0;
  const mean = meanOf(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (known(values[i], "a value") - mean) ** 2;
  return sum / (values.length - 1);
}

/**
 * The value below which the fraction `p` lies: between the two nearest of the ascending values (type 7 of Hyndman and
 * Fan, The American Statistician 1996, which NumPy and R take too); NaN for none.
 */
export function quantileOf(sorted: ArrayLike<number>, p: number): number {
  if (sorted.length === 0) return Number.NaN;
  const place = p * (sorted.length - 1);
  const below = Math.floor(place);
  const low = known(sorted[below], "the value below");
  const high = known(sorted[Math.ceil(place)], "the value above");
  // infinities that are equal have no difference
  return low === high ? low : low + (place - below) * (high - low);
}

/** The median of values in any order; NaN for none. */
export function medianOf(values: ArrayLike<number>): number {
  return quantileOf(Float64Array.from(values).sort(), 0.5);
}

/** The mean of each column of rows of one length; nothing for no rows. */
export function columnMeans(rows: readonly ArrayLike<number>[]): Float64Array {
  return Float64Array.from(rows[0] ?? [], (_, i) => meanOf(rows.map((row) => known(row[i], "a column"))));
}

/** The rank of each value, from 1; equal values share the middle of theirs. */
export function midranks(values: ArrayLike<number>): Float64Array {
  const sorted = Float64Array.from(values).sort();
  const different = new Float64Array(sorted.length);
  const rankOf = new Float64Array(sorted.length);
  let groups = 0;
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    const value = known(sorted[from], "a value");
    while (to < sorted.length && (sorted[to] === value || to === from)) to++;
    different[groups] = value;
    rankOf[groups++] = (from + to + 1) / 2;
  }
  return Float64Array.from(values, (value) => known(rankOf[placeOf(value, different, groups)], "a rank"));
}

/** Where a value stands among the first of some ascending ones. */
function placeOf(value: number, ascending: Float64Array, count: number): number {
  let [low, high] = [0, count - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (known(ascending[middle], "a value") <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Pearson's correlation of two lists of one length; 0 where one of them does not vary. */
export function correlation(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const [a, b] = [meanOf(x), meanOf(y)];
  let [both, left, right] = [0, 0, 0];
  for (let row = 0; row < x.length; row++) {
    const [p, q] = [known(x[row], "a value") - a, known(y[row], "a value") - b];
    both += p * q;
    left += p * p;
    right += q * q;
  }
  return left * right === 0 ? 0 : both / Math.sqrt(left * right);
}
