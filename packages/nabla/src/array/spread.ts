/** How large the numbers of an array are, and how far they spread, for numbers of any size. */
import type { NdArray } from "./ndarray.ts";

/** The standard deviation of all numbers, scaled so that neither large nor small ones leave the range of float64. */
export function deviationOf({ data }: NdArray): number {
  const scale = largest(data);
  if (scale === 0 || !Number.isFinite(scale)) return scale;
  let mean = 0;
  for (let i = 0; i < data.length; i++) mean += (data[i] ?? 0) / scale / data.length;
  let total = 0;
  for (let i = 0; i < data.length; i++) total += ((data[i] ?? 0) / scale - mean) ** 2;
  return scale * Math.sqrt(total / data.length);
}

/** The Euclidean norm, scaled likewise. */
export function normOf({ data }: NdArray): number {
  const scale = largest(data);
  if (scale === 0 || !Number.isFinite(scale)) return scale;
  let total = 0;
  for (let i = 0; i < data.length; i++) total += ((data[i] ?? 0) / scale) ** 2;
  return scale * Math.sqrt(total);
}

/** The largest size; infinity where any number is none. */
function largest(data: ArrayLike<number>): number {
  let found = 0;
  for (let i = 0; i < data.length; i++) {
    const size = Math.abs(data[i] ?? 0);
    if (!(size <= Number.MAX_VALUE)) return Number.POSITIVE_INFINITY;
    if (size > found) found = size;
  }
  return found;
}
