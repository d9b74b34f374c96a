/** Where one of two classes begins: from which probability of the positive one it is the answer. */
import type { NdArray } from "../array/ndarray.ts";

/** The positive one of two classes is the answer from a probability of its own. */
export interface ClassThreshold {
  /** The code of the positive class, 0 or 1. */
  readonly positive: number;
  /** The probability as the network itself gives it, above 0 and below 1. */
  readonly from: number;
}

/** What decides between classes: a threshold, where there is one, else the likeliest is the answer. */
export interface DecidedClasses {
  /** Absent where the likeliest class is the answer. */
  readonly threshold?: ClassThreshold | undefined;
}

/** The class of a row from the probabilities of all classes, which begin at `at`. */
export function decidedClass(
  shares: ArrayLike<number>,
  { threshold }: DecidedClasses,
  { at = 0, classes = shares.length }: { readonly at?: number; readonly classes?: number } = {},
): number {
  if (threshold !== undefined && classes === 2) {
    const { positive, from } = threshold;
    return (shares[at + positive] ?? Number.NaN) >= from ? positive : 1 - positive;
  }
  let best = 0;
  for (let code = 1; code < classes; code++) if ((shares[at + code] ?? 0) > (shares[at + best] ?? 0)) best = code;
  return best;
}

/** The class of each row from probabilities [rows, classes]. */
export function decidedCodes({ data, shape }: NdArray, target: DecidedClasses): Int32Array {
  const [rows = 0, classes = 1] = shape;
  return Int32Array.from({ length: rows }, (_, row) => decidedClass(data, target, { at: row * classes, classes }));
}

/** A probability of one of two classes as a temperature changes it: sigmoid(logit / temperature). */
export function temperedShare(share: number, temperature: number): number {
  if (temperature === 1) return share;
  const odds = ((1 - share) / share) ** (1 / temperature);
  return Number((1 / (1 + odds)).toPrecision(12));
}

/** The same target for probabilities that a temperature changed: its answers stay. */
export function temperedTarget<T extends object>(target: T & DecidedClasses, temperature: number): T {
  const { threshold } = target;
  if (threshold === undefined) return target;
  return { ...target, threshold: { ...threshold, from: temperedShare(threshold.from, temperature) } };
}
