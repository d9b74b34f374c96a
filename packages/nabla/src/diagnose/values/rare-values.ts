/** Columns that hardly vary, and values that lie absurdly far from all others. */
import { ascending, frequencies } from "../../base/statistics/frequencies.ts";
import { meanOf, populationVariance, quantileOf } from "../../base/statistics/summary.ts";
import { count, grouped, listing } from "../../base/text.ts";
import { blockOf, type Column, type NumberColumn, type Table, targetsOf } from "../../data/table.ts";
import { targetParts } from "../target-parts.ts";

/** A column of which nearly all rows have one value. */
export interface NearlyConstant {
  readonly name: string;
  /** The rows that have another value. */
  readonly others: number;
  /** `site is "A" in all but 5 rows of 1,000`. */
  readonly summary: string;
}

/** Values that lie so far from all others that they are hardly meant. */
export interface FarValues {
  readonly name: string;
  readonly values: readonly number[];
  readonly found: number;
  /** Where the others end, with some room: values beyond on a side are far off; undefined for a side that has none. */
  readonly above?: number;
  /** The same for the side below. */
  readonly below?: number;
  /** A sentence without its full stop. */
  readonly summary: string;
}

const FEWEST_ROWS = 100;
/** The share of the commonest value from which on the others are too few to learn from. */
const NEARLY_ALL = 0.985;
/** The same of a number that others surround and that is none of a few: a sensor that is stuck. */
const [STUCK, FEWEST_AROUND] = [0.95, 5];

/**
 * Inputs of which nearly all rows have the same value; missing ones count as a value. A few rows that a target sets apart
 * are worth learning from, and their column is not named.
 */
export function nearlyConstant(table: Table): readonly NearlyConstant[] {
  const { rows, columns } = table;
  if (rows < FEWEST_ROWS) return [];
  const answers = targetParts(table).flatMap(answersOf);
  return columns
    .filter((column) => column.kind === "category" || blockOf(column).length === 0)
    .flatMap((column) => {
      const { text, found, value } = commonest(column);
      if (found === rows || found < STUCK * rows) return [];
      if (found < NEARLY_ALL * rows && !isStuck(column, value, rows - found)) return [];
      const data = column.kind === "number" ? column.values.data : column.codes;
      const rare = [...data.keys()].filter((row) => !Object.is(data[row], value));
      if (answers.some((list) => setsApart(list, rare))) return [];
      const others = rows - found;
      const summary = `${column.name} is ${text} in all but ${count(others, "row")} of ${grouped(rows)}`;
      return [{ name: column.name, others, summary }];
    });
}

/** Whether the others lie on both sides of a number, and differ from each other. */
function isStuck(column: Column, value: number, others: number): boolean {
  if (column.kind !== "number" || Number.isNaN(value)) return false;
  const around = Array.from(column.values.data).filter((one) => one !== value && !Number.isNaN(one));
  const below = around.filter((one) => one < value).length;
  const different = new Set(around).size;
  return different >= Math.max(FEWEST_AROUND, others / 2) && below > 0 && below < around.length;
}

/** A target as numbers: of classes a list of 0 and 1 for each. */
function answersOf(target: Column): readonly Float64Array[] {
  if (target.kind === "number") return [Float64Array.from(target.values.data)];
  return target.levels.map((_, level) => Float64Array.from(target.codes, (code) => Number(code === level)));
}

/** Whether the mean of a few rows differs from that of all by more than so many standard errors. */
const APART = 3;

function setsApart(answers: Float64Array, rare: readonly number[]): boolean {
  const known = answers.filter((value) => !Number.isNaN(value));
  const few = rare.map((row) => answers[row] ?? Number.NaN).filter((value) => !Number.isNaN(value));
  const deviation = Math.sqrt(populationVariance(known));
  if (few.length === 0 || !(deviation > 0)) return false;
  return Math.abs(meanOf(few) - meanOf(known)) > (APART * deviation) / Math.sqrt(few.length);
}

function commonest(column: Column): { readonly text: string; readonly found: number; readonly value: number } {
  const data = column.kind === "number" ? column.values.data : column.codes;
  const [value, found] = [...frequencies(data)].reduce((best, one) => (one[1] > best[1] ? one : best), [Number.NaN, 0]);
  const missing = Number.isNaN(value) || (column.kind === "category" && value < 0);
  const text = missing ? "missing" : column.kind === "category" ? `"${column.levels[value]}"` : String(value);
  return { text, found, value };
}

/** A value lies so many times the spread of the middle eight tenths away, and so many times farther than the others reach. */
const [FAR, ALONE] = [20, 5];
const MOST_FAR = 0.08;
/** A bound lies so many times as far out as the others reach, to one digit. */
const ROOM = 2;
const SHOWN = 3;
/** Values that differ from the one that nearly all have. */
const FEWEST_VARIED = 20;

/** Numbers of inputs and targets that lie far from all others, as a slip of the keyboard or a broken sensor leaves them. */
export function farValues(table: Table): readonly FarValues[] {
  return [...table.columns, ...targetsOf(table)]
    .filter((column): column is NumberColumn => column.kind === "number" && blockOf(column).length === 0)
    .flatMap(({ name, values: { data } }) => {
      const sorted = ascending(data);
      const found = sorted.length < FEWEST_ROWS / 2 ? undefined : farIn(sorted);
      return found === undefined ? [] : [{ name, ...found, summary: `column ${name}: ${found.summary}` }];
    });
}

function farIn(sorted: Float64Array): Omit<FarValues, "name"> | undefined {
  const middle = quantileOf(sorted, 0.5);
  const reach = (values: Float64Array): number => quantileOf(values, 0.9) - quantileOf(values, 0.1);
  // where nearly all are one value, as 0, the others tell how far values reach
  const varied = reach(sorted) > 0 ? sorted : sorted.filter((value) => value !== middle);
  const spread = varied.length < FEWEST_VARIED ? 0 : reach(varied);
  const [least, most] = [sorted[0] ?? middle, sorted.at(-1) ?? middle];
  if (!(spread > 0) || Math.max(middle - least, most - middle) <= FAR * spread) return undefined;
  const far = sorted.filter((value) => Math.abs(value - middle) > FAR * spread);
  const rest = sorted.filter((value) => Math.abs(value - middle) <= FAR * spread);
  if (far.length === 0 || far.length > MOST_FAR * sorted.length) return undefined;
  const nearest = far.reduce((least, value) => Math.min(least, Math.abs(value - middle)), Number.POSITIVE_INFINITY);
  const farthest = rest.reduce((most, value) => Math.max(most, Math.abs(value - middle)), 0);
  if (nearest < ALONE * farthest) return undefined;
  const values = [...new Set(far)];
  const shown = listing([
    ...values.slice(0, SHOWN).map(String),
    ...(values.length > SHOWN ? [`${values.length - SHOWN} more`] : []),
  ]);
  const bound = Number((ROOM * farthest).toPrecision(1));
  const at = (value: number): number => Number(value.toPrecision(12));
  return {
    values,
    found: far.length,
    ...(far.some((value) => value > middle) ? { above: at(middle + bound) } : {}),
    ...(far.some((value) => value < middle) ? { below: at(middle - bound) } : {}),
    summary: `${count(far.length, "value")} far from all others: ${shown}, where the others are from ${rest[0]} to ${rest.at(-1)}`,
  };
}
