/** How sure a regression's error is: rows drawn again and again with replacement (Efron 1979, percentile intervals). */
import { fork, seedKey, uniform } from "nabla";
import { type Interval, percentileInterval, type RowWeights } from "nabla/statistics";

/** Repeats: enough for two digits of a 95% interval. Large parts have so little noise that fewer do. */
const repeatsFor = (rows: number): number => (rows <= 20_000 ? 1000 : 200);

/** A variance of less than this share of the mean square is what rounding leaves of rows that are all the same. */
const ROUNDING = 1e-12;

/** How rows are drawn again, and how much each counts. */
export interface BootstrapOptions {
  readonly seed: number;
  /** By default all rows count alike. */
  readonly weights?: RowWeights;
}

/** A 95% interval of the mean of numbers of rows. */
export function bootstrapMean(mistakes: ArrayLike<number>, options: BootstrapOptions): Interval {
  // the distance from 0 of the root of a mistake, squared
  const off = Array.from(mistakes, Math.sqrt);
  return bootstrapError(off, new Float64Array(off.length), options).mistake;
}

/**
 * 95% intervals of 1 - R² (NaN where the targets do not vary) and of the mean squared error. The same seed gives the
 * same intervals.
 */
export function bootstrapError(
  answers: ArrayLike<number>,
  targets: ArrayLike<number>,
  { seed, weights }: BootstrapOptions,
): { readonly error: Interval; readonly mistake: Interval } {
  const rows = targets.length;
  const repeats = repeatsFor(rows);
  const errors: number[] = [];
  const mistakes = new Float64Array(repeats);
  for (let repeat = 0; repeat < repeats; repeat++) {
    const draws = uniform(fork(seedKey(seed), `bootstrap ${repeat}`), rows);
    let [mistake, sum, squares, counted] = [0, 0, 0, 0];
    for (const draw of draws) {
      const row = Math.floor(draw * rows);
      const target = targets[row] ?? 0;
      const weight = weights?.[row] ?? 1;
      counted += weight;
      mistake += weight * ((answers[row] ?? 0) - target) ** 2;
      sum += weight * target;
      squares += weight * target * target;
    }
    const variance = squares / counted - (sum / counted) ** 2;
    mistakes[repeat] = mistake / counted;
    if (variance > (ROUNDING * squares) / counted) errors.push(mistake / counted / variance);
  }
  return { error: percentileInterval(errors), mistake: percentileInterval(mistakes) };
}
