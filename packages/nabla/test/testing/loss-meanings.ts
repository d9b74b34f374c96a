/** What every loss means for one example, as the textbook writes it: the kit compares losses with these. */
import type { LossMeaning } from "../../src/testing/cost-kit.ts";

function logSum(z: Float64Array): number {
  return Math.log(z.reduce((sum, x) => sum + Math.exp(x), 0));
}

function meanOf(z: Float64Array, of: (x: number, i: number) => number): number {
  return z.reduce((sum, x, i) => sum + of(x, i), 0) / z.length;
}

/** Losses by kind; every kind is here. */
export const lossMeanings: Readonly<Record<string, LossMeaning>> = {
  softmaxCrossEntropy: (z, codes, { smoothing, weights }) => {
    const share = typeof smoothing === "number" ? smoothing : 0;
    const counts = Array.isArray(weights) ? weights.map(Number) : Array.from(z, () => 1);
    const part = (i: number): number =>
      (counts[i] ?? Number.NaN) * ((i === codes[0] ? 1 - share : 0) + share / z.length);
    return meanOf(z, (x, i) => part(i) * (logSum(z) - x)) * z.length;
  },
  sigmoidCrossEntropy: (z, y, { positive, negative }) =>
    meanOf(z, (x, i) => {
      const answer = 1 / (1 + Math.exp(-x));
      const truth = y[i] ?? Number.NaN;
      return -Number(positive) * truth * Math.log(answer) - Number(negative) * (1 - truth) * Math.log(1 - answer);
    }),
  // Lin et al. 2017
  focal: (z, codes, { gamma, weights }) => {
    const code = codes[0] ?? Number.NaN;
    const logShare = (z[code] ?? Number.NaN) - logSum(z);
    const counts = Array.isArray(weights) ? Number(weights[code]) : 1;
    return -counts * (1 - Math.exp(logShare)) ** Number(gamma) * logShare;
  },
  sigmoidFocal: (z, y, { gamma, positive, negative }) =>
    meanOf(z, (x, i) => {
      const isTrue = y[i] === 1;
      const share = 1 / (1 + Math.exp(isTrue ? -x : x));
      return -Number(isTrue ? positive : negative) * (1 - share) ** Number(gamma) * Math.log(share);
    }),
  // a number beside two classes, whose shares are the last two targets: Kendall's sum with stated weights
  joint: (z, y, { heads }) => {
    const [number, classes] = heads as unknown as readonly { readonly weight: number; readonly usualLoss: number }[];
    const [first = 0, ...logits] = z;
    const share = logSum(Float64Array.from(logits));
    const squared = (first - (y[0] ?? Number.NaN)) ** 2;
    const entropy = logits.reduce((sum, x, i) => sum + (y[i + 1] ?? Number.NaN) * (share - x), 0);
    const weigh = (head: typeof number): number => (head?.weight ?? 0) / (head?.usualLoss ?? 1);
    const total = (number?.weight ?? 0) + (classes?.weight ?? 0);
    return (weigh(number) * squared + weigh(classes) * entropy) / total;
  },
  squaredError: (z, y) => meanOf(z, (x, i) => (x - (y[i] ?? Number.NaN)) ** 2),
  absoluteError: (z, y) => meanOf(z, (x, i) => Math.abs(x - (y[i] ?? Number.NaN))),
  // McCullagh and Nelder 1989
  poisson: (z, y) =>
    meanOf(z, (x, i) => {
      const count = y[i] ?? Number.NaN;
      return 2 * ((count === 0 ? 0 : count * (Math.log(count) - x)) - count + Math.exp(x));
    }),
  // Koenker and Bassett 1978
  quantile: (z, y, { level }) =>
    meanOf(z, (x, i) => {
      const short = (y[i] ?? Number.NaN) - x;
      return short > 0 ? Number(level) * short : (Number(level) - 1) * short;
    }),
  // Huber 1964
  huber: (z, y, { delta }) => {
    const bound = typeof delta === "number" ? delta : 1;
    return meanOf(z, (x, i) => {
      const size = Math.abs(x - (y[i] ?? Number.NaN));
      return size <= bound ? size ** 2 / 2 : bound * (size - bound / 2);
    });
  },
};
