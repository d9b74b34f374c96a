/** The best trials, trained again with other seeds, and which of them is chosen: by intervals, not by one lucky training. */
import { compact, type Examples, fork, type Json, known, type Measure, seedKey, type Task, weightsIn } from "nabla";
import { effectiveRows, meanOf, normalInterval, sampleVariance, wilson } from "nabla/statistics";
import type { Study, Trial } from "nabla/tune";
import { bootstrapMean } from "../runs/bootstrap.ts";
import { byMerit } from "./candidates.ts";
import { comparedRows, rowScale, unpackRowErrors } from "./row-errors.ts";
import type { Decision, Finalist } from "./study-events.ts";
import type { TrialEnd } from "./trial.ts";

/** All trainings of one trial: its own first, then its repeats. */
export interface Repeated {
  readonly number: number;
  readonly values: Json;
  readonly results: readonly TrialEnd[];
}

/** The seed of a finalist's repeat, which follows from the study's seed, the trial's number and the repeat's. */
export function repeatSeed(studySeed: number, number: number, repeat: number): number {
  const [seed] = fork(fork(seedKey(studySeed), `trial ${number}`), `repeat ${repeat}`).seed;
  return seed;
}

/** The trials with the lowest values, of equal ones the lower dev cost, of equal ones the first. */
export function bestTrials(
  study: Study<unknown>,
  results: ReadonlyMap<number, TrialEnd>,
  count: number,
): readonly Trial[] {
  return study.trials
    .filter(({ state }) => state === "done")
    .flatMap((trial) => {
      const end = results.get(trial.number);
      return end === undefined ? [] : [{ trial, number: trial.number, end }];
    })
    .sort(byMerit)
    .slice(0, count)
    .map(({ trial }) => trial);
}

/** What decides apart from the results. */
export interface DecideOptions {
  readonly task: Task;
  /** What decides; the plain error if absent. */
  readonly measure?: Measure | undefined;
  /** The trial that is taken where no other is surely better. Default: none, and the lowest error decides. */
  readonly preferred?: number;
}

/**
 * Chooses among finalists by their mean error over seeds: the preferred one if it is within one standard error of the
 * lowest, by the paired difference on the same rows, else the lowest. Where none is preferred, as in studies of earlier
 * versions, the network with the fewest parameters within that (Breiman et al. 1984, section 3.4.3).
 */
export function decide(all: readonly Repeated[], dev: Examples, { task, measure, preferred }: DecideOptions): Decision {
  const compared = comparedRows(dev, task);
  const [weights, part] = [weightsIn(dev), weightsIn(compared)];
  const scale = rowScale(measure, compact({ task, targets: dev.targets, weights }));
  const measured = all.map((one) =>
    measureTrial(one, { rows: compared.rows, task, measure, scale, targets: dev, ...compact({ weights: part }) }),
  );
  const sorted = measured.toSorted((a, b) => a.error - b.error || a.parameters - b.parameters || a.number - b.number);
  const [lowest] = sorted;
  if (lowest === undefined) throw new Error("internal: there is no finalist");
  const beside = sorted.map((one) => ({ ...one, ...difference(one, lowest, scale) }));
  const near = beside.filter(({ behind, deviation }) => behind.error <= deviation);
  const fewest = near.toSorted((a, b) => a.parameters - b.parameters || a.error - b.error)[0];
  const winner = (preferred === undefined ? fewest : near.find(({ number }) => number === preferred)) ?? beside[0];
  if (winner === undefined) throw new Error("internal: there is no finalist");
  const finalists = beside.map(plainOf);
  return { winner: plainOf(winner), finalists, summary: sayWhy(winner, beside, preferred) };
}

interface Measured extends Omit<Finalist, "behind"> {
  /** The mean error of each row over the seeds. */
  readonly mistakes: Float64Array;
}

interface Compared extends Finalist {
  /** Of `behind.error`. */
  readonly deviation: number;
}

function plainOf({ number, values, errors, error, interval, parameters, behind }: Compared): Finalist {
  return { number, values, errors, error, interval, parameters, behind };
}

interface Rows {
  readonly rows: number;
  readonly task: Task;
  readonly measure: Measure | undefined;
  /** The divisor that turns a mean row error into the reported error. */
  readonly scale: number;
  readonly targets: Examples;
  /** How much each compared row counts; absent where all count alike. */
  readonly weights?: Float64Array;
}

function measureTrial({ number, values, results }: Repeated, about: Rows): Measured {
  const { rows, task, measure, scale, targets, weights } = about;
  const errors = results.flatMap(({ value }) => value ?? []);
  const error = meanOf(errors);
  const mistakes = new Float64Array(rows);
  const marked = results.flatMap(({ measures }) =>
    measures?.rowErrors === undefined ? [] : [unpackRowErrors(measures.rowErrors, rows, about)],
  );
  for (const one of marked)
    for (let row = 0; row < rows; row++) mistakes[row] = (mistakes[row] ?? 0) + (one[row] ?? 0) / marked.length;
  // so that their plain mean is the weighted one
  const usual = weights === undefined ? 1 : meanOf(weights);
  if (weights !== undefined)
    for (let row = 0; row < rows; row++) mistakes[row] = ((mistakes[row] ?? 0) * (weights[row] ?? 0)) / usual;
  const counted = effectiveRows(targets.rows, weightsIn(targets));
  const areCounts = task === "classification" && (measure === undefined || measure.dividesByVariance === true);
  const { from, to } = areCounts ? wilson(error, counted) : resampled(mistakes, scale);
  const interval = { from: Math.min(from, error), to: Math.max(to, error) };
  return {
    number,
    values,
    errors,
    error,
    interval,
    parameters: known(results[0]?.measures, "what a finalist measured").parameters,
    mistakes,
  };
}

/** The interval of an error where each row brings its part. */
function resampled(mistakes: Float64Array, scale: number): { readonly from: number; readonly to: number } {
  const { from, to } = bootstrapMean(mistakes, { seed: 1 });
  return { from: from / scale, to: to / scale };
}

function difference(one: Measured, lowest: Measured, scale: number): Pick<Compared, "behind" | "deviation"> {
  const error = one.error - lowest.error;
  if (one === lowest) return { behind: { error: 0, interval: { from: 0, to: 0 } }, deviation: 0 };
  const falls = one.mistakes.map((mistake, row) => (mistake - known(lowest.mistakes[row], "the same row")) / scale);
  // rows like these could have been others, and so could the seeds
  const variance =
    sampleVariance(falls) / falls.length +
    sampleVariance(one.errors) / one.errors.length +
    sampleVariance(lowest.errors) / lowest.errors.length;
  const deviation = Math.sqrt(variance);
  return { behind: { error, interval: normalInterval(error, deviation) }, deviation };
}

function sayWhy(winner: Compared, compared: readonly Compared[], preferred: number | undefined): string {
  const [lowest, ...others] = compared;
  const seeds = winner.errors.length;
  const clear = others.every(({ behind }) => behind.interval.from > 0);
  if (compared.length === 1) return "it is the only one that was finished";
  if (winner.number !== lowest?.number) {
    const which = seeds < 2 ? "the lowest error" : "the lowest mean";
    const near = `within one standard error of trial ${lowest?.number}, which has ${which}`;
    return winner.number === preferred ? `the defaults: ${near}` : `${near}, and a smaller network`;
  }
  if (seeds < 2) return clear ? "clearly the lowest error" : "the lowest error, though others may be equally good";
  const what = `the lowest mean error over ${seeds} seeds`;
  return clear ? `${what}, clearly below the other finalists` : `${what}, though other finalists may be equally good`;
}
