/** Columns of texts that spell lists of numbers, such as "[1.5, -2]": as many columns as the lists have values. */
import { EMPTY_CELL, type WrittenColumn } from "./written-column.ts";

const LIST = /^\[([^[\]]*)\]$/;
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;
const MISSING = /^(?:nan|null|none|na)$/i;
const MOST_VALUES = 20_000;

/** The column's lists as columns; the column itself where its cells are not all lists of one length. */
export function columnsOfLists(column: WrittenColumn): readonly WrittenColumn[] {
  const { codes, texts, name, rows } = column;
  const lists: (readonly number[])[] = [];
  for (const text of texts) {
    const list = valuesOfList(text);
    if (list === undefined || list.length !== (lists[0] ?? list).length) return [column];
    lists.push(list);
  }
  const [first] = lists;
  if (codes === undefined || first === undefined || !codes.every((code) => code >= EMPTY_CELL)) return [column];
  return first.map((_, place) => ({
    name: first.length === 1 ? name : `${name}[${place}]`,
    rows,
    numbers: Float64Array.from(codes, (code) => lists[code]?.[place] ?? Number.NaN),
    texts: [],
    counts: [],
    spellings: new Map(),
  }));
}

/** The numbers of a list, separated by commas or by blanks as NumPy prints them. */
function valuesOfList(text: string): number[] | undefined {
  const [, inner] = LIST.exec(text) ?? [];
  if (inner === undefined) return undefined;
  const words = inner.trim().split(/\s*,\s*|\s+/);
  if (words.length > MOST_VALUES) return undefined;
  const values: number[] = [];
  for (const word of words) {
    if (NUMBER.test(word)) values.push(Number(word));
    else if (MISSING.test(word)) values.push(Number.NaN);
    else return undefined;
  }
  return values;
}
