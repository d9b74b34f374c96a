/** The error of a part with what chance could make of it: by counts, by class, or by drawing rows again. */
import { fork, type Key, seedKey, uniform } from "../base/random.ts";
import { differenceInterval, type Interval, percentileInterval, wilson } from "../base/statistics/intervals.ts";
import { effectiveRows, weightedMean } from "../base/statistics/weighted.ts";
import { mistakeScale, type RowResults } from "./row-results.ts";

/** An error, its interval, and the rows it was measured on; NaN where numbers to be predicted do not vary. */
export interface PartError {
  readonly error: number;
  readonly interval: Interval;
  readonly rows: number;
}

/** A class is rare when it has less than this share of its even share of rows. */
const RARE = 0.25;

/** Whether some class is far rarer than the others, so that being wrong on it alone hardly shows in the plain error. */
export function isImbalanced(all: readonly number[]): boolean {
  const counts = countedClasses(all.map((count, i) => [i, count] as const)).map(([, count]) => count);
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.length > 1 && Math.min(...counts) < (RARE * total) / counts.length;
}

/** A class with fewer rows has an error of 0, a half or all by chance, and no weight in a mean of errors. */
const FEWEST_OF_CLASS = 4;

/** Those classes that have rows enough to have an error of their own; all of them where fewer than two have. */
function countedClasses(counts: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  const enough = counts.filter(([, count]) => count >= FEWEST_OF_CLASS);
  return enough.length < 2 ? counts : enough;
}

/** Rows of each class that occurs, by code. */
export function classCounts(codes: ArrayLike<number>): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (let i = 0; i < codes.length; i++) counts.set(codes[i] ?? 0, (counts.get(codes[i] ?? 0) ?? 0) + 1);
  return counts;
}

/** Whether an error of these rows weighs classes alike: as is asked, else where some class is rare. */
export function weighsClassesAlike({ task, targets }: RowResults, asked?: boolean): boolean {
  if (task !== "classification" || targets.dtype !== "int32") return false;
  return asked ?? isImbalanced([...classCounts(targets.data).values()]);
}

/** The plain error with Wilson's interval; for numbers 1 - R², and for several targets the mean, with a bootstrap interval. */
export function plainError(results: RowResults, seed: number): PartError {
  const { mistakes, task, weights } = results;
  const rows = mistakes.length;
  if (task === "classification") {
    const error = weightedMean(mistakes, weights);
    return { error, interval: wilson(error, effectiveRows(rows, weights)), rows };
  }
  const variance = mistakeScale(results);
  if (!(variance > 0)) return { error: Number.NaN, interval: { from: Number.NaN, to: Number.NaN }, rows };
  const interval = task === "regression" ? drawnAgain(results, seed) : meanDrawnAgain(results, seed);
  return { error: weightedMean(mistakes, weights) / variance, interval, rows };
}

/**
 * The mean of the classes' errors, so that a rare class counts as much as a frequent one, but for those of hardly any
 * rows. Its interval puts those of the
 * classes together by squares (Zou and Donner 2008).
 */
export function balancedError({ mistakes, targets, weights }: RowResults): PartError {
  const places = new Map<number, number[]>();
  for (let i = 0; i < mistakes.length; i++) {
    const code = targets.data[i] ?? 0;
    const own = places.get(code);
    if (own === undefined) places.set(code, [i]);
    else own.push(i);
  }
  const counts = countedClasses([...places].map(([code, own]) => [code, own.length] as const));
  let [error, below, above] = [0, 0, 0];
  for (const [code] of counts) {
    const own = places.get(code) ?? [];
    const heavy = weights && own.map((row) => weights[row] ?? 0);
    const share = weightedMean(
      own.map((row) => mistakes[row] ?? 0),
      heavy,
    );
    const { from, to } = wilson(share, effectiveRows(own.length, heavy));
    error += share / counts.length;
    below += ((share - from) / counts.length) ** 2;
    above += ((to - share) / counts.length) ** 2;
  }
  const interval = { from: error - Math.sqrt(below), to: error + Math.sqrt(above) };
  return { error, interval, rows: mistakes.length };
}

/** A 95% interval of the difference a - b, from the intervals of both (Newcombe 1998, method 10). */
export function gapOf(a: PartError, b: PartError): Interval {
  return differenceInterval({ value: a.error, ...a }, { value: b.error, ...b });
}

const REPEATS = 400;
/** A variance of less than this share of the mean square is what rounding leaves. */
const ROUNDING = 1e-12;

/** 95% of what the mean of the mistakes becomes when rows are drawn again. */
function meanDrawnAgain({ mistakes, weights }: RowResults, seed: number): Interval {
  const found = repeated(fork(seedKey(seed), "bootstrap"), mistakes.length, (chosen) => {
    let [total, counted] = [0, 0];
    for (const row of chosen) {
      const weight = weights?.[row] ?? 1;
      total += weight * (mistakes[row] ?? 0);
      counted += weight;
    }
    return total / counted;
  });
  return percentileInterval(found);
}

/** 95% of what 1 - R² becomes when rows are drawn again with replacement (Efron 1979, percentiles). */
function drawnAgain({ mistakes, targets, weights }: RowResults, seed: number): Interval {
  const rows = mistakes.length;
  const width = targets.data.length / Math.max(1, rows);
  const found = repeated(fork(seedKey(seed), "bootstrap"), rows, (chosen) => {
    let [mistake, counted] = [0, 0];
    const [sums, squares] = [new Float64Array(width), new Float64Array(width)];
    for (const row of chosen) {
      const weight = weights?.[row] ?? 1;
      counted += weight;
      mistake += weight * (mistakes[row] ?? 0);
      for (let k = 0; k < width; k++) {
        const target = targets.data[row * width + k] ?? 0;
        sums[k] = (sums[k] ?? 0) + weight * target;
        squares[k] = (squares[k] ?? 0) + weight * target * target;
      }
    }
    const variance = squares.reduce((sum, square, k) => sum + square / counted - ((sums[k] ?? 0) / counted) ** 2, 0);
    // rows drawn that are one row again and again have a variance of rounding errors, and no R²
    const size = squares.reduce((sum, square) => sum + square / counted, 0);
    return variance > ROUNDING * size ? mistake / counted / variance : Number.NaN;
  }).filter((error) => !Number.isNaN(error));
  return percentileInterval(found);
}

/** A statistic of `REPEATS` samples of rows drawn with replacement. */
export function repeated(key: Key, rows: number, of: (chosen: Uint32Array) => number): Float64Array {
  const chosen = new Uint32Array(rows);
  return Float64Array.from({ length: REPEATS }, (_, repeat) => {
    const draws = uniform(key, rows, { stream: repeat });
    for (let i = 0; i < rows; i++) chosen[i] = Math.floor((draws[i] ?? 0) * rows);
    return of(chosen);
  });
}
