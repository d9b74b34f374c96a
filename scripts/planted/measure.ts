/** Errors on fresh rows, and what of a difference is more than chance. */
import { meanOf, normalQuantile, sampleVariance } from "nabla/statistics";

/** What each row costs: 0 or 1 of a class, of a number the squared error as a share of the variance. */
export type Losses = readonly number[];

/** One-sided, by how many standard errors a difference is more than chance with 95%. */
const SURE = normalQuantile(0.95);

/** What one row can cost at most, in variances: an answer that exploded is no worse than another that did. */
const MOST = 100;

/** Losses of answers beside the truth. Numbers are compared if `numeric`. */
export function lossesOf(answers: readonly string[], truth: readonly string[], numeric: boolean): Losses {
  if (answers.length !== truth.length) throw new RangeError(`${answers.length} answers for ${truth.length} rows`);
  if (!numeric) return truth.map((name, row) => (answers[row] === name ? 0 : 1));
  const values = truth.map(Number);
  const middle = meanOf(values);
  const spread = meanOf(values.map((value) => (value - middle) ** 2));
  return values.map((value, row) => {
    const loss = (Number(answers[row]) - value) ** 2 / spread;
    return Number.isNaN(loss) ? MOST : Math.min(MOST, loss);
  });
}

/** The gain of one over another on the same rows, in standard errors of the paired difference. */
export function pairedGain(before: Losses, after: Losses): number {
  const gains = before.map((loss, row) => loss - (after[row] ?? Number.NaN));
  const error = Math.sqrt(sampleVariance(gains) / gains.length);
  const gain = meanOf(gains);
  return gain === 0 ? 0 : gain / error;
}

/** Whether a gain in standard errors is surely one. */
export function isSure(gain: number): boolean {
  return gain > SURE;
}

/**
 * Whether a dev error became honest: what it says lies less than half as far from the error on fresh rows as before, or no
 * farther than chance may take it, two standard errors of both.
 */
export function becameHonest(before: Reported, after: Reported): boolean {
  const [gap, left] = [before, after].map(({ dev, fresh }) => Math.abs(dev - meanOf(fresh)));
  if (gap === undefined || left === undefined) return false;
  return left < gap && (left < gap / 2 || left < 2 * chanceOf(after));
}

/** A dev error as it was reported, from how many rows, and the losses on fresh rows. */
export interface Reported {
  readonly dev: number;
  readonly rows: number;
  readonly fresh: Losses;
}

function chanceOf({ rows, fresh }: Reported): number {
  const variance = sampleVariance(fresh);
  return Math.sqrt(variance / fresh.length + variance / rows);
}
