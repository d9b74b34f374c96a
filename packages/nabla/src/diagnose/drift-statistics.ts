/** The statistics that tell whether two samples come from one distribution. */
import { normalTail } from "./drift-tails.ts";
import type { Interval } from "./interval.ts";

/** How well scores order the rows of two samples, and how sure that is. */
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
  const value = below.reduce((sum, share) => sum + share, 0) / m;
  return {
    value,
    variance: variance(above) / n + variance(below) / m,
    nullVariance: (n + m + 1) / (12 * n * m),
  };
}

/**
 * The mean of the AUCs of halves, each scored by what was learnt from the other. It is as unsure as one of them: both
 * measure how the chance differences of one half agree with those of the other, so they rise and fall together.
 */
export function meanAuc(parts: readonly Auc[]): Auc {
  const many = parts.length;
  const sum = (of: (part: Auc) => number): number => parts.reduce((total, part) => total + of(part), 0);
  return {
    value: sum((part) => part.value) / many,
    variance: sum((part) => part.variance) / many,
    nullVariance: sum((part) => part.nullVariance) / many,
  };
}

/** The 95 % interval of an AUC, and how often chance alone would give one so high. */
export function judgeAuc({ value, variance: found, nullVariance }: Auc): {
  readonly interval: Interval;
  readonly p: number;
} {
  const half = 1.959963984540054 * Math.sqrt(Math.max(found, nullVariance));
  const interval = { from: Math.max(0, value - half), to: Math.min(1, value + half) };
  return { interval, p: normalTail((value - 0.5) / Math.sqrt(nullVariance)) };
}

/** The rank of each value, from 1; equal values share the middle of theirs. */
export function midranks(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i).sort(
    (a, b) => (values[a] ?? 0) - (values[b] ?? 0),
  );
  const ranks = new Float64Array(values.length);
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && values[order[to] ?? 0] === values[order[from] ?? 0]) to++;
    for (let i = from; i < to; i++) ranks[order[i] ?? 0] = (from + to + 1) / 2;
  }
  return ranks;
}

function variance(values: Float64Array): number {
  if (values.length < 2) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
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
  const order = values.map((_, i) => i).sort((a, b) => (values[a] ?? 1) - (values[b] ?? 1));
  const corrected = values.map(() => 1);
  let highest = 0;
  for (const [rank, i] of order.entries()) {
    highest = Math.max(highest, Math.min(1, (values[i] ?? 1) * (values.length - rank)));
    corrected[i] = highest;
  }
  return corrected;
}
