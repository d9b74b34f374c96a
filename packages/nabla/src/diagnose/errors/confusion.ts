/** Which classes are taken for which. */
import { known, NablaError } from "../../base/error.ts";
import { type Interval, wilson } from "../../base/statistics/intervals.ts";
import type { RowWeights } from "../../base/statistics/weighted.ts";

/** How often rows of one class were predicted as each class: `counts[actual][predicted]`. */
export interface Confusion {
  readonly classes: readonly string[];
  readonly counts: readonly (readonly number[])[];
  readonly rows: number;
}

/** How well one class is done. */
export interface ClassErrors {
  readonly name: string;
  /** Rows of this class, and how many of them were predicted as another class. */
  readonly rows: number;
  readonly wrong: number;
  /** The fraction of its rows that were misclassified (1 - recall), with Wilson's 95% interval. */
  readonly error: number;
  readonly interval: Interval;
  /** Precision: the share of the rows predicted as this class that are of it; NaN when none were. */
  readonly precision: number;
  /** The class its rows are most often misclassified as; undefined where none are. */
  readonly takenFor?: { readonly name: string; readonly rows: number };
}

/** Counts predictions by class, rows with weights by these. Throws `errors/rows` for different lengths, `errors/class` for a code out of range. */
export function confusionMatrix(
  predicted: ArrayLike<number>,
  actual: ArrayLike<number>,
  classes: readonly string[],
  { weights }: { readonly weights?: RowWeights } = {},
): Confusion {
  sameRows(predicted, actual);
  const counts = classes.map(() => classes.map(() => 0));
  for (let row = 0; row < actual.length; row++) {
    const [given = -1, right = -1] = [predicted[row], actual[row]];
    const line = counts[right];
    if (line?.[given] === undefined) {
      const message = `row ${row}: the class codes ${right} and ${given} must be from 0 to ${classes.length - 1}`;
      throw new NablaError("errors/class", message);
    }
    line[given] += weights === undefined ? 1 : (weights[row] ?? 0);
  }
  return { classes, counts, rows: actual.length };
}

/** The classes of a confusion matrix from the worst on; classes without rows are left out. */
export function worstClasses({ classes, counts }: Confusion): readonly ClassErrors[] {
  return classes
    .map((name, code): ClassErrors => {
      const line = known(counts[code], "a class");
      const rows = line.reduce((sum, count) => sum + count, 0);
      const right = line[code] ?? 0;
      const given = counts.reduce((sum, other) => sum + (other[code] ?? 0), 0);
      const others = line.map((count, other) => ({
        name: known(classes[other], "a class"),
        rows: other === code ? 0 : count,
      }));
      const [most] = others.sort((a, b) => b.rows - a.rows);
      const error = rows > 0 ? (rows - right) / rows : 0;
      return {
        name,
        rows,
        wrong: rows - right,
        error,
        interval: wilson(error, Math.max(1, rows)),
        precision: given === 0 ? Number.NaN : right / given,
        ...(most === undefined || most.rows === 0 ? {} : { takenFor: most }),
      };
    })
    .filter(({ rows }) => rows > 0)
    .sort((a, b) => b.error - a.error || b.rows - a.rows);
}

/** Throws `errors/rows` unless both lists have one value a row, and there is a row. */
export function sameRows(predicted: ArrayLike<number>, actual: ArrayLike<number>): void {
  if (predicted.length === actual.length && actual.length > 0) return;
  const message = `errors need one prediction for each target, received ${predicted.length} predictions for ${actual.length} targets`;
  throw new NablaError("errors/rows", message);
}
