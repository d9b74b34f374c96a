/** Where is a noisy cost going? */
import { NablaError } from "../base/error.ts";
import { inRange } from "../base/range.ts";
import { normalQuantile } from "../base/statistics/normal.ts";
import { meanOf, medianOf } from "../base/statistics/summary.ts";
import { count } from "../base/text.ts";
import type { Advice } from "./advice.ts";

/** Options of `trend`. */
export interface TrendOptions {
  /** How many of the last costs count. Default all. */
  readonly last?: number;
  /** The chance of calling noise a trend. Default 0.01. */
  readonly chance?: number;
  /** A change of less than this share of the cost over all that count is none. Default 0.001. */
  readonly least?: number;
  /** What a cost belongs to, as `epoch`. Default step. */
  readonly unit?: string;
}

/** The trend of the costs; plain data. */
export interface Trend {
  readonly kind: "converging" | "stuck" | "diverging";
  /** Mann and Kendall's statistic as a standard normal number: below 0 when costs fall. */
  readonly z: number;
  /** The median of the slopes between any two costs, a step (Sen 1968). */
  readonly slope: number;
  /** The total change of the fitted slope over all costs used, as a share of their median. */
  readonly change: number;
  readonly summary: string;
  readonly advice: readonly Advice[];
}

/** More than this are averaged in groups first: it is pairs that are compared. */
const MOST = 200;

/**
 * Distinguishes a cost that falls from one that only fluctuates, by the test of Mann (1945) and Kendall (1975): it
 * counts the pairs that fall and those that rise, so noise of any distribution may lie over the trend. Throws
 * `trend/short` below 8 costs.
 */
export function trend(
  costs: ArrayLike<number>,
  { last, chance = 0.01, least = 1e-3, unit = "step" }: TrendOptions = {},
): Trend {
  inRange("chance", chance, { above: 0, below: 1 });
  inRange("least", least, { atLeast: 0 });
  if (last !== undefined) inRange("last", last, { atLeast: 8, whole: true });
  const counted = Array.from(costs).slice(last === undefined ? 0 : -last);
  if (counted.length < 8)
    throw new NablaError("trend/short", `a trend needs at least 8 costs, received ${counted.length}`);
  if (counted.some((cost) => !Number.isFinite(cost))) {
    const because = "a cost is no number";
    return { kind: "diverging", z: Number.NaN, slope: Number.NaN, change: Number.NaN, ...spoken("diverging", because) };
  }
  const group = Math.ceil(counted.length / MOST);
  const values = grouped(counted, group);
  const n = values.length;
  let score = 0;
  const slopes: number[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const difference = (values[j] ?? 0) - (values[i] ?? 0);
      score += Math.sign(difference);
      slopes.push(difference / (j - i));
    }
  }
  const deviation = Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const z = (score - Math.sign(score)) / deviation;
  const slope = medianOf(slopes) / group;
  const level = Math.abs(medianOf(values));
  const change = level === 0 ? 0 : (slope * counted.length) / level;
  const sure = Math.abs(z) > normalQuantile(1 - chance / 2) && Math.abs(change) > least;
  const kind = !sure ? "stuck" : z < 0 ? "converging" : "diverging";
  const because = `over ${count(counted.length, unit)} the cost changed by ${(change * 100).toPrecision(2)}% (z = ${z.toFixed(1)})`;
  return { kind, z, slope, change, ...spoken(kind, because) };
}

function grouped(values: readonly number[], size: number): readonly number[] {
  if (size === 1) return values;
  // the last group would be short: the first costs are left out instead, they matter least
  const from = values.length % size;
  return Array.from({ length: Math.floor(values.length / size) }, (_, i) => {
    return meanOf(values.slice(from + i * size, from + (i + 1) * size));
  });
}

function spoken(kind: Trend["kind"], because: string): Pick<Trend, "summary" | "advice"> {
  const message: Readonly<Record<Trend["kind"], string>> = {
    converging: "Converging",
    stuck: "Stuck",
    diverging: "Diverging",
  };
  const tries: Readonly<Record<Trend["kind"], readonly Omit<Advice, "because">[]>> = {
    converging: [],
    stuck: [
      { code: "plateau/adaptive", try: "adam() or rmsprop(), whose steps do not shrink with the gradient" },
      {
        code: "plateau/rate",
        try: "a larger learning rate if the cost is high and flat, a decaying one if it only fluctuates",
      },
      {
        code: "plateau/beginning",
        try: "health(): saturated or dead units cause plateaus; initialize the weights differently",
      },
    ],
    diverging: [
      { code: "diverging/rate", try: "a learning rate three to ten times smaller, or warmup" },
      { code: "diverging/clip", try: "clipping gradients by their global norm" },
    ],
  };
  return { summary: `${message[kind]}: ${because}.`, advice: tries[kind].map((one) => ({ ...one, because })) };
}
