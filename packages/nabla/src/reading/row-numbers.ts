/**
 * Which row of a spreadsheet each record is, the first line being row 1: a blank line or a comment is a row too, a line break
 * within quotes is none. Kept as the places where rows were passed over, which are few.
 */
export interface RowNumbers {
  /** The row of the first record, had nothing been passed over before it. */
  readonly first: number;
  /** Record numbers (from 0), rising, before each of which rows were passed over. */
  readonly gaps: readonly number[];
  /** How many rows had been passed over by then. */
  readonly passed: readonly number[];
}

/** The spreadsheet's row of a record (from 0). */
export function rowOfRecord({ first, gaps, passed }: RowNumbers, record: number): number {
  let from = 0;
  let to = gaps.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((gaps[middle] as number) <= record) from = middle + 1;
    else to = middle;
  }
  return first + record + (from === 0 ? 0 : (passed[from - 1] as number));
}
