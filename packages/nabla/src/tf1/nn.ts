/** tf.nn: activations, losses and what networks are made of. */
import { inRange } from "../base/range.ts";
import { add, divide, less, multiply, select, softplus as softplusNode, sqrt, subtract } from "../graph/elementwise.ts";
import { maximum, sum } from "../graph/ops.ts";
import { mean } from "../graph/reduce.ts";
import type { Tensor as Node } from "../graph/tensor.ts";
import { exponentialLinear, leaky, softmaxOf } from "../nn/functions.ts";
import { type Unary, unary } from "./arithmetic.ts";
import { graphOf, type Named, type Scalar, Tensor } from "./graph.ts";
import { stretchable } from "./lengths.ts";
import { define, type Operand, type ScalarOperand, tensorOf } from "./operands.ts";
import { drawn } from "./random.ts";

export { sigmoid, tanh } from "./arithmetic.ts";
export {
  type CrossEntropyOptions,
  sigmoidCrossEntropyWithLogits,
  softmaxCrossEntropyWithLogits,
  sparseSoftmaxCrossEntropyWithLogits,
} from "./cross-entropies.ts";
export { gather as embeddingLookup } from "./movement.ts";
export {
  batch_normalization,
  sigmoid_cross_entropy_with_logits,
  softmax_cross_entropy_with_logits,
} from "./python-names.ts";
export { avgPool, type ConvolutionOptions, conv2d, maxPool, type PoolOptions } from "./windows.ts";

/** max(x, 0) */
export const relu: Unary = unary("relu", (x) => maximum(x, 0));
/** relu, at most 6 */
export const relu6: Unary = unary("relu6", (x) => select(less(x, 6), maximum(x, 0), 6));
/** x above 0, e^x - 1 below */
export const elu: Unary = unary("elu", (x) => exponentialLinear(x, 1));
/** log(1 + e^x) */
export const softplus: Unary = unary("softplus", (x) => softplusNode(x));
/** The sum of squares, halved */
export function l2Loss(x: Operand, named?: Named): Scalar {
  return define("l2Loss", [x], (node) => multiply(sum(multiply(node, node)), 0.5), named);
}

/** x above 0 and alpha · x below. */
export function leakyRelu(x: Operand, alpha = 0.2, named?: Named): Tensor {
  return define("leakyRelu", [x], (node) => leaky(node, alpha), named);
}

/** Shares that sum to 1 along an axis, the last by default. The cross-entropies take logits, which go without it. */
export function softmax(logits: Operand, axis = -1, named?: Named): Tensor {
  return define("softmax", [logits], (node) => softmaxOf(node, { axis }), named);
}

/** Adds a number for each channel, the last axis. */
export function biasAdd(x: Operand, bias: Operand, named?: Named): Tensor {
  return define("biasAdd", [x, bias], (...pair) => add(...(stretchable(pair) as [Node, Node])), named);
}

/** Mean and variance along axes. */
export function moments(
  x: Operand,
  axes: readonly number[],
  { keepdims = false, ...named }: Named & { readonly keepdims?: boolean } = {},
): readonly [mean: Tensor, variance: Tensor] {
  const along = { axes, keep: keepdims };
  const spread = (node: Node): Node => {
    const off = subtract(node, mean(node, { axes, keep: true }));
    return mean(multiply(off, off), along);
  };
  return [define("mean", [x], (node) => mean(node, along), named), define("variance", [x], spread, named)];
}

/**
 * scale · (x - mean) / √(variance + varianceEpsilon) + offset, the line that the notes give (Ioffe and Szegedy 2015,
 * algorithm 1). `offset` and `scale` may be null.
 */
export function batchNormalization(
  x: Operand,
  mean: Operand,
  variance: Operand,
  offset: Operand | null,
  scale: Operand | null,
  varianceEpsilon: number,
  named?: Named,
): Tensor {
  const given = [x, mean, variance, ...(offset === null ? [] : [offset]), ...(scale === null ? [] : [scale])];
  const build = (...[value, center, spread, ...rest]: readonly Node[]): Node => {
    const [shift, factor] = offset === null ? [undefined, rest[0]] : rest;
    const root = sqrt(add(spread ?? 1, varianceEpsilon));
    const scaled = multiply(
      subtract(value ?? 0, center ?? 0),
      factor === undefined ? divide(1, root) : divide(factor, root),
    );
    return shift === undefined ? scaled : add(scaled, shift);
  };
  return define("batchNormalization", given, build, named);
}

/** Options of `dropout`. */
export interface DropoutOptions extends Named {
  /** The seed of the masks; by default that of the graph. */
  readonly seed?: number;
}

/** Keeps each value with probability `keepProb`, divided by it, and sets the others to 0; drawn anew at every run. */
export function dropout(x: Operand, keepProb: ScalarOperand, { seed, ...named }: DropoutOptions = {}): Tensor {
  if (typeof keepProb === "number") inRange("keepProb", keepProb, { above: 0, atMost: 1 });
  const given = tensorOf(
    x,
    undefined,
    graphOf(
      "dropout",
      [x, keepProb].filter((part) => part instanceof Tensor),
    ),
  );
  const key = given.graph.key(seed);
  const build = (node: Node, keep: Node): Node => {
    const kept = less(drawn(key, node.shape, { dtype: node.dtype }), keep);
    return select(kept, divide(node, keep), 0);
  };
  return define("dropout", [given, keepProb], build, named);
}
