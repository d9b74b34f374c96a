/** Numbers that sum up a list of numbers. */
import { at } from "../checked.ts";

/** The mean of some values, or of what `of` makes of them; NaN for none. */
export function meanOf(values: ArrayLike<number>, of: (value: number) => number = (value) => value): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += of(at(values, i));
  return sum / values.length;
}

/** The mean squared distance from the mean (divides by the count); NaN for no values. */
export function populationVariance(values: ArrayLike<number>): number {
  const mean = meanOf(values);
  return meanOf(values, (value) => (value - mean) ** 2);
}

/** The unbiased estimate of the variance behind a sample (divides by the count less one); 0 for fewer than two values. */
export function sampleVariance(values: ArrayLike<number>): number {
  return values.length < 2 ? 0 : (populationVariance(values) * values.length) / (values.length - 1);
}

/**
 * The value below which the fraction `p` lies: between the two nearest of the ascending values (type 7 of Hyndman and Fan,
 * The American Statistician 1996, which NumPy and R take too); NaN for none.
 */
export function quantileOf(sorted: ArrayLike<number>, p: number): number {
  if (sorted.length === 0) return Number.NaN;
  const place = p * (sorted.length - 1);
  const below = Math.floor(place);
  const low = at(sorted, below);
  return below === place ? low : low + (place - below) * (at(sorted, below + 1) - low);
}

/** The median of values in any order; NaN for none. */
export function medianOf(values: ArrayLike<number>): number {
  return quantileOf(Float64Array.from(values).sort(), 0.5);
}

/** The rank of each value, from 1; equal values share the middle of theirs. */
export function midranks(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i).sort((a, b) => at(values, a) - at(values, b));
  const ranks = new Float64Array(values.length);
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && values[at(order, to)] === values[at(order, from)]) to++;
    for (let i = from; i < to; i++) ranks[at(order, i)] = (from + to + 1) / 2;
  }
  return ranks;
}
