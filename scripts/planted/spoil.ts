/** Ways in which people and machines spoil tables, each with a share of the rows. */
import type { Draws } from "./draws.ts";
import { addColumn, cellsOf, mapColumn, type Sheet } from "./sheet.ts";

/** A table and what draws, to a spoiled table. */
export type Spoil = (sheet: Sheet, draws: Draws) => Sheet;

/** One spoiling after another. */
export function spoils(...all: readonly Spoil[]): Spoil {
  return (sheet, draws) => all.reduce((soFar, spoil) => spoil(soFar, draws), sheet);
}

/** Cells of columns in another unit, in a share of the rows: the same rows in all of the columns. */
export function otherUnit(columns: readonly string[], share: number, convert: (value: number) => number): Spoil {
  return (sheet, draws) => {
    const hit = sheet.rows.map(() => draws.chance(share));
    return columns.reduce(
      (soFar, column) => mapColumn(soFar, column, (cell, row) => (hit[row] ? convert(Number(cell)) : cell)),
      sheet,
    );
  };
}

/** A word in place of the value, in a share of the rows: other rows in each column. */
export function wordInPlace(columns: readonly string[], share: number, word: string): Spoil {
  return (sheet, draws) =>
    columns.reduce((soFar, column) => mapColumn(soFar, column, (cell) => (draws.chance(share) ? word : cell)), sheet);
}

/** Names written in another way, in a share of the rows. */
export function otherSpelling(column: string, share: number, ways: readonly ((name: string) => string)[]): Spoil {
  return (sheet, draws) => mapColumn(sheet, column, (cell) => (draws.chance(share) ? draws.pick(ways)(cell) : cell));
}

/** A column that is made from the row: its target's cell and the number of the row. */
export function withColumn(
  column: string,
  make: (target: string, row: number, draws: Draws) => string | number,
): Spoil {
  return (sheet, draws) =>
    addColumn(
      sheet,
      column,
      cellsOf(sheet, sheet.target).map((cell, row) => make(cell, row, draws)),
    );
}

/** The rows in the order of a number of each. */
export function sortedBy(order: (sheet: Sheet, row: number) => number): Spoil {
  return (sheet) => ({
    ...sheet,
    rows: sheet.rows
      .map((row, index) => ({ row, at: order(sheet, index) }))
      .sort((a, b) => a.at - b.at)
      .map(({ row }) => row),
  });
}

/** A share of the rows written a second time, or a third, somewhere else. */
export function repeated(share: number, times: number): Spoil {
  return (sheet, draws) => {
    const again = sheet.rows.filter(() => draws.chance(share));
    return { ...sheet, rows: draws.shuffled([...sheet.rows, ...Array.from({ length: times }, () => again).flat()]) };
  };
}

export const upper = (name: string): string => name.toUpperCase();
export const lower = (name: string): string => name.toLowerCase();
export const blankAfter = (name: string): string => `${name} `;
export const pointAfter = (name: string): string => `${name}.`;
