/** Which values of a column are in another unit, by how far they are from what the other columns lead to expect. */
import { meanOf, medianOf, populationVariance } from "../../base/statistics/summary.ts";
import { type CompanionFit, robustFit, spreadOf } from "./companions.ts";
import { isTail } from "./unit-tail.ts";

/** The least share of values that may be in another unit. */
export const LEAST_SHARE = 0.004;
/** The largest share of values that may be in another unit. */
export const MOST_SHARE = 0.49;
/** At least so many values are in another unit. */
export const FEWEST_FOUND = 3;
/** Units lie so many deviations apart. */
const APART = 4.5;
/** The same by the first fit, which the other unit bends. */
const NEARLY_APART = 3.5;
/** Values in the other unit lie about the fit as the others do: so near its middle, and with a spread so alike. */
const [CENTERED, SPREAD_ALIKE] = [0.5, 2.5];
/** Values in the other unit are so much of the way there, but for a share of them. */
const [CLEARLY, BETWEEN] = [0.7, 0.2];
/** Values as far off on the other side, as long tails have, are at most so many. */
const OTHER_SIDE = 0.2;
/** A converted value is so many typical distances from the first fit at most, for its unit to be tried. */
const CLOSE = 4;
/** Fewer values say nothing about their spread. */
const FEW = 8;
const ROUNDS = 8;

/** Values on the scale that shows the distance between units, as they are and converted. */
export interface Scaled {
  readonly scaled: Float64Array;
  readonly converted: Float64Array;
  /** The first fit, and how far values typically are from it. */
  readonly first: Float64Array;
  readonly typical: number;
  readonly fit: CompanionFit;
}

/** Values lie in two heaps where bringing one to the other leaves such a share of their variance. */
const HEAPS = 0.5;

/** The first fit where nearly half of the values are in another unit: with all beyond the best limit converted. */
export function folded(data: Scaled, order: Uint32Array, larger: boolean): Scaled | undefined {
  const { scaled, converted, fit } = data;
  const rows = scaled.length;
  const ascending = larger ? order : order.toReversed();
  const take = (from: Float64Array, at: number): number => from[ascending[at] ?? 0] ?? 0;
  let [sum, squares] = [0, 0];
  for (let at = 0; at < rows; at++) {
    sum += take(converted, at);
    squares += take(converted, at) ** 2;
  }
  let best = { left: Number.POSITIVE_INFINITY, at: 0 };
  for (let at = 0; at < rows; at++) {
    sum += take(scaled, at) - take(converted, at);
    squares += take(scaled, at) ** 2 - take(converted, at) ** 2;
    const left = squares / rows - (sum / rows) ** 2;
    if (at + 1 >= (1 - MOST_SHARE) * rows && left < best.left) best = { left, at };
  }
  if (best.left > HEAPS * populationVariance(scaled)) return undefined;
  const brought = Float64Array.from(scaled);
  for (let at = best.at + 1; at < rows; at++) brought[ascending[at] ?? 0] = take(converted, at);
  const first = robustFit(brought, fit);
  const typical = spreadOf(brought.map((value, i) => value - (first[i] ?? 0)));
  const start = { ...data, first, typical };
  return mayFit(start, larger) ? start : undefined;
}

/** Whether enough values would be where they are expected once they are converted, and are far from it as they are. */
export function mayFit({ scaled, converted, first, typical }: Scaled, larger: boolean): boolean {
  let many = 0;
  for (let i = 0; i < scaled.length; i++) {
    const [value, other, middle] = [scaled[i] ?? 0, converted[i] ?? 0, first[i] ?? 0];
    if (value > other !== larger || value === other) continue;
    if (Math.abs(value - other) > NEARLY_APART * typical && Math.abs(other - middle) < CLOSE * typical) {
      if (Math.abs(value - middle) > Math.abs(other - middle)) many += 1;
    }
  }
  return many >= Math.max(FEWEST_FOUND, LEAST_SHARE * scaled.length) / 2;
}

/**
 * Each value is taken as it is or converted, whichever is nearer to what the other columns lead to expect, and the fit is
 * made anew, until none changes. Undefined where that is no better than chance or a long tail.
 */
export function tryOn(
  { scaled, converted, first, fit }: Scaled,
  larger: boolean,
): { readonly isOther: readonly boolean[]; readonly variance: number; readonly apart: number } | undefined {
  let expected = first;
  let isOther: boolean[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = isOther;
    const by = expected;
    isOther = Array.from(scaled, (value, i) => {
      const middle = by[i] ?? 0;
      return (
        Math.abs((converted[i] ?? 0) - middle) < Math.abs(value - middle) && value > (converted[i] ?? 0) === larger
      );
    });
    const many = isOther.filter(Boolean).length;
    if (many < Math.max(FEWEST_FOUND, LEAST_SHARE * scaled.length) || many > MOST_SHARE * scaled.length)
      return undefined;
    if (round > 0 && isOther.every((one, i) => one === before[i])) break;
    expected = fit.fitted(scaled.map((value, i) => (isOther[i] ? (converted[i] ?? 0) : value)));
  }
  const residuals = scaled.map((value, i) => (isOther[i] ? (converted[i] ?? 0) : value) - (expected[i] ?? 0));
  const variance = populationVariance(residuals) * (scaled.length / Math.max(1, scaled.length - fit.size));
  const deviation = Math.sqrt(variance);
  if (isTail({ residuals, off: scaled.map((value, i) => value - (expected[i] ?? 0)), isOther, larger }))
    return undefined;
  if (!isConvincing({ scaled, converted, expected, residuals, isOther, deviation })) return undefined;
  return { isOther, variance, apart: distanceOf({ scaled, converted, isOther }) / deviation };
}

interface Outcome {
  readonly scaled: Float64Array;
  readonly converted: Float64Array;
  readonly expected: Float64Array;
  readonly residuals: Float64Array;
  readonly isOther: readonly boolean[];
  readonly deviation: number;
}

function isConvincing({ scaled, converted, expected, residuals, isOther, deviation }: Outcome): boolean {
  const [own, other] = [residuals.filter((_, i) => !isOther[i]), residuals.filter((_, i) => isOther[i])];
  if (!(distanceOf({ scaled, converted, isOther }) >= APART * deviation)) return false;
  const near = Math.max(CENTERED * deviation, (2.5 * deviation) / Math.sqrt(other.length));
  if (Math.abs(meanOf(other) - meanOf(own)) > near) return false;
  const [wide, narrow] = [Math.sqrt(populationVariance(other)), Math.sqrt(populationVariance(own))];
  if (wide > SPREAD_ALIKE * narrow || (other.length >= FEW && narrow > 2 * SPREAD_ALIKE * wide)) return false;
  let [between, otherSide] = [0, 0];
  for (const [i, value] of scaled.entries()) {
    const [off, step] = [value - (expected[i] ?? 0), value - (converted[i] ?? 0)];
    // the place of a value on the way from what is expected, 0, to what it would be in the other unit, 1
    const place = off / step;
    if (isOther[i] && place < CLEARLY) between += 1;
    if (place < -0.5) otherSide += 1;
  }
  return between <= Math.max(1, BETWEEN * other.length) && otherSide <= Math.max(1, OTHER_SIDE * other.length);
}

/** How far the values of the other unit are from what they are converted to, in the middle. */
function distanceOf({ scaled, converted, isOther }: Pick<Outcome, "scaled" | "converted" | "isOther">): number {
  return medianOf(scaled.map((value, i) => Math.abs(value - (converted[i] ?? 0))).filter((_, i) => isOther[i]));
}
