/** Windows over images [batch, height, width, channels]. */
import { filled } from "../array/ndarray.ts";
import type { Size } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { divide } from "../graph/elementwise.ts";
import { constant } from "../graph/leaf.ts";
import { broadcast, sum } from "../graph/movement.ts";
import { max } from "../graph/reduce.ts";
import type { Tensor as Node } from "../graph/tensor.ts";
import { patches, type Window } from "../graph/window.ts";
import { convolve } from "../nn/convolution.ts";
import { type Padding, padded } from "../nn/padding.ts";
import { type Named, shown, type Tensor } from "./graph.ts";
import { define, type Operand } from "./operands.ts";

/** Options of `conv2d`. */
export interface ConvolutionOptions extends Named {
  /** How far the window moves: [1, rows, columns, 1]. */
  readonly strides: readonly [1, number, number, 1];
  readonly padding: "SAME" | "VALID";
}

/** Options of `maxPool` and `avgPool`. */
export interface PoolOptions extends ConvolutionOptions {
  /** Points of the window: [1, rows, columns, 1]. */
  readonly ksize: readonly [1, number, number, 1];
}

/** The cross-correlation of images with a filter [rows, columns, channels, filters]: [batch, height, width, filters]. */
export function conv2d(x: Operand, filter: Operand, { strides, padding, ...named }: ConvolutionOptions): Tensor {
  const build = (images: Node, weights: Node): Node => {
    if (weights.shape.length !== 4 || weights.shape[2] !== images.shape[3]) {
      const message = `conv2d: a filter [rows, columns, ${String(images.shape[3])}, filters] is expected, received ${shown(weights.shape)}`;
      throw new NablaError("tf1/shape", message);
    }
    const window = windowOf((weights.shape as Size).slice(0, 2), strides);
    return convolve(padded(images, window, paddingOf(padding)), weights, { window, groups: 1 });
  };
  return define("conv2d", [x, filter], build, named);
}

/** The largest number of each window; padding never wins. */
export function maxPool(x: Operand, { ksize, strides, padding, ...named }: PoolOptions): Tensor {
  const window = windowOf(ksize.slice(1, 3), strides);
  const build = (images: Node): Node =>
    max(patches(padded(images, window, paddingOf(padding), Number.NEGATIVE_INFINITY), window), { axes: [3, 4] });
  return define("maxPool", [x], build, named);
}

/** The mean of each window; padding does not count. */
export function avgPool(x: Operand, { ksize, strides, padding, ...named }: PoolOptions): Tensor {
  const window = windowOf(ksize.slice(1, 3), strides);
  const total = (images: Node): Node =>
    sum(patches(padded(images, window, paddingOf(padding)), window), { axes: [3, 4] });
  const build = (images: Node): Node => {
    if (padding === "VALID")
      return divide(
        total(images),
        window.size.reduce((product, length) => product * length, 1),
      );
    const [, height = 1, width = 1] = images.shape;
    const ones = broadcast(constant(filled([], 1, images.dtype)), { shape: [1, height, width, 1] });
    return divide(total(images), total(ones));
  };
  return define("avgPool", [x], build, named);
}

function windowOf(size: Size, strides: readonly number[]): Window {
  return { size, stride: strides.slice(1, 3), dilation: [1, 1] };
}

function paddingOf(padding: ConvolutionOptions["padding"]): Padding {
  return padding === "SAME" ? "same" : "valid";
}
