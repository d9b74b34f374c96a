/** What decides a run: one answer for its epochs, its verdict, and whatever it is compared with. */
import { errorBy, type Measure, type MeasuredRows, measureFrom, type RowResults } from "nabla";
import { decidingMeasure } from "nabla/diagnose";
import type { ResolvedExperiment } from "../experiment/fields.ts";

/** The measure that was resolved; undefined for a run of an earlier version, whose rows say it, and for several targets. */
export function measureOfRun({ measure, task }: Pick<ResolvedExperiment, "measure" | "task">): Measure | undefined {
  // a record of an earlier version has none
  const known: typeof measure | undefined = measure;
  return known === undefined || task === "multitask" ? undefined : measureFrom(known);
}

/**
 * A human-level error where errors are known and rows are not: 0, which is none, for a measure in a unit of its own, of which errors as
 * fractions tell nothing.
 */
export function humanBesideErrors(resolved: Pick<ResolvedExperiment, "measure" | "task" | "human">): number {
  return measureOfRun(resolved)?.relative === undefined ? resolved.human : 0;
}

/** The measure of rows: that of the run, else the one that rows of train call for. */
export function measureOfRows(
  resolved: Pick<ResolvedExperiment, "measure" | "task">,
  train: Pick<RowResults, "task" | "targets">,
): Measure {
  return decidingMeasure(train, measureOfRun(resolved));
}

/** Whether it is the error that trainings measure anyway. */
export function isPlainError({ dividesByVariance }: Measure): boolean {
  return dividesByVariance === true;
}

/** The error by a measure; undefined where it cannot be measured on these rows, as where all are of one class. */
export function errorWhere(measure: Measure, rows: MeasuredRows): number | undefined {
  if (measure.refuses(rows) !== undefined) return undefined;
  const error = errorBy(measure, rows);
  return Number.isNaN(error) ? undefined : error;
}
