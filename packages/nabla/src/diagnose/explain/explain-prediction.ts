/**
 * Which columns moved a single prediction, away from that of other rows: Shapley values by sampling (Štrumbelj and Kononenko
 * 2014). Another row becomes this one, column by column in an order drawn anew; what each step changes is that column's
 * share. The shares add up to the difference between the prediction and the mean of those that it began from.
 */
import { type NdArray, ndarray } from "../../array/ndarray.ts";
import { fork, permutation, seedKey, uniform } from "../../base/random.ts";
import { type Interval, normalInterval } from "../../base/statistics/intervals.ts";
import { meanOf, sampleVariance } from "../../base/statistics/summary.ts";
import { type ClassThreshold, decidedClass } from "../../data/class-threshold.ts";
import type { AnswerInputs, ColumnGroup } from "./column-groups.ts";

/** What a column added to a prediction. */
export interface ColumnShare {
  readonly column: string;
  readonly share: number;
  /** 95%, of the sampling. */
  readonly interval: Interval;
}

/** A prediction and what made it. */
export interface ExplainedPrediction {
  /** The output that is explained: the code of the predicted class, or 0 for a number. */
  readonly output: number;
  /** The probability of that class, or the number. */
  readonly value: number;
  /** The mean over the rows that it began from. */
  readonly base: number;
  /** The largest first, whichever way they move it; their sum is `value - base`. */
  readonly shares: readonly ColumnShare[];
}

/** Options of `explainPrediction`. */
export interface ExplainOptions {
  /** How many orders are drawn. Default 200. */
  readonly samples?: number;
  /** What decides between two classes, of which the answer is explained. Default: the likelier is. */
  readonly threshold?: ClassThreshold | undefined;
  /** The seed of the samples; 1 by default. */
  readonly seed?: number;
}

/** Explains one row, [features], beside others, [rows, features]. */
export async function explainPrediction(
  answer: AnswerInputs,
  {
    row,
    others,
    groups,
  }: { readonly row: ArrayLike<number>; readonly others: NdArray; readonly groups: readonly ColumnGroup[] },
  { samples = 200, seed = 1, threshold }: ExplainOptions = {},
): Promise<ExplainedPrediction> {
  const key = fork(seedKey(seed), "shapley");
  const width = row.length;
  const rows = others.shape[0] ?? 0;
  const asked = await answer(ndarray(Float32Array.from(row), [1, width]));
  const output = decidedClass(asked.data, { threshold });
  const value = asked.data[output] ?? Number.NaN;
  const chosen = uniform(fork(key, "rows"), samples);
  const shares = groups.map(() => new Float64Array(samples));
  const bases = new Float64Array(samples);
  for (let sample = 0; sample < samples; sample++) {
    const from = Math.min(rows - 1, Math.floor((chosen[sample] ?? 0) * rows));
    const order = permutation(fork(key, String(sample)), groups.length);
    const path = pathOf(others.data.subarray(from * width, (from + 1) * width), { row, groups, order });
    const { data, shape } = await answer(path);
    const at = (step: number): number => data[step * (shape[1] ?? 1) + output] ?? Number.NaN;
    bases[sample] = at(0);
    for (let step = 0; step < order.length; step++) {
      const own = shares[order[step] ?? 0];
      if (own !== undefined) own[sample] = at(step + 1) - at(step);
    }
  }
  const found = groups.map(({ name }, i): ColumnShare => {
    const drawn = shares[i] ?? new Float64Array(samples);
    const share = meanOf(drawn);
    return { column: name, share, interval: normalInterval(share, Math.sqrt(sampleVariance(drawn) / samples)) };
  });
  return { output, value, base: meanOf(bases), shares: found.sort((a, b) => Math.abs(b.share) - Math.abs(a.share)) };
}

interface Path {
  readonly row: ArrayLike<number>;
  readonly groups: readonly ColumnGroup[];
  readonly order: ArrayLike<number>;
}

/** From another row to this one, a column more in each step: [columns + 1, features]. */
function pathOf(other: ArrayLike<number>, { row, groups, order }: Path): NdArray {
  const width = row.length;
  const steps = new Float32Array((groups.length + 1) * width);
  steps.set(other, 0);
  for (let step = 0; step < groups.length; step++) {
    const start = (step + 1) * width;
    steps.copyWithin(start, step * width, start);
    const { from = 0, to = 0 } = groups[order[step] ?? 0] ?? {};
    for (let i = from; i < to; i++) steps[start + i] = row[i] ?? 0;
  }
  return ndarray(steps, [groups.length + 1, width]);
}
