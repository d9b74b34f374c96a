const TERMS = 200;

/**
 * The error function to about 1e-15: its Taylor series near 0 and the continued fraction of the complement beyond
 * (Abramowitz and Stegun 7.1.5 and 7.1.14).
 */
export function errorFunction(x: number): number {
  const size = Math.abs(x);
  if (Number.isNaN(x) || size === 0) return x;
  if (size > 6) return Math.sign(x);
  return Math.sign(x) * (size < 2.5 ? series(size) : 1 - complement(size));
}

function series(x: number): number {
  let term = x;
  let total = x;
  for (let n = 1; n < TERMS; n++) {
    term *= (-x * x) / n;
    const next = total + term / (2 * n + 1);
    if (next === total) break;
    total = next;
  }
  return (2 / Math.sqrt(Math.PI)) * total;
}

function complement(x: number): number {
  let fraction = x;
  for (let k = TERMS; k > 0; k--) fraction = x + k / 2 / fraction;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
}
