import type { WrittenColumn } from "../reading/written-column.ts";
import type { WrittenTable } from "./written-table.ts";

/** So many cells are compared; a larger table is not worth the time. */
const MOST_CELLS = 50_000_000;
/** Rows that show which columns tell rows apart. */
const SAMPLE = 512;
/** So many columns that tell rows apart are enough for a first comparison. */
const TELLING = 4;

/** Rows whose cells all repeat those of an earlier row; 0 where the table is too large to tell. */
export function repeatedRows({ columns, rows }: Pick<WrittenTable, "columns" | "rows">): number {
  if (columns.length === 0 || rows * columns.length > MOST_CELLS) return 0;
  const hashes = rowHashes(tellingColumns(columns, rows), rows);
  // open addressing: a hash and the first row that has it, side by side, since each look is a miss of the cache
  const size = 2 ** Math.ceil(Math.log2(2 * rows + 1));
  const slots = new Int32Array(2 * size);
  let repeated = 0;
  for (let row = 0; row < rows; row++) {
    const hash = hashes[row] as number;
    let slot = hash & (size - 1);
    for (;;) {
      const first = (slots[2 * slot + 1] as number) - 1;
      if (first < 0) {
        slots[2 * slot] = hash;
        slots[2 * slot + 1] = row + 1;
        break;
      }
      if (slots[2 * slot] === hash && equalRows(columns, first, row)) {
        repeated++;
        break;
      }
      slot = (slot + 1) & (size - 1);
    }
  }
  return repeated;
}

/** The few columns with the most different cells where they tell nearly all rows apart, else all. */
function tellingColumns(columns: readonly WrittenColumn[], rows: number): readonly WrittenColumn[] {
  if (columns.length <= TELLING) return columns;
  const stride = Math.max(1, Math.floor(rows / SAMPLE));
  const keys = columns.map(({ numbers, codes }) => {
    const found: string[] = [];
    for (let row = 0; row < rows && found.length < SAMPLE; row += stride) {
      const code = codes === undefined ? -1 : (codes[row] ?? -1);
      found.push(code >= 0 ? `t${code}` : String(numbers[row]));
    }
    return found;
  });
  const order = columns.map((_, i) => i).sort((a, b) => new Set(keys[b]).size - new Set(keys[a]).size);
  const chosen = order.slice(0, TELLING);
  const joint = new Set(keys[0]?.map((_, k) => chosen.map((i) => keys[i]?.[k]).join("\0")));
  const telling = joint.size > 0.98 * (keys[0]?.length ?? 0);
  return telling ? columns.filter((_, i) => chosen.includes(i)) : columns;
}

/** 32 bits of each row, mixed from its cells (the finalizer of MurmurHash3, Appleby 2011). */
function rowHashes(columns: readonly WrittenColumn[], rows: number): Int32Array {
  const hashes = new Int32Array(rows);
  const bits = new Int32Array(2);
  const number = new Float64Array(bits.buffer);
  for (const { numbers, codes } of columns) {
    for (let row = 0; row < rows; row++) {
      const code = codes === undefined ? -1 : (codes[row] as number);
      if (code >= 0) bits[0] = bits[1] = code;
      else number[0] = (numbers[row] as number) + 0;
      let hash =
        Math.imul(hashes[row] as number, 0x01000193) ^ (bits[0] as number) ^ Math.imul(bits[1] as number, 0x9e3779b1);
      hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
      hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
      hashes[row] = hash ^ (hash >>> 16);
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
