/** Count, mean and sum of squared distances from the mean of the numbers seen so far; plain data. */
export interface Moments {
  readonly count: number;
  readonly mean: number;
  readonly squares: number;
}

/** Of no numbers at all. */
export const noMoments: Moments = { count: 0, mean: 0, squares: 0 };

/**
 * One pass, float64, NaN (missing) left out: Welford's update, which stays exact where the sum of squares would cancel
 * (Welford, Technometrics 1962). Feed a stream chunk by chunk by passing the moments so far.
 */
export function moments(numbers: ArrayLike<number>, soFar: Moments = noMoments): Moments {
  let { count, mean, squares } = soFar;
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    count++;
    const distance = value - mean;
    mean += distance / count;
    squares += distance * (value - mean);
  }
  return { count, mean, squares };
}

/** The standard deviation of the numbers themselves: sqrt of the mean squared distance (divides by their count). */
export function deviation({ count, squares }: Moments): number {
  return count === 0 ? 0 : Math.sqrt(Math.max(squares, 0) / count);
}

/** A mean and a standard deviation, in the unit of the column. */
export interface Scale {
  readonly mean: number;
  readonly deviation: number;
}

/** What standardising needs to know about some numbers. */
export function scaleOf(numbers: ArrayLike<number>): Scale {
  const found = moments(numbers);
  return { mean: found.mean, deviation: deviation(found) };
}
