/**
 * What became of each row of dev, as bytes in base64: a bit for a class that was right or wrong, a float32 for the squared mistake
 * of a number, or for the mean mistake of several targets. With them trainings are compared row by row, and drawn again together.
 */
import { type Examples, type Measure, type Task, type Trained, takeExamples } from "nabla";
import { mistakeScale, type RowResults, rowResults } from "nabla/diagnose";

/** Rows that are inspected: every second, third, … where there are more. */
const MOST_ROWS = { classification: 20_000, regression: 4_000, multitask: 4_000 } as const;

/** The dev rows that are compared, the same for all trials of a study. */
export function comparedRows(dev: Examples, task: keyof typeof MOST_ROWS): Examples {
  const stride = Math.ceil(dev.rows / MOST_ROWS[task]);
  if (stride < 2) return dev;
  return takeExamples(
    dev,
    Uint32Array.from({ length: Math.ceil(dev.rows / stride) }, (_, i) => i * stride),
  );
}

/** Whether a row is right or wrong, and no more is to be known of it. */
function areBits(task: Task, measure: Measure | undefined): boolean {
  return task === "classification" && (measure === undefined || measure.dividesByVariance === true);
}

/** The errors of a trained network on those rows by what decides. */
export async function packRowErrors(trained: Trained, rows: Examples, measure: Measure | undefined): Promise<string> {
  const results = await rowResults(trained, rows);
  const { task } = results;
  const mistakes = rowErrorsBy(measure, results);
  if (!areBits(task, measure)) return textOf(new Uint8Array(Float32Array.from(mistakes).buffer));
  const bits = new Uint8Array(Math.ceil(mistakes.length / 8));
  for (const [row, mistake] of mistakes.entries())
    if (mistake > 0.5) bits[row >> 3] = (bits[row >> 3] ?? 0) | (1 << (row & 7));
  return textOf(bits);
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

/** What the error of each row by a measure is, before `rowScale` divides it. */
function rowErrorsBy(measure: Measure | undefined, results: RowResults): Float64Array {
  return measure === undefined || measure.dividesByVariance === true ? results.mistakes : measure.rowErrors(results);
}

/** What the mean of the rows' errors is divided by to give the error. */
export function rowScale(measure: Measure | undefined, rows: Pick<RowResults, "task" | "targets" | "weights">): number {
  return measure === undefined || measure.dividesByVariance === true ? mistakeScale(rows) || 1 : 1;
}

/** The error of each row, unpacked. */
export function unpackRowErrors(
  text: string,
  rows: number,
  { task, measure }: { readonly task: Task; readonly measure: Measure | undefined },
): Float64Array {
  const rowErrors = new Uint8Array(Buffer.from(text, "base64"));
  if (!areBits(task, measure)) return Float64Array.from(new Float32Array(rowErrors.buffer));
  return Float64Array.from({ length: rows }, (_, row) => ((rowErrors[row >> 3] ?? 0) >> (row & 7)) & 1);
}
