/** What a report of a study draws, as plain data. */
import { compact } from "../base/compact.ts";
import { known, NablaError } from "../base/error.ts";
import type { Json } from "../base/json.ts";
import { percentileInterval } from "../base/statistics/intervals.ts";
import { columnMeans, meanOf } from "../base/statistics/summary.ts";
import { listing } from "../base/text.ts";
import { BINS, marginal } from "./forest.ts";
import type { Axis } from "./space.ts";
import { BIN_UNITS, type Surrogate, surrogateOf, type Tried } from "./surrogate.ts";
import { costOf, type TrialState, valueFrom } from "./trial.ts";

/** A trial in the history: its value, and the best until then. */
export interface HistoryPoint {
  readonly number: number;
  readonly state: TrialState;
  /** The trial's own value; absent where it failed. */
  readonly value?: number;
  /** The best value so far; absent until one has ended. */
  readonly best?: number;
}

/** The values of the trials in the order of their numbers, and how the best of those that ended came about. */
export function history({ trials, goal }: Tried): readonly HistoryPoint[] {
  let best: number | undefined;
  return trials.map(({ number, state, value }) => {
    if (state === "done" && value !== undefined && (best === undefined || costOf(value, goal) < costOf(best, goal)))
      best = value;
    return compact({ number, state, value, best });
  });
}

/** One hyperparameter: what the trials gave, and what the others on average make of it. */
export interface AxisSlice {
  readonly path: string;
  readonly points: readonly {
    readonly number: number;
    readonly at: Json;
    readonly unit: number;
    readonly value: number;
  }[];
  /** What a model expects at units from 0 to 1, on average over all other hyperparameters, with a 95% interval. */
  readonly curve: readonly {
    readonly at: Json;
    readonly unit: number;
    readonly value: number;
    readonly interval: { readonly from: number; readonly to: number };
  }[];
}

/** Leaves out failures, and takes in outliers to three times the distance of the worst quarter from the best. */
function tamed(costs: readonly number[]): readonly number[] {
  const sorted = costs.filter(Number.isFinite).sort((a, b) => a - b);
  const [best = 0, quarter = 0] = [sorted[0], sorted[Math.floor(0.75 * sorted.length)]];
  const most = best + 3 * (quarter - best);
  return costs.map((cost) => (Number.isFinite(cost) && most > best ? Math.min(cost, most) : cost));
}

/** A slice for each hyperparameter that has more than one value. */
export function slices(tried: Tried, { seed = 1 }: { readonly seed?: number } = {}): readonly AxisSlice[] {
  const surrogate = surrogateOf(tried, tamed, seed);
  return tried.axes.flatMap((axis, place) => (axis.domain.cells > 1 ? [sliceOf(tried, axis, place, surrogate)] : []));
}

function sliceOf({ trials, goal }: Tried, { path, domain }: Axis, place: number, { draws }: Surrogate): AxisSlice {
  const points = trials.flatMap(({ number, units, value }) => {
    const unit = units[path];
    return unit === undefined || value === undefined ? [] : [{ number, at: domain.at(unit), unit, value }];
  });
  const means = draws.map((trees) => columnMeans(trees.map((tree) => marginal(tree, [place]))));
  const curve = BIN_UNITS.map((unit, bin) => {
    const values = means.map((mean) => valueFrom(known(mean[bin], "a mean"), goal));
    return { at: domain.at(unit), unit, value: meanOf(values), interval: percentileInterval(values) };
  });
  return { path, points, curve };
}

/** Two hyperparameters: what a model expects at each pair of values, row by row of the first. */
export interface Contour {
  readonly paths: readonly [string, string];
  readonly at: readonly [readonly Json[], readonly Json[]];
  readonly values: readonly (readonly number[])[];
  /** The trials as units of both. */
  readonly points: readonly {
    readonly number: number;
    readonly units: readonly [number, number];
    readonly value: number;
  }[];
}

/** The contour of two hyperparameters by path. Throws `tune/path` for one that the space has not. */
export function contour(
  tried: Tried,
  paths: readonly [string, string],
  { seed = 1 }: { readonly seed?: number } = {},
): Contour {
  const { axes, trials, goal } = tried;
  const places = paths.map((path) => placeOf(axes, path));
  const { draws } = surrogateOf(tried, tamed, seed);
  const means = columnMeans(draws.flatMap((trees) => trees.map((tree) => marginal(tree, places))));
  const values = BIN_UNITS.map((_, bin) =>
    Array.from(means.subarray(bin * BINS, (bin + 1) * BINS), (cost) => valueFrom(cost, goal)),
  );
  const [first, second] = places.map((place) => BIN_UNITS.map((unit) => axes[place]?.domain.at(unit) ?? null));
  const points = trials.flatMap(({ number, units, value }) => {
    const [a, b] = [units[paths[0]], units[paths[1]]];
    return a === undefined || b === undefined || value === undefined ? [] : [{ number, units: [a, b] as const, value }];
  });
  return { paths, at: [known(first, paths[0]), known(second, paths[1])], values, points };
}

function placeOf(axes: readonly Axis[], path: string): number {
  const place = axes.findIndex((axis) => axis.path === path);
  if (place >= 0) return place;
  const names = listing(axes.map((axis) => axis.path));
  throw new NablaError("tune/path", `the space has no axis "${path}"`, `its axes are ${names}`);
}

/** Every trial as a line over all hyperparameters. */
export interface ParallelCoordinates {
  readonly axes: readonly {
    readonly path: string;
    readonly low: Json;
    readonly high: Json;
    readonly values?: readonly Json[];
  }[];
  /** Units by axis, null where one is not active. */
  readonly lines: readonly {
    readonly number: number;
    readonly state: TrialState;
    readonly value?: number;
    readonly units: readonly (number | null)[];
  }[];
}

/** The trials as lines from axis to axis; of choices all values are named. */
export function parallelCoordinates({ trials, axes }: Tried): ParallelCoordinates {
  return {
    axes: axes.map(({ path, domain }) => ({
      path,
      low: domain.at(0),
      high: domain.at(1),
      ...(domain.ordered ? {} : { values: Array.from({ length: domain.cells }, (_, place) => domain.nth(place)) }),
    })),
    lines: trials.map(({ number, state, value, units }) =>
      compact({ number, state, value, units: axes.map(({ path }) => units[path] ?? null) }),
    ),
  };
}
