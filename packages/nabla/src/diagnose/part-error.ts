/** The error of a part with what chance could make of it: by counts, by class, or by drawing rows again. */
import { fork, type Key, seedKey, uniform } from "../base/random.ts";
import { differenceInterval, type Interval, percentileInterval, wilson } from "../base/statistics/intervals.ts";
import { effectiveRows, weightedMean } from "../base/statistics/weighted.ts";
import { classCounts, isImbalanced } from "../train/deciding/class-balance.ts";
import { balancedErrorMeasure } from "../train/deciding/class-kinds.ts";
import { plainErrorMeasure } from "../train/deciding/kinds.ts";
import type { Measure } from "../train/deciding/measure.ts";
import { mistakeScale, type RowResults } from "./row-results.ts";

/** An error, its interval, and the rows it was measured on; NaN where numbers to be predicted do not vary. */
export interface PartError {
  readonly error: number;
  readonly interval: Interval;
  readonly rows: number;
}

/** What decides between networks on such rows: the measure that is asked for, else the error, of which classes weigh alike where one is rare. */
export function decidingMeasure({ task, targets }: Pick<RowResults, "task" | "targets">, asked?: Measure): Measure {
  if (asked !== undefined) return asked;
  const isRare =
    task === "classification" &&
    targets.dtype === "int32" &&
    targets.shape.length === 1 &&
    isImbalanced([...classCounts(targets.data).values()]);
  return isRare ? balancedErrorMeasure() : plainErrorMeasure();
}

/**
 * The error by a measure, in what it is counted in, with an interval: that of counts (Wilson; those of classes are put together by
 * squares, Zou and Donner 2008), or of rows that are drawn again (Efron 1979, percentiles).
 */
export function measuredError(results: RowResults, measure: Measure = plainErrorMeasure()): PartError {
  const rows = results.mistakes.length;
  const groups = measure.groups?.(results);
  if (groups !== undefined) return { ...countedError(results, groups), rows };
  const errors = measure.rowErrors(results);
  const scale = mistakeScale(results);
  const error =
    measure.dividesByVariance === true && scale > 0
      ? weightedMean(results.mistakes, results.weights) / scale
      : weightedMean(errors, results.weights);
  if (Number.isNaN(error)) return { error: Number.NaN, interval: { from: Number.NaN, to: Number.NaN }, rows };
  const isRatio = results.task === "regression" && measure.dividesByVariance === true;
  const { from, to } = isRatio ? drawnAgain(results) : meanDrawnAgain(errors, results.weights);
  const isShare = measure.unit === "share" && results.task === "classification";
  return { error, interval: { from: Math.max(0, from), to: isShare ? Math.min(1, to) : to }, rows };
}

/** The same as a fraction: of what is no share already, of what the best constant answer comes to. */
export function partError(results: RowResults, measure: Measure = plainErrorMeasure()): PartError {
  const { error, interval, rows } = measuredError(results, measure);
  const { relative = (one: number): number => one } = measure;
  const [own, from, to] = [error, interval.from, interval.to].map((one) => relative(one, results)) as [
    number,
    number,
    number,
  ];
  return { error: own, interval: { from, to }, rows };
}

function countedError(
  { mistakes, weights }: RowResults,
  groups: readonly (readonly number[])[],
): Omit<PartError, "rows"> {
  let [error, below, above] = [0, 0, 0];
  for (const group of groups) {
    const heavy = weights && group.map((row) => weights[row] ?? 0);
    const share = weightedMean(
      group.map((row) => mistakes[row] ?? 0),
      heavy,
    );
    const { from, to } = wilson(share, effectiveRows(group.length, heavy));
    error += share / groups.length;
    below += ((share - from) / groups.length) ** 2;
    above += ((to - share) / groups.length) ** 2;
  }
  return { error, interval: { from: error - Math.sqrt(below), to: error + Math.sqrt(above) } };
}

/** A 95% interval of the difference a - b, from the intervals of both (Newcombe 1998, method 10). */
export function gapOf(a: PartError, b: PartError): Interval {
  return differenceInterval({ value: a.error, ...a }, { value: b.error, ...b });
}

/** Any seed: the same rows have the same interval. */
const SEED = 1;
const REPEATS = 400;
/** A variance of less than this share of the mean square is what rounding leaves. */
const ROUNDING = 1e-12;

/** 95% of what the mean of the rows' errors becomes when rows are drawn again. */
function meanDrawnAgain(errors: Float64Array, weights: Float64Array | undefined): Interval {
  const found = repeated(fork(seedKey(SEED), "bootstrap"), errors.length, (chosen) => {
    let [total, counted] = [0, 0];
    for (const row of chosen) {
      const weight = weights?.[row] ?? 1;
      total += weight * (errors[row] ?? 0);
      counted += weight;
    }
    return total / counted;
  });
  return percentileInterval(found);
}

/** 95% of what 1 - R² becomes when rows are drawn again with replacement (Efron 1979, percentiles). */
function drawnAgain({ mistakes, targets, weights }: RowResults): Interval {
  const rows = mistakes.length;
  const width = targets.data.length / Math.max(1, rows);
  const found = repeated(fork(seedKey(SEED), "bootstrap"), rows, (chosen) => {
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
