/** Rows of any times as one row for each step of the calendar, so that they are a series. */
import { checkWord } from "../../base/value-type.ts";
import { civilDayOf } from "../calendar.ts";
import { blockOf, type Column, type NumberColumn, numberColumn, type Table, targetsOf, withTargets } from "../table.ts";
import { RESAMPLED, type Resampling } from "./resampling.ts";
import { seriesRows } from "./series-rows.ts";
import { positionOf, type TimeSteps, timeAt } from "./time-steps.ts";

interface Step extends Omit<TimeSteps, "from"> {
  /** When the step begins that a time, in days since 1970, lies in. */
  readonly begin: (time: number) => number;
}

/** What is a whole hour may lie a rounding before it. */
const ROUNDING = 1e-6;
const parts =
  (count: number) =>
  (time: number): number =>
    Math.floor(time * count + ROUNDING) / count;
const DAY = 86_400_000;
const months =
  (every: number) =>
  (time: number): number => {
    const { year, month } = civilDayOf(Math.floor(time + ROUNDING));
    return Date.UTC(year, every * Math.floor((month - 1) / every), 1) / DAY;
  };

const calendar: Readonly<Record<Resampling["every"], Step>> = {
  minute: { unit: "plain", every: 1 / 1440, begin: parts(1440) },
  hour: { unit: "plain", every: 1 / 24, begin: parts(24) },
  day: { unit: "plain", every: 1, begin: parts(1) },
  // Monday is the first day; the first of January 1970 was a Thursday
  week: { unit: "plain", every: 7, begin: (time) => 7 * Math.floor((time + ROUNDING + 3) / 7) - 3 },
  month: { unit: "month", every: 1, begin: months(1) },
  quarter: { unit: "month", every: 3, begin: months(3) },
  year: { unit: "month", every: 12, begin: months(12) },
};

/** The steps from the first of some times, in days since 1970, on. Throws `options/range` for a word that is no step. */
export function resampledSteps(times: ArrayLike<number>, every: Resampling["every"]): TimeSteps {
  const { begin, ...step } = calendar[checkWord("resample", every, RESAMPLED)];
  const first = Array.from(times).reduce((least, time) => (time < least ? time : least), Number.POSITIVE_INFINITY);
  return { ...step, from: Number.isFinite(first) ? begin(first) : 0 };
}

/** So many steps between the first and the last time have a row, at least, where a step suits. */
const FILLED = 0.8;
/** Fewer steps are no series. */
const FEWEST = 30;

/** The shortest step of which nearly all have a row of some times, in days since 1970; undefined where none has. */
export function resamplingFor(times: ArrayLike<number>): Resampling["every"] | undefined {
  return RESAMPLED.find((every) => {
    const steps = resampledSteps(times, every);
    const positions = new Set(Array.from(times, (time) => positionOf(calendar[every].begin(time), steps)));
    const last = Math.max(...positions);
    return positions.size >= FEWEST && positions.size >= FILLED * (last + 1);
  });
}

/** A table with one row a step. */
export interface Resampled {
  readonly table: Table;
  /** Of each row the last of the rows that it is made of. */
  readonly rows: Uint32Array;
  /** Steps that had no row, and are there because nothing adds up to 0. */
  readonly added: number;
}

/**
 * One row for each step of each series: its target is the mean, the sum or the last one of those of its rows, other numbers are
 * their mean (or the last one), and names the last. Steps without a row are left out, but for sums, where they are 0.
 */
export function resampled(
  table: Table,
  {
    time,
    group,
    steps,
  }: { readonly time: NumberColumn; readonly group?: Column | undefined; readonly steps: TimeSteps },
  { every, aggregate }: Resampling,
): Resampled {
  const { begin } = calendar[every];
  const begins = numberColumn(time.name, Float64Array.from(time.values.data, begin));
  const { series, positions, names } = seriesRows(table, { time: begins, group, steps });
  const buckets = bucketsOf({ series, positions, many: names.length }, time.values.data, aggregate === "sum");
  const rows = Uint32Array.from(buckets, ({ row }) => row);
  const targets = targetsOf(table);
  const of = (column: Column): Column => {
    if (column.name === time.name) return { ...begins, ...readingOf(column), values: begunAt(buckets, steps).values };
    if (column.kind === "category")
      return { ...column, codes: Int32Array.from(rows, (row) => column.codes[row] ?? -1) };
    if (blockOf(column).length > 0) return column;
    const isTarget = targets.includes(column);
    const how = isTarget || aggregate === "last" ? aggregate : "mean";
    const { data } = column.values;
    const values = Float64Array.from(buckets, (bucket) => aggregated(bucket, data, { how, zero: isTarget }));
    return { ...numberColumn(column.name, values), ...readingOf(column) };
  };
  const made = withTargets({ ...table, rows: buckets.length, columns: table.columns.map(of) }, targets.map(of));
  return { table: made, rows, added: buckets.filter(({ all }) => all.length === 0).length };
}

function readingOf({ reading }: Column): Pick<Column, "reading"> {
  return reading === undefined ? {} : { reading };
}

/** The rows of a step; none of one that was added. */
interface Bucket {
  readonly position: number;
  readonly row: number;
  readonly all: readonly number[];
}

function begunAt(buckets: readonly Bucket[], steps: TimeSteps): NumberColumn {
  return numberColumn(
    "",
    Float64Array.from(buckets, ({ position }) => timeAt(position, steps)),
  );
}

function bucketsOf(
  { series, positions, many }: { readonly series: Int32Array; readonly positions: Int32Array; readonly many: number },
  times: ArrayLike<number>,
  fill: boolean,
): readonly Bucket[] {
  const found = Array.from({ length: many }, () => new Map<number, number[]>());
  for (const [row, position] of positions.entries()) {
    const own = found[series[row] ?? 0];
    const all = own?.get(position);
    if (all === undefined) own?.set(position, [row]);
    else all.push(row);
  }
  return found.flatMap((own) => {
    const sorted = [...own].sort(([a], [b]) => a - b);
    const last = (all: readonly number[]): number =>
      all.reduce((late, row) => ((times[row] ?? 0) >= (times[late] ?? 0) ? row : late));
    const buckets: Bucket[] = [];
    for (const [position, all] of sorted) {
      const before = buckets.at(-1);
      if (fill && before !== undefined)
        for (let at = before.position + 1; at < position; at++)
          buckets.push({ position: at, row: before.row, all: [] });
      buckets.push({ position, row: last(all), all });
    }
    return buckets;
  });
}

function aggregated(
  { row, all }: Bucket,
  data: ArrayLike<number>,
  { how, zero }: { readonly how: Resampling["aggregate"]; readonly zero: boolean },
): number {
  if (all.length === 0) return zero ? 0 : Number.NaN;
  if (how === "last") return data[row] ?? Number.NaN;
  const known = all.map((one) => data[one] ?? Number.NaN).filter((value) => !Number.isNaN(value));
  if (known.length === 0) return Number.NaN;
  const sum = known.reduce((total, value) => total + value, 0);
  return how === "sum" ? sum : sum / known.length;
}
