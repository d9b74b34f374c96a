/** 1 / (1 + e^-x), without overflow on either side. */
export function sigmoidOf(x: number): number {
  return x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x));
}
