import type { WrittenColumn } from "nabla/reading";
import type { WrittenTable } from "./written-table.ts";

/** So many cells are compared; a larger table is not worth the time. */
const MOST_CELLS = 200_000_000;

/** Rows whose cells all repeat those of an earlier row; 0 where the table is too large to tell. */
export function repeatedRows({ columns, rows }: Pick<WrittenTable, "columns" | "rows">): number {
  if (columns.length === 0 || rows * columns.length > MOST_CELLS) return 0;
  const hashes = rowHashes(columns, rows);
  // open addressing: the first row of each hash, and of rows with one hash those that differ
  const size = 2 ** Math.ceil(Math.log2(2 * rows + 1));
  const slots = new Int32Array(size).fill(-1);
  let repeated = 0;
  for (let row = 0; row < rows; row++) {
    let slot = (hashes[row] ?? 0) & (size - 1);
    for (;;) {
      const first = slots[slot] ?? -1;
      if (first < 0) {
        slots[slot] = row;
        break;
      }
      if (hashes[first] === hashes[row] && equalRows(columns, first, row)) {
        repeated++;
        break;
      }
      slot = (slot + 1) & (size - 1);
    }
  }
  return repeated;
}

/** 32 bits of each row, mixed from its cells (the finalizer of MurmurHash3, Appleby 2011). */
function rowHashes(columns: readonly WrittenColumn[], rows: number): Int32Array {
  const hashes = new Int32Array(rows);
  const bits = new Int32Array(2);
  const number = new Float64Array(bits.buffer);
  for (const { numbers, codes } of columns) {
    for (let row = 0; row < rows; row++) {
      const code = codes === undefined ? -1 : (codes[row] ?? -1);
      if (code >= 0) bits[0] = bits[1] = code;
      else number[0] = (numbers[row] ?? Number.NaN) + 0;
      let hash = Math.imul(hashes[row] ?? 0, 0x01000193) ^ (bits[0] ?? 0) ^ Math.imul(bits[1] ?? 0, 0x9e3779b1);
      hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
      hashes[row] = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) ^ (hash >>> 16);
    }
  }
  return hashes;
}

function equalRows(columns: readonly WrittenColumn[], first: number, second: number): boolean {
  return columns.every(({ numbers, codes }) => {
    if (codes !== undefined && codes[first] !== codes[second]) return false;
    const [a, b] = [numbers[first], numbers[second]];
    return a === b || (Number.isNaN(a) && Number.isNaN(b));
  });
}
