/**
 * What counts of a batch. A mask [batch] or [batch, …] holds 1 where an example or a position counts and 0 where it
 * does not, as after the end of a sentence; other numbers above 0 are its weight. It covers as many leading axes of the
 * losses as it has. Whatever does not count adds nothing to a mean, and is not counted in it.
 */
import type { NdArray } from "../array/ndarray.ts";
import { type Shape, sameShape, showShape } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { divide, less, multiply, select } from "../graph/elementwise.ts";
import { cast, reshape, sum } from "../graph/movement.ts";
import { mean } from "../graph/reduce.ts";
import type { Tensor } from "../graph/tensor.ts";

/**
 * The mean of each example over its positions that count: [batch, …] to [batch]; 0 for an example of which nothing
 * counts.
 */
export function meanPerExample(each: Tensor, mask?: Tensor): Tensor {
  const axes = each.shape.slice(1).map((_, i) => i + 1);
  if (mask !== undefined) checkMask(each.shape, mask.shape);
  const depth = mask?.shape.length ?? 1;
  const within = axes.slice(depth - 1);
  const positions = within.length === 0 ? each : mean(each, { axes: within }); // of the mask's shape
  if (mask === undefined) return positions;
  const weights = asNumbers(mask, each);
  const along = { axes: axes.slice(0, depth - 1) };
  if (depth === 1) return select(less(0, weights), positions, 0);
  return divide(sum(weighted(positions, weights), along), orOne(sum(weights, along)));
}

/** How much each example counts: [batch], the sum over its positions. */
export function exampleWeights(mask: Tensor, like: Tensor): Tensor {
  const weights = asNumbers(mask, like);
  return mask.shape.length === 1 ? weights : sum(weights, { axes: mask.shape.slice(1).map((_, i) => i + 1) });
}

/**
 * Numbers of examples [batch], each times what counts of it; where nothing does, 0 and not what a number there may be.
 */
export function weightedExamples(each: Tensor, mask: Tensor): Tensor {
  return weighted(each, exampleWeights(mask, each));
}

/** The mean over all that counts, of means of examples [batch]: a scalar, 0 where nothing counts. */
export function meanOfExamples(each: Tensor, mask?: Tensor): Tensor {
  if (mask === undefined) return mean(each);
  return divide(sum(weightedExamples(each, mask)), orOne(sum(exampleWeights(mask, each))));
}

/** Targets with 0 where nothing counts: what is missing may be NaN there, whose slope would be NaN too. */
export function targetsThatCount(target: Tensor, mask: Tensor | undefined): Tensor {
  if (mask === undefined || target.shape.length < mask.shape.length) return target;
  const deep = [...mask.shape, ...target.shape.slice(mask.shape.length).map(() => 1)];
  return select(less(0, reshape(mask, { shape: deep })), target, 0);
}

/** How much an array of a mask counts in all; without one, so much as there are examples. */
export function countedBy(mask: NdArray | undefined, rows: number): number {
  if (mask === undefined) return rows;
  let total = 0;
  for (let i = 0; i < mask.data.length; i++) total += mask.data[i] ?? 0;
  return total;
}

/** Refuses a mask that does not belong to outputs, or in which nothing counts. Throws `loss/mask`. */
export function admitMask(output: Shape, mask: NdArray): void {
  checkMask(output, [output[0] ?? "batch", ...mask.shape.slice(1)]);
  const wrong = mask.data.findIndex((weight: number) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY));
  if (wrong >= 0)
    throw new NablaError(
      "loss/mask",
      `a mask holds numbers from 0, number ${wrong} of this one is ${mask.data[wrong]}`,
    );
  if (mask.data.length > 0 && countedBy(mask, 0) === 0)
    throw new NablaError("loss/mask", "the mask is 0 everywhere: nothing counts", "put 1 where a position counts");
}

function checkMask(each: Shape, mask: Shape): void {
  if (mask.length >= 1 && sameShape(each.slice(0, mask.length), mask)) return;
  const message = `a mask has the first axes of the losses, which are ${showShape(each)}, and this one is ${showShape(mask)}`;
  throw new NablaError("loss/mask", message, "give a mask [batch], or [batch, …] with a number for each position");
}

function asNumbers(mask: Tensor, { dtype }: Tensor): Tensor {
  return mask.dtype === dtype ? mask : cast(mask, { dtype });
}

function weighted(x: Tensor, weights: Tensor): Tensor {
  return select(less(0, weights), multiply(x, weights), 0);
}

function orOne(total: Tensor): Tensor {
  return select(less(0, total), total, 1);
}
