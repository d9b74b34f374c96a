/**
 * A density from points of a space: one kernel around each, over all axes at once, and one for not knowing (Bergstra et
 * al. 2011, section 4; jointly over axes as Falkner, Klein and Hutter 2018, and Optuna's multivariate estimator).
 */
import { below, quantile } from "./normal-distribution.ts";
import type { Axis, Units } from "./space.ts";

/** A mixture of kernels. */
export interface Parzen {
  /** Kernels, of which the last is the even one. */
  readonly kernels: number;
  /** The unit that `draw` from [0, 1) gives on an axis by one of the kernels. */
  readonly unit: (kernel: number, place: number, draw: number) => number;
  /** The logarithm of the density at a point, over its active axes. */
  readonly logDensity: (point: Units) => number;
}

/** Narrower kernels for more points (Scott 1992), not narrower than half a cell of a discrete axis. */
function widthOf({ domain: { cells, ordered } }: Axis, points: number, axes: number): number {
  if (!ordered) return 1 / Math.max(1, points);
  return Math.max(0.2 * Math.max(1, points) ** (-1 / (axes + 4)), 1 / Math.min(100, points + 1), 0.5 / cells);
}

/** The density that points give; a point without a unit on an axis, as where it is not active, is even there. */
export function parzenOf(points: readonly Units[], axes: readonly Axis[]): Parzen {
  const [kernels, width] = [points.length + 1, axes.length];
  const sizes = Float64Array.from(axes, (axis) => widthOf(axis, points.length, width));
  const cells = Float64Array.from(axes, ({ domain }) => (domain.ordered ? 0 : domain.cells));
  const categories = axes.map((_, place) => {
    const [count = 0, size = 1] = [cells[place], sizes[place]];
    return {
      same: Math.log((count + count * size) / (1 + count * size)),
      other: Math.log((count * size) / (1 + count * size)),
    };
  });
  const middles = new Float64Array(kernels * width).fill(Number.NaN);
  const lows = new Float64Array(kernels * width);
  const masses = new Float64Array(kernels * width);
  const heights = new Float64Array(kernels * width);
  for (const [kernel, point] of points.entries())
    for (const [place, { path }] of axes.entries()) {
      const [middle = Number.NaN, at, size = 1] = [point[path], kernel * width + place, sizes[place]];
      middles[at] = middle;
      lows[at] = below(-middle / size);
      masses[at] = below((1 - middle) / size) - (lows[at] ?? 0);
      heights[at] = -Math.log(size * Math.sqrt(2 * Math.PI) * (masses[at] ?? 1));
    }

  const unit = (kernel: number, place: number, draw: number): number => {
    const at = kernel * width + place;
    const [middle = Number.NaN, size = 1, count = 0] = [middles[at], sizes[place], cells[place]];
    if (Number.isNaN(middle)) return draw;
    if (count === 0) return middle + size * quantile((lows[at] ?? 0) + draw * (masses[at] ?? 1));
    const stays = 1 / (1 + count * size);
    return draw < stays ? middle : (draw - stays) / (1 - stays);
  };

  const logs = new Float64Array(kernels);
  const logDensity = (point: Units): number => {
    const units = Float64Array.from(axes, ({ path }) => point[path] ?? Number.NaN);
    let most = Number.NEGATIVE_INFINITY;
    for (let kernel = 0; kernel < kernels; kernel++) {
      let log = 0;
      for (let place = 0, at = kernel * width; place < width; place++, at++) {
        const off = (units[place] ?? 0) - (middles[at] ?? 0);
        if (Number.isNaN(off)) continue;
        const [size = 1, count = 0] = [sizes[place], cells[place]];
        if (count === 0) log += (heights[at] ?? 0) - 0.5 * (off / size) ** 2;
        else log += (Math.abs(off) * count < 0.5 ? categories[place]?.same : categories[place]?.other) ?? 0;
      }
      logs[kernel] = log;
      most = Math.max(most, log);
    }
    let sum = 0;
    for (const log of logs) sum += Math.exp(log - most);
    return most + Math.log(sum / kernels);
  };
  return { kernels, unit, logDensity };
}
