/** The standard normal distribution. Tails retain their relative accuracy down to the smallest float64. */

const { exp, log, sqrt } = Math;

/** The density at z. */
export function normalDensity(z: number): number {
  return exp(-0.5 * z * z) / sqrt(2 * Math.PI);
}

// numerators and denominators of rational approximations, highest power first

/** P(0 < Z < z) / z in z², for z up to `CENTER` (Cody, Mathematics of Computation 1969, as used in R's pnorm). */
const CENTER = 0.67448975;
const CENTRAL = {
  over: [0.06568233791820745, 2.2352520354606837, 161.02823106855587, 1067.6894854603709, 18154.98125334356],
  under: [1, 47.202581904688245, 976.0985517377767, 10260.932208618979, 45507.78933502673],
};

/** The upper tail divided by exp(-z²/2), in z, up to √32 (same source). */
const MIDDLE = {
  over: [
    1.0765576773720192e-8, 0.39894151208813466, 8.883149794388377, 93.50665613217785, 597.2702763948002,
    2494.5375852903726, 6848.190450536283, 11602.65143764735, 9842.714838383978,
  ],
  under: [
    1, 22.266688044328117, 235.387901782625, 1519.3775994075547, 6485.558298266761, 18615.571640885097,
    34900.952721145979, 38912.00328609327, 19685.429676859992,
  ],
};

/** What is missing from 1/√(2π) in z times the same, in 1/z², beyond √32 (same source). */
const FAR = {
  over: [
    0.023073441764940174, 0.215898534057957, 0.12740116116024736, 0.022235277870649807, 0.0014216191932278934,
    2.9112874951168793e-5,
  ],
  under: [1, 1.284260096144911, 0.46823821248086511, 0.065988137868928556, 0.0037823963320275824, 7.297515550839662e-5],
};

interface Rational {
  readonly over: readonly number[];
  readonly under: readonly number[];
}

function ratio({ over, under }: Rational, x: number): number {
  const value = (sum: number, coefficient: number): number => sum * x + coefficient;
  return over.reduce(value, 0) / under.reduce(value, 0);
}

/** P(Z > z), to a relative 1e-14 (Cody 1969). */
export function normalTail(z: number): number {
  const size = Math.abs(z);
  if (size <= CENTER) return 0.5 - z * ratio(CENTRAL, z * z);
  const square = 1 / (size * size);
  const scaled = size <= sqrt(32) ? ratio(MIDDLE, size) : (1 / sqrt(2 * Math.PI) - square * ratio(FAR, square)) / size;
  // exp(-z²/2) in two factors, the first of which is exact: rounding z² would cost digits of a far tail
  const coarse = Math.trunc(size * 16) / 16;
  const tail = size > 40 ? 0 : exp(-0.5 * coarse * coarse) * exp(-0.5 * (size - coarse) * (size + coarse)) * scaled;
  return z > 0 ? tail : 1 - tail;
}

/** P(Z < z), to a relative 1e-14. */
export function normalCdf(z: number): number {
  return normalTail(-z);
}

/** z / (p - 1/2) in 0.425² - (p - 1/2)² (Wichura, Algorithm AS 241, Applied Statistics 1988). */
const QUANTILE_CENTRAL = {
  over: [
    2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.693765509461, 1971.5909503065513,
    133.14166789178438, 3.3871328727963665,
  ],
  under: [
    5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751, 687.1870074920579,
    42.31333070160091, 1,
  ],
};

/** |z| in √(-log tail) - 1.6, and further out in the same - 5 (same source). */
const QUANTILE_MIDDLE = {
  over: [
    7.745450142783414e-4, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
    5.769497221460691, 4.630337846156546, 1.4234371107496835,
  ],
  under: [
    1.0507500716444169e-9, 5.475938084995345e-4, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
    1.6763848301838038, 2.053191626637759, 1,
  ],
};
const QUANTILE_FAR = {
  over: [
    2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784, 0.026532189526576124, 0.29656057182850487,
    1.7848265399172913, 5.463784911164114, 6.657904643501103,
  ],
  under: [
    2.0442631033899397e-15, 1.421511758316446e-7, 1.8463183175100548e-5, 7.868691311456133e-4, 0.014875361290850615,
    0.1369298809227358, 0.599832206555888, 1,
  ],
};

/** The z with P(Z < z) = p, to a relative 1e-14; infinite at 0 and 1, NaN outside (Wichura 1988). */
export function normalQuantile(p: number): number {
  const off = p - 0.5;
  if (Math.abs(off) <= 0.425) return off * ratio(QUANTILE_CENTRAL, 0.180625 - off * off);
  const tail = off < 0 ? p : 1 - p;
  if (tail <= 0) return tail === 0 ? Math.sign(off) * Number.POSITIVE_INFINITY : Number.NaN;
  const depth = sqrt(-log(tail));
  return Math.sign(off) * (depth <= 5 ? ratio(QUANTILE_MIDDLE, depth - 1.6) : ratio(QUANTILE_FAR, depth - 5));
}
