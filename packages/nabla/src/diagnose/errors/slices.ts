/** Where in the data the errors are. */

import { known } from "../../base/error.ts";
import { ascending } from "../../base/statistics/frequencies.ts";
import { type Interval, studentInterval, wilson } from "../../base/statistics/intervals.ts";
import { meanOf, quantileOf } from "../../base/statistics/summary.ts";
import { type CategoryColumn, type Column, holdsTexts, numberColumn, widthOf } from "../../data/table.ts";
import { writtenValue } from "../../reading/written-value.ts";

/** The rows with one value, or one range of values, of a column. */
export interface Slice {
  readonly name: string;
  readonly rows: number;
  /** The mean error: the misclassification rate, or the mean squared error for numbers. */
  readonly error: number;
  /** 95%: Wilson's for fractions, Student's for others, up to infinity for a single row. */
  readonly interval: Interval;
}

/** The slices of a column. */
export interface Slices {
  readonly column: string;
  readonly slices: readonly Slice[];
  /** How far the worst slice's interval lies above the error of all rows; 0 or less when no slice stands out. */
  readonly excess: number;
}

/** Options of `errorBySlice`. */
export interface SliceOptions {
  /** Quantile bins for numbers. Default 4. */
  readonly bins?: number;
  /** The most levels of a category that get a slice of their own, the most common first. Default 12. */
  readonly levels?: number;
}

/**
 * Mistakes by the values of a column: numbers in quantile bins, texts by their number of words, missing values in a slice of
 * their own. `mistakes` [rows] holds 0 or 1, or squared distances. Columns of blocks, such as images, have no slices.
 */
export function errorBySlice(
  given: Column,
  mistakes: ArrayLike<number>,
  { bins = 4, levels = 12 }: SliceOptions = {},
): Slices {
  const column = given.kind === "category" && holdsTexts(given) ? wordsIn(given) : given;
  const { names, codes } = column.kind === "category" ? byLevel(column, levels) : byQuantile(column, bins);
  const groups: number[][] = names.map(() => []);
  for (let row = 0; row < mistakes.length; row++) groups[codes[row] ?? 0]?.push(mistakes[row] ?? 0);
  const counted = everyIsCount(mistakes);
  const slices = groups.flatMap((group, i) =>
    group.length === 0
      ? []
      : [{ name: known(names[i], "the name of a slice"), rows: group.length, ...measured(group, counted) }],
  );
  const overall = meanOf(mistakes);
  const excess = slices.length < 2 ? 0 : Math.max(...slices.map(({ interval }) => interval.from - overall));
  return { column: column.name, slices, excess };
}

/** The number of words of each text. */
function wordsIn({ name, codes, levels }: CategoryColumn): Column {
  const words = levels.map((text) => text.split(/\s+/).filter((word) => word !== "").length);
  return numberColumn(
    `words in ${name}`,
    Float64Array.from(codes, (code) => words[code] ?? Number.NaN),
  );
}

interface Grouping {
  readonly names: readonly string[];
  /** The group of each row. */
  readonly codes: ArrayLike<number>;
}

function byLevel({ codes, levels }: Extract<Column, { kind: "category" }>, most: number): Grouping {
  const rows = new Array<number>(levels.length).fill(0);
  for (const code of codes) if (code >= 0) rows[code] = (rows[code] ?? 0) + 1;
  const common = levels.map((_, code) => code).sort((a, b) => (rows[b] ?? 0) - (rows[a] ?? 0) || a - b);
  const kept = common.slice(0, most);
  const place = new Map(kept.map((code, i) => [code, i]));
  const names = [...kept.map((code) => known(levels[code], "a level")), "all others", "missing"];
  return {
    names,
    codes: Int32Array.from(codes, (code) => (code < 0 ? kept.length + 1 : (place.get(code) ?? kept.length))),
  };
}

function byQuantile(column: Extract<Column, { kind: "number" }>, bins: number): Grouping {
  if (widthOf(column) !== 1) return { names: [], codes: [] };
  const values = Float64Array.from(column.values.data);
  const sorted = ascending(values);
  const first = sorted[0] ?? 0;
  // equal values stay together, so there may be fewer bins than requested
  const bounds = [...new Set(Array.from({ length: bins - 1 }, (_, i) => quantileOf(sorted, (i + 1) / bins)))].filter(
    (bound) => bound > first,
  );
  const starts = [first, ...bounds];
  const text = (value: number): string => textOf(value, column);
  const isTime = column.reading?.as === "date" || column.reading?.as === "time";
  const names = starts.map((start, i) => {
    const next = starts[i + 1];
    if (next === undefined) return `${text(start)} and ${isTime ? "later" : "above"}`;
    return `${text(start)} to ${isTime ? "before" : "below"} ${text(next)}`;
  });
  const codes = new Int32Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? Number.NaN;
    let bin = 0;
    while (bin < bounds.length && value >= (bounds[bin] ?? 0)) bin++;
    codes[row] = Number.isNaN(value) ? starts.length : bin;
  }
  return { names: [...(starts.length === 1 ? [text(first)] : names), "missing"], codes };
}

function measured(group: readonly number[], counted: boolean): Pick<Slice, "error" | "interval"> {
  const error = meanOf(group);
  if (counted) return { error, interval: wilson(error, group.length) };
  const { from, to } = studentInterval(group);
  return { error, interval: { from: Math.max(0, from), to } };
}

function everyIsCount(mistakes: ArrayLike<number>): boolean {
  return Array.prototype.every.call(mistakes, (mistake: number) => mistake === 0 || mistake === 1);
}

/** A number with four digits, a day or a time of day as such. */
function textOf(value: number, { reading }: Pick<Column, "reading">): string {
  const written = writtenValue(value, reading);
  return typeof written === "number" ? String(Number(written.toPrecision(4))) : written;
}
