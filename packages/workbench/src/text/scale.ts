/** Scales of charts: ranges with room, round numbers along them, true logarithmic axes, and lines as paths. Reports and pages share them. */

/** Where a scale begins and ends. */
export interface ScaleRange {
  readonly from: number;
  readonly to: number;
}

/** What holds all values, with a little room; on a logarithmic scale only values above 0 count. */
export function rangeOf(values: Iterable<number>, { log = false, room = 0.04 } = {}): ScaleRange {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!Number.isFinite(value) || (log && value <= 0)) continue;
    if (value < from) from = value;
    if (value > to) to = value;
  }
  if (from > to) return log ? { from: 0.1, to: 1 } : { from: 0, to: 1 };
  if (log) {
    const factor = Math.max((to / from) ** room, from === to ? 1.5 : 1.01);
    return { from: from / factor, to: to * factor };
  }
  const width = (to - from) * room || Math.abs(to) * 0.1 || 0.5;
  // what cannot be below 0 is not drawn as if it could
  return { from: from >= 0 && from < width * 4 ? 0 : from - width, to: to + width };
}

/** Round numbers of a logarithmic scale: 1, 2 and 5 of each power where there is room, else powers. */
export function logTicks({ from, to }: ScaleRange, most: number): readonly number[] {
  const [low, high] = [Math.floor(Math.log10(from)), Math.ceil(Math.log10(to))];
  const powers = Array.from({ length: high - low + 1 }, (_, i) => low + i);
  const inside = (value: number): boolean => value >= from && value <= to;
  for (const digits of [[1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 5], [1, 3], [1]]) {
    const ticks = powers.flatMap((power) => digits.map((digit) => Number(`${digit}e${power}`))).filter(inside);
    if (ticks.length <= most) return ticks.length > 1 ? ticks : [from, to].map((value) => Number(value.toPrecision(2)));
  }
  const every = Math.ceil(powers.length / most);
  return powers
    .filter((_, i) => i % every === 0)
    .map((power) => 10 ** power)
    .filter(inside);
}

/** Round numbers of a range, as many as there is room for; `whole` takes whole numbers alone. */
export function evenTicks({ from, to }: ScaleRange, { most = 5, whole = false } = {}): readonly number[] {
  const power = 10 ** Math.floor(Math.log10((to - from) / most || 1));
  const steps = [1, 2, 5, 10, 20].map((one) => one * power).filter((one) => !whole || one >= 1);
  const step = steps.find((one) => (to - from) / one <= most) ?? power * 20;
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.floor(to / step) - first + 1 }, (_, i) => (first + i) * step);
}

/** From a value to its place between two ends in pixels; on a logarithmic scale what is not above 0 has none. */
export function placement(
  { from, to }: ScaleRange,
  { start, end, log = false }: { readonly start: number; readonly end: number; readonly log?: boolean },
): (value: number) => number {
  const place = log ? Math.log10 : (value: number): number => value;
  const [first, span] = [place(from), place(to) - place(from) || 1];
  return (value) => start + ((place(value) - first) / span) * (end - start);
}

/** A point of a chart. */
export type ChartPoint = readonly [x: number, y: number];

/** How a line is drawn. */
export interface PathDrawing {
  readonly toX: (x: number) => number;
  readonly toY: (y: number) => number;
  /** Whether it stays where it was until the next point; not by default. */
  readonly isSteps?: boolean;
  /** The other edge of an area; without it, it is a line. */
  readonly to?: readonly ChartPoint[] | undefined;
}

/** A line through points as SVG draws it; where one has no place the line ends, and goes on after it. */
export function linePath(points: readonly ChartPoint[], { toX, toY, isSteps = false, to }: PathDrawing): string {
  const words: string[] = [];
  let pen = false;
  for (const [x, y] of points) {
    const [left, top] = [toX(x), toY(y)];
    if (!Number.isFinite(left) || !Number.isFinite(top)) pen = false;
    else {
      if (pen && isSteps) words.push(`H${left.toFixed(1)}`);
      words.push(`${pen ? "L" : "M"}${left.toFixed(1)} ${top.toFixed(1)}`);
      pen = true;
    }
  }
  if (to === undefined) return words.join("");
  return [...words, ...to.toReversed().map(([x, y]) => `L${toX(x).toFixed(1)} ${toY(y).toFixed(1)}`), "Z"].join("");
}
