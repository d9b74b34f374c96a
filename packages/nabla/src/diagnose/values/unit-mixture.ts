/** Two units in one column as a mixture: each value is in either, with a probability, about one fit by the other columns. */
import { meanOf, populationVariance } from "../../base/statistics/summary.ts";
import { FEWEST_FOUND, LEAST_SHARE, MOST_SHARE, type Scaled } from "./unit-fit.ts";

/** Bins of the residuals that show whether a distance is worth the whole fit. */
const BINS = 128;
/** Rounds of expectation and maximization, on the bins and on all values. */
const [ROUNDS_OF_BINS, ROUNDS] = [20, 8];
/** The share of values in the other unit that the search begins from. */
const STARTS = [0.15, 0.35] as const;
/** The logarithm of the likelihood rises by so much at least, in all and for each value. */
const [LEAST_GAIN, LEAST_GAIN_OF_ONE] = [8, 0.01];
/** Two heaps that stand clear of each other are so many deviations of them all apart, for shares from a half to a fiftieth. */
const [NEAREST, FARTHEST] = [1.6, 4.5];
/** The likeliest distances that are looked at. */
const MOST_TRIED = 3;

/** Residuals in bins, from which the gain of two units a distance apart is quickly told. */
export interface Binned {
  readonly centers: Float64Array;
  readonly counts: Float64Array;
  readonly rows: number;
  readonly variance: number;
}

/** What a column's fit by least squares leaves, in bins. */
export function binned(residuals: Float64Array): Binned {
  const [low, high] = residuals.reduce(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)] as const,
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] as const,
  );
  const width = (high - low) / BINS;
  const counts = new Float64Array(BINS);
  for (const value of residuals) {
    const bin = width > 0 ? Math.min(BINS - 1, Math.floor((value - low) / width)) : 0;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const centers = Float64Array.from(counts, (_, bin) => low + (bin + 0.5) * width);
  return { centers, counts, rows: residuals.length, variance: populationVariance(residuals) };
}

/** By how much the log likelihood of two heaps, `shift` apart and of one width, is above that of one. */
function gainOf({ centers, counts, rows, variance }: Binned, shift: number): number {
  if (!(variance > 0)) return Number.NEGATIVE_INFINITY;
  const single = (-rows / 2) * (Math.log(2 * Math.PI * variance) + 1);
  return Math.max(...STARTS.map((start) => likelihoodFrom({ centers, counts, rows, variance }, shift, start))) - single;
}

function likelihoodFrom({ centers, counts, rows, variance }: Binned, shift: number, start: number): number {
  const center = centers.reduce((sum, value, bin) => sum + value * (counts[bin] ?? 0), 0) / rows;
  let [middle, share] = [center - start * shift, start];
  let spread = Math.max(1e-3 * variance, variance - start * (1 - start) * shift ** 2);
  let likelihood = Number.NEGATIVE_INFINITY;
  for (let round = 0; round < ROUNDS_OF_BINS; round++) {
    let [others, sum, squares, total] = [0, 0, 0, 0];
    for (const [bin, many] of counts.entries()) {
      if (many === 0) continue;
      const off = (centers[bin] ?? 0) - middle;
      const own = (1 - share) * Math.exp(-(off ** 2) / (2 * spread));
      const other = share * Math.exp(-((off - shift) ** 2) / (2 * spread));
      const part = own + other > 0 ? other / (own + other) : Number(Math.abs(off - shift) < Math.abs(off));
      others += many * part;
      sum += many * (off - part * shift);
      squares += many * ((1 - part) * off ** 2 + part * (off - shift) ** 2);
      total += many * (Math.log(Math.max(own + other, 1e-300)) - Math.log(2 * Math.PI * spread) / 2);
    }
    likelihood = total;
    share = Math.min(1 - 1e-6, Math.max(1e-6, others / rows));
    const moved = sum / rows;
    middle += moved;
    spread = Math.max(1e-6 * variance, squares / rows - moved ** 2);
  }
  return share <= MOST_SHARE && share >= LEAST_SHARE ? likelihood : Number.NEGATIVE_INFINITY;
}

/** Which of some distances are worth the whole fit: the likeliest, where they are likelier than one heap. */
export function worthwhile(bins: Binned, shifts: readonly number[]): ReadonlySet<number> {
  const least = Math.max(LEAST_GAIN, LEAST_GAIN_OF_ONE * bins.rows);
  const deviation = Math.sqrt(bins.variance);
  const likely = shifts.filter((shift) => {
    const size = Math.abs(shift);
    return size >= NEAREST * deviation && size <= FARTHEST * deviation;
  });
  const gains = likely.map((shift) => ({ shift, gain: gainOf(bins, shift) })).filter(({ gain }) => gain > least);
  return new Set(
    gains
      .sort((a, b) => b.gain - a.gain)
      .slice(0, MOST_TRIED)
      .map(({ shift }) => shift),
  );
}

/** The first fit by expectation and maximization, where many values are in the other unit and bend any other. */
export function mixtureStart(data: Scaled, larger: boolean, density: number): Scaled | undefined {
  const { scaled, converted, fit } = data;
  const rows = scaled.length;
  const before = fit.fitted(scaled);
  const order = Array.from(scaled.keys()).sort(
    (a, b) => (scaled[a] ?? 0) - (before[a] ?? 0) - ((scaled[b] ?? 0) - (before[b] ?? 0)),
  );
  const from = STARTS.map((start) => {
    const many = Math.round(start * rows);
    const others = new Set(larger ? order.slice(-many) : order.slice(0, many));
    return Float64Array.from(scaled, (_, i) => Number(others.has(i)));
  });
  const ends = from.map((parts) => maximized({ scaled, converted, fit, parts, density }));
  const [best] = ends.sort((a, b) => b.likelihood - a.likelihood);
  if (best === undefined || best.share > MOST_SHARE || best.share * rows < FEWEST_FOUND) return undefined;
  return { ...data, first: best.expected, typical: best.deviation };
}

interface Mixture extends Pick<Scaled, "scaled" | "converted" | "fit"> {
  readonly parts: Float64Array;
  readonly density: number;
}

interface Maximized {
  readonly expected: Float64Array;
  readonly deviation: number;
  readonly share: number;
  readonly likelihood: number;
}

/** `density` is how many times as dense values are once they are converted. */
function maximized({ scaled, converted, fit, parts: start, density }: Mixture): Maximized {
  let parts = start;
  let end: Maximized = { expected: scaled, deviation: 0, share: 0, likelihood: Number.NEGATIVE_INFINITY };
  for (let round = 0; round < ROUNDS; round++) {
    const weights = parts;
    const expected = fit.fitted(scaled.map((value, i) => value + (weights[i] ?? 0) * ((converted[i] ?? 0) - value)));
    const squares = scaled.map((value, i) => {
      const [part, middle] = [weights[i] ?? 0, expected[i] ?? 0];
      return (1 - part) * (value - middle) ** 2 + part * ((converted[i] ?? 0) - middle) ** 2;
    });
    const variance = Math.max(1e-12, meanOf(squares));
    const share = Math.min(1 - 1e-6, Math.max(1e-6, meanOf(weights)));
    let likelihood = 0;
    parts = scaled.map((value, i) => {
      const middle = expected[i] ?? 0;
      const own = Math.log(1 - share) - (value - middle) ** 2 / (2 * variance);
      const other = Math.log(share / density) - ((converted[i] ?? 0) - middle) ** 2 / (2 * variance);
      const most = Math.max(own, other);
      const both = Math.exp(own - most) + Math.exp(other - most);
      likelihood += most + Math.log(both) - Math.log(2 * Math.PI * variance) / 2;
      return Math.exp(other - most) / both;
    });
    end = { expected, deviation: Math.sqrt(variance), share, likelihood };
  }
  return end;
}
