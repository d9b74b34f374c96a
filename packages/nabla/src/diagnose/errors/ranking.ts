/** How well scores put the rows of one class before those of the other, whatever the threshold. */
import { NablaError } from "../../base/error.ts";
import type { RowWeights } from "../../base/statistics/weighted.ts";
import { sameRows } from "./confusion.ts";

/** True and false positives at one threshold. */
export interface OperatingPoint {
  /** Rows with this score or more are predicted as the class. */
  readonly threshold: number;
  /** Rows of the class that are predicted as it (true positives), and others that are (false positives). */
  readonly hits: number;
  readonly falseAlarms: number;
}

/** All thresholds that differ in their predictions, from the strictest on. */
export interface Operations {
  readonly points: readonly OperatingPoint[];
  /** Rows of the class, and the other rows. */
  readonly positives: number;
  readonly negatives: number;
}

/** A curve and the area under it. */
export interface Curve {
  readonly points: readonly { readonly x: number; readonly y: number; readonly threshold: number }[];
  readonly area: number;
}

/**
 * Walks down the scores. `positive` holds 1 for rows of the class, else 0; rows with one score come together. Throws
 * `errors/rows`, and `errors/one-class` where one kind of row is missing.
 */
export function operations(
  scores: ArrayLike<number>,
  positive: ArrayLike<number>,
  { weights }: { readonly weights?: RowWeights } = {},
): Operations {
  sameRows(scores, positive);
  const all = Uint32Array.from({ length: scores.length }, (_, row) => row);
  const order = weights === undefined ? all : all.filter((row) => (weights[row] ?? 0) > 0);
  order.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  const points: OperatingPoint[] = [{ threshold: Number.POSITIVE_INFINITY, hits: 0, falseAlarms: 0 }];
  let [hits, falseAlarms] = [0, 0];
  for (const [place, row] of order.entries()) {
    const weight = weights === undefined ? 1 : (weights[row] ?? 0);
    if (positive[row] === 1) hits += weight;
    else falseAlarms += weight;
    const threshold = scores[row] ?? 0;
    const next = order[place + 1];
    if (next === undefined || scores[next] !== threshold) points.push({ threshold, hits, falseAlarms });
  }
  if (hits === 0 || falseAlarms === 0) {
    const message = `a ranking needs rows of both kinds, received ${hits} of the class and ${falseAlarms} others`;
    throw new NablaError("errors/one-class", message);
  }
  return { points, positives: hits, negatives: falseAlarms };
}

/**
 * The receiver operating characteristic: x the share of other rows taken for the class, y the share of the class that is
 * found. The area is the chance that a row of the class scores above another row, ties counting half (Hanley and McNeil
 * 1982).
 */
export function rocCurve({ points: all, positives, negatives }: Operations): Curve {
  const points = all.map(({ threshold, hits, falseAlarms }) => ({
    x: falseAlarms / negatives,
    y: hits / positives,
    threshold,
  }));
  let area = 0;
  for (const [i, { x, y }] of points.entries()) {
    const before = points[i - 1] ?? { x: 0, y: 0 };
    area += ((x - before.x) * (y + before.y)) / 2;
  }
  return { points, area };
}

/**
 * Precision over recall. The area is the average precision, Σ (recall step · precision): no straight line is drawn between
 * points, which would promise too much (Davis and Goadrich 2006).
 */
export function precisionRecall({ points: all, positives }: Operations): Curve {
  const points = all
    .slice(1)
    .map(({ threshold, hits, falseAlarms }) => ({ x: hits / positives, y: hits / (hits + falseAlarms), threshold }));
  const area = points.reduce((sum, { x, y }, i) => sum + (x - (points[i - 1]?.x ?? 0)) * y, 0);
  return { points, area };
}

/** Costs of the two kinds of error, in any unit. */
export interface MistakeCosts {
  /** The cost of a false negative. Default 1. */
  readonly miss?: number;
  /** The cost of a false positive. Default 1. */
  readonly falseAlarm?: number;
}

/** A threshold and what it costs. */
export interface Decision extends OperatingPoint {
  readonly misses: number;
  /** The cost of a row in the mean. */
  readonly cost: number;
}

/** The cost of answering the class from a threshold on. */
export function decisionAt(
  { points, positives, negatives }: Operations,
  threshold: number,
  { miss = 1, falseAlarm = 1 }: MistakeCosts = {},
): Decision {
  const { hits, falseAlarms } = points.findLast((point) => point.threshold >= threshold) ?? { hits: 0, falseAlarms: 0 };
  const misses = positives - hits;
  return {
    threshold,
    hits,
    falseAlarms,
    misses,
    cost: (misses * miss + falseAlarms * falseAlarm) / (positives + negatives),
  };
}

/** The cheapest threshold, halfway to the next lower score; of equal ones the nearest to one half. */
export function cheapestThreshold(all: Operations, costs: MistakeCosts = {}): Decision {
  const { points } = all;
  const decisions = points.map(({ threshold }, i) => {
    const lower = points[i + 1]?.threshold ?? 0;
    const between = (Math.min(1, threshold) + lower) / 2;
    return { ...decisionAt(all, threshold, costs), threshold: lower >= 1 ? threshold : between };
  });
  return decisions.reduce((best, one) => {
    const nearer = Math.abs(one.threshold - 0.5) < Math.abs(best.threshold - 0.5);
    return one.cost < best.cost || (one.cost === best.cost && nearer) ? one : best;
  });
}
