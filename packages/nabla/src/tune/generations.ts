/** The generations of an evolution strategy, followed from the trials again: restarts, bounds and what was drawn. */
import { fork, type Key, normal, uniform53 } from "../base/random.ts";
import { beginEvolution, type Evolution, generationSize, nextEvolution, pointFor, whitened } from "./evolution.ts";
import type { Axis, Units } from "./space.ts";
import { type Goal, observationsOf, type Trial } from "./trial.ts";

/** Where the next generation is drawn, in the order of `places`. */
export interface Generation {
  readonly places: readonly Axis[];
  readonly state: Evolution;
}

/** What decides the generations, apart from the trials. */
export interface Strategy {
  readonly axes: readonly Axis[];
  readonly goal: Goal;
  /** Trials that are drawn on the same knowledge: a generation is whole rounds. */
  readonly round: number;
  /** How far the first generation lies around the middle, in units. */
  readonly spread: number;
  /** The point that the search starts from; the middle of the space if absent. */
  readonly start?: Units | undefined;
  readonly studyKey: Key;
}

/** Beyond each end of an axis there is so much, bent back into it (pycma's linear and quadratic transformation). */
const MARGIN = 0.05;
/** No standard deviation is wider, as pycma's `maxstd_boundrange`. */
const WIDEST = 1 / 3;

/** A place on an endless axis as a unit: the identity but near the ends, mirrored beyond them. */
export function unitWithin(place: number): number {
  const period = 1 + 2 * MARGIN;
  const along = (((place + MARGIN) % (2 * period)) + 2 * period) % (2 * period);
  const inside = (along > period ? 2 * period - along : along) - MARGIN;
  if (inside < MARGIN) return (inside + MARGIN) ** 2 / (4 * MARGIN);
  if (inside > 1 - MARGIN) return 1 - (1 + MARGIN - inside) ** 2 / (4 * MARGIN);
  return inside;
}

/** The unit bent so that `unitWithin` gives it back. */
export function placeOfUnit(unit: number): number {
  if (unit < MARGIN) return Math.sqrt(4 * MARGIN * unit) - MARGIN;
  if (unit > 1 - MARGIN) return 1 + MARGIN - Math.sqrt(4 * MARGIN * (1 - unit));
  return unit;
}

/** The endless place that trial `number` was drawn at. */
export function drawnAt(state: Evolution, number: number, studyKey: Key): Float64Array {
  return pointFor(state, normal(fork(studyKey, `trial ${number}`), state.middle.length));
}

/** The strategy after all whole generations among the trials. */
export function generationAfter(trials: readonly Trial[], strategy: Strategy): Generation {
  const { axes, goal, round, start } = strategy;
  const places = axes.filter(({ domain, when }) => when === undefined && domain.ordered && domain.cells > 1);
  const n = places.length;
  const costs = new Map(observationsOf(trials, goal).map(({ number, cost }) => [number, cost]));
  const begun = (middle: Float64Array): Evolution => within(beginEvolution(middle, strategy.spread), places);
  let state = begun(Float64Array.from(places, ({ path }) => placeOfUnit(start?.[path] ?? 0.5)));
  let [size, restarts, best] = [rounded(generationSize(n), round), 0, [] as readonly number[]];
  for (let from = 0; n > 0 && from + size <= trials.length; ) {
    const generation = trials.slice(from, from + size).map((trial) => {
      return { point: pointOfTrial(state, trial, places, strategy.studyKey), cost: costs.get(trial.number) ?? 0 };
    });
    const ranked = generation.toSorted((a, b) => a.cost - b.cost);
    state = within(
      nextEvolution(
        state,
        ranked.map(({ point }) => point),
      ),
      places,
    );
    best = [...best, ranked[0]?.cost ?? 0];
    from += size;
    if (!isOver(state, ranked, best, size)) continue;
    // a larger generation from somewhere else (Auger and Hansen 2005)
    restarts += 1;
    size = rounded(generationSize(n) * 2 ** restarts, round);
    state = begun(uniform53(fork(strategy.studyKey, `restart ${restarts}`), n));
    best = [];
  }
  return { places, state };
}

/** The nearest number of whole rounds. */
function rounded(size: number, round: number): number {
  return Math.max(1, Math.round(size / round)) * round;
}

/**
 * Where a trial lies before bounds and cells: what was drawn, if that is what it tried. A point from elsewhere, as the
 * first one of a search, counts as far away as one of its own at most (Hansen 2011, arXiv:1110.4181).
 */
function pointOfTrial(
  state: Evolution,
  { number, units }: Trial,
  places: readonly Axis[],
  studyKey: Key,
): Float64Array {
  const drawn = drawnAt(state, number, studyKey);
  const isOwn = places.every(({ path, domain }, i) => {
    const unit = unitWithin(drawn[i] ?? 0);
    return units[path] === (domain.unitOf(domain.at(unit)) ?? unit);
  });
  if (isOwn) return drawn;
  const n = places.length;
  const step = state.middle.map((center, i) => {
    const unit = units[places[i]?.path ?? ""];
    return unit === undefined ? 0 : placeOfUnit(unit) - center;
  });
  const far = Math.hypot(...whitened(state, step)) / state.sigma;
  const share = Math.min(1, (Math.sqrt(n) + (2 * n) / (n + 2)) / (far + 1e-9));
  return state.middle.map((center, i) => center + share * (step[i] ?? 0));
}

/** No axis is wider than the space lets it be, and none of whole numbers so narrow that all points are the same. */
function within(state: Evolution, places: readonly Axis[]): Evolution {
  const n = places.length;
  const widths = places.map((_, i) => Math.sqrt(state.covariance[i * (n + 1)] ?? 1));
  const most = Math.min(...widths.map((width) => WIDEST / width));
  const least = Math.max(0, ...places.map(({ domain }, i) => 0.2 / domain.cells / (widths[i] ?? 1)));
  return n === 0 ? state : { ...state, sigma: Math.min(most, Math.max(least, state.sigma)) };
}

/** Whether there is nothing left to learn here: Hansen 2016, section B.3, with steps that no training shows. */
function isOver(
  { sigma, covariance, eigen: { values }, middle }: Evolution,
  ranked: readonly { readonly cost: number }[],
  best: readonly number[],
  size: number,
): boolean {
  const n = middle.length;
  const waited = best.slice(-(10 + Math.ceil((30 * n) / size)));
  const known = [...waited, ...ranked.map(({ cost }) => cost)].filter(Number.isFinite);
  const isFlat =
    waited.length === 10 + Math.ceil((30 * n) / size) && Math.max(...known) - Math.min(...known) < SMALLEST.cost;
  const isPoint = middle.every((_, i) => sigma * Math.sqrt(covariance[i * (n + 1)] ?? 0) < SMALLEST.step);
  return isFlat || isPoint || Math.max(...values) > 1e14 * Math.min(...values);
}

const SMALLEST = { cost: 1e-12, step: 1e-6 };
