/** Rows of two kinds, whose values lie as far apart as two units do. */
import { meanOf, populationVariance } from "../../base/statistics/summary.ts";
import { convertedBy } from "../../data/unit-rule.ts";
import { type Companions, normalScores } from "./companions.ts";
import type { Candidate } from "./unit-candidates.ts";

/** Values of a column in some places of the rows that are looked at, and which of them seem to be in another unit. */
interface Kinds {
  readonly candidate: Candidate;
  readonly values: Float64Array;
  readonly places: Uint32Array;
  readonly isOther: readonly boolean[];
}

/** Rows that differ in another column, as it is expected of the converted value, by so many standard errors and deviations. */
const [DIFFER_SURELY, DIFFER_MUCH] = [4.5, 0.4];

/**
 * Whether rows in the other unit are rather another kind of rows: the target or a number differs between the two kinds from
 * what the converted value leads to expect, which the way in which a value was written cannot do.
 */
export function areTwoKinds(
  { candidate, values, isOther, places }: Kinds,
  { features }: Companions,
  apart: readonly string[],
): boolean {
  const converted = values.map((value, i) => (isOther[i] ? convertedBy(candidate, value) : value));
  const own = normalScores(converted);
  const kinds = withoutTrend(Float64Array.from(isOther, Number), own);
  const error = 1 / Math.sqrt(Math.max(1, populationVariance(kinds) * kinds.length));
  return features
    .filter(({ of, kinds }) => kinds && !apart.includes(of))
    .some((feature) => {
      const list = Float64Array.from(places, (place) => feature.values[place] ?? 0);
      const left = withoutTrend(list, own);
      const step = Math.abs(slopeOf(left, kinds));
      const deviation = Math.sqrt(populationVariance(without(left, kinds)));
      return step > DIFFER_MUCH * deviation && step > DIFFER_SURELY * deviation * error;
    });
}

/** What a list has beyond a line and a parabola in other numbers. */
function withoutTrend(list: Float64Array, scores: Float64Array): Float64Array {
  const squares = scores.map((score) => score * score);
  return without(without(list, scores), without(squares, scores));
}

function without(list: Float64Array, other: Float64Array): Float64Array {
  const [middle, center, slope] = [meanOf(list), meanOf(other), slopeOf(list, other)];
  return list.map((value, i) => value - middle - slope * ((other[i] ?? 0) - center));
}

function slopeOf(list: Float64Array, other: Float64Array): number {
  const [middle, center, variance] = [meanOf(list), meanOf(other), populationVariance(other)];
  return variance > 0 ? meanOf(list.map((value, i) => (value - middle) * ((other[i] ?? 0) - center))) / variance : 0;
}
