import { quotas } from "./stratify.ts";

/** Codes renumbered 0, 1, … in ascending order, with how many rows each has; any negative code is one of its own. */
export interface DenseCodes {
  readonly codes: Uint32Array;
  readonly sizes: readonly number[];
}

/** Renumbers the codes of `rows` rows. */
export function denseCodes(given: ArrayLike<number>, rows: number): DenseCodes {
  const sizes = new Map<number, number>();
  for (let row = 0; row < rows; row++) sizes.set(given[row] ?? -1, (sizes.get(given[row] ?? -1) ?? 0) + 1);
  const ordered = [...sizes].sort(([a], [b]) => a - b);
  const numbers = new Map(ordered.map(([code], number) => [code, number]));
  const codes = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) codes[row] = numbers.get(given[row] ?? -1) ?? 0;
  return { codes, sizes: ordered.map(([, size]) => size) };
}

/** One code for every pair of codes that occurs. */
export function crossCodes(first: DenseCodes, second: DenseCodes): DenseCodes {
  const pairs = first.codes.map((code, row) => code * second.sizes.length + (second.codes[row] ?? 0));
  return denseCodes(pairs, pairs.length);
}

/**
 * Walks the rows in random order; each goes to the first part that still wants one of its kind. Every part gets its exact
 * size, and of every kind its share within one row. Rows of each part, ascending.
 */
export function deal(
  order: Uint32Array,
  kinds: DenseCodes | undefined,
  sizes: readonly number[],
): readonly Uint32Array[] {
  const parts = sizes.map((size) => new Uint32Array(size));
  const filled = new Uint32Array(sizes.length);
  const left = Uint32Array.from(quotas(kinds?.sizes ?? [order.length], sizes).flat());
  for (const row of order) {
    const first = (kinds?.codes[row] ?? 0) * sizes.length;
    let part = 0;
    while ((left[first + part] ?? 1) === 0) part++;
    left[first + part] = (left[first + part] ?? 0) - 1;
    const rows = parts[part];
    const at = filled[part] ?? 0;
    if (rows !== undefined) rows[at] = row;
    filled[part] = at + 1;
  }
  for (const rows of parts) rows.sort();
  return parts;
}
