/** Makes the typed column of a table out of a column as it was written. */
import { ndarray } from "../array/ndarray.ts";
import type {
  CategoryReading,
  ColumnReading,
  DateReading,
  NumberReading,
  TimeReading,
} from "../data/column-reading.ts";
import type { CategoryColumn, Column, NumberColumn } from "../data/table.ts";
import { levelFinder, textReader } from "./cell-reader.ts";
import { cellTexts } from "./cell-text.ts";
import type { CellFault, CountedText } from "./decision.ts";
import { levelGroups, levelKey } from "./levels.ts";
import { isGivenWord, missingWords } from "./missing-words.ts";
import { numberCounts, numberFacts, spellingOf } from "./number-facts.ts";
import { plainValue } from "./numbers.ts";
import { plainDay } from "./plain-dates.ts";
import { isUntrue } from "./truth.ts";
import { EMPTY_CELL, NUMBER_CELL, type WrittenColumn } from "./written-column.ts";

/** A column that was read, and what did not go as expected. */
export interface ReadColumn {
  readonly column: Column;
  /** Cells that do not fit, which are missing in the column; the first one first. */
  readonly faults: readonly CellFault[];
  /** Levels that the model has never seen, with their cells; their codes follow those of the model. */
  readonly unseen: readonly CountedText[];
}

/** Reads a written column as it was decided; with `levels`, those of a model, their codes stay as they are. */
export function columnFrom(
  written: WrittenColumn,
  reading: ColumnReading,
  { levels }: { readonly levels?: readonly string[] } = {},
): ReadColumn {
  if (reading.as === "category" || reading.as === "text") {
    const category: CategoryReading = reading.as === "category" ? reading : { ...reading, as: "category" };
    return levels === undefined ? ownLevels(written, category, reading) : levelReader(category, levels)(written);
  }
  return numbersFrom(written, reading);
}

/** Reads numbers, dates and times: plain numbers in one pass, and each different text once. */
function numbersFrom(written: WrittenColumn, reading: NumberReading | DateReading | TimeReading): ReadColumn {
  const { name, rows, codes, texts } = written;
  const words = missingWords(reading.missing);
  const meaning = plainMeaning(written, reading);
  const gaps = words.values;
  const column = (values: Float64Array): NumberColumn => ({
    kind: "number",
    name,
    values: ndarray(values, [rows]),
    reading,
  });
  const faults = new Faults();
  const sameNumbers = meaning === undefined && gaps.size === 0 && allFinite(written.numbers);
  if (codes === undefined && sameNumbers) return { column: column(written.numbers), faults: [], unseen: [] };
  const values = sameNumbers ? written.numbers.slice() : new Float64Array(rows);
  for (let row = 0; !sameNumbers && row < rows; row++) {
    const plain = written.numbers[row] as number;
    values[row] = Number.NaN;
    if (Number.isNaN(plain) || gaps.has(plain)) continue;
    const value = meaning === undefined ? (Number.isFinite(plain) ? plain : undefined) : meaning(plain);
    if (value === undefined) faults.add(spellingOf(plain, written), row);
    else values[row] = value;
  }
  const parsed = texts.map(textReader(reading));
  for (let row = 0; codes !== undefined && row < rows; row++) {
    const code = codes[row] as number;
    if (code < 0) continue;
    const value = parsed[code];
    if (value === undefined) faults.add(texts[code] ?? "", row);
    else if (value !== null) values[row] = value;
  }
  return { column: column(values), faults: faults.found(), unseen: [] };
}

/** Cells that do not fit, counted by their texts. */
class Faults {
  readonly #found = new Map<string, { readonly text: string; count: number; row: number }>();

  add(text: string, row: number): void {
    const found = this.#found.get(text);
    if (found === undefined) this.#found.set(text, { text, count: 1, row });
    else {
      found.count++;
      found.row = Math.min(found.row, row);
    }
  }

  /** The first one first. */
  found(): readonly CellFault[] {
    return [...this.#found.values()].sort((a, b) => a.row - b.row);
  }
}

function allFinite(numbers: Float64Array): boolean {
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i] as number;
    if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) return false;
  }
  return true;
}

/** What plain numbers mean, where that is not themselves. */
function plainMeaning(
  written: WrittenColumn,
  reading: NumberReading | DateReading | TimeReading,
): ((plain: number) => number | undefined) | undefined {
  if (reading.as === "time") return () => undefined;
  return reading.as === "date" ? plainDay(reading, written) : plainValue(reading, written);
}

/** The cells of a category by name, missing ones left out. */
function namedCells(
  written: WrittenColumn,
  reading: CategoryReading,
): {
  readonly texts: readonly (CountedText & { readonly index: number })[];
  readonly numbers: readonly (CountedText & { readonly value: number })[];
} {
  const words = missingWords(reading.missing);
  const texts = cellTexts(written).filter(({ text }) => !isGivenWord(text, words));
  const counts = numberCounts(written, numberFacts(written, words.values), words.values);
  const numbers = [...counts].map(([value, count]) => ({ value, count, text: spellingOf(value, written) }));
  return { texts, numbers };
}

function ownLevels(written: WrittenColumn, category: CategoryReading, reading: ColumnReading): ReadColumn {
  const { texts, numbers } = namedCells(written, category);
  const cells = [...texts, ...numbers];
  const unfit = category.truth === true ? cells.filter(({ text }) => isUntrue(text)) : [];
  const groups = levelGroups(unfit.length === 0 ? cells : cells.filter((cell) => !unfit.includes(cell)), category);
  const codeOf = new Map(groups.map(({ text }, code) => [levelKey(text, category), code]));
  const find = (text: string): number => codeOf.get(levelKey(text, category)) ?? -1;
  const column = coded(written, {
    texts: new Map(texts.map(({ text, index }) => [index, find(text)])),
    numbers: new Map(numbers.map(({ text, value }) => [value, find(text)])),
  });
  return {
    column: { kind: "category", name: written.name, codes: column, levels: groups.map(({ text }) => text), reading },
    faults: unfit
      .map((cell) => ({ text: cell.text, count: cell.count, row: firstRow(written, cell) }))
      .sort((a, b) => a.row - b.row),
    unseen: [],
  };
}

function firstRow(
  { codes, numbers }: WrittenColumn,
  cell: { readonly index?: number; readonly value?: number },
): number {
  return cell.index === undefined ? numbers.indexOf(cell.value ?? 0) : (codes?.indexOf(cell.index) ?? 0);
}

/** Reads written columns again and again into the levels of a model, whose codes stay as they are. */
export function levelReader(
  category: CategoryReading,
  levels: readonly string[],
): (written: WrittenColumn) => ReadColumn {
  const find = levelFinder(levels, category);
  return (written) => {
    const { texts, numbers } = namedCells(written, category);
    const unseen = new Map<string, CountedText & { readonly code: number }>();
    const codeOf = ({ text, count }: CountedText, plain?: number): number => {
      const known = find(text, plain);
      if (known !== undefined) return known;
      const key = levelKey(text, category);
      const found = unseen.get(key) ?? { text, count: 0, code: levels.length + unseen.size };
      unseen.set(key, { ...found, count: found.count + count });
      return found.code;
    };
    const codes = coded(written, {
      texts: new Map(texts.map((cell) => [cell.index, codeOf(cell)])),
      numbers: new Map(numbers.map((cell) => [cell.value, codeOf(cell, cell.value)])),
    });
    const found = [...unseen.values()].map(({ text, count }) => ({ text, count }));
    const column: CategoryColumn = {
      kind: "category",
      name: written.name,
      codes,
      levels: found.length === 0 ? levels : [...levels, ...found.map(({ text }) => text)],
      reading: category,
    };
    return { column, faults: [], unseen: found.toSorted((a, b) => b.count - a.count) };
  };
}

interface Codes {
  readonly texts: ReadonlyMap<number, number>;
  readonly numbers: ReadonlyMap<number, number>;
}

/** The code of each row. */
function coded({ rows, codes, numbers, texts: { length } }: WrittenColumn, found: Codes): Int32Array {
  const ofText = Int32Array.from({ length }, (_, index) => found.texts.get(index) ?? -1);
  const levels = new Int32Array(rows);
  let [last, lastCode] = [Number.NaN, -1];
  for (let row = 0; row < rows; row++) {
    const code = codes === undefined ? NUMBER_CELL : (codes[row] as number);
    if (code >= 0) {
      levels[row] = ofText[code] as number;
      continue;
    }
    const value = code === EMPTY_CELL ? Number.NaN : (numbers[row] as number);
    if (value !== last) [last, lastCode] = [value, found.numbers.get(value) ?? -1];
    levels[row] = lastCode;
  }
  return levels;
}
