/** Features of a forecast: of the past up to its origin, of the calendar, and of what is known in advance. */
import { calendarFeatures } from "./calendar-features.ts";
import type { SeriesPast, SeriesRecipe } from "./series-recipe.ts";
import { timeAt } from "./time-steps.ts";

/** A forecast for one step: made when the values up to `origin` are known, for the step `ahead` of it. */
export interface ForecastPoint {
  readonly past: SeriesPast;
  readonly origin: number;
  readonly ahead: number;
}

/** A number that is known at the origin. */
export interface SeriesFeature {
  readonly name: string;
  readonly of: (asked: ForecastPoint) => number;
}

/**
 * The value at a position. Everything that features know of a past comes from here: of what lies after the origin, nothing
 * does (NaN).
 */
function valueAt(values: Float64Array | undefined, position: number, { past, origin }: ForecastPoint): number {
  return position > origin ? Number.NaN : (values?.[position - past.first] ?? Number.NaN);
}

/** The position of the latest known step of the same season: one season before, or as many as the step is ahead. */
function sameSeason(season: number, { origin, ahead }: ForecastPoint): number {
  return origin + ahead - season * Math.ceil(ahead / season);
}

/** The value that a season before had, or the last known one where the past does not reach back so far; 0 is the last one. */
export function referenceOf(season: number, asked: ForecastPoint): number {
  const { values } = asked.past;
  const last = valueAt(values, asked.origin, asked);
  if (season === 0) return last;
  const found = valueAt(values, sameSeason(season, asked), asked);
  return Number.isNaN(found) ? last : found;
}

function window(values: Float64Array | undefined, length: number, asked: ForecastPoint): number {
  let [sum, many] = [0, 0];
  for (let back = 0; back < length; back++) {
    const value = valueAt(values, asked.origin - back, asked);
    if (Number.isNaN(value)) continue;
    sum += value;
    many += 1;
  }
  return sum / many;
}

/** The features of the target's own past; its level is one, and all others are differences. */
function targetFeatures(target: string, { reference, lags, windows, seasons }: SeriesRecipe): readonly SeriesFeature[] {
  const relative =
    (of: (asked: ForecastPoint) => number) =>
    (asked: ForecastPoint): number =>
      of(asked) - referenceOf(reference, asked);
  const before = (steps: number, asked: ForecastPoint): number =>
    valueAt(asked.past.values, asked.origin - steps, asked);
  const level = reference === 0 ? `${target} last value` : `${target} one season before`;
  return [
    { name: level, of: (asked) => referenceOf(reference, asked) },
    ...lags.map((lag) => ({ name: `${target} lag ${lag}`, of: relative((asked) => before(lag - 1, asked)) })),
    ...windows.map((length) => ({
      name: `${target} mean of ${length}`,
      of: relative((asked) => window(asked.past.values, length, asked)),
    })),
    ...[1, ...seasons].map((steps) => ({
      name: `${target} change over ${steps}`,
      of: (asked: ForecastPoint) => before(0, asked) - before(steps, asked),
    })),
    ...seasons.flatMap((season) =>
      [0, 1].map((more) => ({
        name: `${target} season of ${season}${more === 0 ? "" : ", the one before"}`,
        of: relative((asked) => valueAt(asked.past.values, sameSeason(season, asked) - more * season, asked)),
      })),
    ),
  ];
}

/** So many last values as differences from the reference, the oldest first; NaN before the first. */
export function lastValues({ reference }: SeriesRecipe, values: number, asked: ForecastPoint): Float64Array {
  const [first, from] = [asked.origin - values + 1, referenceOf(reference, asked)];
  return Float64Array.from({ length: values }, (_, i) => valueAt(asked.past.values, first + i, asked) - from);
}

/** Features of a column of numbers of which the past alone is known. */
function pastFeatures(column: string, { windows }: SeriesRecipe): readonly SeriesFeature[] {
  const at = (back: number, asked: ForecastPoint): number =>
    valueAt(asked.past.others[column], asked.origin - back, asked);
  const [shortest] = windows;
  return [
    { name: `${column} last value`, of: (asked) => at(0, asked) },
    { name: `${column} change over 1`, of: (asked) => at(0, asked) - at(1, asked) },
    ...(shortest === undefined
      ? []
      : [
          {
            name: `${column} mean of ${shortest}`,
            of: (asked: ForecastPoint) => window(asked.past.others[column], shortest, asked),
          },
        ]),
  ];
}

/** What a known column of numbers was at the step that the forecast is the difference from. */
export function knownBefore(column: string, { reference }: SeriesRecipe, asked: ForecastPoint): number {
  const values = asked.past.others[column];
  const at = reference === 0 ? asked.origin : sameSeason(reference, asked);
  const found = valueAt(values, at, asked);
  return Number.isNaN(found) ? valueAt(values, asked.origin, asked) : found;
}

/** All features but those of known columns at the time of the forecast, which rows bring. */
export function seriesFeatures(target: string, recipe: SeriesRecipe): readonly SeriesFeature[] {
  const { horizon, past, steps, time, calendar } = recipe;
  return [
    ...(horizon > 1 ? [{ name: "steps ahead", of: ({ ahead }: ForecastPoint) => ahead }] : []),
    ...targetFeatures(target, recipe),
    ...past.flatMap((column) => pastFeatures(column, recipe)),
    ...calendarFeatures(time, calendar).map(({ name, of }) => ({
      name,
      of: ({ origin, ahead }: ForecastPoint) => of(timeAt(origin + ahead, steps)),
    })),
  ];
}
