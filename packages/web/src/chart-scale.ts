/** Scales of charts: ranges with room, and numbers at round places, on true logarithmic axes too. */

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

/** Some four round numbers of a range. */
export function evenTicks({ from, to }: ScaleRange): readonly number[] {
  const power = 10 ** Math.floor(Math.log10((to - from) / 4 || 1));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => (to - from) / one <= 5) ?? power * 10;
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.floor(to / step) - first + 1 }, (_, i) => (first + i) * step);
}
