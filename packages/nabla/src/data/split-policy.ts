import { known, NablaError } from "../base/error.ts";
import { count } from "../base/text.ts";

/** Shares of the rows; they sum to 1. */
export interface Fractions {
  readonly train: number;
  readonly dev: number;
  readonly test: number;
}

/** Numbers of rows; they sum to the rows split. */
export type Counts = Fractions;

/** How rows are divided, and why. */
export interface SplitPolicy {
  readonly fractions: Fractions;
  readonly reason: string;
}

const SMALL = 100;
const LARGE = 1_000_000;
const VERY_LARGE = 20_000_000;

/**
 * The division that the number of rows calls for: 60/20/20 up to and including 1,000,000 rows, 98/1/1 above, and
 * 99.5/0.25/0.25 from 20 million, so that dev and test have at least 10,000 rows each.
 */
export function splitPolicy(rows: number): SplitPolicy {
  const size = count(rows, "row");
  if (rows >= VERY_LARGE) {
    const reason = `${size}: from 20 million on a quarter of a percent is enough to measure the error`;
    return { fractions: { train: 0.995, dev: 0.0025, test: 0.0025 }, reason };
  }
  if (rows > LARGE) {
    return {
      fractions: { train: 0.98, dev: 0.01, test: 0.01 },
      reason: `${size}: above a million, one percent is enough to measure an error`,
    };
  }
  const advice =
    rows < SMALL ? "; with fewer than 100 the errors are coarse, and k-fold cross-validation measures better" : "";
  return { fractions: { train: 0.6, dev: 0.2, test: 0.2 }, reason: `${size}: up to a million, 60/20/20${advice}` };
}

/**
 * The policy with some fractions chosen; those left open share the rest as the size policy would. `{ test: 0 }` gives a
 * two-way split, whose second part is still called dev. Throws `data/fractions` unless they can sum to 1.
 */
export function chosenPolicy(rows: number, chosen: Partial<Fractions> = {}): SplitPolicy {
  const policy = splitPolicy(rows);
  const given = (["train", "dev", "test"] as const).filter((part) => chosen[part] !== undefined);
  if (given.length === 0) return policy;
  const taken = given.reduce((sum, part) => sum + known(chosen[part], part), 0);
  const open = (["train", "dev", "test"] as const).filter((part) => !given.includes(part));
  const weight = open.reduce((sum, part) => sum + policy.fractions[part], 0);
  const share = (part: keyof Fractions): number => chosen[part] ?? ((1 - taken) * policy.fractions[part]) / weight;
  const [train, dev, test] = [share("train"), share("dev"), share("test")];
  const total = train + dev + test;
  if (!(train > 0 && dev > 0 && test >= 0 && Math.abs(total - 1) < 1e-6)) {
    const message = `fractions must sum to 1 with train and dev above 0, got train ${train}, dev ${dev}, test ${test}`;
    throw new NablaError("data/fractions", message, "for example 60/20/20, or 80/20/0 for no test set");
  }
  const unsealed = test === 0 ? "; without a test set there is no unbiased estimate of the error" : "";
  // 0.2 / 0.8 should read 0.25, so rounding errors of the division go
  const tidy = (part: number): number => Math.round((part / total) * 1e12) / 1e12;
  const fractions = { train: tidy(train), dev: tidy(dev), test: tidy(test) };
  return { fractions, reason: `${count(rows, "row")}: fractions as chosen${unsealed}` };
}

/**
 * Fractions written as `60/20/20` or `0.6/0.2/0.2`; a missing third part is 0. One without dev, `100/0/0`, is for folds, which
 * hold out rows in turn: `splitRows` refuses it. Throws `data/fractions`.
 */
export function fractionsOf(text: string): Fractions {
  const numbers = text.split("/").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  const total = numbers.reduce((sum, part) => sum + part, 0);
  const [train = Number.NaN, dev = Number.NaN, test = 0] = numbers;
  const whole = Math.abs(total - 100) < 1e-6 ? 100 : 1;
  if (numbers.length > 3 || Math.abs(total - whole) > 1e-6 || !(train > 0 && dev >= 0 && test >= 0)) {
    const message = `a split is written as train/dev/test percentages that sum to 100, got "${text}"`;
    throw new NablaError("data/fractions", message, "for example 60/20/20, or 80/20/0 for no test set");
  }
  return { train: train / whole, dev: dev / whole, test: test / whole };
}

/**
 * Exact numbers of rows (largest remainder, ties to train first), and no wanted part is left empty as long as train
 * stays the largest.
 */
export function splitCounts(rows: number, fractions: Fractions): Counts {
  const parts = ["train", "dev", "test"] as const;
  const exact = parts.map((part) => rows * fractions[part]);
  // 0.2 * 5 and the like must not fall a rounding error below the whole number that is meant
  const counts = exact.map((share) => Math.floor(share + 1e-9 * Math.max(1, share)));
  const order = [0, 1, 2].sort(
    (a, b) => (exact[b] ?? 0) - (counts[b] ?? 0) - ((exact[a] ?? 0) - (counts[a] ?? 0)) || a - b,
  );
  let left = rows - counts.reduce((sum, part) => sum + part, 0);
  for (let i = 0; left > 0; i++, left--) counts[order[i % 3] ?? 0] = (counts[order[i % 3] ?? 0] ?? 0) + 1;
  let [train = 0, dev = 0, test = 0] = counts;
  if (dev === 0 && test > 0) [dev, test] = [test, dev];
  if (dev === 0 && train > 1) [train, dev] = [train - 1, 1];
  if (test === 0 && fractions.test > 0 && train > 2) [train, test] = [train - 1, 1];
  return { train, dev, test };
}
