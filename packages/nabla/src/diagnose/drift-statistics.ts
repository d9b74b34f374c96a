/** Statistics that test whether two samples come from one distribution. */
import { known } from "../base/error.ts";
import { type Interval, normalInterval } from "../base/statistics/intervals.ts";
import { normalTail } from "../base/statistics/normal.ts";
import { meanOf, midranks, sampleVariance } from "../base/statistics/summary.ts";

/** How well scores rank the rows of two samples, with its variances. */
export interface Auc {
  /** The probability that a row of the second sample scores higher than one of the first; 0.5 is chance. */
  readonly value: number;
  /** Of `value` as it was measured (DeLong, DeLong and Clarke-Pearson 1988). */
  readonly variance: number;
  /** Of `value` if both samples were of one distribution (Mann and Whitney 1947). */
  readonly nullVariance: number;
}

/** The area under the ROC curve by midranks, ties counted half. NaN-free scores; both samples need rows. */
export function aucOf(first: ArrayLike<number>, second: ArrayLike<number>): Auc {
  const [n, m] = [first.length, second.length];
  const all = midranks([...Array.from(first), ...Array.from(second)]);
  const [own, other] = [midranks(Array.from(first)), midranks(Array.from(second))];
  // for each row the share of the other sample that lies on its right side
  const below = Float64Array.from(other, (rank, i) => ((all[n + i] ?? 0) - rank) / n);
  const above = Float64Array.from(own, (rank, i) => 1 - ((all[i] ?? 0) - rank) / m);
  return {
    value: meanOf(below),
    variance: sampleVariance(above) / n + sampleVariance(below) / m,
    nullVariance: (n + m + 1) / (12 * n * m),
  };
}

/**
 * The mean of the AUCs of halves, each scored by what was learned from the other. It is as unsure as one of them: both
 * measure how the chance differences of one half agree with those of the other, so they rise and fall together.
 */
export function meanAuc(parts: readonly Auc[]): Auc {
  const mean = (of: (part: Auc) => number): number => meanOf(parts.map(of));
  return {
    value: mean(({ value }) => value),
    variance: mean(({ variance }) => variance),
    nullVariance: mean(({ nullVariance }) => nullVariance),
  };
}

/** The 95% interval of an AUC, and how often chance alone would give one so high. */
export function judgeAuc({ value, variance, nullVariance }: Auc): {
  readonly interval: Interval;
  readonly p: number;
} {
  const { from, to } = normalInterval(value, Math.sqrt(Math.max(variance, nullVariance)));
  return {
    interval: { from: Math.max(0, from), to: Math.min(1, to) },
    p: normalTail((value - 0.5) / Math.sqrt(nullVariance)),
  };
}

/** The largest distance between the two empirical distribution functions (Kolmogorov and Smirnov); sorts copies. */
export function kolmogorovSmirnov(first: ArrayLike<number>, second: ArrayLike<number>): number {
  const [a, b] = [Float64Array.from(first).sort(), Float64Array.from(second).sort()];
  let [i, j, largest] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i] ?? 0, b[j] ?? 0);
    while (i < a.length && (a[i] ?? 0) <= value) i++;
    while (j < b.length && (b[j] ?? 0) <= value) j++;
    largest = Math.max(largest, Math.abs(i / a.length - j / b.length));
  }
  return largest;
}

/** How often chance alone gives so large a Kolmogorov-Smirnov distance, with Stephens' correction for few rows (Numerical Recipes, 14.3). */
export function kolmogorovTail(distance: number, first: number, second: number): number {
  const rows = Math.sqrt((first * second) / (first + second));
  const x = (rows + 0.12 + 0.11 / rows) * distance;
  if (x < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k++) {
    const term = Math.exp(-2 * k * k * x * x);
    sum += k % 2 === 1 ? term : -term;
    if (term < 1e-16) break;
  }
  return Math.min(1, Math.max(0, 2 * sum));
}

/**
 * Pearson's chi-square of two rows of counts; kinds that are expected fewer than twice count as one. With many kinds more
 * is not needed (Koehler and Larntz 1980).
 */
export function chiSquare(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
): { readonly statistic: number; readonly freedom: number } {
  const sum = (counts: ArrayLike<number>): number => Array.from(counts).reduce((total, count) => total + count, 0);
  const [n, m] = [sum(first), sum(second)];
  const least = Math.min(n, m) / (n + m);
  const cells: (readonly [number, number])[] = [];
  let [rareFirst, rareSecond] = [0, 0];
  for (let kind = 0; kind < first.length; kind++) {
    const [a, b] = [first[kind] ?? 0, second[kind] ?? 0];
    if ((a + b) * least >= 2) cells.push([a, b]);
    else [rareFirst, rareSecond] = [rareFirst + a, rareSecond + b];
  }
  if (rareFirst + rareSecond > 0) cells.push([rareFirst, rareSecond]);
  const statistic = cells.reduce((total, [a, b]) => {
    const [expectedA, expectedB] = [((a + b) * n) / (n + m), ((a + b) * m) / (n + m)];
    return total + (a - expectedA) ** 2 / expectedA + (b - expectedB) ** 2 / expectedB;
  }, 0);
  return { statistic, freedom: Math.max(0, cells.length - 1) };
}

/** p-values corrected for their number, none more than 1 (Holm 1979): the least times n, the next times n - 1, … */
export function holm(values: readonly number[]): readonly number[] {
  const order = values.map((_, i) => i).sort((a, b) => known(values[a], "a p-value") - known(values[b], "a p-value"));
  const corrected = values.map(() => 1);
  let highest = 0;
  for (const [rank, i] of order.entries()) {
    highest = Math.max(highest, Math.min(1, known(values[i], "a p-value") * (values.length - rank)));
    corrected[i] = highest;
  }
  return corrected;
}
