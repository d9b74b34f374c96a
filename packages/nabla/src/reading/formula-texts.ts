/** Texts that a spreadsheet is told to keep as they stand: ="001" is the text 001. */
import { EMPTY_CELL, type WrittenColumn } from "./written-column.ts";

const FORMULA = /^="((?:[^"]|"")*)"$/;

/** The column with the texts within its formulas; the column itself where some text is no such formula. */
export function withoutFormulas(column: WrittenColumn): WrittenColumn {
  const { texts, codes, counts } = column;
  const inner = texts.map((text) => FORMULA.exec(text)?.[1]?.replaceAll('""', '"').trim());
  if (codes === undefined || inner.includes(undefined)) return column;
  const places = new Map<string, number>();
  const sums: number[] = [];
  const placeOf = inner.map((text = "", index) => {
    if (text === "") return EMPTY_CELL;
    const place = places.get(text) ?? places.size;
    places.set(text, place);
    sums[place] = (sums[place] ?? 0) + (counts[index] ?? 0);
    return place;
  });
  return {
    ...column,
    declared: "text",
    codes: codes.map((code) => (code < 0 ? code : (placeOf[code] ?? EMPTY_CELL))),
    texts: [...places.keys()],
    counts: sums,
  };
}
