/** How much would more data help? */

import { compact } from "../base/compact.ts";
import { known, NablaError } from "../base/error.ts";
import { fork, permutation, seedKey } from "../base/random.ts";
import { inRange } from "../base/range.ts";
import type { Interval } from "../base/statistics/intervals.ts";
import { meanOf, sampleVariance } from "../base/statistics/summary.ts";
import { shareText } from "../base/text.ts";
import { takeExamples } from "../data/examples.ts";
import { defaults } from "../train/defaults.ts";
import { fit } from "../train/fit.ts";
import { examplesFrom, type Job } from "../train/job.ts";
import { decidingError } from "../train/measures.ts";
import { type CurvePoint, type FittedLaw, fitPowerLaw } from "./power-law.ts";

/** Options of `learningCurve`. */
export interface LearningCurveOptions {
  /** Shares of the training rows to learn from. Default 1/16, 1/8, 1/4, 1/2, 3/4 and all. */
  readonly shares?: readonly number[];
  /** Other rows and weights for each share. Default 3. */
  readonly repeats?: number;
  /** Is called with each training when it is done. Default: nothing is. */
  readonly onPoint?: (point: { readonly rows: number; readonly error: number }) => void;
}

/** What growing shares of the rows came to; plain data. */
export interface LearningCurve {
  readonly points: readonly (CurvePoint & { readonly trainError: number })[];
  /** The law a + b·n^-c that was fitted. */
  readonly law: Pick<FittedLaw, "a" | "b" | "c" | "intervals">;
  /** The dev error now and with two and ten times the rows. */
  readonly expected: readonly { readonly rows: number; readonly error: number; readonly interval: Interval }[];
  /** Whether twice the rows would surely lower the error by a tenth of itself. */
  readonly helps: "yes" | "no" | "unsure";
  /** The conclusion in a sentence. */
  readonly summary: string;
}

/** The share of the error that twice the rows must remove to be worth it. */
const WORTH = 0.1;

const SHARES = [1 / 16, 1 / 8, 1 / 4, 1 / 2, 3 / 4, 1];

/**
 * Trains the job on growing shares of its rows, with as many steps each, and extends the dev error. Throws `curve/no-dev`
 * without a dev set, `curve/rows` for fewer than 32 training rows.
 */
export async function learningCurve(
  job: Job,
  { shares = SHARES, repeats = 3, onPoint }: LearningCurveOptions = {},
): Promise<LearningCurve> {
  inRange("repeats", repeats, { atLeast: 1, whole: true });
  for (const share of shares) inRange("share", share, { above: 0, atMost: 1 });
  if (job.dev === undefined)
    throw new NablaError("curve/no-dev", "a learning curve is measured on a dev set, and there is none");
  const all = "read" in job.train ? job.train : examplesFrom(job.train);
  const { rows } = all;
  if (rows < 32)
    throw new NablaError("curve/rows", `a learning curve needs at least 32 training rows, received ${rows}`);
  const { seed = defaults.seed, epochs = defaults.epochs } = job;
  // the curve is one of shares
  const { measure: decides, ...rest } = job;
  const measure = decides?.unit === "share" ? decides : undefined;
  const points: LearningCurve["points"][number][] = [];
  for (const share of shares) {
    const count = Math.max(8, Math.round(share * rows));
    const errors: number[] = [];
    let [trainError, devRows] = [0, 1];
    for (let repeat = 0; repeat < repeats; repeat++) {
      const order = permutation(fork(seedKey(seed), `curve ${repeat}`), rows).subarray(0, count);
      // fewer rows, more epochs: the curve measures the effect of rows, not of steps
      const patient = Math.ceil(epochs * Math.min(4, rows / count));
      const train = takeExamples(all, order);
      const run = await fit({ ...rest, ...compact({ measure }), train, epochs: patient, seed: seed + repeat });
      const dev = known(run.dev, "the dev error");
      errors.push(decidingError(dev));
      trainError += decidingError(run.train) / repeats;
      devRows = dev.rows;
      onPoint?.({ rows: count, error: decidingError(dev) });
    }
    points.push({ rows: count, error: meanOf(errors), trainError, deviation: standardError(errors, devRows) });
  }
  return curveOf(points, rows);
}

/** Noise of a mean of repeats: what they show themselves, and at least what counting so few mistakes gives. */
function standardError(errors: readonly number[], rows: number): number {
  const mean = meanOf(errors);
  const counted = (Math.max(mean, 1 / rows) * Math.max(0, 1 - mean)) / rows;
  return Math.sqrt(Math.max(sampleVariance(errors), counted) / errors.length);
}

/** The power law fitted to points, and what it predicts for `rows` and more. */
function curveOf(points: LearningCurve["points"], rows: number): LearningCurve {
  const { at, saved, ...law } = fitPowerLaw(points);
  const expected = [1, 2, 10].map((times) => ({ rows: rows * times, ...at(rows * times) }));
  const [now, twice, tenfold] = expected;
  if (now === undefined || twice === undefined || tenfold === undefined)
    throw new Error("internal: three were asked for");
  const share = saved(rows, 2 * rows);
  const helps = share.from > WORTH ? "yes" : share.to < WORTH ? "no" : "unsure";
  const range = ({ interval }: { readonly interval: Interval }): string =>
    `${shareText(interval.from, 2)} to ${shareText(interval.to, 2)}`;
  const answer = { yes: "More data would help", no: "More data would help little", unsure: "More data may help" }[
    helps
  ];
  const summary = `${answer}: with twice the rows (${twice.rows}) the dev error is expected to be ${shareText(twice.error, 2)} (${range(twice)}), with ten times as many ${shareText(tenfold.error, 2)} (${range(tenfold)}); now it is ${shareText(now.error, 2)}.`;
  return { points, law, expected, helps, summary };
}
