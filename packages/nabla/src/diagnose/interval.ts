/** How sure a measured fraction is. */

/** A closed interval of fractions. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** The standard normal quantile that leaves 2.5 % on each side. */
const Z = 1.959963984540054;

/** Wilson's 95 % interval for the fraction of `rows` (Wilson 1927): honest also for few rows and for fractions near 0. */
export function wilson(fraction: number, rows: number): Interval {
  const square = Z * Z;
  const middle = (fraction + square / (2 * rows)) / (1 + square / rows);
  const half = (Z / (1 + square / rows)) * Math.sqrt((fraction * (1 - fraction)) / rows + square / (4 * rows * rows));
  return { from: Math.max(0, middle - half), to: Math.min(1, middle + half) };
}

/**
 * A 95 % interval for the difference a - b of two independent fractions, from their Wilson intervals (Newcombe 1998,
 * method 10).
 */
export function differenceInterval(a: Measured, b: Measured): Interval {
  const [first, second] = [wilson(a.fraction, a.rows), wilson(b.fraction, b.rows)];
  const difference = a.fraction - b.fraction;
  return {
    from: difference - Math.hypot(a.fraction - first.from, second.to - b.fraction),
    to: difference + Math.hypot(first.to - a.fraction, b.fraction - second.from),
  };
}

/** A fraction and the rows that it was measured on. */
export interface Measured {
  readonly fraction: number;
  readonly rows: number;
}
