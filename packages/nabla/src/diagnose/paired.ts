/** Does one network do better than another on the same rows? Rows that both get right or wrong do not count as noise. */
import { known } from "../base/error.ts";
import { fork, seedKey } from "../base/random.ts";
import { type Interval, normalInterval, percentileInterval } from "../base/statistics/intervals.ts";
import { meanOf } from "../base/statistics/summary.ts";
import { weightedMean } from "../base/statistics/weighted.ts";
import { plainErrorMeasure } from "../train/deciding/kinds.ts";
import { type Measure, relativeError } from "../train/deciding/measure.ts";
import { repeated } from "./part-error.ts";
import { mistakeScale, type RowResults } from "./row-results.ts";

/** How far an error fell: above 0 is better, with a 95% interval. */
export interface Effect {
  readonly gain: number;
  readonly interval: Interval;
}

/** Options of `effectOf`. */
export interface EffectOfOptions {
  /** By what they are compared. Default the plain error. */
  readonly measure?: Measure | undefined;
  /** Rows are drawn again by it. Default 1. */
  readonly seed?: number;
}

/**
 * The fall of the error from one network to another on the same rows, in what the measure is counted in: for classes by the
 * counts of rows that only one of them gets wrong (Agresti and Min 2005), for other measures by drawing rows again.
 */
export function effectOf(
  before: RowResults,
  after: RowResults,
  { measure = plainErrorMeasure(), seed = 1 }: EffectOfOptions = {},
): Effect {
  const groups = measure.groups?.(before);
  if (groups !== undefined) return countedEffect(before, after, groups);
  const [own, others] = [before, after].map((rows) => rowErrorsOf(measure, rows));
  const falls = known(own, "rows").map((error, row) => error - known(others?.[row], "the same row"));
  const { weights } = before;
  const drawn = repeated(fork(seedKey(seed), "paired"), falls.length, (chosen) => {
    let [sum, counted] = [0, 0];
    for (const row of chosen) {
      const weight = weights?.[row] ?? 1;
      sum += weight * (falls[row] ?? 0);
      counted += weight;
    }
    return sum / counted;
  });
  return { gain: weightedMean(falls, weights), interval: percentileInterval(drawn) };
}

/** The parts of rows in an error; of targets that do not vary the squared distances themselves, since there is no 1 - R². */
function rowErrorsOf({ rowErrors, dividesByVariance }: Measure, rows: RowResults): Float64Array {
  const varies = dividesByVariance !== true || mistakeScale(rows) > 0;
  return varies ? rowErrors(rows) : Float64Array.from(rows.mistakes);
}

/** The same fall as a fraction of what the best constant answer comes to, where the measure is no share: what verdicts compare. */
export function relativeEffect(before: RowResults, after: RowResults, options: EffectOfOptions = {}): Effect {
  const effect = effectOf(before, after, options);
  const { measure } = options;
  if (measure?.relative === undefined || effect.gain === 0) return effect;
  const factor = (relativeError(measure, before) - relativeError(measure, after)) / effect.gain;
  const { from, to } = effect.interval;
  return { gain: effect.gain * factor, interval: { from: from * factor, to: to * factor } };
}

function countedEffect(before: RowResults, after: RowResults, groups: readonly (readonly number[])[]): Effect {
  const falls = before.mistakes.map((mistake, row) => mistake - known(after.mistakes[row], "the same row"));
  const { weights } = before;
  if (weights !== undefined) {
    const ofGroup = (all: ArrayLike<number>) => groups.map((rows) => rows.map((row) => all[row] ?? 0));
    return weightedEffect(ofGroup(falls), ofGroup(weights));
  }
  let [gain, middleGain, variance] = [0, 0, 0];
  for (const rows of groups) {
    const group = Float64Array.from(rows, (row) => falls[row] ?? 0);
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
