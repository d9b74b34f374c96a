/** Sums, means and extremes along axes, under TensorFlow 1's names. */
import { negate } from "../graph/elementwise.ts";
import { cast, sum } from "../graph/movement.ts";
import { argmax, max, mean } from "../graph/reduce.ts";
import type { Tensor as Node, Op } from "../graph/tensor.ts";
import type { Named, Scalar, Tensor } from "./graph.ts";
import { define, type Operand } from "./operands.ts";

type Along = Parameters<typeof mean>[1];

/** Which axes to reduce: all when left out. `keepdims` leaves them with length 1. */
export interface Axes extends Named {
  /** The axes to go along, negative ones from the end; all by default. */
  readonly axis?: number | readonly number[];
  /** Whether the axes stay, with length 1; not by default. */
  readonly keepdims?: boolean;
}

/** A reduction: of everything to a number, or along the axes given as `reduceSum(x, 1)` or `reduceSum(x, { axis: 1 })`. */
export interface Reduction {
  (x: Operand, named?: Named): Scalar;
  (x: Operand, axes: number | readonly number[] | Axes): Tensor;
}

function reduction(kind: string, reduce: (x: Node, along: Along) => Node): Reduction {
  return ((x: Operand, axes: number | readonly number[] | Axes = {}) => {
    const { axis, keepdims = false, ...named }: Axes = typeof axes === "number" || isList(axes) ? { axis: axes } : axes;
    return define(
      kind,
      [x],
      (node) => reduce(node, axis === undefined ? { keep: keepdims } : { axes: axis, keep: keepdims }),
      named,
    );
  }) as Reduction;
}

function isList(axes: readonly number[] | Axes): axes is readonly number[] {
  return Array.isArray(axes);
}

const from = (kind: string, op: Op<1, NonNullable<Along>>): Reduction =>
  reduction(kind, (x, along = {}) => op(x, along));

/** The sum along axes. */
export const reduceSum: Reduction = from("reduceSum", sum);
/** The mean; of whole numbers, as TensorFlow has it, the whole number on its side of 0. */
export const reduceMean: Reduction = reduction("reduceMean", (x, along) =>
  x.dtype === "int32" ? cast(mean(cast(x, { dtype: "float64" }), along), { dtype: "int32" }) : mean(x, along),
);
/** The largest value; equal ones share the gradient. */
export const reduceMax: Reduction = from("reduceMax", max);
/** The smallest value; equal ones share the gradient. */
export const reduceMin: Reduction = reduction("reduceMin", (x, along = {}) => negate(max(negate(x), along)));

/** The position of the largest value along an axis, the first of equals, as int32. */
export function argMax(x: Operand, axis = 0, named?: Named): Tensor {
  return define("argMax", [x], (node) => argmax(node, { axis }), named);
}

/** The position of the smallest value along an axis, the first of equals, as int32. */
export function argMin(x: Operand, axis = 0, named?: Named): Tensor {
  return define("argMin", [x], (node) => argmax(negate(node), { axis }), named);
}
