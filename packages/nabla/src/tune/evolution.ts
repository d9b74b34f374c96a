/**
 * The state of an evolution strategy, followed from the trials again (Hansen and Ostermeier 2001; equations and rates are
 * those of Hansen's tutorial of 2016, with a Cholesky factor in place of the root of the covariance).
 */
import { cholesky, solveLower } from "./cholesky.ts";
import type { Axis } from "./space.ts";
import { type Goal, type Observation, observationsOf, type Trial } from "./trial.ts";

/** Where the next generation is drawn: middle + spread · lower · normal numbers, in the order of `places`. */
export interface Evolved {
  readonly places: readonly Axis[];
  readonly middle: Float64Array;
  readonly lower: Float64Array;
  readonly spread: number;
}

/** How strongly n axes learn from a generation, of which `weights.length` are parents. */
function ratesFor(n: number, size: number) {
  const raw = Array.from({ length: size >> 1 }, (_, i) => Math.log((size + 1) / 2) - Math.log(i + 1));
  const total = raw.reduce((sum, weight) => sum + weight, 0);
  const weights = raw.map((weight) => weight / total);
  const mass = 1 / weights.reduce((sum, weight) => sum + weight * weight, 0);
  const sigma = (mass + 2) / (n + mass + 5);
  const one = 2 / ((n + 1.3) ** 2 + mass);
  return {
    weights,
    mass,
    sigma,
    damping: 1 + 2 * Math.max(0, Math.sqrt((mass - 1) / (n + 1)) - 1) + sigma,
    path: (4 + mass / n) / (n + 4 + (2 * mass) / n),
    one,
    many: Math.min(1 - one, (2 * (mass - 2 + 1 / mass)) / ((n + 2) ** 2 + mass)),
    /** The expected length of n normal numbers. */
    length: Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n)),
  };
}

/** The state after all whole generations among the trials; a generation is whole rounds, so that all of it has the same parents. */
export function evolve(
  trials: readonly Trial[],
  axes: readonly Axis[],
  goal: Goal,
  round: number,
  begin: number,
): Evolved {
  const places = axes.filter(({ domain, when }) => when === undefined && domain.ordered && domain.cells > 1);
  const n = places.length;
  const size = Math.ceil((4 + Math.floor(3 * Math.log(Math.max(1, n)))) / round) * round;
  const rates = ratesFor(Math.max(1, n), size);
  const middle = new Float64Array(n).fill(0.5);
  const covariance = Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? 1 : 0));
  const [sigmaPath, path] = [new Float64Array(n), new Float64Array(n)];
  let [spread, lower] = [begin, cholesky(covariance, n)];

  const learn = (generation: readonly Observation[]): void => {
    const order = generation.toSorted((a, b) => a.cost - b.cost || a.number - b.number);
    const steps = rates.weights.map((_, k) =>
      places.map((axis, i) => ((order[k]?.units[axis.path] ?? 0.5) - (middle[i] ?? 0)) / spread),
    );
    const weigh = (of: (step: readonly number[]) => number): number =>
      steps.reduce((sum, step, k) => sum + (rates.weights[k] ?? 0) * of(step), 0);
    const mean = Float64Array.from(places, (_, i) => weigh((step) => step[i] ?? 0));
    const white = solveLower(lower, n, n, mean);
    const follow = (trail: Float64Array, rate: number, by: Float64Array): void => {
      const gain = Math.sqrt(rate * (2 - rate) * rates.mass);
      for (let i = 0; i < n; i++) trail[i] = (1 - rate) * (trail[i] ?? 0) + gain * (by[i] ?? 0);
    };
    for (let i = 0; i < n; i++) middle[i] = (middle[i] ?? 0) + spread * (mean[i] ?? 0);
    follow(sigmaPath, rates.sigma, white);
    follow(path, rates.path, mean);
    for (let at = 0; at < n * n; at++) {
      const [i, j] = [Math.floor(at / n), at % n];
      const kept = (1 - rates.one - rates.many) * (covariance[at] ?? 0);
      const spreads = weigh((step) => (step[i] ?? 0) * (step[j] ?? 0));
      covariance[at] = kept + rates.one * (path[i] ?? 0) * (path[j] ?? 0) + rates.many * spreads;
    }
    const length = Math.hypot(...sigmaPath);
    spread = Math.min(1, spread * Math.exp((rates.sigma / rates.damping) * (length / rates.length - 1)));
    lower = cholesky(covariance, n);
  };

  const seen = observationsOf(trials, goal).filter(({ units }) => places.every((axis) => axis.path in units));
  for (let from = 0; from + size <= seen.length; from += size) learn(seen.slice(from, from + size));
  return { places, middle, lower, spread };
}
