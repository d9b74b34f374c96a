/** Forecasts: what a model of series expects after the last rows that it knows. */
import { known, NablaError } from "../base/error.ts";
import { listing } from "../base/text.ts";
import { preparedInputs, restoreTargets } from "../data/apply-preparation.ts";
import { type Preparation, wantedTargets } from "../data/preparation.ts";
import { forecastReach } from "../data/series/series-errors.ts";
import { type SeriesExample, seriesTable } from "../data/series/series-examples.ts";
import { referenceOf } from "../data/series/series-features.ts";
import {
  lastPosition,
  pastsOf,
  type SeriesPast,
  type SeriesPreparation,
  type SeriesRecipe,
} from "../data/series/series-recipe.ts";
import { type SeriesRows, seriesPasts } from "../data/series/series-rows.ts";
import { stepsOf } from "../data/series/steps-of.ts";
import { positionOf, timeAt } from "../data/series/time-steps.ts";
import { type Column, numberColumn, type Table } from "../data/table.ts";
import type { Engine } from "../engine/contract.ts";
import type { ExchangedModel } from "../exchange/model-json.ts";
import { tableFromRows } from "../reading/rows-table.ts";
import { writtenValue } from "../reading/written-value.ts";
import { predictor } from "../train/trained.ts";
import type { Row } from "./row-answers.ts";

/** What is expected at one step of one series. */
export interface Forecast {
  /** The value of the group column; "" where there is one series alone. */
  readonly series: string;
  /** Days since 1970 for dates, else a time as the column has it. */
  readonly time: number;
  /** The same as people write it. */
  readonly written: number | string;
  /** Steps from the last known value; beyond the horizon of training, forecasts stand on forecasts. */
  readonly ahead: number;
  /** In the unit of the target. */
  readonly prediction: number;
  /** Where an interval was asked for: where the value lies, in the unit of the target. */
  readonly interval?: { readonly lower: number; readonly upper: number };
}

/** Options of a forecast. */
export interface ForecastOptions {
  /** How many steps after the last known value of each series; default up to the last row without a target, else the horizon. */
  readonly steps?: number | undefined;
  /** The probability with which the value lies in an interval around the prediction, such as 0.9. By default there are none. */
  readonly interval?: number | undefined;
  /** The engine that computes; WebAssembly by default. */
  readonly engine?: Engine | undefined;
}

/** A model of series, and rows that go on from where it ended. */
export interface Forecasting extends Pick<ExchangedModel, "trained"> {
  readonly preparation: Preparation;
  /**
   * Rows with times, groups and known columns as training had them. Those with a target are new history, those without
   * are to be forecast and bring the columns that are known in advance.
   */
  readonly rows?: Table | undefined;
}

/**
 * Goes on from the last known value of each series: as many steps at once as the model was trained to look ahead, and
 * then, on its own forecasts, so many more. Throws `series/none` for a model that forecasts nothing, `series/known`
 * where a column that is known in advance is not given for a step, `predict/interval` for an interval that the model cannot give.
 */
export async function forecast(
  { trained, preparation, rows }: Forecasting,
  { steps, interval, engine }: ForecastOptions = {},
): Promise<readonly Forecast[]> {
  const { recipe, tails, columns, errors } = seriesOf(preparation);
  const given = rows === undefined ? undefined : placed(rows, recipe);
  const before = pastsOf(tails);
  const pasts = given === undefined ? before : seriesPasts(given, recipe, before);
  const future = given === undefined ? NONE_AHEAD : rowsAhead(given, pasts);
  const asked = (past: SeriesPast): number => steps ?? stepsAhead(past, future, recipe.horizon);
  const compute = await predictor(trained, engine === undefined ? {} : { engine });
  const reading = columns.find(({ name }) => name === recipe.time)?.reading;
  const found: Forecast[] = [];
  let running = pasts
    .map((past): Running => {
      const level = interval;
      const reach = level === undefined ? undefined : forecastReach(errors, { past, level }, recipe);
      return { past, left: asked(past), from: lastPosition(past), reach };
    })
    .filter(({ left }) => left > 0);
  while (running.length > 0) {
    const block = running.map((one) => ({ ...one, now: Math.min(one.left, recipe.horizon) }));
    const examples = block.flatMap(({ past, now }) => aheadOf(past, now, future));
    const table = futureTable(examples, { preparation, recipe, given });
    const { answers } = await compute(preparedInputs(preparation, table));
    const differences = restoreTargets(preparation, answers).data;
    const values = examples.map(
      (example, i) => (differences[i] ?? Number.NaN) + referenceOf(recipe.reference, example),
    );
    let at = 0;
    running = block.flatMap(({ past, now, left, from, reach }) => {
      const own = values.slice(at, at + now);
      const positions = own.map((_, i) => lastPosition(past) + 1 + i);
      found.push(
        ...own.map((prediction, i): Forecast => {
          const time = timeAt(positions[i] ?? 0, recipe.steps);
          const ahead = (positions[i] ?? 0) - from;
          const told = { series: past.name, time, written: writtenValue(time, reading), ahead, prediction };
          if (reach === undefined) return told;
          return { ...told, interval: { lower: prediction - reach(ahead), upper: prediction + reach(ahead) } };
        }),
      );
      const rest = {
        past: grown(past, own, { examples: examples.slice(at, at + now), given }),
        left: left - now,
        from,
        reach,
      };
      at += now;
      return rest.left > 0 ? [rest] : [];
    });
  }
  const place = new Map(pasts.map(({ name }, i) => [name, i]));
  const wanted = steps === undefined && future.size > 0 ? found.filter(isAsked(future, recipe)) : found;
  return wanted.sort((a, b) => (place.get(a.series) ?? 0) - (place.get(b.series) ?? 0) || a.ahead - b.ahead);
}

/** Goes on from rows as programs have them, as `forecast` does. Throws also what reading rows throws. */
export async function forecastRows(
  { trained, preparation }: ExchangedModel,
  rows: readonly Row[],
  options: ForecastOptions = {},
): Promise<readonly Forecast[]> {
  if (preparation === undefined) throw notOfSeries();
  const { columns, recipe } = seriesOf(preparation);
  const target = known(wantedTargets(preparation)[0], "the target");
  const has = (name: string): boolean => rows.some((row) => name in row);
  // of what is known of the past alone, rows to come say nothing
  const needed = columns.filter(({ name }) => has(name) || !recipe.past.includes(name));
  const wanted = has(target.name) ? [...needed, target] : needed;
  if (rows.length === 0) return await forecast({ trained, preparation }, options);
  const read = tableFromRows(rows, wanted);
  const goal = read.columns.find(({ name }) => name === target.name);
  const table = { ...read, columns: read.columns.filter((column) => column !== goal) };
  return await forecast(
    { trained, preparation, rows: goal === undefined ? table : { ...table, target: goal } },
    options,
  );
}

interface Running {
  readonly past: SeriesPast;
  /** Steps still to be forecast. */
  readonly left: number;
  /** The last position that was known at first. */
  readonly from: number;
  /** How far from a forecast the value may lie, by steps ahead; undefined where no interval was asked for. */
  readonly reach: ((ahead: number) => number) | undefined;
}

function seriesOf({ series }: Preparation): SeriesPreparation {
  if (series === undefined) throw notOfSeries();
  return series;
}

function notOfSeries(): NablaError {
  const hint = "train with --time-column and --horizon, or predict rows";
  return new NablaError("series/none", "the model was not trained to forecast series", hint);
}

/** Rows with their places; without a target, all of them are to be forecast. */
function placed(table: Table, recipe: SeriesRecipe): SeriesRows {
  const target = table.target ?? numberColumn("", new Float64Array(table.rows).fill(Number.NaN));
  return stepsOf({ ...table, target }, recipe);
}

/** Rows after the end of their series, by the name of the series and their position. */
type RowsAhead = ReadonlyMap<string, ReadonlyMap<number, number>>;

const NONE_AHEAD: RowsAhead = new Map();

function rowsAhead({ series, positions, names }: SeriesRows, pasts: readonly SeriesPast[]): RowsAhead {
  const ends = new Map(pasts.map((past) => [past.name, lastPosition(past)]));
  const ahead = new Map<string, Map<number, number>>();
  for (const [row, position] of positions.entries()) {
    const name = names[series[row] ?? 0] ?? "";
    if (!(position > (ends.get(name) ?? Number.POSITIVE_INFINITY))) continue;
    const own = ahead.get(name) ?? new Map<number, number>();
    ahead.set(name, own.set(position, row));
  }
  return ahead;
}

/** How many steps reach the last row that is asked for; without any, the horizon. */
function stepsAhead(past: SeriesPast, future: RowsAhead, horizon: number): number {
  if (future.size === 0) return horizon;
  const own = future.get(past.name);
  return own === undefined ? 0 : Math.max(...own.keys()) - lastPosition(past);
}

function isAsked(future: RowsAhead, { steps }: SeriesRecipe): (forecast: Forecast) => boolean {
  return ({ series, time }) => future.get(series)?.has(positionOf(time, steps)) === true;
}

function aheadOf(past: SeriesPast, steps: number, future: RowsAhead): readonly SeriesExample[] {
  const origin = lastPosition(past);
  const rowOf = future.get(past.name);
  return Array.from({ length: steps }, (_, i) => ({
    past,
    origin,
    ahead: i + 1,
    row: rowOf?.get(origin + i + 1) ?? -1,
  }));
}

/** The features of steps ahead. */
function futureTable(
  examples: readonly SeriesExample[],
  {
    preparation: { target },
    recipe,
    given,
  }: { readonly preparation: Preparation; readonly recipe: SeriesRecipe; readonly given: SeriesRows | undefined },
): Table {
  const named = { name: target.name, values: [] };
  if (recipe.known.length === 0)
    return seriesTable(recipe, examples, { table: { rows: 0, columns: [] }, target: named });
  const missing = examples.find(({ row }) => row < 0);
  if (missing === undefined && given !== undefined)
    return seriesTable(recipe, examples, { table: given.table, target: named });
  const { past, origin, ahead } = known(missing ?? examples[0], "a step");
  const at = String(writtenValue(timeAt(origin + ahead, recipe.steps), recipe.dates ? DATE : undefined));
  const of = past.name === "" ? "" : ` of ${past.name}`;
  const message = `${listing(recipe.known)} must be known in advance, and no row says it for ${at}${of}`;
  throw new NablaError("series/known", message, `give rows for the steps to come, without ${target.name}`);
}

const DATE = { as: "date", order: "ymd", times: true } as const;

/** A past with forecasts behind it; columns whose values are not known keep their last one. */
function grown(
  { name, first, values, others }: SeriesPast,
  predicted: readonly number[],
  { examples, given }: { readonly examples: readonly SeriesExample[]; readonly given: SeriesRows | undefined },
): SeriesPast {
  const more = Object.entries(others).map(([column, own]) => {
    const found = given?.table.columns.find(
      (one): one is Extract<Column, { kind: "number" }> => one.name === column && one.kind === "number",
    );
    const last = own.at(-1) ?? Number.NaN;
    const next = examples.map(({ row }) => (row < 0 ? last : (found?.values.data[row] ?? last)));
    return [column, Float64Array.from([...own, ...next])] as const;
  });
  return { name, first, values: Float64Array.from([...values, ...predicted]), others: Object.fromEntries(more) };
}
