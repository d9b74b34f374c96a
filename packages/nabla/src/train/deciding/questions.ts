/** Classes and labels as questions that each row answers with yes or no, and what is made of the answers. */
import { type NdArray, ndarray } from "../../array/ndarray.ts";
import { classProbabilities } from "../probabilities.ts";
import type { MeasurableRows, MeasuredRows } from "./measure.ts";

/** A question that each row answers with yes or no: whether it is of a class, or has a label. */
export interface ClassQuestion {
  /** What speaks for yes, and whether yes is predicted and true: 0 or 1, [rows]. */
  readonly scores: Float64Array;
  readonly predicted: Uint8Array;
  readonly actual: Uint8Array;
}

/** How far from 1 shares of classes may sum that were rounded. */
const SLACK = 1e-4;

/** Whether targets are shares of classes that exclude each other, as those of one among several targets are. */
function areShares({ data, shape }: NdArray): boolean {
  const width = shape[1] ?? 1;
  if (shape.length !== 2 || width < 2) return false;
  for (let from = 0; from < data.length; from += width) {
    let sum = 0;
    for (let i = from; i < from + width; i++) sum += data[i] ?? 0;
    if (Math.abs(sum - 1) > SLACK) return false;
  }
  return true;
}

/** The code of each row's class; undefined where rows have labels. */
export function trueCodes({ task, targets }: MeasurableRows): ArrayLike<number> | undefined {
  if (task !== "classification") return undefined;
  if (targets.dtype === "int32") return targets.data;
  if (!areShares(targets)) return undefined;
  const width = targets.shape[1] ?? 1;
  return Int32Array.from({ length: targets.shape[0] ?? 0 }, (_, row) => {
    let best = 0;
    for (let code = 1; code < width; code++)
      if ((targets.data[row * width + code] ?? 0) > (targets.data[row * width + best] ?? 0)) best = code;
    return best;
  });
}

/** What keeps rows from having classes or labels. */
export function refusesNumbers({ task, targets }: MeasurableRows): string | undefined {
  if (task !== "classification") return "it is a measure of classes, and the target is a number";
  const deep = targets.dtype === "int32" ? targets.shape.length > 1 : targets.shape.length > 2;
  return deep ? "it is a measure of rows, and each row has a class for every position" : undefined;
}

/** Probabilities [rows, classes]. */
export function answeredShares({ answers, targets }: MeasuredRows): NdArray {
  const rows = targets.shape[0] ?? 0;
  const width = answers.length / Math.max(1, rows);
  return classProbabilities(ndarray(Float64Array.from(answers), [rows, width]));
}

/** The questions of rows: one of two classes, one for each of more classes, and one for each label. */
export function questionsOf(rows: MeasuredRows, positive = 1): readonly ClassQuestion[] {
  const codes = trueCodes(rows);
  const [count = 0] = rows.targets.shape;
  if (codes === undefined) {
    const width = rows.answers.length / Math.max(1, count);
    return Array.from({ length: width }, (_, label) => {
      const scores = Float64Array.from({ length: count }, (__, row) => rows.answers[row * width + label] ?? Number.NaN);
      return {
        scores,
        predicted: Uint8Array.from(scores, (score) => Number(score >= 0.5)),
        actual: Uint8Array.from(scores, (_score, row) => Number((rows.targets.data[row * width + label] ?? 0) >= 0.5)),
      };
    });
  }
  const { data, shape } = answeredShares(rows);
  const [, width = 1] = shape;
  const found = Int32Array.from({ length: count }, (_, row) => {
    // of two classes a row that is wrong was given the other one, whatever threshold decided
    const [mistake, code] = [rows.mistakes[row], codes[row] ?? 0];
    if (width === 2 && (mistake === 0 || mistake === 1)) return mistake === 0 ? code : 1 - code;
    let best = 0;
    for (let code = 1; code < width; code++)
      if ((data[row * width + code] ?? 0) > (data[row * width + best] ?? 0)) best = code;
    return best;
  });
  const asked = width === 2 ? [positive] : Array.from({ length: width }, (_, code) => code);
  return asked.map((code) => ({
    scores: Float64Array.from({ length: count }, (_, row) => data[row * width + code] ?? Number.NaN),
    predicted: Uint8Array.from(found, (one) => Number(one === code)),
    actual: Uint8Array.from(codes, (one) => Number(one === code)),
  }));
}

/** How much a row counts. */
export const weightAt = ({ weights }: Pick<MeasuredRows, "weights">, row: number): number => weights?.[row] ?? 1;

/** How much all rows count together. */
export function totalOf(rows: MeasuredRows): number {
  const [count = 0] = rows.targets.shape;
  let total = 0;
  for (let row = 0; row < count; row++) total += weightAt(rows, row);
  return total;
}

/** The mean of several questions' parts, row by row, of those that have any. */
export function meanOfQuestions(all: readonly (Float64Array | undefined)[], rows: number): Float64Array {
  const counted = all.filter((one) => one !== undefined);
  if (counted.length === 0) return new Float64Array(rows).fill(Number.NaN);
  return Float64Array.from({ length: rows }, (_, row) =>
    counted.reduce((sum, one) => sum + (one[row] ?? Number.NaN) / counted.length, 0),
  );
}

/**
 * 1 - F1 of a question, from F1 = 2 tp / (predicted + actual); the part of a row is that of the ratio's influence. Undefined
 * where yes is neither predicted nor true.
 */
export function f1Errors({ predicted, actual }: ClassQuestion, rows: MeasuredRows): Float64Array | undefined {
  let [found, asked] = [0, 0];
  for (const [row, yes] of predicted.entries()) {
    const weight = weightAt(rows, row);
    found += weight * 2 * yes * (actual[row] ?? 0);
    asked += weight * (yes + (actual[row] ?? 0));
  }
  if (asked === 0) return undefined;
  const [f1, total] = [found / asked, totalOf(rows)];
  return Float64Array.from(predicted, (yes, row) => {
    const truth = actual[row] ?? 0;
    return 1 - f1 - ((2 * yes * truth - f1 * (yes + truth)) * total) / asked;
  });
}

/** The rows by falling score, those of one score together: where each of them begins and ends. */
function* ties(scores: Float64Array): Generator<Uint32Array, void, undefined> {
  const order = Uint32Array.from({ length: scores.length }, (_, row) => row);
  order.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && scores[order[to] ?? 0] === scores[order[from] ?? 0]) to += 1;
    yield order.subarray(from, to);
    from = to;
  }
}

/** The weight of rows that are, and that are not. */
function sides({ actual }: ClassQuestion, rows: MeasuredRows): { readonly yes: number; readonly no: number } {
  let [yes, no] = [0, 0];
  for (const [row, truth] of actual.entries())
    if (truth === 1) yes += weightAt(rows, row);
    else no += weightAt(rows, row);
  return { yes, no };
}

/**
 * 1 - AUC, from what of the other side is not on the right side of a row, ties counting half: the components that DeLong et al.
 * 1988 take its variance from. Undefined where one side has no rows.
 */
export function aucErrors(question: ClassQuestion, rows: MeasuredRows): Float64Array | undefined {
  const { scores, actual } = question;
  const { yes, no } = sides(question, rows);
  if (yes === 0 || no === 0) return undefined;
  const wrong = new Float64Array(scores.length);
  let [yesAbove, noAbove, error] = [0, 0, 0];
  for (const tied of ties(scores)) {
    let [yesHere, noHere] = [0, 0];
    for (const row of tied)
      if (actual[row] === 1) yesHere += weightAt(rows, row);
      else noHere += weightAt(rows, row);
    for (const row of tied)
      wrong[row] = actual[row] === 1 ? (noAbove + noHere / 2) / no : (yes - yesAbove - yesHere / 2) / yes;
    error += (yesHere * (noAbove + noHere / 2)) / (yes * no);
    yesAbove += yesHere;
    noAbove += noHere;
  }
  return wrong.map((part, row) => error + ((part - error) * (yes + no)) / (actual[row] === 1 ? yes : no));
}

/**
 * 1 - average precision, Σ (recall step · precision); the part of a row is its influence on the precision at its own score and at
 * all lower ones. Undefined where one side has no rows.
 */
export function precisionErrors(question: ClassQuestion, rows: MeasuredRows): Float64Array | undefined {
  const { scores, actual } = question;
  const { yes, no } = sides(question, rows);
  if (yes === 0 || no === 0) return undefined;
  const steps: {
    readonly tied: Uint32Array;
    readonly here: number;
    readonly all: number;
    readonly precision: number;
  }[] = [];
  let [found, all, area] = [0, 0, 0];
  for (const tied of ties(scores)) {
    let here = 0;
    for (const row of tied) {
      if (actual[row] === 1) here += weightAt(rows, row);
      all += weightAt(rows, row);
    }
    found += here;
    steps.push({ tied, here, all, precision: found / all });
    area += (here * found) / all / yes;
  }
  const errors = new Float64Array(scores.length);
  let [gained, lost] = [0, 0];
  for (const { tied, here, all: above, precision } of steps.toReversed()) {
    gained += here / above;
    lost += (here * precision) / above;
    for (const row of tied) {
      const own = actual[row] === 1 ? precision - area + gained - lost : -lost;
      errors[row] = 1 - area - (own * (yes + no)) / yes;
    }
  }
  return errors;
}

/** The mean over questions of what each gives, of those that rows tell of. */
export function ofQuestions(
  errors: (question: ClassQuestion, rows: MeasuredRows) => Float64Array | undefined,
  positive?: number,
): (rows: MeasuredRows) => Float64Array {
  return (rows) =>
    meanOfQuestions(
      questionsOf(rows, positive).map((question) => errors(question, rows)),
      rows.targets.shape[0] ?? 0,
    );
}
