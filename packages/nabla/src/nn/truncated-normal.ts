import { type Key, normal } from "../base/random.ts";

/** The standard deviation of a standard normal cut at 2 on both sides. */
export const CUT_DEVIATION = 0.8796256610342398;
const BOUND = 2;

/** Normal draws without those beyond two deviations, scaled to variance 1. Round after round draws anew what fell outside. */
export function truncatedNormal(key: Key, count: number): Float64Array {
  const numbers = normal(key, count);
  for (let step = 1; numbers.some((x) => Math.abs(x) > BOUND); step++) {
    const again = normal(key, count, { step });
    for (const [i, x] of numbers.entries()) if (Math.abs(x) > BOUND) numbers[i] = again[i] ?? 0;
  }
  return numbers.map((x) => x / CUT_DEVIATION);
}
