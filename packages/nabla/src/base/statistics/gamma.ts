/** What tails of chi-square and Student's distribution need of the gamma and beta functions. */
import { invariant } from "../error.ts";

/** Steps after which a fraction or a series that still changes is a bug in nabla. */
const MOST_STEPS = 1_000_000;

/** Coefficients of Stirling's series in 1/x, highest power first (DLMF 5.11.1). */
const STIRLING = [-691 / 360360, 1 / 1188, -1 / 1680, 1 / 1260, -1 / 360, 1 / 12];

/**
 * What Stirling's formula lacks: log Γ(x) - ((x - 1/2) log x - x + log(2π)/2), for x above 0. Densities written with it
 * have no large logarithms that cancel (Loader, Fast and accurate computation of binomial probabilities, 2000).
 */
export function stirlingError(x: number): number {
  let [from, sum] = [x, 0];
  // by Γ(x + 1) = x Γ(x), to where the series is exact
  for (; from < 16; from++) sum += (from + 0.5) * Math.log1p(1 / from) - 1;
  const square = 1 / (from * from);
  return sum + STIRLING.reduce((total, coefficient) => total * square + coefficient, 0) / from;
}

/** u - log(1 + u), by the series of the area tangent where the two would cancel. */
function logExcess(u: number): number {
  if (Math.abs(u) > 0.1) return u - Math.log1p(u);
  const r = u / (2 + u);
  let [sum, power] = [0, r * r * r];
  for (let k = 3; k < 21; k += 2) {
    sum += power / k;
    power *= r * r;
  }
  return u * r - 2 * sum;
}

/** A continued fraction b0 + a1/(b1 + a2/(b2 + …)) by the method of Lentz, as Thompson and Barnett (1986) mended it. */
function fraction(first: number, term: (k: number) => readonly [a: number, b: number]): number {
  const tiny = 1e-300;
  const apart = (x: number): number => (Math.abs(x) < tiny ? tiny : x);
  let value = apart(first);
  let [c, d] = [value, 0];
  for (let k = 1; k < MOST_STEPS; k++) {
    const [a, b] = term(k);
    d = 1 / apart(b + a * d);
    c = apart(b + a / c);
    value *= c * d;
    if (Math.abs(c * d - 1) < 1e-16) return value;
  }
  invariant(false, `a continued fraction from ${first} does not converge`);
}

/** The upper regularized incomplete gamma function Q(a, x), for a above 0 and x from 0 (DLMF 8.11.4 and 8.9.2). */
function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  if (x === Number.POSITIVE_INFINITY) return 0;
  // x^a e^-x / Γ(a)
  const scale = Math.sqrt(a / (2 * Math.PI)) * Math.exp(-stirlingError(a) - a * logExcess((x - a) / a));
  if (x >= a + 1) return scale / fraction(x + 1 - a, (k) => [-k * (k - a), x + 2 * k + 1 - a]);
  let [term, sum] = [1 / a, 1 / a];
  for (let k = 1; k < MOST_STEPS && term > sum * 1e-17; k++) {
    term *= x / (a + k);
    sum += term;
  }
  return 1 - scale * sum;
}

/** The upper tail of chi-square: the probability of a statistic at least this large by chance. */
export function chiSquareTail(statistic: number, freedom: number): number {
  return freedom === 0 ? 1 : upperGamma(freedom / 2, statistic / 2);
}

/**
 * x^a y^b / (B(a, b) I_x(a, b)) with y = 1 - x: the continued fraction of the regularized incomplete beta function
 * (DiDonato and Morris, ACM Transactions on Mathematical Software 1992, equation 9). It converges fast for x below
 * a/(a + b); both x and y are passed, since neither can be computed accurately from the other where it is small.
 */
export function betaFraction({ a, b, x, y }: { readonly [name in "a" | "b" | "x" | "y"]: number }): number {
  const lambda = a * y - b * x + 1;
  return fraction((a * lambda) / (a + 1), (k) => [
    ((a + k - 1) * (a + b + k - 1) * k * (b - k) * x * x) / (a + 2 * k - 1) ** 2,
    k + (k * (b - k) * x) / (a + 2 * k - 1) + ((a + k) * (lambda + k * (1 + y))) / (a + 2 * k + 1),
  ]);
}
