/** Columns as they are written, made of cells that a program has. */
import type { Cell } from "./cell-reader.ts";
import { EMPTY_CELL, NUMBER_CELL, SPELLINGS, type WrittenColumn } from "./written-column.ts";

const PLAIN = /^-?(?:0|[1-9]\d*)(?:\.\d+(?:[eE][-+]?\d+)?)?$/;

/** Whether a text is a plain number, as columns keep them by their value. */
export function isPlainNumber(text: string): boolean {
  if (!PLAIN.test(text) || /^-?[1-9]\d{0,2}\.000$/.test(text)) return false;
  return text.includes(".") || Number.isSafeInteger(Number(text));
}

/**
 * The column of some cells: plain numbers by value, dates as ISO texts, true and false as texts, null and undefined empty.
 * With `declared` the source itself says what the column holds.
 */
export function writtenColumn(
  name: string,
  cells: readonly Cell[],
  declared?: WrittenColumn["declared"],
): WrittenColumn {
  const rows = cells.length;
  const numbers = new Float64Array(rows).fill(Number.NaN);
  const codes = new Int32Array(rows);
  const texts: string[] = [];
  const counts: number[] = [];
  const places = new Map<string, number>();
  const spellings = new Map<number, string>();
  for (const [row, cell] of cells.entries()) {
    const text = writtenText(cell);
    if (text === "") codes[row] = EMPTY_CELL;
    else if (typeof cell === "number" || isPlainNumber(text)) {
      codes[row] = NUMBER_CELL;
      const value = Number(text) + 0;
      numbers[row] = value;
      if (String(value) !== text && spellings.size < SPELLINGS && !spellings.has(value)) spellings.set(value, text);
    } else {
      const place = places.get(text) ?? texts.push(text) - 1;
      places.set(text, place);
      counts[place] = (counts[place] ?? 0) + 1;
      codes[row] = place;
    }
  }
  return {
    ...{ name, rows, numbers, texts, counts, spellings },
    ...(texts.length > 0 ? { codes } : {}),
    ...(declared === undefined ? {} : { declared }),
  };
}

function writtenText(cell: Cell): string {
  if (cell === null || cell === undefined || (typeof cell === "number" && Number.isNaN(cell))) return "";
  if (!(cell instanceof Date)) return String(cell).trim();
  return Number.isNaN(cell.getTime()) ? "" : cell.toISOString().replace("T00:00:00.000Z", "");
}
