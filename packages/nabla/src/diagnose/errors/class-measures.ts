/** What a classifier is judged by where classes are unlike in size. */
import type { NdArray } from "../../array/ndarray.ts";
import { meanOf } from "../../base/statistics/summary.ts";
import type { RowWeights } from "../../base/statistics/weighted.ts";
import { classCounts } from "../../train/deciding/class-balance.ts";
import { likeliest, probabilitiesOf } from "../../train/probabilities.ts";
import { confusionMatrix, worstClasses } from "./confusion.ts";
import { operations, precisionRecall, rocCurve } from "./ranking.ts";

/** Measures of classes, as fractions; NaN for what the rows do not tell. */
export interface ClassMeasures {
  /** The mean over the classes that have rows of the fraction of their rows that is wrong. */
  readonly balancedError: number;
  /** The mean F1 of the classes that have rows or predictions. */
  readonly macroF1: number;
  /** How each class is found, in the order of the codes. */
  readonly byClass: readonly FoundClass[];
  /** Of two classes, how well the one that is to be found is found and ranked. */
  readonly positive?: PositiveMeasures;
}

/** How a class is found. */
export interface FoundClass {
  readonly name: string;
  /** Rows of the class. */
  readonly rows: number;
  /** The share of the rows predicted as the class that are of it. */
  readonly precision: number;
  /** The share of the rows of the class that are predicted as it. */
  readonly recall: number;
  /** The harmonic mean of precision and recall. */
  readonly f1: number;
}

/** The same of the positive one of two classes, with what is told of its probabilities whatever the threshold. */
export interface PositiveMeasures extends FoundClass {
  /** The area under the ROC, as `rocCurve` gives it. */
  readonly auc: number;
  /** As `precisionRecall` gives it. */
  readonly averagePrecision: number;
}

/** Options of `classMeasures`. */
export interface ClassMeasuresOptions {
  /** Of two classes the code of the one that is to be found. Default 1. */
  readonly positive?: number;
  /** The predicted class of each row. Default the likeliest. */
  readonly predicted?: ArrayLike<number>;
  /** How much each row counts. By default all count alike. */
  readonly weights?: RowWeights;
}

/** Measures of probabilities [rows, classes] beside the true class codes. Throws `errors/rows` and `errors/class`. */
export function classMeasures(
  probabilities: NdArray,
  targets: ArrayLike<number>,
  classes: readonly string[],
  { positive = 1, predicted = likeliest(probabilities).classes, weights }: ClassMeasuresOptions = {},
): ClassMeasures {
  const confusion = confusionMatrix(predicted, targets, classes, { weights });
  const { counts } = confusion;
  const written = classCounts(targets);
  const byClass = classes.map((name, code): FoundClass => {
    const all = (counts[code] ?? []).reduce((sum, count) => sum + count, 0);
    const given = counts.reduce((sum, line) => sum + (line[code] ?? 0), 0);
    const right = counts[code]?.[code] ?? 0;
    const rows = written.get(code) ?? 0;
    return { name, rows, precision: right / given, recall: right / all, f1: (2 * right) / (all + given) };
  });
  const found = {
    balancedError: meanOf(worstClasses(confusion).map(({ error }) => error)),
    macroF1: meanOf(byClass.map(({ f1 }) => f1).filter((f1) => !Number.isNaN(f1))),
    byClass,
  };
  const own = byClass[positive];
  if (classes.length !== 2 || own === undefined) return found;
  const ranked = { auc: Number.NaN, averagePrecision: Number.NaN };
  const sums = counts.map((line) => line.reduce((sum, count) => sum + count, 0));
  if (sums.every((sum) => sum > 0)) {
    const all = operations(
      probabilitiesOf(probabilities, positive),
      Array.from(targets, (code) => Number(code === positive)),
      { weights },
    );
    Object.assign(ranked, { auc: rocCurve(all).area, averagePrecision: precisionRecall(all).area });
  }
  return { ...found, positive: { ...own, ...ranked } };
}
