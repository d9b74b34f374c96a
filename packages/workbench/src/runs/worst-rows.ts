/** The rows with the largest losses, to be inspected. */
import type { Column, NumberColumn } from "nabla";
import { worstRows } from "nabla/diagnose";
import { writtenValue } from "nabla/reading";
import { csvLines } from "../text/csv.ts";
import type { Answers } from "./dev-answers.ts";

/** Rows that a model gets most wrong, as a table. */
export interface WorstRows {
  readonly header: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** The model's predictions for its worst rows, the true value next to each, then the columns as they were read. */
export function worstRowsOf(answers: Answers, most: number): WorstRows {
  return rowsAt(answers, worstRows(answers.losses, most));
}

/** The same of any rows, in the order that is given. */
export function rowsAt(answers: Answers, places: readonly number[]): WorstRows {
  const { table } = answers;
  const columns = table.columns.filter((column) => column.kind === "category" || column.values.shape.length === 1);
  const target = table.target?.name ?? "target";
  const { names } = answers;
  const header = [
    ...(names === undefined ? [] : ["file"]),
    "predicted",
    target,
    ...(answers.kind === "classes" ? ["probability", "loss"] : ["residual", "loss"]),
    ...columns.map(({ name }) => name),
  ];
  const rows = places.map((row) => [
    ...(names === undefined ? [] : [names[row] ?? ""]),
    ...answered(answers, row),
    ...columns.map((column) => valueAt(column, row)),
  ]);
  return { header, rows };
}

/** As CSV. */
export function worstRowsCsv(answers: Answers, most: number): string {
  const { header, rows } = worstRowsOf(answers, most);
  return csvLines([header, ...rows]);
}

function answered(answers: Answers, row: number): readonly (string | number)[] {
  const loss = answers.losses[row] ?? Number.NaN;
  if (answers.kind === "numbers") {
    const [predicted = Number.NaN, right = Number.NaN] = [answers.predicted[row], answers.targets[row]];
    const reading = answers.table.target?.reading;
    return [writtenValue(predicted, reading), writtenValue(right, reading), right - predicted, loss];
  }
  const { classes, predicted, confidence, targets } = answers;
  return [classes[predicted[row] ?? -1] ?? "", classes[targets[row] ?? -1] ?? "", confidence[row] ?? Number.NaN, loss];
}

function valueAt(column: Column, row: number): string | number {
  if (column.kind === "category") return column.levels[column.codes[row] ?? -1] ?? "";
  const value = (column satisfies NumberColumn).values.data[row] ?? Number.NaN;
  return Number.isNaN(value) ? "" : writtenValue(value, column.reading);
}
