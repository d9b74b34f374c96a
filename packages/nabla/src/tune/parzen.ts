/**
 * A density from points of a space: one kernel around each, over all axes at once, and one for not knowing (Bergstra et
 * al. 2011, section 4; jointly over axes as Falkner, Klein and Hutter 2018, and Optuna's estimator).
 */
import { normalCdf, normalQuantile } from "../base/statistics/normal.ts";
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

/** No kernel need be wider, in units: with few points and many axes, neighbors are far and carry no information. */
const WIDEST = 0.2;

/** How wide each point's kernel is: as far as the farther one of its neighbors, but not narrower than `least`. */
function widthsOf(units: readonly number[], least: number): Float64Array {
  const widths = new Float64Array(units.length);
  const order = Array.from(units.keys()).sort((a, b) => (units[a] ?? 0) - (units[b] ?? 0));
  for (const [rank, i] of order.entries()) {
    const unit = units[i] ?? 0;
    const [lower, upper] = [order[rank - 1], order[rank + 1]].map((other) =>
      other === undefined ? 0 : Math.abs((units[other] ?? 0) - unit),
    );
    widths[i] = Math.max(Math.min(WIDEST, Math.max(lower ?? 0, upper ?? 0)), least);
  }
  return units.length === 1 ? widths.fill(Math.max(WIDEST, least)) : widths;
}

/** The density that points give; a point without a unit on an axis, as where it is not active, is even there. */
export function parzenOf(points: readonly Units[], axes: readonly Axis[]): Parzen {
  const [kernels, width] = [points.length + 1, axes.length];
  const column = (): Float64Array => new Float64Array(kernels * width);
  const middles = column().fill(Number.NaN);
  const [sizes, lows, masses, heights] = [column(), column(), column(), column()];
  const cells = Float64Array.from(axes, ({ domain }) => (domain.ordered ? 0 : domain.cells));
  const categories = axes.map(({ domain }) => {
    const total = 1 + domain.cells / kernels;
    return {
      same: Math.log(((1 + 1 / kernels) / total) * domain.cells),
      other: Math.log(domain.cells / kernels / total),
    };
  });
  for (const [place, { path, domain }] of axes.entries()) {
    const having = points.flatMap((point, kernel) =>
      point[path] === undefined ? [] : [{ kernel, unit: point[path] }],
    );
    const units = having.map(({ unit }) => unit);
    const widths = widthsOf(units, Math.max(1 / Math.min(100, kernels + 1), 0.5 / domain.cells));
    for (const [i, { kernel, unit }] of having.entries()) {
      const [at, size = 1] = [kernel * width + place, widths[i]];
      middles[at] = unit;
      sizes[at] = size;
      lows[at] = normalCdf(-unit / size);
      masses[at] = normalCdf((1 - unit) / size) - (lows[at] ?? 0);
      heights[at] = -Math.log(size * Math.sqrt(2 * Math.PI) * (masses[at] ?? 1));
    }
  }

  const unit = (kernel: number, place: number, draw: number): number => {
    const at = kernel * width + place;
    const [middle = Number.NaN, size = 1, count = 0] = [middles[at], sizes[at], cells[place]];
    if (Number.isNaN(middle)) return draw;
    if (count === 0) return middle + size * normalQuantile((lows[at] ?? 0) + draw * (masses[at] ?? 1));
    const stays = 1 / (1 + count / kernels);
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
        const count = cells[place] ?? 0;
        if (count === 0) log += (heights[at] ?? 0) - 0.5 * (off / (sizes[at] ?? 1)) ** 2;
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
