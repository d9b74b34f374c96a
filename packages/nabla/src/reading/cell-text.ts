/** A text of a column, with how often it occurs. */
import type { WrittenColumn } from "./written-column.ts";

/** One of the different texts of a column. */
export interface CellText {
  readonly text: string;
  readonly count: number;
  /** Its place among the texts of the column. */
  readonly index: number;
}

/** The different texts of a column that fill a cell. */
export function cellTexts({ texts, counts }: Pick<WrittenColumn, "texts" | "counts">): readonly CellText[] {
  return texts.map((text, index) => ({ text, count: counts[index] ?? 0, index })).filter(({ count }) => count > 0);
}

/** How many cells some texts fill. */
export function cellsIn(texts: readonly { readonly count: number }[]): number {
  return texts.reduce((sum, { count }) => sum + count, 0);
}
