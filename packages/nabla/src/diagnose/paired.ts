/** Does one network do better than another on the same rows? Rows that both get right or wrong do not count as noise. */
import { known } from "../base/error.ts";
import { fork, seedKey } from "../base/random.ts";
import { type Interval, normalInterval, percentileInterval } from "../base/statistics/intervals.ts";
import { meanOf } from "../base/statistics/summary.ts";
import { weightedMean } from "../base/statistics/weighted.ts";
import { classCounts, repeated } from "./part-error.ts";
import { mistakeScale, type RowResults } from "./row-results.ts";

/** How far an error fell: above 0 is better, with a 95% interval. */
export interface Effect {
  readonly gain: number;
  readonly interval: Interval;
}

/**
 * The fall of the error from one network to another on the same rows: for classes by the counts of rows that only one of
 * them gets wrong (Agresti and Min 2005), for numbers by drawing rows again. `balanced` weighs classes alike.
 */
export function effectOf(
  before: RowResults,
  after: RowResults,
  { balanced = false, seed = 1 }: { readonly balanced?: boolean; readonly seed?: number } = {},
): Effect {
  const { weights } = before;
  const falls = before.mistakes.map((mistake, row) => mistake - known(after.mistakes[row], "the same row"));
  if (before.task !== "classification") {
    // of targets that do not vary the mean squared errors themselves are compared
    const variance = mistakeScale(before) || 1;
    const drawn = repeated(fork(seedKey(seed), "paired"), falls.length, (chosen) => {
      let [sum, counted] = [0, 0];
      for (const row of chosen) {
        const weight = weights?.[row] ?? 1;
        sum += weight * (falls[row] ?? 0);
        counted += weight;
      }
      return sum / counted / variance;
    });
    return { gain: weightedMean(falls, weights) / variance, interval: percentileInterval(drawn) };
  }
  const codes = before.targets.data;
  const ofClass = <T>(all: ArrayLike<T>, code: number): readonly T[] =>
    Array.from(all).filter((_, row) => codes[row] === code);
  const groups = balanced ? [...classCounts(codes).keys()].map((code) => ofClass(falls, code)) : [falls];
  if (weights !== undefined) {
    const heavy = balanced ? [...classCounts(codes).keys()].map((code) => ofClass(weights, code)) : [weights];
    return weightedEffect(groups, heavy);
  }
  let [gain, middleGain, variance] = [0, 0, 0];
  for (const group of groups) {
    const n = group.length + 2;
    const won = group.filter((fall) => fall > 0).length + 0.5;
    const lost = group.filter((fall) => fall < 0).length + 0.5;
    gain += meanOf(group) / groups.length;
    middleGain += (won - lost) / n / groups.length;
    variance += (won + lost - (won - lost) ** 2 / n) / n ** 2 / groups.length ** 2;
  }
  return { gain, interval: normalInterval(middleGain, Math.sqrt(variance)) };
}

/** The mean over groups of their weighted means, whose errors are put together by squares (Horvitz and Thompson's, linearized). */
function weightedEffect(groups: readonly ArrayLike<number>[], weights: readonly ArrayLike<number>[]): Effect {
  let [gain, variance] = [0, 0];
  for (const [i, group] of groups.entries()) {
    const own = known(weights[i], "the weights of a group");
    const mean = weightedMean(group, own);
    if (Number.isNaN(mean)) continue; // nothing of the group counts
    let [squares, total] = [0, 0];
    for (let row = 0; row < group.length; row++) {
      squares += ((own[row] ?? 0) * ((group[row] ?? 0) - mean)) ** 2;
      total += own[row] ?? 0;
    }
    gain += mean / groups.length;
    variance += squares / total ** 2 / groups.length ** 2;
  }
  return { gain, interval: normalInterval(gain, Math.sqrt(variance)) };
}
