/** Columns in which 0 is a case of its own: no rain, nothing bought, none of the words. */

/** What is known of a column's zeros so far. */
export interface ZeroTally {
  present: number;
  zeros: number;
  /** The least and the most of its other values. */
  least: number;
  most: number;
}

/** A share of zeros from which on a feature says whether a value is 0; above the second hardly any other value is left. */
const SHARES = { from: 0.1, to: 0.95 } as const;
/** Fewer zeros, or fewer other values, are chance. */
const FEWEST = 5;

/** A tally of nothing. */
export function noZeros(): ZeroTally {
  return { present: 0, zeros: 0, least: Number.POSITIVE_INFINITY, most: Number.NEGATIVE_INFINITY };
}

/** Counts these numbers too. */
export function tallyZeros(tally: ZeroTally, numbers: ArrayLike<number>): ZeroTally {
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    tally.present++;
    if (value === 0) tally.zeros++;
    else {
      if (value < tally.least) tally.least = value;
      if (value > tally.most) tally.most = value;
    }
  }
  return tally;
}

/**
 * Whether a feature of its own says that a value is 0: many are, and the others differ, so that the scaled value does
 * not say it. A network can hardly tell 0 from the smallest amount by a smooth function of the value. Measured in
 * benchmarks/results/choices.md.
 */
export function zeroIsApart({ present, zeros, least, most }: ZeroTally): boolean {
  const enough = zeros >= FEWEST && present - zeros >= FEWEST;
  return enough && zeros >= SHARES.from * present && zeros <= SHARES.to * present && least < most;
}
