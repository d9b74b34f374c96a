import { deviationOfMoments, meanOfMoments, moments } from "../base/statistics/moments.ts";
import { quantileOf } from "../base/statistics/summary.ts";

/** How numbers are scaled: (x - center) / spread, both in the unit of the column. */
export interface Scale {
  readonly center: number;
  readonly spread: number;
}

/** Zero mean and unit variance. */
function byMoments(numbers: ArrayLike<number>): Scale {
  const found = moments(numbers);
  return { center: meanOfMoments(found), spread: deviationOfMoments(found) };
}

/** From 0 to 1; one extreme value squeezes all others. */
function byExtremes(numbers: ArrayLike<number>): Scale {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i] ?? Number.NaN;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return least > most ? { center: 0, spread: 0 } : { center: least, spread: most - least };
}

/**
 * Median and interquartile range, which a few wild values do not move. Where more than half of the values are one value,
 * that range is 0: then the standard deviation takes its place.
 */
function byQuartiles(numbers: ArrayLike<number>): Scale {
  const sorted = Float64Array.from(numbers)
    .filter((value) => !Number.isNaN(value))
    .sort();
  if (sorted.length === 0) return { center: 0, spread: 0 };
  const spread = quantileOf(sorted, 0.75) - quantileOf(sorted, 0.25);
  return { center: quantileOf(sorted, 0.5), spread: spread === 0 ? byMoments(numbers).spread : spread };
}

/** The ways to scale, by name; missing values (NaN) are left out. */
export const scalings = {
  standardize: byMoments,
  minMax: byExtremes,
  robust: byQuartiles,
} as const satisfies { readonly [name: string]: (numbers: ArrayLike<number>) => Scale };

/** The name of a way to scale. */
export type Scaling = keyof typeof scalings;

/** All names. */
export const SCALINGS: readonly Scaling[] = Object.keys(scalings) as Scaling[];
