/**
 * How much better the best trial looks than it is. The lowest of many errors is low by skill and by chance, since it
 * was chosen by the rows that it is measured on. The rows are drawn again and again; each time the best trial of the
 * drawn rows is measured on those that were not drawn (bootstrap bias correction: Tsamardinos, Greasidou and
 * Borboudakis 2018).
 */
import { fork, seedKey, uniform } from "../base/random.ts";
import { inRange } from "../base/range.ts";
import { meanOf } from "../base/statistics/summary.ts";

const DRAWS = 400;
/** Rows used at most: more would not add precision. */
const MOST_ROWS = 2000;

/** Options of `optimism`. */
export interface OptimismOptions {
  /** What a mean example error is divided by to be an error, as the targets' variance for 1 - R². Default 1. */
  readonly scale?: number;
  /** The seed of the draws; 1 by default. */
  readonly seed?: number;
}

/** The expected error of the winner on rows that it was not chosen on. */
export interface Optimism {
  /** The lowest error, on the rows that it was chosen by. */
  readonly apparent: number;
  /** The same without the bias of the selection. */
  readonly honest: number;
  readonly trials: number;
}

/**
 * The optimism of the winner among trials, given the example errors of each, in the same order of rows. Undefined for fewer than
 * two trials or rows.
 */
export function optimism(
  exampleErrors: readonly ArrayLike<number>[],
  { scale = 1, seed = 1 }: OptimismOptions = {},
): Optimism | undefined {
  inRange("scale", scale, { above: 0 });
  const rows = exampleErrors[0]?.length ?? 0;
  if (exampleErrors.length < 2 || rows < 2) return undefined;
  const stride = Math.ceil(rows / MOST_ROWS);
  const used = Math.ceil(rows / stride);
  const thinned = exampleErrors.map((one) => Float64Array.from({ length: used }, (_, i) => one[i * stride] ?? 0));
  let [gap, times] = [0, 0];
  for (let draw = 0; draw < DRAWS; draw++) {
    const weights = new Uint16Array(used);
    for (const at of uniform(fork(seedKey(seed), `optimism ${draw}`), used)) {
      const row = Math.floor(at * used);
      weights[row] = (weights[row] ?? 0) + 1;
    }
    const outside = weights.reduce((sum, weight) => sum + Number(weight === 0), 0);
    if (outside === 0) continue;
    const { inside, chosen } = best(thinned, weights);
    gap +=
      weights.reduce((sum, weight, row) => sum + (weight === 0 ? (chosen[row] ?? 0) : 0), 0) / outside - inside / used;
    times += 1;
  }
  const apparent = Math.min(...exampleErrors.map((one) => meanOf(one))) / scale;
  // selection can make an error look lower than it is, never higher
  const luck = times === 0 ? 0 : Math.max(0, gap / times / scale);
  return { apparent, honest: apparent + luck, trials: exampleErrors.length };
}

/** The trial with the smallest total error over the drawn rows. */
function best(exampleErrors: readonly Float64Array[], weights: Uint16Array) {
  let [inside, chosen]: [number, Float64Array] = [Number.POSITIVE_INFINITY, new Float64Array()];
  for (const one of exampleErrors) {
    let sum = 0;
    for (let row = 0; row < weights.length; row++) sum += (weights[row] ?? 0) * (one[row] ?? 0);
    if (sum < inside) [inside, chosen] = [sum, one];
  }
  return { inside, chosen };
}
