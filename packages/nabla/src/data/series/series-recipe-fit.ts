/** How a forecast should look back, from what the training part shows. */
import { correlation, medianOf } from "../../base/statistics/summary.ts";
import { calendarFor } from "./calendar-features.ts";
import { type ForecastPoint, referenceOf } from "./series-features.ts";
import { lastPosition, type SeriesPast, type SeriesRecipe } from "./series-recipe.ts";
import { stepName, timeAt } from "./time-steps.ts";

/** Options of a recipe; what is left out follows from the data. */
export interface RecipeOptions
  extends Pick<SeriesRecipe, "time" | "dates" | "group" | "steps" | "known" | "past" | "resampling"> {
  /** How many steps ahead are forecast; by default the recipe decides. */
  readonly horizon?: number | undefined;
  /** How many steps back values are inputs; by default 1 to 7, and the season. */
  readonly lags?: readonly number[] | undefined;
  /** Lengths, in steps, of the windows whose means are inputs; by default by the season. */
  readonly windows?: readonly number[] | undefined;
  /** Whether the last values are read in order too, for layers of sequences; not by default. */
  readonly ordered?: boolean | undefined;
}

/** The lags by default. */
const LAGS = [1, 2, 3, 4, 5, 6, 7] as const;
/** Means of a season and of four; without a season of these. */
const WINDOWS = [7, 28] as const;
const MOST_WINDOW = 60;
/** A season must have been seen so often. */
const FEWEST_SEASONS = 2;
/** Longest season that is looked for where dates name none, and the least correlation of steps that it lies between. */
const [LONGEST, LEAST_CORRELATION] = [400, 0.3];

/** The recipe for pasts that hold the training part alone. */
export function fitRecipe(
  pasts: readonly SeriesPast[],
  { horizon: asked, lags, windows, ordered = false, ...rest }: RecipeOptions,
): SeriesRecipe {
  const { steps, dates } = rest;
  const usual = stepName(steps, { dates });
  const horizon = asked ?? usual.horizon;
  const length = medianOf(pasts.map(({ values }) => values.length));
  const named = usual.seasons.filter((season) => season * FEWEST_SEASONS <= length);
  const seasons = named.length > 0 || usual.seasons.length > 0 ? named : seasonsIn(pasts);
  const [shortest] = seasons;
  const usualWindows = shortest === undefined || shortest > MOST_WINDOW ? WINDOWS : [shortest, 4 * shortest];
  const days = dates ? daysOf(pasts, steps) : 0;
  const recipe = {
    ...rest,
    horizon,
    seasons,
    reference: 0,
    lags: lags ?? LAGS.filter((lag) => lag < length / 2),
    windows: windows ?? usualWindows.filter((window) => window < length),
    calendar: dates ? calendarFor(steps, days) : [],
    ...(ordered ? { sequence: sequenceFor(shortest, length) } : {}),
  };
  return { ...recipe, reference: bestReference(pasts, recipe) };
}

/** Values that are read in order: two seasons, and at least so many, of no more than a part of the past. */
const [FEWEST_READ, SEASONS_READ, PART_READ] = [28, 2, 0.25] as const;

function sequenceFor(season: number | undefined, length: number): number {
  const wanted = season === undefined || season > MOST_WINDOW ? 0 : SEASONS_READ * season;
  return Math.max(2, Math.min(Math.max(FEWEST_READ, wanted), Math.floor(PART_READ * length)));
}

function daysOf(pasts: readonly SeriesPast[], steps: SeriesRecipe["steps"]): number {
  const from = Math.min(...pasts.map(({ first }) => first));
  return timeAt(Math.max(...pasts.map(lastPosition)), steps) - timeAt(from, steps);
}

/** The mean squared difference of values from a reference, over all steps ahead, on the last part of each past. */
function referenceError(
  pasts: readonly SeriesPast[],
  season: number,
  { horizon, seasons }: Pick<SeriesRecipe, "horizon" | "seasons">,
): number {
  const [longest] = seasons.toSorted((a, b) => b - a);
  let [sum, many] = [0, 0];
  for (const past of pasts) {
    const begin = past.first + (longest ?? 1);
    for (let position = begin + 1; position <= lastPosition(past); position++) {
      for (const ahead of new Set([1, Math.ceil(horizon / 2), horizon])) {
        const asked: ForecastPoint = { past, origin: position - ahead, ahead };
        const distance = (past.values[position - past.first] ?? 0) - referenceOf(season, asked);
        if (Number.isNaN(distance)) continue;
        sum += distance * distance;
        many += 1;
      }
    }
  }
  return sum / many;
}

/** What values differ least from: the last one, or that of a season before. */
function bestReference(pasts: readonly SeriesPast[], recipe: Pick<SeriesRecipe, "horizon" | "seasons">): number {
  const errors = [0, ...recipe.seasons].map((season) => [season, referenceError(pasts, season, recipe)] as const);
  return errors.reduce((best, next) => (next[1] < best[1] ? next : best))[0];
}

/** The season of the longest past, where its changes repeat: the first high of their autocorrelation. */
function seasonsIn(pasts: readonly SeriesPast[]): readonly number[] {
  const longest = pasts.reduce((a, b) => (b.values.length > a.values.length ? b : a));
  const changes = longest.values.subarray(1).map((value, i) => value - (longest.values[i] ?? 0));
  const most = Math.min(LONGEST, Math.floor(longest.values.length / FEWEST_SEASONS));
  const like = Array.from({ length: Math.max(0, most + 1) }, (_, lag) =>
    lag < 2 ? 0 : correlation(changes.subarray(lag), changes.subarray(0, changes.length - lag)),
  );
  const sure = 3 / Math.sqrt(changes.length);
  const high = Math.max(...like, 0);
  if (!(high >= Math.max(LEAST_CORRELATION, sure))) return [];
  // a multiple of the season is as high as the season itself
  const season = like.findIndex((value) => value >= 0.9 * high);
  return season < 2 ? [] : [season];
}
