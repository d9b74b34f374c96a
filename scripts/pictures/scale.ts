/** Axes: from numbers to pixels. */

/** What an axis shows; limits left open are those of the data. */
export interface Axis {
  readonly label: string;
  readonly from?: number;
  readonly to?: number;
  readonly log?: boolean;
  readonly ticks?: readonly number[];
}

export interface Scale {
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
  /** The pixel of the smallest value. */
  readonly bottom: number;
}

/** The scale of an axis for these values, between two pixels. */
export function scaleOf(axis: Axis, values: readonly number[], [first, last]: readonly [number, number]): Scale {
  const good = values.filter((value) => Number.isFinite(value) && (!axis.log || value > 0));
  const low = axis.from ?? good.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = axis.to ?? good.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const bend = (value: number): number => (axis.log ? Math.log10(value) : value);
  const [from, to] = [bend(low), bend(high)];
  const at = (value: number): number => first + ((bend(value) - from) / (to - from)) * (last - first);
  const ticks = axis.ticks ?? (axis.log ? powers(from, to) : steps(low, high));
  return { at, ticks, bottom: first };
}

/** About five round numbers between two. */
function steps(low: number, high: number): number[] {
  const raw = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((one) => one >= raw) ?? raw;
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Powers of ten, at most seven of them. */
function powers(from: number, to: number): number[] {
  const every = Math.max(1, Math.ceil((to - from) / 7));
  const first = Math.ceil(from / every - 1e-9) * every;
  return Array.from({ length: Math.floor((to - first) / every + 1e-9) + 1 }, (_, i) => 10 ** (first + i * every));
}

/** A number beside an axis: as it is, or as a power of ten where it is far from 1. */
export function tickText(value: number): string {
  const power = Math.log10(Math.abs(value));
  if (value === 0 || (power > -4 && power < 5)) return String(Number(value.toPrecision(6))).replace("-", "−");
  return value.toExponential(0).replace("e+", "e").replace("-", "−");
}
