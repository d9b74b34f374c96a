/**
 * How predictions move with a column, all else as it is in the rows: accumulated local effects (Apley and Zhu 2020). In each of
 * some intervals with equally many rows, the column of those rows alone is set to both ends; the mean differences, added up
 * from left to right, are the curve. No row is moved farther than to the end of its interval, so that rows which cannot be,
 * such as a small house with ten rooms, hardly count.
 */
import { type NdArray, ndarray } from "../../array/ndarray.ts";
import { known, NablaError } from "../../base/error.ts";
import { preparedInputs } from "../../data/apply-preparation.ts";
import type { Preparation } from "../../data/preparation.ts";
import { columnOf, type NumberColumn, type Table, takeTable } from "../../data/table.ts";
import type { AnswerInputs } from "./column-groups.ts";

/** The curve of a column of numbers, dates or times. */
export interface ColumnEffect {
  readonly column: string;
  /** Values of the column, ascending. */
  readonly at: readonly number[];
  /** For each output of the network, what the column adds at these values; 0 on average over the rows. */
  readonly effects: readonly (readonly number[])[];
}

/** Options of `columnEffect`. */
export interface EffectOptions {
  /** How many intervals at most. Default 16. */
  readonly bins?: number;
}

/** The effect of a column of numbers. Throws `explain/column` for one that holds names or does not vary. */
export async function columnEffect(
  answer: AnswerInputs,
  { preparation, table, column }: { readonly preparation: Preparation; readonly table: Table; readonly column: string },
  { bins = 16 }: EffectOptions = {},
): Promise<ColumnEffect> {
  const found = columnOf(table, column);
  if (found.kind !== "number" || found.values.shape.length > 1)
    throw new NablaError("explain/column", `column ${column} holds no single numbers, so that it has no curve`);
  const values = found.values.data;
  const rows = Uint32Array.from(values.keys()).filter((row) => Number.isFinite(values[row]));
  const edges = quantiles(
    Array.from(rows, (row) => values[row] ?? 0),
    bins,
  );
  if (edges.length < 2) throw new NablaError("explain/column", `column ${column} does not vary in these rows`);
  const present = takeTable(table, rows);
  const binOf = Array.from(rows, (row) => intervalOf(edges, values[row] ?? 0));
  const atEnds = async (end: 0 | 1): Promise<NdArray> => {
    const moved = Float64Array.from(binOf, (bin) => known(edges[bin + end], "an edge"));
    return await answer(
      preparedInputs(preparation, withColumn(present, { ...found, values: ndarray(moved, [moved.length]) })),
    );
  };
  const [low, high] = [await atEnds(0), await atEnds(1)];
  const outputs = low.shape[1] ?? 1;
  const effects = Array.from({ length: outputs }, (_, output) =>
    accumulated(
      binOf,
      edges.length - 1,
      (row) => (high.data[row * outputs + output] ?? 0) - (low.data[row * outputs + output] ?? 0),
    ),
  );
  return { column, at: edges, effects };
}

function withColumn(table: Table, column: NumberColumn): Table {
  return { ...table, columns: table.columns.map((one) => (one.name === column.name ? column : one)) };
}

/** The different quantiles of values, both ends included. */
function quantiles(values: readonly number[], bins: number): readonly number[] {
  const sorted = values.toSorted((a, b) => a - b);
  const last = sorted.length - 1;
  return [...new Set(Array.from({ length: bins + 1 }, (_, i) => sorted[Math.round((last * i) / bins)] ?? 0))];
}

/** The interval that a value lies in: the first that ends at it or behind it. */
function intervalOf(edges: readonly number[], value: number): number {
  const end = edges.findIndex((edge) => edge >= value);
  return Math.max(0, end - 1);
}

/** Mean differences of each interval added up, and moved so that their mean over the rows is 0. */
function accumulated(binOf: readonly number[], bins: number, difference: (row: number) => number): readonly number[] {
  const sums = new Float64Array(bins);
  const counts = new Float64Array(bins);
  for (const [row, bin] of binOf.entries()) {
    sums[bin] = (sums[bin] ?? 0) + difference(row);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const curve = [0];
  for (let bin = 0; bin < bins; bin++) curve.push((curve[bin] ?? 0) + (sums[bin] ?? 0) / Math.max(1, counts[bin] ?? 0));
  let mean = 0;
  for (let bin = 0; bin < bins; bin++)
    mean += (((curve[bin] ?? 0) + (curve[bin + 1] ?? 0)) / 2) * ((counts[bin] ?? 0) / binOf.length);
  return curve.map((value) => value - mean);
}
