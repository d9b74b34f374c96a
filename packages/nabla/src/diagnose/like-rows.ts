/** Rows that repeat each other, exactly or nearly, as groups that a split keeps together. */
import { inRange } from "../base/range.ts";
import type { Table } from "../data/table.ts";
import { fingerprints } from "./duplicates-fingerprint.ts";
import { gridOf } from "./duplicates-near.ts";

/** Options of `likeRows`. */
export interface LikeRowsOptions {
  /** How far two numbers may be apart for rows to be nearly the same, in standard deviations of their column. Default 0.01. */
  readonly tolerance?: number;
}

/** Earlier rows near a row that are looked for. */
const MOST_PARTNERS = 8;

/**
 * The group of each row, from 0 in the order of their first rows: rows of one group have the same inputs, or nearly, or are
 * connected by rows that have. Of a row that nothing repeats the group is its own.
 */
export function likeRows(
  { rows, columns }: Pick<Table, "rows" | "columns">,
  { tolerance = 0.01 }: LikeRowsOptions = {},
): Int32Array {
  inRange("tolerance", tolerance, { atLeast: 0 });
  const prints = fingerprints([{ rows, columns }]);
  const parents = Int32Array.from({ length: rows }, (_, row) => row);
  const rootOf = (row: number): number => {
    let root = row;
    while (parents[root] !== root) root = parents[root] ?? root;
    for (let at = row; at !== root; ) [parents[at], at] = [root, parents[at] ?? root];
    return root;
  };
  const join = (a: number, b: number): void => {
    const [first, second] = [rootOf(a), rootOf(b)];
    parents[Math.max(first, second)] = Math.min(first, second);
  };
  const byHash = new Map<number, number[]>();
  for (let row = 0; row < rows; row++) {
    const others = byHash.get(prints.hashes[row] ?? 0);
    if (others === undefined) byHash.set(prints.hashes[row] ?? 0, [row]);
    else {
      const same = others.find((other) => prints.same(other, row));
      if (same === undefined) others.push(row);
      else join(same, row);
    }
  }
  // each row is a part of its own, so that every earlier row is a partner
  const grid = gridOf({ ...prints, part: parents.map((_, row) => row) }, tolerance);
  for (let row = 1; grid.useful && row < rows; row++)
    for (const other of grid.partners(row, MOST_PARTNERS).rows) join(other, row);
  const codes = new Map<number, number>();
  return Int32Array.from({ length: rows }, (_, row) => {
    const root = rootOf(row);
    const code = codes.get(root) ?? codes.size;
    codes.set(root, code);
    return code;
  });
}
