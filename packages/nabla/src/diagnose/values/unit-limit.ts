/** The limit that tells two units of a column apart. */

/** A limit may misplace this share of the values. */
const MISPLACED = 0.003;

/** The size of a value that best divides the two units, halfway between two of them; undefined where it misplaces too many. */
export function limitOf(values: Float64Array, isOther: readonly boolean[], larger: boolean): number | undefined {
  const order = Array.from(values.keys()).sort((a, b) => Math.abs(values[a] ?? 0) - Math.abs(values[b] ?? 0));
  const sizes = order.map((i) => Math.abs(values[i] ?? 0));
  const isLow = order.map((i) => (isOther[i] ?? false) !== larger);
  let wrong = isLow.filter(Boolean).length;
  let best = { wrong: Number.POSITIVE_INFINITY, at: 0 };
  for (let at = 1; at < order.length; at++) {
    wrong += isLow[at - 1] ? -1 : 1;
    if (sizes[at] !== sizes[at - 1] && wrong < best.wrong) best = { wrong, at };
  }
  if (best.wrong > MISPLACED * values.length) return undefined;
  return between(sizes[best.at - 1] ?? 0, sizes[best.at] ?? 0);
}

/** A short number between two: of the fewest digits that do, near their geometric mean. */
function between(low: number, high: number): number {
  const middle = low > 0 ? Math.sqrt(low * high) : high / 2;
  for (let digits = 1; digits < 15; digits++) {
    const short = Number(middle.toPrecision(digits));
    if (short > low && short < high) return short;
  }
  return middle;
}
