/** Calibration: whether predictions with 80% confidence are right in 80 of 100 rows. */
import type { NdArray } from "../../array/ndarray.ts";
import { inRange } from "../../base/range.ts";
import { type Interval, wilson } from "../../base/statistics/intervals.ts";
import { type RowWeights, weightedMean } from "../../base/statistics/weighted.ts";
import { classProbabilities, likeliest, logLosses, temper } from "../../train/probabilities.ts";
import { sameRows } from "./confusion.ts";

/** The rows whose confidence lies between `from` and `to`. */
export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  /** The mean confidence of the rows, and the fraction of them that is right, with Wilson's 95% interval. */
  readonly confidence: number;
  readonly right: number;
  readonly interval: Interval;
}

/** How honest the confidence is. */
export interface Reliability {
  /** Bins with rows in them, from the least confidence up. */
  readonly bins: readonly ReliabilityBin[];
  /** The expected calibration error: the mean distance of confidence and fraction right over bins, weighted by rows. */
  readonly ece: number;
}

/** Reliability in bins of equal width (Guo et al. 2017, equation 3). `right`: 1 where correct, 0 where wrong. */
export function reliability(
  confidence: ArrayLike<number>,
  right: ArrayLike<number>,
  { bins = 10, weights }: { readonly bins?: number; readonly weights?: RowWeights } = {},
): Reliability {
  sameRows(confidence, right);
  inRange("bins", bins, { atLeast: 1, whole: true });
  const sums = Array.from({ length: bins }, () => ({ rows: 0, weight: 0, squares: 0, confidence: 0, right: 0 }));
  for (let row = 0; row < right.length; row++) {
    const sure = confidence[row] ?? 0;
    // a bin holds its upper bound: 1 belongs to the last
    const bin = sums[Math.min(bins - 1, Math.max(0, Math.ceil(sure * bins) - 1))];
    if (bin === undefined) continue;
    const weight = weights === undefined ? 1 : (weights[row] ?? 0);
    bin.rows += 1;
    bin.weight += weight;
    bin.squares += weight * weight;
    bin.confidence += weight * sure;
    bin.right += weight * (right[row] ?? 0);
  }
  let [gaps, total] = [0, 0];
  const found = sums.flatMap(({ rows, weight, squares, confidence: sure, right: correct }, bin) => {
    if (weight === 0) return [];
    const [mean, share] = [sure / weight, correct / weight];
    gaps += weight * Math.abs(share - mean);
    total += weight;
    const interval = wilson(share, weight ** 2 / squares);
    return [{ from: bin / bins, to: (bin + 1) / bins, rows, confidence: mean, right: share, interval }];
  });
  return { bins: found, ece: gaps / total };
}

/** A temperature and what it does on the rows that it was fitted on. */
export interface Temperature {
  /** Above 1 the network was overconfident, below 1 underconfident. */
  readonly temperature: number;
  /** The mean loss and the calibration error without it and with it. */
  readonly before: { readonly loss: number; readonly ece: number };
  readonly after: { readonly loss: number; readonly ece: number };
  readonly rows: number;
}

/** Temperatures are searched between one twentieth and twenty. */
const WIDEST = 20;

/**
 * The temperature that makes the mean loss on a part smallest (Guo et al. 2017, section 4.2); to be fitted on dev. It
 * changes no predicted class, only its confidence. The loss is convex in 1/temperature, so a golden-section search
 * finds the smallest. Rows with weights count by them. `answers` are probabilities [rows, classes], or [rows, 1] of the second of two.
 */
export function fitTemperature(
  answers: NdArray,
  targets: ArrayLike<number>,
  { weights }: { readonly weights?: RowWeights } = {},
): Temperature {
  const probabilities = classProbabilities(answers);
  sameRows({ length: probabilities.shape[0] ?? 0 }, targets);
  const lossAt = (inverse: number): number =>
    weightedMean(logLosses(temper(probabilities, 1 / inverse), targets), weights);
  const found = goldenSection(lossAt, 1 / WIDEST, WIDEST);
  // what gains nothing changes nothing
  const inverse = lossAt(found) < lossAt(1) ? found : 1;
  const measure = (at: number) => {
    const { classes, confidence } = likeliest(temper(probabilities, 1 / at));
    const right = Array.from(targets, (code, row) => Number(code === classes[row]));
    return { loss: lossAt(at), ece: reliability(confidence, right, { weights }).ece };
  };
  return { temperature: 1 / inverse, before: measure(1), after: measure(inverse), rows: targets.length };
}

/** Where a function with one valley is smallest between two bounds, to a part in ten thousand, on a logarithmic scale. */
function goldenSection(at: (x: number) => number, least: number, most: number): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [from, to] = [Math.log(least), Math.log(most)];
  let [low, high] = [to - ratio * (to - from), from + ratio * (to - from)];
  let [below, above] = [at(Math.exp(low)), at(Math.exp(high))];
  while (to - from > 1e-4) {
    if (below < above) {
      [to, high, above] = [high, low, below];
      low = to - ratio * (to - from);
      below = at(Math.exp(low));
    } else {
      [from, low, below] = [low, high, above];
      high = from + ratio * (to - from);
      above = at(Math.exp(high));
    }
  }
  return Math.exp((from + to) / 2);
}
