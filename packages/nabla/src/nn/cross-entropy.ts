/** Cross-entropies of logits number by number and row by row, without overflow and without lost digits. */
import { add, and, equal, exp, less, log, log1p, multiply, negate, select, subtract } from "../graph/elementwise.ts";
import { stopGradient, sum } from "../graph/movement.ts";
import { max } from "../graph/reduce.ts";
import type { Tensor } from "../graph/tensor.ts";

/** Logits less the largest along the last axis: what a softmax depends on, free of a common offset and its rounding. */
export function centeredLogits(x: Tensor): Tensor {
  // the result does not depend on what is subtracted, so no gradient needs to flow through it
  return subtract(x, stopGradient(max(x, { axes: -1, keep: true })));
}

/**
 * log(sum(e^z)) along the last axis, which goes, of centered logits: from 0 for a single large one to ln(classes). What
 * lies below the largest is summed on its own, since 1 + 3e-7 has one digit of it left in float32; slopes are those of
 * the plain formula, in which nothing is lost.
 */
export function logSumExpOfCentered(z: Tensor): Tensor {
  const along = { axes: -1 };
  const powers = exp(z);
  const plain = log(sum(powers, along));
  const isBelow = less(z, 0);
  const below = sum(select(isBelow, powers, 0), along);
  const largest = sum(select(isBelow, 0, powers), along); // their number
  const exact = log1p(add(subtract(largest, 1), below));
  return add(plain, stopGradient(subtract(exact, plain)));
}

/** The sum of z·y over the classes; a class of logit -infinity that no target asks for adds nothing. */
export function weightedLogits(z: Tensor, y: Tensor): Tensor {
  const isFree = and(equal(y, 0), equal(z, Number.NEGATIVE_INFINITY));
  return sum(select(isFree, 0, multiply(z, y)), { axes: -1 });
}

/** What the loss of each side of a yes-no question counts: one number, or a tensor with one for each question. */
export interface SideWeights {
  readonly positive: number | Tensor;
  readonly negative: number | Tensor;
}

/**
 * softplus(z) - z·y written log(1 + e^-|z|) + |z|·w, where w is how far y is from the answer that z leans to: it neither
 * overflows nor loses digits, also at infinity, where the right answer costs nothing. The part of y counts `positive` times,
 * that of 1 - y `negative` times.
 */
export function binaryCrossEntropy(
  z: Tensor,
  y: Tensor,
  { positive, negative }: SideWeights = { positive: 1, negative: 1 },
): Tensor {
  const isPositive = less(0, z);
  const size = select(isPositive, negate(z), z); // -|z|, whose slope at 0 is that of the second branch
  const own = positive === 1 ? y : multiply(y, positive);
  const other = negative === 1 ? subtract(1, y) : multiply(subtract(1, y), negative);
  const wrong = select(isPositive, other, own);
  const isFree = and(equal(wrong, 0), equal(size, Number.NEGATIVE_INFINITY));
  const tail = log1p(exp(size));
  const counted = positive === 1 && negative === 1 ? tail : multiply(tail, add(other, own));
  return subtract(counted, select(isFree, 0, multiply(size, wrong)));
}
