/** Reads single cells, from files and programs alike, as their column was decided. */
import type { CategoryReading, ColumnReading, DateReading, NumberReading } from "../data/column-reading.ts";
import { inOneUnit } from "../data/unit-rule.ts";
import { timeOfDay } from "./clock.ts";
import { dateForm, dayOf } from "./dates.ts";
import { levelKey } from "./levels.ts";
import { isGivenWord, type MissingWords, missingWordKind, missingWords } from "./missing-words.ts";
import { type NumberDress, numberForm, numberIn } from "./numbers.ts";
import { plainDay } from "./plain-dates.ts";
import { truthOf } from "./truth.ts";

/** A cell as a program has it. */
export type Cell = string | number | bigint | boolean | Date | null | undefined;

/** What a cell means: its value, null for a missing one, undefined for one that does not fit its column. */
export type CellValue<T> = T | null | undefined;

const DAY = 86_400_000;

/** Whether a text means missing in a column of numbers, dates or times. */
function isGap(text: string, words: MissingWords): boolean {
  return text === "" || isGivenWord(text, words) || (words.known && missingWordKind(text) !== undefined);
}

/** How the numbers of a reading are dressed. */
function dressOf({ decimal: comma, grouping, unit, scaled }: NumberReading): NumberDress {
  const decimal = comma ?? ".";
  const grouped = grouping === (decimal === "." ? "," : ".");
  return { decimal, grouped, ...(unit === undefined ? {} : { unit }), ...(scaled === undefined ? {} : { scaled }) };
}

/** The number that a text means in a column; of dates the days since 1970, of times the fraction of the day. */
export function textReader(
  reading: NumberReading | DateReading | Extract<ColumnReading, { readonly as: "time" }>,
): (text: string) => CellValue<number> {
  const words = missingWords(reading.missing);
  const parse = textParser(reading);
  const mixed = reading.as === "number" ? reading.mixed : undefined;
  return (text) => {
    const trimmed = text.trim();
    if (isGap(trimmed, words)) return null;
    const value = parse(trimmed);
    if (value === undefined) return undefined;
    if (words.values.has(value)) return null;
    return mixed === undefined ? value : inOneUnit(value, mixed);
  };
}

function textParser(
  reading: NumberReading | DateReading | Extract<ColumnReading, { readonly as: "time" }>,
): (text: string) => number | undefined {
  if (reading.as === "time")
    return (text) => {
      const time = timeOfDay(text);
      return time === undefined || Number.isNaN(time) ? undefined : time;
    };
  if (reading.as === "date") {
    const plain = plainDay(reading, {});
    return (text) => {
      const form = dateForm(text);
      const day = form === undefined ? undefined : dayOf(form, reading);
      return day ?? (/^\d+(\.\d+)?$/.test(text) ? plain(Number(text)) : undefined);
    };
  }
  const dress = dressOf(reading);
  return (text) => {
    const form = numberForm(text);
    const value = form === undefined ? undefined : numberIn(form, dress);
    if (value !== undefined || reading.binary !== true) return value;
    const truth = truthOf(text);
    return truth === undefined ? undefined : Number(truth);
  };
}

/** Reads cells of a column of numbers, dates or times. */
export function numberCellReader(
  reading: NumberReading | DateReading | Extract<ColumnReading, { readonly as: "time" }>,
): (cell: Cell) => CellValue<number> {
  const words = missingWords(reading.missing);
  const parse = textReader(reading);
  const mixed = reading.as === "number" ? reading.mixed : undefined;
  const plain =
    reading.as === "date" ? plainDay(reading, {}) : mixed && ((value: number): number => inOneUnit(value, mixed));
  return (cell) => {
    if (cell === null || cell === undefined) return null;
    if (typeof cell === "string") return parse(cell);
    if (cell instanceof Date) return dateValue(cell, reading);
    if (typeof cell === "boolean") return reading.as === "number" && reading.binary ? Number(cell) : undefined;
    const value = Number(cell);
    if (Number.isNaN(value) || words.values.has(value)) return null;
    if (!Number.isFinite(value) || reading.as === "time") return undefined;
    return plain === undefined ? value : plain(value);
  };
}

function dateValue(date: Date, { as }: ColumnReading): CellValue<number> {
  const days = date.getTime() / DAY;
  if (Number.isNaN(days)) return null;
  if (as === "date") return days;
  return as === "time" ? days - Math.floor(days) : undefined;
}

/** Names a cell of a category: the text that its level is found by; null for a missing one. */
export function categoryCellReader(reading: CategoryReading): (cell: Cell) => CellValue<string> {
  const words = missingWords(reading.missing);
  return (cell) => {
    const text = textOf(cell);
    if (text === null || text === "" || isGivenWord(text, words)) return null;
    return typeof cell === "number" && words.values.has(cell) ? null : text;
  };
}

function textOf(cell: Cell): string | null {
  if (cell === null || cell === undefined || (typeof cell === "number" && Number.isNaN(cell))) return null;
  if (!(cell instanceof Date)) return String(cell).trim();
  return Number.isNaN(cell.getTime()) ? null : cell.toISOString().replace("T00:00:00.000Z", "");
}

/** Finds the code of a cell among the levels of a model; -1 for a missing cell, undefined for a level never seen. */
export type LevelFinder = (text: string, plain?: number) => number | undefined;

const PLAIN = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/**
 * Finds levels however their cells are written: yes and no by what they mean, numbers by their value where all levels are
 * numbers, careless spellings where they were merged, words for missing values that are levels here in any case. A number finds a level of text only where that is written as numbers
 * are: 1 is "1" and "1.0" and not "01".
 */
export function levelFinder(levels: readonly string[], reading: CategoryReading): LevelFinder {
  const words = missingWords(reading.missing);
  const codes = new Map<string, number>();
  const values = new Map<number, number>();
  const named = new Map<string, number>();
  for (const [code, level] of levels.entries()) {
    const key = levelKey(level, reading);
    if (!codes.has(key)) codes.set(key, code);
    if (PLAIN.test(level) && !values.has(Number(level))) values.set(Number(level), code);
    if (missingWordKind(level) !== undefined) named.set(level.toLowerCase(), code);
  }
  return (text, plain) => {
    const found = codes.get(levelKey(text, reading)) ?? (plain === undefined ? undefined : values.get(plain));
    if (found !== undefined) return found;
    if (!words.known || missingWordKind(text) === undefined) return undefined;
    return named.get(text.toLowerCase()) ?? -1;
  };
}
