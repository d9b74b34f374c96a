/** The limit that tells two units of a column apart. */

/** A limit that divides two units misplaces at most this share of the values, and one that is better than none. */
export const MISPLACED = { clear: 0.003, rough: 0.05 } as const;

/** Where two units are divided, and how many values that puts on the wrong side. */
export interface UnitLimit {
  readonly at: number;
  readonly wrong: number;
}

/** The size of a value that best divides the two units, halfway between two of them; undefined where it misplaces too many. */
export function limitOf(
  values: Float64Array,
  {
    isOther,
    larger,
    misplaced = MISPLACED.clear,
  }: { readonly isOther: readonly boolean[]; readonly larger: boolean; readonly misplaced?: number },
): UnitLimit | undefined {
  const order = Array.from(values.keys()).sort((a, b) => Math.abs(values[a] ?? 0) - Math.abs(values[b] ?? 0));
  const sizes = order.map((i) => Math.abs(values[i] ?? 0));
  const isLow = order.map((i) => (isOther[i] ?? false) !== larger);
  let wrong = isLow.filter(Boolean).length;
  let best = { wrong: Number.POSITIVE_INFINITY, at: 0 };
  for (let at = 1; at < order.length; at++) {
    wrong += isLow[at - 1] ? -1 : 1;
    if (sizes[at] !== sizes[at - 1] && wrong < best.wrong) best = { wrong, at };
  }
  if (best.wrong > misplaced * values.length) return undefined;
  return { at: between(sizes[best.at - 1] ?? 0, sizes[best.at] ?? 0), wrong: best.wrong };
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
