/** What a classifier is judged by where classes are unlike in size. */
import type { NdArray } from "../../array/ndarray.ts";
import { meanOf } from "../../base/statistics/summary.ts";
import { likeliest, probabilitiesOf } from "../../train/probabilities.ts";
import { confusionMatrix, worstClasses } from "./confusion.ts";
import { operations, precisionRecall, rocCurve } from "./ranking.ts";

/** Measures of classes, as fractions; NaN for what the rows do not tell. */
export interface ClassMeasures {
  /** The mean over the classes that have rows of the fraction of their rows that is wrong. */
  readonly balancedError: number;
  /** The mean F1 of the classes that have rows or predictions. */
  readonly macroF1: number;
  /** Of two classes, what is found of the second one. */
  readonly second?: SecondClassMeasures;
}

/** How the second of two classes is found. */
export interface SecondClassMeasures {
  readonly name: string;
  /** The share of the rows predicted as the class that are of it. */
  readonly precision: number;
  /** The share of the rows of the class that are predicted as it. */
  readonly recall: number;
  /** The harmonic mean of precision and recall. */
  readonly f1: number;
  /** The area under the ROC, as `rocCurve` gives it. */
  readonly auc: number;
  /** As `precisionRecall` gives it. */
  readonly averagePrecision: number;
}

/**
 * Measures of probabilities [rows, classes] beside the true class codes; the likeliest class is the prediction. Throws
 * `errors/rows` and `errors/class`.
 */
export function classMeasures(
  probabilities: NdArray,
  targets: ArrayLike<number>,
  classes: readonly string[],
): ClassMeasures {
  const confusion = confusionMatrix(likeliest(probabilities).classes, targets, classes);
  const { counts } = confusion;
  const each = classes.map((_, code) => {
    const rows = (counts[code] ?? []).reduce((sum, count) => sum + count, 0);
    const given = counts.reduce((sum, line) => sum + (line[code] ?? 0), 0);
    return { rows, given, right: counts[code]?.[code] ?? 0 };
  });
  const seen = each.filter(({ rows, given }) => rows + given > 0);
  const found = {
    balancedError: meanOf(worstClasses(confusion).map(({ error }) => error)),
    macroF1: meanOf(seen.map(({ rows, given, right }) => (2 * right) / (rows + given))),
  };
  const [, second] = each;
  const [, name] = classes;
  if (classes.length !== 2 || second === undefined || name === undefined) return found;
  const { rows, given, right } = second;
  const ranked = { auc: Number.NaN, averagePrecision: Number.NaN };
  if (rows > 0 && rows < targets.length) {
    const all = operations(
      probabilitiesOf(probabilities, 1),
      Array.from(targets, (code) => Number(code === 1)),
    );
    Object.assign(ranked, { auc: rocCurve(all).area, averagePrecision: precisionRecall(all).area });
  }
  const precision = right / given;
  return { ...found, second: { name, precision, recall: right / rows, f1: (2 * right) / (rows + given), ...ranked } };
}
