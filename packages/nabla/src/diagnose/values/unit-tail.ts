/** Long tails, which reach as far as another unit. */
import { quantileOf } from "../../base/statistics/summary.ts";

/** Values beyond are more than so many times those that the tail leads to, and a few. */
const [LEADING, FEWEST_BEYOND] = [3, 3];

/** The part of the logarithms' distances that shows how their upper tail falls, and where it ends. */
const [TAIL_FROM, TAIL_TO] = [0.7, 0.9];
/** A tail is long where its outer end is so many times as far from the middle as that of the other side. */
const [OUTER, LOPSIDED] = [0.03, 1.8];

/**
 * Whether the others have a tail that leads to the values in the other unit: it is longer than that on the other side, or
 * reaches as far as often if it falls exponentially as it begins to.
 */
export function isTail({ residuals, off, isOther, larger }: Tail): boolean {
  const sign = larger ? 1 : -1;
  const own = residuals
    .filter((_, i) => !isOther[i])
    .map((value) => sign * value)
    .sort();
  const at = (p: number): number => quantileOf(own, p);
  if (at(1 - OUTER) - at(0.5) > LOPSIDED * (at(0.5) - at(OUTER))) return true;
  if (!larger) return false;
  const limit = off.reduce(
    (least, value, i) => (isOther[i] ? Math.min(least, value) : least),
    Number.POSITIVE_INFINITY,
  );
  const pace = Math.log((1 - TAIL_FROM) / (1 - TAIL_TO)) / (at(TAIL_TO) - at(TAIL_FROM));
  const expected = own.length * (1 - TAIL_TO) * Math.exp(-pace * (limit - at(TAIL_TO)));
  return residuals.length - own.length <= LEADING * expected + FEWEST_BEYOND - 1;
}

interface Tail {
  readonly residuals: Float64Array;
  readonly off: Float64Array;
  readonly isOther: readonly boolean[];
  readonly larger: boolean;
}
