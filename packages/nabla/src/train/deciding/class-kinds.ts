/** Measures of classes and labels. */
import { ndarray } from "../../array/ndarray.ts";
import { wholeNumber } from "../../base/field.ts";
import { logLosses } from "../probabilities.ts";
import { classCounts, countedClasses } from "./class-balance.ts";
import { type MeasurableRows, type MeasuredRows, measure } from "./measure.ts";
import {
  answeredShares,
  aucErrors,
  f1Errors,
  meanOfQuestions,
  ofQuestions,
  precisionErrors,
  questionsOf,
  refusesNumbers,
  totalOf,
  trueCodes,
  weightAt,
} from "./questions.ts";

const positive = wholeNumber({
  atLeast: 0,
  atMost: 1,
  default: 1,
  source: "scikit-learn",
  help: "of two classes the code of the one that is to be found",
});

/** Which rows have classes, and how many different ones. */
function classesOf(rows: MeasurableRows): number | undefined {
  const codes = trueCodes(rows);
  return codes && classCounts(codes).size;
}

/** What keeps rows from being ranked. */
function refusesRanking(rows: MeasurableRows): string | undefined {
  const refused = refusesNumbers(rows);
  if (refused !== undefined) return refused;
  return classesOf(rows) === 1 ? "all its rows are of one class" : undefined;
}

/** One group of all rows. */
export function allRows({ mistakes }: MeasuredRows): readonly (readonly number[])[] {
  return [Array.from({ length: mistakes.length }, (_, row) => row)];
}

/** The fraction of rows that is right. */
export const accuracyMeasure = measure(
  "accuracy",
  {},
  () => ({
    title: "accuracy",
    better: "more",
    unit: "share",
    refuses: refusesNumbers,
    groups: allRows,
    rowErrors: ({ mistakes }) => Float64Array.from(mistakes),
  }),
  { help: "of classes and labels the share of rows that is right" },
);

/** The rows of each class that counts. */
function rowsByClass(codes: ArrayLike<number>): readonly (readonly number[])[] {
  const counted = new Map<number, number[]>(countedClasses([...classCounts(codes)]).map(([code]) => [code, []]));
  for (let row = 0; row < codes.length; row++) counted.get(codes[row] ?? 0)?.push(row);
  return [...counted.values()];
}

/** The mean over classes of the fraction of their rows that is wrong; a class of fewer than four rows does not count. */
export const balancedErrorMeasure = measure(
  "balancedError",
  {},
  () => ({
    title: "balanced error",
    meaning: "averaged over classes",
    better: "less",
    unit: "share",
    refuses: (rows) =>
      refusesNumbers(rows) ??
      (trueCodes(rows) === undefined ? "it is a measure of classes, and rows have labels" : undefined),
    groups: (rows) => rowsByClass(trueCodes(rows) ?? []),
    rowErrors: (rows) => {
      const each = rowsByClass(trueCodes(rows) ?? []).map((own) => {
        const weight = own.reduce((sum, row) => sum + weightAt(rows, row), 0);
        const wrong = own.reduce((sum, row) => sum + weightAt(rows, row) * (rows.mistakes[row] ?? 0), 0);
        return { own, weight, share: wrong / weight };
      });
      const error = each.reduce((sum, { share }) => sum + share / each.length, 0);
      const total = totalOf(rows);
      const errors = new Float64Array(rows.mistakes.length).fill(error);
      for (const { own, weight, share } of each)
        for (const row of own)
          errors[row] = error + (((rows.mistakes[row] ?? 0) - share) * total) / (each.length * weight);
      return errors;
    },
  }),
  { help: "of classes the mean of their errors, so that a rare one counts as much as a frequent one" },
);

/** The harmonic mean of precision and recall of one of two classes. */
export const f1Measure = measure(
  "f1",
  { positive },
  ({ positive: code }) => ({
    title: "F1",
    better: "more",
    unit: "share",
    refuses: (rows) => {
      const refused = refusesNumbers(rows);
      if (refused !== undefined) return refused;
      const most = Math.max(...Array.from(trueCodes(rows) ?? [0]));
      const one = trueCodes(rows) !== undefined ? most < 2 : rows.targets.shape[1] === 1;
      return one ? undefined : "it is a measure of two classes, and there are more; macroF1 is the mean over all";
    },
    rowErrors: ofQuestions(f1Errors, code),
  }),
  { help: "of two classes F1 of the rarer one: the harmonic mean of precision and recall" },
);

/** The mean F1 of all classes or labels. */
export const macroF1Measure = measure(
  "macroF1",
  {},
  () => ({
    title: "macro F1",
    better: "more",
    unit: "share",
    refuses: refusesNumbers,
    rowErrors: (rows) => {
      const own = questionsOf(rows);
      const [only] = own;
      const all =
        own.length > 1 || only === undefined || trueCodes(rows) === undefined ? own : [only, ...questionsOf(rows, 0)];
      return meanOfQuestions(
        all.map((question) => f1Errors(question, rows)),
        rows.targets.shape[0] ?? 0,
      );
    },
  }),
  { help: "of classes and labels the mean of their F1" },
);

/** The area under the ROC; of more than two classes the mean of each against the others. */
export const aucMeasure = measure(
  "auc",
  {},
  () => ({
    title: "AUC",
    better: "more",
    unit: "share",
    refuses: refusesRanking,
    rowErrors: ofQuestions(aucErrors),
  }),
  { help: "of classes and labels the area under the ROC: how well rows are ranked", elsewhere: ["rocAuc"] },
);

/** The area under precision over recall, without straight lines between points; of more classes the mean. */
export const averagePrecisionMeasure = measure(
  "averagePrecision",
  { positive },
  ({ positive: code }) => ({
    title: "average precision",
    better: "more",
    unit: "share",
    refuses: refusesRanking,
    rowErrors: ofQuestions(precisionErrors, code),
  }),
  {
    help: "of classes and labels the area under precision over recall, of two classes for the rarer one",
    elsewhere: ["prAuc"],
  },
);

/** The mean of -log of the probability of what is true, in nats. */
export const logLossMeasure = measure(
  "logLoss",
  {},
  () => ({
    title: "log loss",
    better: "less",
    unit: "number",
    refuses: refusesNumbers,
    rowErrors: lossesOf,
    relative: (error, rows) => {
      const usual = constantLoss(rows);
      return usual > 0 ? error / usual : Number.NaN;
    },
  }),
  { help: "of classes and labels the mean of -log of the probability of what is true", elsewhere: ["crossEntropy"] },
);

/** The log loss of each row; of several labels their mean. */
function lossesOf(rows: MeasuredRows): Float64Array {
  const codes = trueCodes(rows);
  if (codes !== undefined) return logLosses(answeredShares(rows), codes);
  const questions = questionsOf(rows);
  const each = questions.map(({ scores, actual }) => {
    const both = ndarray(
      Float64Array.from({ length: 2 * scores.length }, (_, i) => {
        const yes = scores[i >> 1] ?? Number.NaN;
        return i % 2 === 1 ? yes : 1 - yes;
      }),
      [scores.length, 2],
    );
    return logLosses(both, actual);
  });
  return meanOfQuestions(each, rows.targets.shape[0] ?? 0);
}

/** The log loss of always giving classes or labels the probabilities that they have among these rows. */
function constantLoss(rows: MeasuredRows): number {
  const codes = trueCodes(rows);
  const entropy = (share: number): number => (share > 0 ? -share * Math.log(share) : 0);
  if (codes !== undefined)
    return [...classCounts(codes).values()].reduce((sum, count) => sum + entropy(count / codes.length), 0);
  const questions = questionsOf(rows);
  return questions.reduce((sum, { actual }) => {
    const share = actual.reduce((total, one) => total + one, 0) / actual.length;
    return sum + (entropy(share) + entropy(1 - share)) / questions.length;
  }, 0);
}
