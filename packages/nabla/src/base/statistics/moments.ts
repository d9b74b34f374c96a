/**
 * What is known of the numbers seen so far; plain data. Sums are of distances from `origin`, the first number, so that
 * a large common offset costs no digits.
 */
export interface Moments {
  readonly count: number;
  readonly origin: number;
  /** Mean distance from the origin. */
  readonly offset: number;
  /** Sum of squared distances from the mean. */
  readonly squares: number;
}

/** Of no numbers at all. */
export const noMoments: Moments = { count: 0, origin: 0, offset: 0, squares: 0 };

/**
 * One pass, float64, NaN (missing) left out: Welford's update, which stays exact where the sum of squares would cancel
 * (Welford, Technometrics 1962). Feed a stream chunk by chunk by passing the moments so far.
 */
export function moments(numbers: ArrayLike<number>, soFar: Moments = noMoments): Moments {
  let { count, origin, offset, squares } = soFar;
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    if (count === 0) origin = value;
    count++;
    const distance = value - origin - offset;
    offset += distance / count;
    squares += distance * (value - origin - offset);
  }
  return { count, origin, offset, squares };
}

/** The mean; 0 of no numbers. */
export function meanOfMoments({ origin, offset }: Moments): number {
  return origin + offset;
}

/** The standard deviation of the numbers themselves: sqrt of the mean squared distance (divides by their count). */
export function deviationOfMoments({ count, squares }: Moments): number {
  return count === 0 ? 0 : Math.sqrt(Math.max(squares, 0) / count);
}
