/** A surrogate model of the whole space: a random forest on resampled trials. */
import { fork, type Key, seedKey, uniform53 } from "../base/random.ts";
import { midranks } from "../base/statistics/summary.ts";
import { BINS, binOf, growTree, type RegressionTree, type Rows } from "./forest.ts";
import type { Axis } from "./space.ts";
import { type Goal, observationsOf, type Trial } from "./trial.ts";

/** The trials of a study: a study is one. */
export interface Tried {
  readonly trials: readonly Trial[];
  readonly axes: readonly Axis[];
  readonly goal: Goal;
}

/** Trees that were grown on the same draw of the trials. */
export interface Surrogate {
  readonly draws: readonly (readonly RegressionTree[])[];
}

const DRAWS = 40;
const TREES = 3;
/** Trials that take part at most: the latest. */
const MOST = 2000;

/** Costs by their ranks from 0 to 1, so that a failure is the worst and not infinitely bad. */
export function rankCosts(costs: readonly number[]): Float64Array {
  return midranks(costs).map((rank) => (rank - 0.5) / costs.length);
}

/**
 * Grows the trees on costs, or on what `scale` makes of them. An axis that is not active in a trial is set to a random
 * value, a new one in every draw: a fixed value would reveal to the trees which branch was taken, and the axis pass for
 * important itself (in its middle, as Hutter, Hoos and Leyton-Brown 2014 have it, a beta takes over from the optimizer).
 */
export function surrogateOf(
  { trials, axes, goal }: Tried,
  scale: (costs: readonly number[]) => ArrayLike<number>,
  seed: number,
): Surrogate {
  const seen = observationsOf(trials, goal).slice(-MOST);
  const values = Float64Array.from(scale(seen.map(({ cost }) => cost)));
  const kept = seen.filter((_, i) => Number.isFinite(values[i]));
  const finite = values.filter(Number.isFinite);
  const key = fork(seedKey(seed), "surrogate");
  const draws = Array.from({ length: DRAWS }, (_, draw) => {
    const own = fork(key, `draw ${draw}`);
    const places = uniform53(fork(own, "inactive"), kept.length * axes.length);
    const bins = new Uint8Array(places.length);
    for (const [row, { units }] of kept.entries())
      for (const [i, { path }] of axes.entries()) {
        const at = row * axes.length + i;
        bins[at] = binOf(units[path] ?? places[at] ?? 0.5);
      }
    return grow({ bins, values: finite, axes: axes.length }, own);
  });
  return { draws };
}

function grow(rows: Rows, key: Key): readonly RegressionTree[] {
  const { length } = rows.values;
  const members = Uint32Array.from(uniform53(key, length), (draw) => Math.floor(draw * length));
  return Array.from({ length: TREES }, (_, tree) => growTree(rows, members, fork(key, `tree ${tree}`)));
}

/** The units in the middle of the bins. */
export const BIN_UNITS: readonly number[] = Array.from({ length: BINS }, (_, bin) => (bin + 0.5) / BINS);
