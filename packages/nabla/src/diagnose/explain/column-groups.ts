/** The columns of a table among the inputs of a network. */
import type { NdArray } from "../../array/ndarray.ts";
import { featureCount, type Preparation } from "../../data/preparation.ts";

/** A column with the inputs that it became: `from` up to, and without, `to`. */
export interface ColumnGroup {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** What a network answers to inputs [rows, features]: probabilities of classes, or numbers in their own unit, [rows, outputs]. */
export type AnswerInputs = (inputs: NdArray) => Promise<NdArray>;

/** The columns that give inputs, in their order. */
export function columnGroups(preparation: Preparation): readonly ColumnGroup[] {
  const groups: ColumnGroup[] = [];
  let from = 0;
  for (const column of preparation.columns) {
    const to = from + featureCount(column);
    if (to > from) groups.push({ name: column.name, from, to });
    from = to;
  }
  return groups;
}
