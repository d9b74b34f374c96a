/** The standard normal distribution, fast: probabilities to a relative 1.2e-7. */

/** The density. */
export function density(z: number): number {
  return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
}

const CHEBYSHEV = [
  0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368,
  -1.26551223,
];

/** The probability of less than z (Press et al.: Numerical Recipes, section 6.2). */
export function below(z: number): number {
  const x = Math.abs(z) * Math.SQRT1_2;
  const t = 1 / (1 + 0.5 * x);
  let sum = 0;
  for (const coefficient of CHEBYSHEV) sum = sum * t + coefficient;
  const tail = 0.5 * t * Math.exp(sum - x * x);
  return z > 0 ? 1 - tail : tail;
}

/** The z with probability p of less: a guess (Winitzki 2008) bettered by Newton's steps. */
export function quantile(p: number): number {
  const inside = Math.min(1 - 1e-12, Math.max(1e-12, p));
  const log = Math.log(4 * inside * (1 - inside));
  const half = 2 / (Math.PI * 0.147) + log / 2;
  const guess = Math.sqrt(Math.max(0, Math.sqrt(half * half - log / 0.147) - half));
  let z = Math.sign(inside - 0.5) * Math.SQRT2 * guess;
  for (let step = 0; step < 3; step++) z -= (below(z) - inside) / density(z);
  return z;
}
