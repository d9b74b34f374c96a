/**
 * CMA-ES: a normal distribution that learns from generations of points which way is down (Hansen and Ostermeier 2001;
 * Hansen's tutorial of 2016, arXiv:1604.00772). Rates, weights, also the negative ones, and the order of the updates are
 * those of pycma 4.5, whose states `test/tune/golden/cma.json` holds.
 */
import { type Eigen, eigenOf } from "./eigen.ts";

/** How a strategy of n axes learns from generations of `size` points; it follows from the two numbers. */
interface Rates {
  /** Of the points from best to worst: the first half is recombined, the others push the covariance away. */
  readonly weights: readonly number[];
  readonly parents: number;
  /** How many equally weighted points the parents are worth. */
  readonly mass: number;
  readonly sigma: number;
  readonly damping: number;
  readonly path: number;
  readonly one: number;
  readonly many: number;
  /** The expected length of n normal numbers. */
  readonly length: number;
}

/** The distribution of the next generation: middle + sigma · N(0, covariance). */
export interface Evolution {
  readonly middle: Float64Array;
  readonly sigma: number;
  readonly covariance: Float64Array;
  /** Of the covariance. */
  readonly eigen: Eigen;
  /** The paths of the middle: in units of the distribution, and as it went. */
  readonly sigmaPath: Float64Array;
  readonly path: Float64Array;
  /** Generations that were learned from. */
  readonly generations: number;
}

/** The size of a generation for n axes (Hansen 2016, table 1). */
export function generationSize(n: number): number {
  return 4 + Math.floor(3 * Math.log(Math.max(1, n)));
}

/** A strategy before its first generation. */
export function beginEvolution(middle: Float64Array, sigma: number): Evolution {
  const n = middle.length;
  const covariance = Float64Array.from({ length: n * n }, (_, at) => Number(at % (n + 1) === 0));
  const [sigmaPath, path] = [new Float64Array(n), new Float64Array(n)];
  return { middle, sigma, covariance, eigen: eigenOf(covariance, n), sigmaPath, path, generations: 0 };
}

/** The point that normal numbers stand for. */
export function pointFor({ middle, sigma, eigen }: Evolution, normals: ArrayLike<number>): Float64Array {
  const n = middle.length;
  const turned = Float64Array.from(eigen.values, (value, j) => Math.sqrt(value) * (normals[j] ?? 0));
  return middle.map((center, i) => center + sigma * dot(turned, (j) => eigen.vectors[i * n + j] ?? 0));
}

/** What is left of a step when the shape of the distribution is taken out of it. */
export function whitened({ eigen: { values, vectors } }: Evolution, step: Float64Array): Float64Array {
  const n = step.length;
  const inner = values.map((value, j) => dot(step, (i) => vectors[i * n + j] ?? 0) / Math.sqrt(value));
  return step.map((_, i) => dot(inner, (j) => vectors[i * n + j] ?? 0));
}

function dot(values: Float64Array, other: (at: number) => number): number {
  return values.reduce((sum, value, at) => sum + value * other(at), 0);
}

/** The strategy after a generation, whose points come from best to worst. */
export function nextEvolution(before: Evolution, ranked: readonly Float64Array[]): Evolution {
  const { middle: from, sigma, generations } = before;
  const n = from.length;
  const rates = ratesFor(n, ranked.length);
  const steps = ranked.map((point) => point.map((at, i) => (at - (from[i] ?? 0)) / sigma));
  const mean = from.map((_, i) => {
    return steps.slice(0, rates.parents).reduce((sum, step, k) => sum + (rates.weights[k] ?? 0) * (step[i] ?? 0), 0);
  });
  const sigmaPath = followed(before.sigmaPath, rates.sigma, rates.mass, whitened(before, mean));
  const length = Math.hypot(...sigmaPath);
  // a path that is long only because it began with a jump must not stretch the covariance
  const squares = length ** 2 / (1 - (1 - rates.sigma) ** (2 * (generations + 1))) / n;
  const steady = squares - 1 < 1 + 4 / (n + 1);
  const path = followed(before.path, rates.path, steady ? rates.mass : 0, mean);
  const lost = steady ? 0 : rates.one * rates.path * (2 - rates.path);
  const covariance = learned(before, { rates, steps, path, lost });
  const change = (rates.sigma / rates.damping) * (length / rates.length - 1);
  return {
    middle: from.map((center, i) => center + sigma * (mean[i] ?? 0)),
    sigma: sigma * Math.exp(Math.min(1, Math.max(-1, change))),
    covariance,
    eigen: positive(eigenOf(covariance, n)),
    sigmaPath,
    path,
    generations: generations + 1,
  };
}

function followed(path: Float64Array, rate: number, mass: number, step: Float64Array): Float64Array {
  const gain = Math.sqrt(rate * (2 - rate) * mass);
  return path.map((along, i) => (1 - rate) * along + gain * (step[i] ?? 0));
}

interface Learned {
  readonly rates: Rates;
  readonly steps: readonly Float64Array[];
  readonly path: Float64Array;
  /** What the first update is weakened by where the path was not followed. */
  readonly lost: number;
}

function learned(before: Evolution, { rates, steps, path, lost }: Learned): Float64Array {
  const n = path.length;
  const weights = rates.weights.map((weight) => rates.many * weight);
  const total = weights.reduce((sum, weight) => sum + weight, rates.one - lost);
  // however far a bad point lies, it pushes no more than one that lies as far as is expected
  const bounded = weights.map((weight, k) =>
    weight >= 0 ? weight : (weight * n) / (Math.hypot(...whitened(before, steps[k] ?? path)) + 1e-9) ** 2,
  );
  return before.covariance.map((value, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    const many = bounded.reduce((sum, weight, k) => sum + weight * (steps[k]?.[i] ?? 0) * (steps[k]?.[j] ?? 0), 0);
    return (1 - total) * value + rates.one * (path[i] ?? 0) * (path[j] ?? 0) + many;
  });
}

/** Rounding must leave no axis without a width. */
function positive({ values, vectors }: Eigen): Eigen {
  const least = 1e-14 * Math.max(...values);
  return { values: values.map((value) => Math.max(value, least)), vectors };
}

function ratesFor(n: number, size: number): Rates {
  const raw = Array.from({ length: size }, (_, i) => Math.log((size + 1) / 2) - Math.log(i + 1));
  const parents = raw.filter((weight) => weight > 0).length;
  const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
  const massOf = (values: readonly number[]): number => sumOf(values) ** 2 / sumOf(values.map((value) => value ** 2));
  const [up, down] = [raw.slice(0, parents), raw.slice(parents)];
  const mass = massOf(up);
  const one = (Math.min(1, size / 6) * 2) / ((n + 1.3) ** 2 + mass);
  const many = Math.min(1 - one, (2 * (0.25 + mass - 2 + 1 / mass)) / ((n + 2) ** 2 + mass));
  // no decay, no faster than the positive ones, and positive definite: Hansen 2016, equations 50 to 52
  const push = Math.min(1 + one / many, (1 - one - many) / many / n, 1 + (2 * massOf(down)) / (mass + 2));
  const inner = Math.max(1, 3 * (1 - 0.5 ** (n / 9))) * Math.sqrt((mass - 1) / (n + 1));
  const sigma = Math.min(0.5, (mass + 2) / (n + mass + 3));
  return {
    weights: [...up.map((weight) => weight / sumOf(up)), ...down.map((weight) => (-push * weight) / sumOf(down))],
    parents,
    mass,
    sigma,
    damping: 1 + 2 * Math.max(0, inner - 1) + sigma,
    path: (4 + mass / n) / (n + 4 + (2 * mass) / n),
    one,
    many,
    length: lengthOf(n),
  };
}

/** The expected length of n normal numbers: that of n, times that of n + 1, is n. */
function lengthOf(n: number): number {
  let length = Math.sqrt(2 / Math.PI);
  for (let known = 1; known < n; known++) length = known / length;
  return length;
}
