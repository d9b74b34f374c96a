/** Does one network do better than another on the same rows? Rows that both get right or wrong do not count as noise. */
import { known } from "../base/error.ts";
import { fork, seedKey } from "../base/random.ts";
import { type Interval, normalInterval, percentileInterval } from "../base/statistics/intervals.ts";
import { meanOf } from "../base/statistics/summary.ts";
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
  const falls = before.mistakes.map((mistake, row) => mistake - known(after.mistakes[row], "the same row"));
  if (before.task !== "classification") {
    // of targets that do not vary the mean squared errors themselves are compared
    const variance = mistakeScale(before) || 1;
    const drawn = repeated(fork(seedKey(seed), "paired"), falls.length, (chosen) => {
      let sum = 0;
      for (const row of chosen) sum += falls[row] ?? 0;
      return sum / chosen.length / variance;
    });
    return { gain: meanOf(falls) / variance, interval: percentileInterval(drawn) };
  }
  const codes = before.targets.data;
  const groups = balanced
    ? [...classCounts(codes).keys()].map((code) => falls.filter((_, row) => codes[row] === code))
    : [falls];
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
