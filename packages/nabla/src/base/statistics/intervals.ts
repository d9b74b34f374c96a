/** Confidence intervals: they contain the true value in 95 of 100 cases. */
import { normalQuantile } from "./normal.ts";
import { studentQuantile } from "./student.ts";
import { meanOf, quantileOf, sampleVariance } from "./summary.ts";

/** A closed interval of numbers. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** A measured number with its interval. */
export interface Estimate {
  readonly value: number;
  readonly interval: Interval;
}

/** The fraction below the upper end of a 95% interval. */
const UPPER = 0.975;

/** The standard normal quantile that leaves 2.5% on each side. */
const Z = normalQuantile(UPPER);

/** An estimate that errs by a normal number of this standard error: 95% lie within 1.96 of it on each side. */
export function normalInterval(value: number, standardError: number): Interval {
  return { from: value - Z * standardError, to: value + Z * standardError };
}

/** Wilson's interval for the fraction of `rows` (Wilson 1927): accurate also for few rows and for fractions near 0. */
export function wilson(fraction: number, rows: number): Interval {
  const square = Z * Z;
  const middle = (fraction + square / (2 * rows)) / (1 + square / rows);
  const half = (Z / (1 + square / rows)) * Math.sqrt((fraction * (1 - fraction)) / rows + square / (4 * rows * rows));
  return { from: Math.max(0, middle - half), to: Math.min(1, middle + half) };
}

/** Student's interval for the population mean of a sample (Student 1908); unbounded for fewer than two numbers. */
export function studentInterval(sample: ArrayLike<number>): Interval {
  const { length } = sample;
  if (length < 2) return { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  const mean = meanOf(sample);
  const half = studentQuantile(UPPER, length - 1) * Math.sqrt(sampleVariance(sample) / length);
  return { from: mean - half, to: mean + half };
}

/**
 * The interval of the difference a - b of two independent estimates, from the interval of each (Newcombe 1998, method
 * 10).
 */
export function differenceInterval(a: Estimate, b: Estimate): Interval {
  const difference = a.value - b.value;
  return {
    from: difference - Math.hypot(a.value - a.interval.from, b.interval.to - b.value),
    to: difference + Math.hypot(a.interval.to - a.value, b.value - b.interval.from),
  };
}

/** The middle 95% of a statistic over bootstrap resamples (Efron 1979, percentile interval). */
export function percentileInterval(statistics: ArrayLike<number>): Interval {
  const sorted = Float64Array.from(statistics).sort();
  return { from: quantileOf(sorted, 1 - UPPER), to: quantileOf(sorted, UPPER) };
}
