/** How an error falls with the number of rows: a + b·n^-c (Hestness et al. 2017; Cortes et al. 1994). */
import { NablaError } from "../base/error.ts";
import { fork, normal, seedKey } from "../base/random.ts";
import { type Interval, percentileInterval } from "../base/statistics/intervals.ts";

/** An error measured after learning from some rows, and the standard deviation that chance gives it. */
export interface CurvePoint {
  readonly rows: number;
  readonly error: number;
  readonly deviation: number;
}

/** The law a + b·n^-c. */
export interface PowerLaw {
  /** The error that no number of rows removes. */
  readonly a: number;
  readonly b: number;
  /** How fast the rest falls. */
  readonly c: number;
}

/** A law with what chance could make of it. */
export interface FittedLaw extends PowerLaw {
  readonly intervals: { readonly a: Interval; readonly c: Interval };
  /** The error expected for so many rows, and its 95% interval. */
  readonly at: (rows: number) => { readonly error: number; readonly interval: Interval };
  /** The share of the error at `rows` that is gone at `more` rows: its 95% interval. */
  readonly saved: (rows: number, more: number) => Interval;
}

const REPEATS = 200;

/** Fits the law and refits it to points moved by chance (parametric bootstrap). Throws `curve/points` below three points. */
export function fitPowerLaw(points: readonly CurvePoint[], { seed = 1 }: { readonly seed?: number } = {}): FittedLaw {
  if (new Set(points.map(({ rows }) => rows)).size < 3)
    throw new NablaError("curve/points", `a power law needs at least 3 training set sizes, received ${points.length}`);
  const law = fitOnce(points);
  // what the law does not explain counts as noise too, in proportion to what each point has
  const misfit = Math.sqrt(
    points.reduce((sum, { rows, error, deviation }) => sum + ((error - lawAt(law, rows)) / deviation) ** 2, 0) /
      Math.max(1, points.length - 3),
  );
  const noise = Number.isFinite(misfit) ? Math.max(1, misfit) : 1;
  const laws = Array.from({ length: REPEATS }, (_, repeat) => {
    const draws = normal(fork(seedKey(seed), `law ${repeat}`), points.length);
    return fitOnce(
      points.map((point, i) => ({
        ...point,
        error: Math.max(0, lawAt(law, point.rows) + (draws[i] ?? 0) * point.deviation * noise),
      })),
    );
  });
  const spread = (of: (one: PowerLaw) => number): Interval => percentileInterval(laws.map(of));
  return {
    ...law,
    intervals: { a: spread(({ a }) => a), c: spread(({ c }) => c) },
    saved: (rows, more) => spread((one) => 1 - lawAt(one, more) / Math.max(lawAt(one, rows), Number.MIN_VALUE)),
    at: (rows) => ({ error: lawAt(law, rows), interval: spread((one) => lawAt(one, rows)) }),
  };
}

function lawAt({ a, b, c }: PowerLaw, rows: number): number {
  return a + b * rows ** -c;
}

/** For each exponent the best a and b are a weighted line in n^-c; the exponents are tried one after the other. */
function fitOnce(points: readonly CurvePoint[]): PowerLaw {
  let best: PowerLaw & { readonly miss: number } = { a: 0, b: 0, c: 1, miss: Number.POSITIVE_INFINITY };
  const tryExponent = (c: number): void => {
    const found = lineAt(points, c);
    if (found.miss < best.miss) best = found;
  };
  for (let c = 0.05; c <= 2; c += 0.05) tryExponent(c);
  const around = best.c;
  for (let c = around - 0.045; c <= around + 0.045; c += 0.005) if (c > 0) tryExponent(c);
  return { a: best.a, b: best.b, c: best.c };
}

function lineAt(points: readonly CurvePoint[], c: number): PowerLaw & { readonly miss: number } {
  const smallest = Math.max(1e-6, Math.min(...points.map(({ deviation }) => (deviation > 0 ? deviation : 1))));
  const weighed = points.map(({ rows, error, deviation }) => ({
    x: rows ** -c,
    y: error,
    w: 1 / Math.max(deviation, smallest) ** 2,
  }));
  const sum = (of: (point: { x: number; y: number; w: number }) => number): number =>
    weighed.reduce((total, point) => total + point.w * of(point), 0);
  const [w, x, y] = [sum(() => 1), sum((p) => p.x), sum((p) => p.y)];
  const [xx, xy] = [sum((p) => p.x * p.x), sum((p) => p.x * p.y)];
  const slope = (w * xy - x * y) / (w * xx - x * x);
  const candidates = [
    { a: (y - slope * x) / w, b: slope },
    { a: 0, b: xy / xx },
    { a: y / w, b: 0 },
  ].filter(({ a, b }) => a >= 0 && b >= 0 && Number.isFinite(a) && Number.isFinite(b));
  return candidates
    .map(({ a, b }) => ({ a, b, c, miss: sum((p) => (p.y - a - b * p.x) ** 2) }))
    .reduce((best, one) => (one.miss < best.miss ? one : best), { a: 0, b: 0, c, miss: Number.POSITIVE_INFINITY });
}
