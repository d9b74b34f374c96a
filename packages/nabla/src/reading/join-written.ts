import { known } from "../base/error.ts";
import { EMPTY_CELL, NUMBER_CELL, SPELLINGS, type WrittenColumn } from "./written-column.ts";

/** The same column of several files, or of chunks of one, as one column with the name of the first. There is at least one. */
export function joinWritten(parts: readonly WrittenColumn[]): WrittenColumn {
  const first = known(parts[0], "a column to join");
  if (parts.length === 1) return first;
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const numbers = new Float64Array(rows);
  const codes = parts.some((part) => part.codes !== undefined) ? new Int32Array(rows) : undefined;
  const places = new Map<string, number>();
  const counts: number[] = [];
  const spellings = new Map<number, string>();
  let start = 0;
  for (const part of parts) {
    numbers.set(part.numbers, start);
    const placeOf = part.texts.map((text, index) => {
      const place = places.get(text) ?? places.size;
      places.set(text, place);
      counts[place] = (counts[place] ?? 0) + known(part.counts[index], "a count");
      return place;
    });
    if (codes !== undefined) codes.set(joinedCodes(part, placeOf), start);
    for (const [value, spelled] of part.spellings) {
      if (spellings.size < SPELLINGS && !spellings.has(value)) spellings.set(value, spelled);
    }
    start += part.rows;
  }
  const declared = parts.every((part) => part.declared === first.declared) ? first.declared : undefined;
  return {
    name: first.name,
    rows,
    numbers,
    ...(codes === undefined ? {} : { codes }),
    ...(declared === undefined ? {} : { declared }),
    texts: [...places.keys()],
    counts,
    spellings,
  };
}

function joinedCodes({ codes, numbers }: WrittenColumn, placeOf: readonly number[]): Int32Array {
  if (codes === undefined) return Int32Array.from(numbers, (value) => (Number.isNaN(value) ? EMPTY_CELL : NUMBER_CELL));
  return codes.map((code) => (code < 0 ? code : known(placeOf[code], "a text")));
}
