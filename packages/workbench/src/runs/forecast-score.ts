/** How good forecasts of dev are beside what needs no network: the last value, and that of a season before. */
import {
  known,
  type Preparation,
  predict,
  preparedInputs,
  referenceOf,
  restoreTargets,
  type SeriesExample,
  type SeriesRecipe,
  seriesErrors,
  type Trained,
} from "nabla";
import { meanOf, studentInterval } from "nabla/statistics";
import type { Parts } from "../experiment/parts.ts";
import type { Plan } from "../experiment/plan.ts";
import type { SeriesParts } from "../experiment/series-parts.ts";
import type { ForecastScore, StepScore } from "../store/forecast-record.ts";

/** Blocks of time that an interval needs at least. */
const FEWEST_BLOCKS = 4;
/** What stands for no bound: an error a hundred times as large. */
const UNBOUNDED = -99;

/** Forecasts beside what came, and beside what needs no network. */
export interface ComparedForecasts {
  readonly examples: readonly SeriesExample[];
  readonly actual: Float64Array;
  readonly predicted: Float64Array;
  /** Of each baseline what it expects. */
  readonly baselines: readonly { readonly season: number; readonly predicted: Float64Array }[];
}

/** What a network and the baselines expect of some forecasts. */
export async function comparedForecasts(
  trained: Trained,
  {
    preparation,
    parts,
    series,
  }: { readonly preparation: Preparation; readonly parts: Pick<Parts, "dev">; readonly series: SeriesParts },
): Promise<ComparedForecasts> {
  const { recipe } = series.preparation;
  const examples = series.dev;
  const { answers } = await predict(trained, preparedInputs(preparation, parts.dev));
  const differences = restoreTargets(preparation, answers).data;
  const expected = (season: number): Float64Array => Float64Array.from(examples, (one) => referenceOf(season, one));
  const from = expected(recipe.reference);
  return {
    examples,
    actual: Float64Array.from(examples, ({ row }) => series.targets[row] ?? Number.NaN),
    predicted: from.map((value, i) => value + (differences[i] ?? Number.NaN)),
    baselines: baselineSeasons(recipe).map((season) => ({ season, predicted: expected(season) })),
  };
}

/** The last value, and each season. */
function baselineSeasons({ seasons }: SeriesRecipe): readonly number[] {
  return [0, ...seasons];
}

/** The score of the network that was measured, on dev; undefined where rows are no forecasts. */
export async function forecastScore({ prepared, parts }: Plan, trained: Trained): Promise<ForecastScore | undefined> {
  const { series } = parts;
  if (series === undefined) return undefined;
  return scoreOfForecasts(await comparedForecasts(trained, { preparation: prepared.preparation, parts, series }));
}

/**
 * The preparation that a model is saved with: of forecasts with how far off those of dev were, from the end of train on, which
 * chose the epoch and nothing else. Intervals are made of it.
 */
export async function withForecastErrors({ prepared, parts }: Plan, trained: Trained): Promise<Preparation> {
  const { preparation } = prepared;
  const { series } = parts;
  if (series === undefined || preparation.series === undefined) return preparation;
  const { examples, actual, predicted } = await comparedForecasts(trained, { preparation, parts, series });
  const misses = actual.map((value, i) => value - (predicted[i] ?? Number.NaN));
  const errors = seriesErrors(series.preparation.recipe, examples, misses);
  return { ...preparation, series: { ...preparation.series, errors } };
}

/** Root mean squared errors, in all and by step, and by how much the network is better than the best baseline. */
function scoreOfForecasts({ examples, actual, predicted, baselines }: ComparedForecasts): ForecastScore {
  const all = Array.from(actual.keys());
  const squared = (values: Float64Array, row: number): number => ((actual[row] ?? 0) - (values[row] ?? 0)) ** 2;
  const rmse = (values: Float64Array, rows: readonly number[]): number =>
    Math.sqrt(meanOf(rows, (row) => squared(values, row)));
  const scored = baselines.map(({ season, predicted: values }) => ({ season, rmse: rmse(values, all) }));
  const best = scored.reduce((a, b) => (b.rmse < a.rmse ? b : a));
  const rival = known(
    baselines.find(({ season }) => season === best.season),
    "a baseline",
  ).predicted;
  const falls = blockMeans(examples, (row) => squared(rival, row) - squared(predicted, row));
  // a fall of the mean squared error as a share of the root
  const share = (fall: number): number =>
    Math.max(UNBOUNDED, 1 - Math.sqrt(Math.max(0, best.rmse ** 2 - fall)) / best.rmse);
  const { from, to } = studentInterval(falls);
  const steps = [...new Set(examples.map(({ ahead }) => ahead))].sort((a, b) => a - b);
  return {
    rmse: rmse(predicted, all),
    baselines: scored,
    better: { than: best.season, share: 1 - rmse(predicted, all) / best.rmse, from: share(from), to: share(to) },
    steps: steps.map((ahead): StepScore => {
      const rows = all.filter((row) => examples[row]?.ahead === ahead);
      return { ahead, rmse: rmse(predicted, rows), baselines: baselines.map((one) => rmse(one.predicted, rows)) };
    }),
  };
}

/**
 * The mean of each block of time, since what neighboring steps are wrong by is alike: a block is as long as the horizon, unless
 * that leaves too few.
 */
function blockMeans(examples: readonly SeriesExample[], of: (row: number) => number): readonly number[] {
  const positions = examples.map(({ origin, ahead }) => origin + ahead);
  const [first, last] = positions.reduce(
    ([low, high], at) => [Math.min(low, at), Math.max(high, at)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  const horizon = examples.reduce((most, { ahead }) => Math.max(most, ahead), 1);
  const length = Math.max(1, Math.min(horizon, Math.floor((last - first + 1) / FEWEST_BLOCKS)));
  const blocks = new Map<number, number[]>();
  for (const [row, position] of positions.entries()) {
    const block = Math.floor((position - first) / length);
    const own = blocks.get(block) ?? [];
    own.push(of(row));
    blocks.set(block, own);
  }
  return [...blocks.values()].map((own) => meanOf(own));
}
