/** Columns in memory as written columns, whole or some rows of them. */
import { writtenColumn } from "../reading/written-cells.ts";
import type { WrittenColumn } from "../reading/written-column.ts";

/** A column that is in memory: its cells from a row to another, which is not among them. */
export type ColumnCells = (from: number, to: number) => WrittenColumn;

/** A column of numbers; NaN stands for none. */
export function numberCells(name: string, numbers: Float64Array, declared?: WrittenColumn["declared"]): ColumnCells {
  const plain = { name, ...(declared === undefined ? {} : { declared }), texts: [], counts: [], spellings: new Map() };
  return (from, to) => ({ ...plain, rows: to - from, numbers: numbers.subarray(from, to) });
}

/** A column of texts; null stands for none. */
export function textCells(
  name: string,
  cells: readonly (string | null)[],
  declared?: WrittenColumn["declared"],
): ColumnCells {
  return (from, to) => writtenColumn(name, cells.slice(from, to), declared);
}
