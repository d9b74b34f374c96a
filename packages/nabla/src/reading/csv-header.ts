/** Whether a record names the columns or is like those below it. */
import { type CellKind, cellKind } from "./cell-kind.ts";

const MOSTLY = 0.8;
const LARGEST_YEAR = 2100;

/** What the first record shows. */
export type HeaderEvidence = "names" | "numbers as names" | "values";

/**
 * Compares the first record with those below it, column by column: a text over numbers is a name; a number over numbers, or a
 * text that occurs below, is a value. Numbers in steps of one over other numbers, such as years, may be names.
 */
export function headerEvidence(first: readonly string[], rows: readonly (readonly string[])[]): HeaderEvidence {
  // files that were put one after the other repeat their names
  const below = rows.filter((row) => row.some((value, c) => value !== first[c]));
  const kinds = first.map(cellKind);
  if (below.length === 0) return kinds.some((kind) => kind === "text") ? "names" : "values";
  let names = 0;
  let values = 0;
  const overNumbers: number[] = [];
  let others = 0;
  for (const [c, kind] of kinds.entries()) {
    const column = below.map((record) => record[c] ?? "");
    const usual = usualKind(column);
    const isNamed = kind === "text" ? usual !== "text" && usual !== "empty" : kind === "date" && usual === "number";
    if (isNamed) names++;
    else if (kind !== "empty" && kind === usual && kind !== "text") {
      values++;
      if (kind === "number") overNumbers.push(c);
    } else if (kind === "text") {
      if (column.includes(first[c] ?? "")) values++;
      else others++;
    }
  }
  if (names > 0) return "names";
  if (overNumbers.length > 0 && overNumbers.length === values && areNames(first, below, overNumbers))
    return "numbers as names";
  return values > others / 2 ? "values" : "names";
}

function usualKind(column: readonly string[]): CellKind {
  const counts = new Map<CellKind, number>();
  let filled = 0;
  for (const value of column) {
    const kind = cellKind(value);
    if (kind === "empty") continue;
    filled++;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  if (filled === 0) return "empty";
  const [kind = "text", count = 0] = [...counts].reduce((best, one) => (one[1] > best[1] ? one : best));
  return count >= MOSTLY * filled ? kind : "text";
}

/** Whole numbers that count up from 0 or 1, or years that rise, over numbers that do not look like them. */
function areNames(first: readonly string[], below: readonly (readonly string[])[], places: readonly number[]): boolean {
  const names = places.map((c) => Number(first[c]));
  const looks = areRisingYears(names) ? areRisingYears : areCounted;
  return looks(names) && !below.some((record) => looks(places.map((c) => Number(record[c]))));
}

function areRisingYears(values: readonly number[]): boolean {
  return values.every(
    (value, i) => Number.isInteger(value) && value >= 1900 && value <= LARGEST_YEAR && value > (values[i - 1] ?? 0),
  );
}

function areCounted(values: readonly number[]): boolean {
  const [from = 0] = values;
  return values.length > 2 && (from === 0 || from === 1) && values.every((value, i) => value === from + i);
}
