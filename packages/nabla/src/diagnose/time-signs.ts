/** Columns of times that rows are ordered by, or that a target moves with. */
import { correlation, midranks, populationVariance } from "../base/statistics/summary.ts";
import { listing } from "../base/text.ts";
import { blockOf, type Column, type NumberColumn, type Table } from "../data/table.ts";
import { additiveResiduals } from "./additive-residuals.ts";
import { targetParts } from "./target-parts.ts";

/** A column of times, with what makes it the order that rows should be split by. */
export interface TimeSign {
  readonly name: string;
  /** Whether the rows stand in its order, forward or backward. */
  readonly ordered: boolean;
  /** Whether a target moves with it beyond chance, and beyond what the other inputs explain. */
  readonly moves: boolean;
  /**
   * What is left of the target after a curve of each other input: its rank correlation with time, and its correlation from
   * each time to the next one; the strongest of the targets and classes.
   */
  readonly trend: number;
  readonly persistence: number;
  /** A sentence without its full stop. */
  readonly summary: string;
  /** What to do about it. */
  readonly try: string;
}

/** Options of `timeSigns`. */
export interface TimeSignOptions {
  /** The columns of times, as numbers that grow; default every number column. */
  readonly times: readonly NumberColumn[];
  /** The rows whose target may be looked at. */
  readonly learned: ArrayLike<number>;
}

const FEWEST_ROWS = 30;
const FEWEST_TIMES = 10;
const MOST_ROWS = 20_000;
const MOST_INPUTS = 40;
const MOST_CLASSES = 10;
const MOST_LEVELS = 12;
/** The share of the target's variance that is left to move with time. */
const LEAST_LEFT = 0.02;
/** The share of neighboring rows that are in order: all of them, but for a few written down late. */
const IN_ORDER = 0.995;
/** Correlations from these on matter, where they are so many standard errors from 0. */
const [TREND, PERSISTENCE, SURE] = [0.3, 0.2, 5];

/** Names of times that say what a thing is, and not when its row was written. */
export const attributeTimes =
  /birth|born|\bdob\b|geburt|naiss|nacim|nascita|buil[dt]|construct|founded|establish|manufactur|releas|publish|hired?\b|model|baujahr|gebaut/i;

/**
 * Which columns of times a split should follow: rows stand in their order, or the target moves with them beyond what the
 * other inputs explain. A random split would then be measured on rows between those that were learned from. Times at which
 * things began, as those of birth and of building, are no times of rows.
 */
export function timeSigns(table: Table, { times, learned }: TimeSignOptions): readonly TimeSign[] {
  const names = new Set(times.map(({ name }) => name));
  const stride = Math.max(1, Math.ceil(learned.length / MOST_ROWS));
  const rows = Array.from(learned).filter((_, i) => i % stride === 0);
  let residuals: readonly Residual[] | undefined;
  return times
    .filter((column) => !attributeTimes.test(column.name))
    .flatMap((column) => {
      const { data } = column.values;
      if (table.rows < FEWEST_ROWS || new Set(data).size < FEWEST_TIMES) return [];
      residuals ??= unexplained(table, { rows, without: names });
      const sign = signOf(column, { residuals, rows });
      return sign === undefined ? [] : [sign];
    })
    .sort((a, b) => Number(b.ordered) - Number(a.ordered) || b.persistence - a.persistence);
}

/** What is left of a target, or of one of its classes. */
interface Residual {
  readonly target: string;
  readonly values: Float64Array;
}

interface SignContext {
  readonly residuals: readonly Residual[];
  readonly rows: readonly number[];
}

function signOf({ name, values: { data } }: NumberColumn, { residuals, rows }: SignContext): TimeSign | undefined {
  const ordered = isOrdered(data);
  const known = rows.flatMap((row, at) => (Number.isNaN(data[row] ?? Number.NaN) ? [] : [{ row, at }]));
  // rows of one time count once, by their mean: what they share says nothing of an order, as that of cars of one year
  const times = [...new Set(known.map(({ row }) => data[row] ?? 0))].sort((a, b) => a - b);
  const placeOf = new Map(times.map((time, place) => [time, place]));
  const ranks = Float64Array.from(times.keys());
  const sure = (value: number, least: number): boolean => value >= least && value * Math.sqrt(times.length) >= SURE;
  let [trend, persistence] = [0, 0];
  const moving = new Set<string>();
  for (const { target, values } of known.length < FEWEST_ROWS ? [] : residuals) {
    const [series, counts] = [new Float64Array(times.length), new Float64Array(times.length)];
    for (const { row, at } of known) {
      const place = placeOf.get(data[row] ?? 0) ?? 0;
      series[place] = (series[place] ?? 0) + (values[at] ?? 0);
      counts[place] = (counts[place] ?? 0) + 1;
    }
    for (const place of series.keys()) series[place] = (series[place] ?? 0) / (counts[place] ?? 1);
    const slope = Math.abs(correlation(midranks(series), ranks));
    const next = correlation(series.subarray(1), series.subarray(0, -1));
    if (sure(slope, TREND) || sure(next, PERSISTENCE)) moving.add(target);
    [trend, persistence] = [Math.max(trend, slope), Math.max(persistence, next)];
  }
  const moves = moving.size > 0;
  if (!ordered && !moves) return undefined;
  const drifting = `${listing([...moving])} ${moving.size === 1 ? "moves" : "move"} with ${name}`;
  const summary = ordered ? `the rows stand in the order of ${name}${moves ? `, and ${drifting}` : ""}` : drifting;
  const hint = "if later rows are to be predicted, measure on later rows, and not on rows in between";
  return { name, ordered, moves, trend, persistence, summary, try: hint };
}

/** Whether known times never fall, or never rise, from one row to the next, but for a few. */
function isOrdered(data: ArrayLike<number>): boolean {
  let [rises, falls, last] = [0, 0, Number.NaN];
  for (let row = 0; row < data.length; row++) {
    const time = data[row] ?? Number.NaN;
    if (Number.isNaN(time)) continue;
    if (time > last) rises += 1;
    else if (time < last) falls += 1;
    last = time;
  }
  return Math.max(rises, falls) >= FEWEST_TIMES - 1 && Math.min(rises, falls) <= (1 - IN_ORDER) * (rises + falls);
}

/** What a curve of each input leaves of the targets: of numbers one list, of classes one for each. */
function unexplained(
  table: Table,
  { rows, without }: { readonly rows: readonly number[]; readonly without: ReadonlySet<string> },
): readonly Residual[] {
  const inputs = table.columns
    .filter((column) => column.kind === "category" || blockOf(column).length === 0)
    .filter(({ name }) => !without.has(name))
    .flatMap((column) => inputsOf(column, rows))
    .slice(0, MOST_INPUTS);
  return targetParts(table).flatMap((target) =>
    listsOf(target, rows).flatMap((list) => {
      const values = additiveResiduals(inputs, list);
      // what moves in the last hundredths that are left moves no error
      return populationVariance(values) >= LEAST_LEFT * populationVariance(list)
        ? [{ target: target.name, values }]
        : [];
    }),
  );
}

function listsOf(target: Column, rows: readonly number[]): readonly Float64Array[] {
  if (target.kind === "number") return [Float64Array.from(rows, (row) => target.values.data[row] ?? Number.NaN)];
  // of two classes one says all
  const first = target.levels.length === 2 ? 1 : 0;
  const codes = Array.from({ length: Math.min(MOST_CLASSES, target.levels.length) - first }, (_, i) => first + i);
  return codes.map((code) => Float64Array.from(rows, (row) => Number(target.codes[row] === code)));
}

/** An input as numbers: of a category one list for each level, unless those are many. */
function inputsOf(column: Column, rows: readonly number[]): readonly Float64Array[] {
  if (column.kind === "number") return [Float64Array.from(rows, (row) => column.values.data[row] ?? Number.NaN)];
  if (column.levels.length > MOST_LEVELS) return [];
  return column.levels.slice(1).map((_, i) => Float64Array.from(rows, (row) => Number(column.codes[row] === i + 1)));
}
