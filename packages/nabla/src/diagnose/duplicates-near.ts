/** Rows that are nearly the same, found without comparing all with all. */
import type { Fingerprints } from "./duplicates-fingerprint.ts";

/** Finds rows of earlier parts that are near a row. */
export interface Grid {
  /** Whether enough differs for rows to be near at all: at least one number that varies. */
  readonly useful: boolean;
  /** Up to `most` rows of earlier parts; not complete where too many rows are alike to inspect them all. */
  readonly partners: (row: number, most: number) => { readonly rows: readonly number[]; readonly complete: boolean };
}

/** Rows with the part of each, of which there may be as many as rows. */
type PartedRows = Omit<Fingerprints, "part"> & { readonly part: ArrayLike<number> };

/** One number of a row, scaled. */
interface Slot {
  readonly data: ArrayLike<number>;
  readonly width: number;
  readonly at: number;
  /** Numbers this far apart are nearly the same. */
  readonly reach: number;
  /** The chance that two rows are that near. */
  readonly chance: number;
}

/** Cells are this many tolerances wide, so that most rows need to search one cell only. */
const CELL = 8;
/** Numbers that the cells are made of: those that separate rows best. */
const KEYS = 3;
/** Rows of one cell that a row is compared with. */
const MOST_COMPARED = 400;
/** Pairs that chances are estimated from. */
const LOOKED_AT = 2000;

/**
 * All rows, sorted into cells. Near is: names equal, numbers within `tolerance` standard deviations of their column,
 * missing numbers only with missing ones.
 */
export function gridOf(prints: PartedRows, tolerance: number): Grid {
  const slots = slotsOf(prints, tolerance).sort((a, b) => a.chance - b.chance);
  const keys = slots.slice(0, KEYS);
  const cells = new Map<number, number[]>();
  const useful = tolerance > 0 && slots.length > 0;
  for (let row = 0; useful && row < prints.rows; row++) {
    const cell = cellOf(prints, keys, row, () => 0);
    const list = cells.get(cell);
    if (list === undefined) cells.set(cell, [row]);
    else list.push(row);
  }
  const partners: Grid["partners"] = (row, most) => {
    const rows: number[] = [];
    const seen = new Set<number>();
    let left = MOST_COMPARED;
    // every corner of what lies within reach; most corners are in one cell
    for (let corner = 0; corner < 1 << keys.length; corner++) {
      const cell = cellOf(prints, keys, row, (key) => ((corner >> key) & 1 ? 1 : -1));
      if (seen.has(cell)) continue;
      seen.add(cell);
      for (const other of cells.get(cell) ?? []) {
        if ((prints.part[other] ?? 0) >= (prints.part[row] ?? 0)) break; // rows are in the order of parts
        if (left-- === 0) return { rows, complete: false };
        if (isNear(prints, slots, other, row)) rows.push(other);
        if (rows.length === most) return { rows, complete: true };
      }
    }
    return { rows, complete: true };
  };
  return { useful, partners };
}

function cellOf(
  { categoryHashes }: PartedRows,
  keys: readonly Slot[],
  row: number,
  step: (key: number) => number,
): number {
  let cell = categoryHashes[row] ?? 0;
  for (const [key, { data, width, at, reach }] of keys.entries()) {
    const value = (data[row * width + at] ?? 0) + step(key) * reach;
    const place = Number.isNaN(value) ? 0x7fffffff : Math.floor(value / (CELL * reach)) | 0;
    cell = Math.imul(cell ^ place, 0x01000193);
    cell ^= cell >>> 15;
  }
  return cell;
}

function isNear({ categories }: PartedRows, slots: readonly Slot[], a: number, b: number): boolean {
  for (const { data, width, at, reach } of slots) {
    const [x, y] = [data[a * width + at] ?? 0, data[b * width + at] ?? 0];
    if (!(Math.abs(x - y) <= reach) && !(Number.isNaN(x) && Number.isNaN(y))) return false;
  }
  for (const { codes } of categories) if (codes[a] !== codes[b]) return false;
  return true;
}

function slotsOf(prints: PartedRows, tolerance: number): Slot[] {
  return prints.numbers
    .filter(({ deviation }) => deviation > 0)
    .flatMap(({ data, width, deviation }) =>
      Array.from({ length: width }, (_, at) => {
        const reach = tolerance * deviation;
        const near = (a: number, b: number): boolean =>
          Math.abs((data[a * width + at] ?? 0) - (data[b * width + at] ?? 0)) <= reach;
        return { data, width, at, reach, chance: chanceOf(prints.rows, near) };
      }),
    );
}

/** The share of pairs of rows, evenly spread, that match; at least what so few pairs could have missed. */
export function chanceOf(rows: number, matches: (a: number, b: number) => boolean): number {
  if (rows < 2) return 0;
  let found = 0;
  for (let i = 0; i < LOOKED_AT; i++) {
    const a = Math.floor((i * rows) / LOOKED_AT);
    // a second row far from the first, by the golden ratio
    const b = (a + 1 + Math.floor(((i * 0.6180339887498949) % 1) * (rows - 1))) % rows;
    if (matches(a, b)) found += 1;
  }
  return (found + 0.5) / (LOOKED_AT + 1);
}
