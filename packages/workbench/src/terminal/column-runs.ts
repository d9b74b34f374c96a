import type { ColumnProfile } from "nabla/tables";
/** Columns that are alike, such as pixels or measurements of a series, as one entry of a table. */

/** One column, or several that are alike, in the order of the file. */
export type ColumnRun = readonly [ColumnProfile, ...ColumnProfile[]];

/** Fewer columns than this are better seen than summed up, and so are those of a file with fewer than the second number. */
const [FEWEST, FEWEST_IN_ALL] = [4, 25];

/**
 * Columns whose names differ in numbers alone, and which are read and used alike, as one run each, wherever they stand in
 * the file: `x1, y1, x2, y2, …` is a run of x and a run of y. A run stands where its first column does.
 */
export function columnRuns(columns: readonly ColumnProfile[]): readonly ColumnRun[] {
  if (columns.length < FEWEST_IN_ALL) return columns.map((column) => [column] as const);
  const alike = new Map<string, [ColumnProfile, ...ColumnProfile[]]>();
  for (const column of columns) {
    const key = likenessOf(column);
    const run = alike.get(key);
    if (run === undefined) alike.set(key, [column]);
    else run.push(column);
  }
  return columns.flatMap((column): readonly ColumnRun[] => {
    const run = alike.get(likenessOf(column)) ?? [column];
    if (run.length < FEWEST) return [[column]];
    return run[0] === column ? [run] : [];
  });
}

function likenessOf({ name, as, use, how, reason }: ColumnProfile): string {
  const stem = name.replace(/\d+(\.\d+)*/g, "#");
  // what is left out is alike by the reason, whatever it would have been read as
  return JSON.stringify([stem, use, ...(reason === undefined ? [as, how] : [reason])]);
}
