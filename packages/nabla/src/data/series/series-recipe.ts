/** What makes a table with a column of times one or more series, and which features their past gives: plain data. */
import type { ConformalScores } from "../../base/statistics/conformal.ts";
import type { WantedColumn } from "../column-reading.ts";
import type { SeriesCalendar } from "./calendar-features.ts";
import type { Resampling } from "./resampling.ts";
import type { TimeSteps } from "./time-steps.ts";

/** How a forecast looks back, decided by the training part and kept in the model. */
export interface SeriesRecipe {
  /** The column of times. */
  readonly time: string;
  /** Whether times are dates, as days since 1970. */
  readonly dates: boolean;
  /** The column whose values tell series apart, each with a past of its own. */
  readonly group?: string;
  readonly steps: TimeSteps;
  /** How many steps ahead are forecast from the last known value. */
  readonly horizon: number;
  /** Steps after which the target may repeat. */
  readonly seasons: readonly number[];
  /**
   * What the network predicts the difference from: 0 for the last known value, else the value so many steps before (or a
   * multiple, the latest that is known).
   */
  readonly reference: number;
  /** Values of the target that are features: 1 is the last known one, 2 the one before. */
  readonly lags: readonly number[];
  /** Of how many last known values the mean is a feature. */
  readonly windows: readonly number[];
  /** How many last values are one feature that is read in order, the oldest first; absent where none are. */
  readonly sequence?: number;
  /** Columns whose values at the time of the forecast are known in advance. */
  readonly known: readonly string[];
  /** Columns of numbers of which the past alone is known. */
  readonly past: readonly string[];
  readonly calendar: readonly SeriesCalendar[];
  /** How rows of any times become one row a step; absent where they come so. */
  readonly resampling?: Resampling;
}

/** The past of one series: a value for each step, of a missing one that before it. NaN before the first. */
export interface SeriesPast {
  /** The value of the group column; "" where there is one series alone. */
  readonly name: string;
  /** The position of the first value. */
  readonly first: number;
  readonly values: Float64Array;
  /** Columns beside the target, in the same steps. */
  readonly others: Readonly<Record<string, Float64Array>>;
}

/** The end of a past as plain data, null where nothing was known yet. */
export interface SeriesTail {
  readonly name: string;
  readonly first: number;
  readonly values: readonly (number | null)[];
  readonly others: Readonly<Record<string, readonly (number | null)[]>>;
}

/**
 * Errors of forecasts over what the series usually changes by: so that one of large numbers, or a restless one, has wider
 * intervals than others. Plain data.
 */
export interface SeriesErrors {
  /** A tenth of what half the series change by, which no series falls below. */
  readonly floor: number;
  /** Of each step ahead, from 1 up to the horizon; a step that was not measured has no scores. */
  readonly steps: readonly ConformalScores[];
}

/** All that a model keeps to go on from where its rows ended. */
export interface SeriesPreparation {
  readonly recipe: SeriesRecipe;
  /** The columns of rows that go on: times, groups, and all that is known in advance or of the past. */
  readonly columns: readonly WantedColumn[];
  readonly tails: readonly SeriesTail[];
  /** How far off its forecasts were of steps that were not learned; absent in models of earlier versions. */
  readonly errors?: SeriesErrors;
}

/** Changes of a series that say what is usual. */
export const CHANGES = 60;

/** How many last values of a past all features need, and what it usually changes by. */
function reach({ lags, windows, seasons, horizon, reference, sequence = 0 }: SeriesRecipe): number {
  return Math.max(
    sequence,
    CHANGES + Math.max(1, reference),
    ...lags,
    ...windows,
    ...seasons.map((season) => season * (1 + Math.ceil(horizon / season)) + 1),
  );
}

/** What the column of last values in order is called. */
export function sequenceName(target: string, values: number): string {
  return `${target} last ${values} values`;
}

/** The ends of pasts, as long as features look back. */
export function tailsOf(pasts: readonly SeriesPast[], recipe: SeriesRecipe): readonly SeriesTail[] {
  const most = reach(recipe);
  const end = (values: Float64Array): readonly (number | null)[] =>
    Array.from(values.slice(-most), (value) => (Number.isNaN(value) ? null : value));
  return pasts.map(({ name, first, values, others }) => ({
    name,
    first: first + Math.max(0, values.length - most),
    values: end(values),
    others: Object.fromEntries(Object.entries(others).map(([column, own]) => [column, end(own)])),
  }));
}

/** Pasts as their ends kept them. */
export function pastsOf(tails: readonly SeriesTail[]): readonly SeriesPast[] {
  const known = (values: readonly (number | null)[]): Float64Array =>
    Float64Array.from(values, (value) => value ?? Number.NaN);
  return tails.map(({ name, first, values, others }) => ({
    name,
    first,
    values: known(values),
    others: Object.fromEntries(Object.entries(others).map(([column, own]) => [column, known(own)])),
  }));
}

/** The position of the last known value. */
export function lastPosition({ first, values }: SeriesPast): number {
  return first + values.length - 1;
}
