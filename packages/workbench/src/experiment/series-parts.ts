/** Rows that are steps of series: whether they are, and the forecasts that a network learns and is measured by. */

import {
  type Column,
  type ColumnReading,
  columnOf,
  compact,
  count,
  fitRecipe,
  grouped,
  lastPosition,
  listing,
  NablaError,
  type Notice,
  nearest,
  type RowParts,
  repeatedSteps,
  resampled,
  resampledSteps,
  resamplingFor,
  type SeriesExample,
  type SeriesPast,
  type SeriesPreparation,
  type SeriesRecipe,
  type SeriesRows,
  seriesExamples,
  seriesPasts,
  seriesRows,
  seriesTable,
  stepName,
  type Table,
  type TimeSteps,
  tailsOf,
  takeTable,
  targetNumbers,
  timeAt,
  timeStepsOf,
  type WantedColumn,
} from "nabla";
import { writtenValue } from "nabla/reading";
import type { ReadTable } from "nabla/tables";
import type { Experiment } from "./fields.ts";

/** What an experiment says of series. */
export type SeriesOptions = Pick<
  Experiment,
  "target" | "timeColumn" | "group" | "horizon" | "known" | "lags" | "windows" | "resample" | "aggregate" | "encoder"
>;

/** Rows that are steps of series, before they are divided. */
export interface FoundSeries {
  readonly rows: SeriesRows;
  readonly steps: TimeSteps;
  readonly time: Column;
  /** What tells series apart; absent where there is one alone. */
  readonly group?: Column;
}

/** What is measured of a forecast: the value, where it lies, and what was known. */
export interface SeriesParts {
  readonly preparation: SeriesPreparation;
  readonly rows: SeriesRows;
  /** The values to forecast by row of the file. */
  readonly targets: ArrayLike<number>;
  readonly train: readonly SeriesExample[];
  readonly dev: readonly SeriesExample[];
  readonly test: readonly SeriesExample[];
  readonly notices: readonly Notice[];
}

/** More forecasts of a part teach and show nothing more. */
const MOST_EXAMPLES = { train: 20_000, dev: 10_000, test: 10_000 } as const;

/** This share of rows may repeat the step of another one, as the hour that autumn has twice. */
const MOST_REPEATED = 0.01;

/** A horizon that nobody asked for leaves this share of a series to look back at. */
const SHARE_AHEAD = 0.1;

/** The series that rows are, or why they are none, where that is worth a notice. */
interface Finding {
  readonly series?: FoundSeries;
  readonly notices: readonly Notice[];
}

const NONE: Finding = { notices: [] };

/**
 * The series that rows with times are; none with a `horizon` of 0. Rows without a step, or of which several share one, are no
 * series: that is a notice, and an error where a horizon was asked for. Throws `series/no-time`, `series/irregular`,
 * `series/repeated` and `series/target`.
 */
export function findSeries(table: ReadTable, options: SeriesOptions): Finding {
  const { timeColumn, group: groupName, horizon } = options;
  if (timeColumn === undefined) return withoutTime(options);
  if (horizon === 0) return NONE;
  const keys = { rows: table.rows, columns: table.keys ?? [] };
  const time = columnOf(keys, timeColumn);
  const group = groupName === undefined ? undefined : columnOf(keys, groupName);
  // what is no time, or lacks one, is refused by those who divide rows
  if (time.kind !== "number" || time.values.data.some((value) => Number.isNaN(value))) return NONE;
  if (table.target?.kind !== "number") {
    if (horizon === undefined) return NONE;
    throw new NablaError("series/target", `${options.target} has classes, and a forecast is of numbers`, BY_TIME);
  }
  const { resample } = options;
  const steps =
    resample === undefined
      ? timeStepsOf(time.values.data, { dates: isDate(time) })
      : resampledSteps(time.values.data, resample);
  if (steps === undefined)
    return noSeries(
      "series/irregular",
      horizon,
      `the times of ${timeColumn} follow no steady step`,
      resampleHint(time, "forecasts the mean"),
    );
  const rows = seriesRows(table, { time, group, steps });
  const repeated = repeatedSteps(rows).length;
  if (repeated <= MOST_REPEATED * table.rows) {
    const said = `${count(repeated, "row")} repeat a time: the last row of it counts`;
    return { series: compact({ rows, steps, time, group }), notices: repeated === 0 ? [] : [noticeOf(said)] };
  }
  const of = groupName === undefined ? "" : ` of the same ${groupName}`;
  const shared = `${count(repeated, "row")} of ${table.profile.file} share a time in ${timeColumn} with another one${of}`;
  const apart = groupName === undefined ? tellingApart(table, { time, steps }) : undefined;
  const summed = resampleHint(time, "--aggregate sum forecasts what they add up to in");
  const hint =
    apart === undefined
      ? ["name the column that tells series apart with --group", ...(summed === undefined ? [] : [summed])].join(
          "; or ",
        )
      : `--group ${apart} tells the series apart`;
  return noSeries("series/repeated", horizon, shared, hint);
}

const BY_TIME = "--horizon 0 divides the rows by time and forecasts nothing";

/** The option that makes one row of those of a step; undefined where nearly every step has none. */
function resampleHint(time: Column, does: string): string | undefined {
  const every = isDate(time) && time.kind === "number" ? resamplingFor(time.values.data) : undefined;
  return every === undefined
    ? undefined
    : `--resample ${every} ${does} of each ${every}`.replace("in of each", "in each");
}

/**
 * The table with one row for each step, where that is asked for, and a notice that says so. Throws `series/resample` where times
 * are no dates, and `series/target`.
 */
export function resampledTable(
  table: ReadTable,
  { timeColumn, group: groupName, resample: every, aggregate = "mean", target, horizon }: SeriesOptions,
): ReadTable {
  if (every === undefined) return table;
  if (horizon === 0) {
    const message = "--resample makes the rows a series, and --horizon 0 makes none of them";
    throw new NablaError("series/resample", message, "leave out one of them");
  }
  if (timeColumn === undefined) {
    const message = "--resample makes one row of those of a step, and no column of times was named";
    throw new NablaError("series/no-time", message, "--time-column date");
  }
  const keys = table.keys ?? [];
  const keyed = { rows: table.rows, columns: keys };
  const time = columnOf(keyed, timeColumn);
  const group = groupName === undefined ? undefined : columnOf(keyed, groupName);
  if (time.kind !== "number" || !isDate(time)) {
    const message = `column ${timeColumn} holds no dates, and --resample ${every} is of the calendar`;
    throw new NablaError("series/resample", message, "leave out --resample, or write times as dates");
  }
  if (table.target?.kind !== "number")
    throw new NablaError("series/target", `${target} has classes, and ${aggregate} is of numbers`, BY_TIME);
  // rows without a time are refused by those who divide rows
  if (time.values.data.some((value) => Number.isNaN(value))) return table;
  const steps = resampledSteps(time.values.data, every);
  const whole = { ...table, columns: [...table.columns, ...keys] };
  const { table: made, rows, added } = resampled(whole, { time, group, steps }, { every, aggregate });
  const zeros = added === 0 ? "" : `, of which ${grouped(added)} had no row and are 0`;
  const how = { mean: "the mean", sum: "the sum", last: "the last" }[aggregate];
  const message = `${count(table.rows, "row")} became ${count(made.rows, every)}${groupName === undefined ? "" : ` of ${groupName}`}, each with ${how} of ${table.target.name}${zeros} (--resample ${every} --aggregate ${aggregate})`;
  return {
    ...table,
    ...made,
    columns: made.columns.slice(0, table.columns.length),
    keys: made.columns.slice(table.columns.length),
    fileRow: async (row) => (await table.fileRow?.(rows[row] ?? row)) ?? row,
    profile: { ...table.profile, notices: [...table.profile.notices, noticeOf(message)] },
  };
}

function withoutTime({ horizon = 0, known = [] }: SeriesOptions): Finding {
  if (horizon === 0 && known.length === 0) return NONE;
  const option = horizon > 0 ? "--horizon" : "--known";
  const message = `${option} is for forecasts, and no column of times was named`;
  throw new NablaError("series/no-time", message, "--time-column date");
}

/** An error where a forecast was asked for, else a notice. */
function noSeries(code: string, horizon: number | undefined, why: string, hint?: string): Finding {
  if (horizon !== undefined) throw new NablaError(code, why, hint ?? BY_TIME);
  const rest = hint === undefined ? "" : `; ${hint}`;
  return { notices: [noticeOf(`${why}: rows are divided by time, and nothing of the past is an input${rest}`)] };
}

function noticeOf(message: string): Notice {
  return { code: "data/series", message };
}

function isDate({ reading }: Column): boolean {
  return reading?.as === "date";
}

/** The first category that leaves no two rows of one value at the same time. */
function tellingApart(table: Table, placed: { readonly time: Column; readonly steps: TimeSteps }): string | undefined {
  const isApart = (group: Column): boolean =>
    group.kind === "category" &&
    group.codes.every((code) => code >= 0) &&
    repeatedSteps(seriesRows(table, { ...placed, group })).length <= MOST_REPEATED * table.rows;
  return table.columns.find(isApart)?.name;
}

/** The forecasts of each part. Throws `data/missing-column` for a known column that is none, `series/short` for an empty part. */
export function seriesParts(
  table: ReadTable,
  { rows, steps, time, group }: FoundSeries,
  { parts, options, seed }: { readonly parts: RowParts; readonly options: SeriesOptions; readonly seed: number },
): SeriesParts {
  const targets = targetNumbers(table.target);
  const { known, past, notices } = usedColumns(table, options.known ?? []);
  const learned = pastsOf(rows, { known, past, only: parts.train });
  const dates = isDate(time);
  const recipe = fitRecipe(
    learned,
    compact({
      time: time.name,
      dates,
      group: group?.name,
      steps,
      known,
      past,
      horizon: options.horizon ?? horizonFor(learned, stepName(steps, { dates }).horizon),
      lags: options.lags,
      windows: options.windows,
      ordered: options.encoder !== undefined && options.encoder !== "bag",
      resampling: options.resample && { every: options.resample, aggregate: options.aggregate ?? "mean" },
    }),
  );
  const pasts = seriesPasts(rows, recipe);
  const examplesOf = (part: keyof typeof MOST_EXAMPLES, after: Uint32Array | undefined): readonly SeriesExample[] =>
    seriesExamples(recipe, rows, pasts, {
      rows: parts[part],
      most: MOST_EXAMPLES[part],
      seed,
      ...(after === undefined ? {} : { from: lastOf(rows, after) }),
    });
  const [train, dev] = [examplesOf("train", undefined), examplesOf("dev", parts.train)];
  if (train.length === 0 || dev.length === 0) {
    const message = `${table.profile.file} is too short: ${train.length === 0 ? "train" : "dev"} has no row whose past reaches back far enough`;
    throw new NablaError("series/short", message, `a smaller --horizon than ${recipe.horizon}, or more rows`);
  }
  const test = parts.test.length === 0 ? [] : examplesOf("test", parts.dev);
  const columns = wantedOf(table, { time, group, names: [...known, ...past] });
  const preparation = { recipe, columns, tails: tailsOf(pasts, recipe) };
  return {
    ...{ preparation, rows, targets, train, dev, test },
    notices: [noticeOf(recipeText(recipe, pasts, rows)), ...notices],
  };
}

/** The table of some forecasts. */
export function forecastTable(
  { preparation: { recipe }, rows: { table }, targets }: Pick<SeriesParts, "preparation" | "rows" | "targets">,
  examples: readonly SeriesExample[],
): Table {
  return seriesTable(recipe, examples, { table, target: { name: table.target?.name ?? "", values: targets } });
}

/** The pasts that some rows alone make. */
function pastsOf(
  { table, series, positions, names }: SeriesRows,
  {
    known,
    past,
    only,
  }: { readonly known: readonly string[]; readonly past: readonly string[]; readonly only: Uint32Array },
): readonly SeriesPast[] {
  const taken = (values: Int32Array): Int32Array => Int32Array.from(only, (row) => values[row] ?? 0);
  const some = { table: takeTable(table, only), series: taken(series), positions: taken(positions), names };
  return seriesPasts(some, { known, past });
}

function horizonFor(pasts: readonly SeriesPast[], usual: number): number {
  const longest = Math.max(...pasts.map(({ values }) => values.length));
  return Math.max(1, Math.min(usual, Math.floor(SHARE_AHEAD * longest)));
}

function lastOf({ positions }: SeriesRows, rows: Uint32Array): number {
  return rows.reduce((last, row) => Math.max(last, positions[row] ?? last), Number.NEGATIVE_INFINITY);
}

/** Which columns are known in advance, and of which the past alone is; categories that are not known have none. */
function usedColumns(
  { columns, profile }: ReadTable,
  asked: readonly string[],
): { readonly known: readonly string[]; readonly past: readonly string[]; readonly notices: readonly Notice[] } {
  const names = profile.columns.map(({ name }) => name);
  const stranger = asked.find((name) => !names.includes(name));
  if (stranger !== undefined) {
    const message = `${profile.file}: there is no column "${stranger}" to be known in advance`;
    throw new NablaError("data/missing-column", message, `the nearest names are ${listing(nearest(stranger, names))}`);
  }
  const known = columns.filter(({ name }) => asked.includes(name)).map(({ name }) => name);
  const others = columns.filter(({ name }) => !asked.includes(name));
  const isNumber = (column: Column): boolean => column.kind === "number" && column.values.shape.length === 1;
  const past = others.filter(isNumber).map(({ name }) => name);
  const left = others.filter((column) => !isNumber(column)).map(({ name }) => name);
  return {
    known,
    past,
    notices: [
      ...(past.length === 0
        ? []
        : [noticeOf(`of ${listing(past)} the past alone is an input; --known ${past.join(",")} if known in advance`)]),
      ...(left.length === 0
        ? []
        : [
            noticeOf(
              `${listing(left)} left out: names count only where they are known in advance (--known ${left.join(",")})`,
            ),
          ]),
    ],
  };
}

/** The columns of rows that go on, as they were read. */
function wantedOf(
  table: Table,
  {
    time,
    group,
    names,
  }: { readonly time: Column; readonly group: Column | undefined; readonly names: readonly string[] },
): readonly WantedColumn[] {
  const wanted = (column: Column): WantedColumn => {
    const { name, reading } = column;
    if (column.kind === "number") return compact({ name, kind: "number", reading });
    return compact({ name, kind: "category", reading, levels: column.levels });
  };
  // groups of numbers are names as well
  return [time, ...(group === undefined ? [] : [group]), ...names.map((name) => columnOf(table, name))].map(wanted);
}

const WRITTEN: ColumnReading = { as: "date", order: "ymd", times: true };

/** How a forecast looks back, in a sentence. */
function recipeText(recipe: SeriesRecipe, pasts: readonly SeriesPast[], rows: SeriesRows): string {
  const { time, dates, steps, horizon, reference, group, lags, windows, sequence } = recipe;
  const { name } = stepName(steps, { dates });
  const end = writtenValue(timeAt(Math.max(...pasts.map(lastPosition)), steps), dates ? WRITTEN : undefined);
  const many = group === undefined ? "one series" : `${pasts.length} series by ${group}`;
  const missing =
    pasts.reduce((sum, { values }) => sum + values.length, 0) - rows.positions.length + repeatedSteps(rows).length;
  const gaps =
    missing <= 0
      ? ""
      : `; ${count(missing, "step")} without a row ${missing === 1 ? "takes" : "take"} the value before`;
  const from = reference === 0 ? "the last value" : `the value ${reference} steps before`;
  const read = sequence === undefined ? "" : `the last ${sequence} values in order, `;
  return `${many} in steps of ${/^\d/.test(name) ? name : `1 ${name}`} up to ${end}${gaps}; forecasts ${horizon === 1 ? "1 step" : `1 to ${horizon} steps`} ahead (--horizon) as the difference from ${from}, by ${read}lags ${lags.join(", ")}, means of ${windows.join(" and ")}, and the calendar of ${time}`;
}
