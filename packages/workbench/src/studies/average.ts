/** Which of the best trials are averaged: by rows that their networks had not learned, paired. */
import { compact, known, type Measure, type MeasuredRows, type NdArray, ndarray, type Task } from "nabla";
import type { Interval } from "nabla/diagnose";
import { meanOf, normalInterval, type RowWeights, sampleVariance, weightedVariance } from "nabla/statistics";

/** What a trial's networks answered to rows that they had not learned: [rows, outputs], the same rows for all. */
export interface Contender {
  readonly number: number;
  readonly answers: Float64Array;
}

/** The rows, and which of them count: those that the trials were not chosen by, where there are others. */
export interface JudgedRows {
  readonly task: Task;
  readonly targets: NdArray;
  /** What decides; the share of wrong answers or 1 - R² if absent. */
  readonly measure?: Measure | undefined;
  /** What is wrong with an answer to several targets, which stand side by side in both. */
  readonly mistake?: (answer: readonly number[], target: readonly number[]) => number;
  /** How much each row counts, of all that were answered. By default all count alike. */
  readonly weights?: RowWeights;
  readonly judged: readonly number[];
}

/** The trials that are averaged, and what that gains over the first contender. */
export interface Average {
  readonly numbers: readonly number[];
  /** The error of single networks averaged over these trials, and that of the first contender: wrong answers, or 1 - R². */
  readonly error: number;
  readonly before: number;
  /** How much lower the error is on the same rows; 95%. */
  readonly gain: { readonly error: number; readonly interval: Interval };
  readonly rows: number;
}

/**
 * From how many standard errors on a gain counts: an average of more is seldom worse than it looks, and one of fewer often.
 * Measured on the tables for choosing of benchmarks/results.
 */
const ENOUGH = { more: 0, fewer: 1 } as const;

/** From how many standard errors on a measure is surely better. */
const SURE = 1.96;

/** No probability is smaller, so that one sure mistake does not decide alone. */
const LEAST = 1e-3;

/**
 * Greedy selection from a library of models (Caruana, Niculescu-Mizil, Crew and Ksikes 2004): begins with the first
 * contender, which is what training does without a search, and takes in whichever lowers the loss of the average most, as
 * long as one does; afterwards one is left out if the average is better without it.
 */
export function chooseAverage(all: readonly Contender[], rows: JudgedRows): Average {
  const [first] = all;
  const begin = [known(first, "a contender")];
  let chosen: readonly Contender[] = begin;
  for (;;) {
    const more = all.filter((one) => !chosen.includes(one)).map((one) => [...chosen, one]);
    const fewer = chosen.length > 1 ? chosen.map((one) => chosen.filter((other) => other !== one)) : [];
    const next = bestStep(chosen, [...more, ...fewer], rows);
    if (next === undefined) break;
    chosen = next;
  }
  return { numbers: chosen.map(({ number }) => number), ...compared(chosen, begin, rows) };
}

/**
 * The neighbor whose loss is lower by the most, of those whose errors are no more. Where another measure than the error decides, one
 * that is surely better by it comes first, whatever its loss: whoever shows rare classes more often has a higher one.
 */
function bestStep(
  chosen: readonly Contender[],
  others: readonly (readonly Contender[])[],
  rows: JudgedRows,
): readonly Contender[] | undefined {
  const [losses, mistakes] = [lossesOf(chosen, rows), countedMistakes(chosen, rows)];
  const isOther = rows.measure !== undefined && rows.measure.dividesByVariance !== true;
  let best: { readonly gain: number; readonly sure: number; readonly contenders: readonly Contender[] } | undefined;
  for (const contenders of others) {
    const isMore = contenders.length > chosen.length;
    const enough = isMore ? ENOUGH.more : ENOUGH.fewer;
    const loss = fallOf(losses, lossesOf(contenders, rows));
    const error = fallOf(mistakes, countedMistakes(contenders, rows));
    // probabilities may be better where classes are not, and it is the classes that are asked for
    const isWorse = isMore ? error.mean < 0 : error.mean <= enough * error.deviation;
    const sure = isOther && error.mean > SURE * error.deviation ? error.mean : 0;
    if (sure === 0 && (isWorse || loss.mean <= enough * loss.deviation || loss.mean < 1e-12)) continue;
    const isBetter = best === undefined || (sure === best.sure ? loss.mean > best.gain : sure > best.sure);
    if (isBetter) best = { gain: loss.mean, sure, contenders };
  }
  return best?.contenders;
}

/** How much lower something is on the same rows. */
function fallOf(
  before: readonly number[],
  now: readonly number[],
): { readonly mean: number; readonly deviation: number } {
  const falls = before.map((value, i) => value - (now[i] ?? 0));
  return { mean: meanOf(falls), deviation: Math.sqrt(sampleVariance(falls) / falls.length) };
}

function compared(
  chosen: readonly Contender[],
  begin: readonly Contender[],
  rows: JudgedRows,
): Omit<Average, "numbers"> {
  const [now, before] = [countedMistakes(chosen, rows), countedMistakes(begin, rows)];
  const { mean: error, deviation } = fallOf(before, now);
  const interval = normalInterval(error, deviation);
  return { error: meanOf(now), before: meanOf(before), gain: { error, interval }, rows: rows.judged.length };
}

/** The loss of each row, as it counts: the cross-entropy of the averaged probabilities, or the squared difference. */
function lossesOf(contenders: readonly Contender[], rows: JudgedRows): readonly number[] {
  if (rows.task !== "classification") return countedMistakes(contenders, rows);
  const loss = (answer: readonly number[], [target = 0]: readonly number[]): number =>
    -Math.log(Math.max(LEAST, probabilityOf(answer, target)));
  return counted(eachRow(contenders, rows, loss), rows);
}

function countedMistakes(contenders: readonly Contender[], rows: JudgedRows): readonly number[] {
  return counted(mistakesOf(contenders, rows), rows);
}

/** Parts of rows that count differently, so that their plain mean is the weighted one. */
function counted(values: readonly number[], rows: JudgedRows): readonly number[] {
  const weights = judgedWeights(rows);
  if (weights === undefined) return values;
  const usual = meanOf(weights);
  return values.map((value, place) => (value * (weights[place] ?? 0)) / usual);
}

/** The weights of the rows that count, in their order. */
function judgedWeights({ judged, weights }: Pick<JudgedRows, "judged" | "weights">): Float64Array | undefined {
  return weights && Float64Array.from(judged, (row) => weights[row] ?? 0);
}

/** What is wrong with each row: 0 or 1, or the squared difference in units of the targets' variance. */
function mistakesOf(contenders: readonly Contender[], rows: JudgedRows): readonly number[] {
  const { measure } = rows;
  if (measure !== undefined && measure.dividesByVariance !== true && rows.mistake === undefined)
    return Array.from(measure.rowErrors(averaged(contenders, rows)));
  if (rows.task === "classification")
    return eachRow(contenders, rows, (answer, [target]) => Number(classOf(answer) !== target));
  if (rows.mistake !== undefined) return eachRow(contenders, rows, rows.mistake);
  const { data } = rows.targets;
  const judged = rows.judged.map((row) => Number(data[row]));
  const weights = judgedWeights(rows);
  const even = sampleVariance(judged) * (1 - 1 / judged.length);
  const variance = (weights === undefined ? even : weightedVariance(judged, weights)) || 1;
  return eachRow(contenders, rows, (answer, [target = 0]) => ((answer[0] ?? 0) - target) ** 2 / variance);
}

/** The rows that count with the averaged answers. */
function averaged(contenders: readonly Contender[], { measure: _, ...rows }: JudgedRows): MeasuredRows {
  const { task, targets, judged } = rows;
  const all = Math.max(1, targets.shape[0] ?? 1);
  const width = targets.data.length / all;
  const data = targets.data.slice(0, judged.length * width);
  for (const [place, row] of judged.entries())
    data.set(targets.data.subarray(row * width, (row + 1) * width) as never, place * width);
  return {
    task,
    mistakes: mistakesOf(contenders, rows),
    answers: answersOf(contenders, rows).flat(),
    targets: ndarray(data, [judged.length, ...targets.shape.slice(1)]),
    ...compact({ weights: judgedWeights(rows) }),
  };
}

/** The averaged answer to each row that counts. */
function answersOf(contenders: readonly Contender[], { judged, targets }: JudgedRows): readonly (readonly number[])[] {
  const outputs = (contenders[0]?.answers.length ?? 0) / Math.max(1, targets.shape[0] ?? 1);
  return judged.map((row) =>
    Array.from({ length: outputs }, (_, output) =>
      meanOf(contenders.map(({ answers }) => answers[row * outputs + output] ?? 0)),
    ),
  );
}

function eachRow(
  contenders: readonly Contender[],
  rows: JudgedRows,
  of: (answer: readonly number[], target: readonly number[]) => number,
): readonly number[] {
  const { judged, targets } = rows;
  const width = targets.data.length / Math.max(1, targets.shape[0] ?? 1);
  return answersOf(contenders, rows).map((answer, place) => {
    const row = judged[place] ?? 0;
    return of(answer, Array.from(targets.data.subarray(row * width, (row + 1) * width)));
  });
}

/** One output is the probability of the second class. */
function probabilityOf(answer: readonly number[], target: number): number {
  const [only = 0] = answer;
  if (answer.length > 1) return answer[target] ?? 0;
  return target === 1 ? only : 1 - only;
}

function classOf(answer: readonly number[]): number {
  const [only = 0] = answer;
  return answer.length > 1 ? answer.indexOf(Math.max(...answer)) : Number(only > 0.5);
}
