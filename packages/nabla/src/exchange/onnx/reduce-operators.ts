/** Operators that make many numbers into one. */
import { scalar } from "../../array/ndarray.ts";
import { showShape } from "../../array/shape.ts";
import { NablaError } from "../../base/error.ts";
import { abs, add, exp, log, multiply, negate, not, sqrt, subtract } from "../../graph/elementwise.ts";
import { constant } from "../../graph/leaf.ts";
import { broadcast, concat, slice, stopGradient, sum } from "../../graph/movement.ts";
import { argmax, max, mean } from "../../graph/reduce.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { globalAveragePool } from "../../nn/pooling.ts";
import { layerNode } from "../layer-node.ts";
import type { Given, OnnxNode, Operator } from "./node.ts";
import { lengthAt, taken } from "./shape-operators.ts";
import { reshaped } from "./value.ts";

type Reduce = (x: Tensor, along: { readonly axes: readonly number[]; readonly keep: boolean }) => Tensor;

/** Axes come as an attribute before the operator's version `since`, and as an input from then on. */
const reduction =
  (f: Reduce, since = 18): Operator =>
  (node) => {
    const rank = node.shape(0).length;
    const given = node.axes(1, since, rank);
    const none = given === undefined || given.length === 0;
    const passes = node.opset >= since && node.integer("noop_with_empty_axes", 0) === 1;
    const axes = none ? Array.from({ length: rank }, (_, i) => i) : given;
    const keep = node.integer("keepdims", 1) === 1;
    if (none && passes) return { tensor: f(node.tensor(0), { axes: [], keep: true }) };
    const places = Array.from({ length: Math.max(0, rank - 2) }, (_, i) => i + 2);
    const overPlaces = axes.length === places.length && places.every((axis) => axes.includes(axis));
    if (node.value(0).last === undefined || !(keep || overPlaces)) return { tensor: f(node.tensor(0), { axes, keep }) };
    const moved = axes.map((axis) => (axis === 0 ? 0 : axis === 1 ? rank - 1 : axis - 1));
    const reduced = f(node.last(0), { axes: moved, keep });
    return keep ? { last: reduced } : { tensor: reduced };
  };

const logSum: Reduce = (x, along) => {
  const top = stopGradient(max(x, { ...along, keep: true }));
  const total = log(sum(exp(subtract(x, top)), along));
  return add(total, reshaped(top, total.shape));
};

/** The product along axes, by halves: as many steps as the length has bits. */
const product: Reduce = (given, { axes, keep }) => {
  let x = given;
  for (const axis of axes) {
    for (let length = lengthAt(x.shape, axis); length > 1; length = lengthAt(x.shape, axis)) {
      const half = length >> 1;
      const pairs = multiply(slice(x, { axis, from: 0, to: half }), slice(x, { axis, from: half, to: 2 * half }));
      x = length % 2 === 0 ? pairs : concat([pairs, slice(x, { axis, from: length - 1, to: length })], { axis });
    }
    if (x.shape[axis] === 0) x = broadcast(constant(scalar(1, x.dtype)), { shape: x.shape.with(axis, 1) });
  }
  const shape = x.shape.filter((_, i) => keep || !axes.includes(i));
  return reshaped(x, shape);
};

const smallest: Reduce = (x, along) => (x.dtype === "bool" ? not(max(not(x), along)) : negate(max(negate(x), along)));

/** The position of the largest of what `of` gives. */
const position =
  (of: (x: Tensor) => Tensor): Operator =>
  (node) => {
    const x = node.tensor(0);
    const axis = node.axis(0, x.shape.length);
    const backward = node.integer("select_last_index", 0) !== 0;
    const found = backward ? lastPosition(of(x), axis) : argmax(of(x), { axis });
    return { tensor: node.integer("keepdims", 1) === 1 ? reshaped(found, x.shape.with(axis, 1)) : found };
  };

/** Of equal values the last: the first one from behind. */
function lastPosition(x: Tensor, axis: number): Tensor {
  const length = lengthAt(x.shape, axis);
  const turned = taken(x, axis, { shape: [length], data: Array.from({ length }, (_, i) => length - 1 - i) });
  return subtract(length - 1, argmax(turned, { axis }));
}

/** Over all places of an example: [batch, channels, ...lengths] to [batch, channels, 1, …]. */
function overPlaces(node: OnnxNode, f: (x: Tensor) => Tensor): Given {
  const x = node.last(0);
  if (x.shape.length < 3)
    throw new NablaError("onnx/shape", `it takes [batch, channels, ...lengths], received ${showShape(node.shape(0))}`);
  const batchAndChannels = [x.shape[0] ?? 1, x.shape.at(-1) ?? 1];
  return { tensor: reshaped(f(x), [...batchAndChannels, ...x.shape.slice(2).map(() => 1)]) };
}

/** Reductions by name. */
export const reduceOperators: { readonly [opType: string]: Operator } = {
  ReduceSum: reduction((x, along) => sum(x, along), 13),
  ReduceMean: reduction((x, along) => mean(x, along)),
  ReduceMax: reduction((x, along) => max(x, along)),
  ReduceMin: reduction(smallest),
  ReduceProd: reduction(product),
  ReduceLogSum: reduction((x, along) => log(sum(x, along))),
  ReduceL1: reduction((x, along) => sum(abs(x), along)),
  ReduceL2: reduction((x, along) => sqrt(sum(multiply(x, x), along))),
  ReduceSumSquare: reduction((x, along) => sum(multiply(x, x), along)),
  ReduceLogSumExp: reduction(logSum),
  ArgMax: position((x) => x),
  ArgMin: position((x) => negate(x)),
  GlobalAveragePool: (node) =>
    overPlaces(node, (x) => layerNode(globalAveragePool(), x, {}, [x.shape[0] ?? 1, x.shape.at(-1) ?? 1])),
  GlobalMaxPool: (node) => overPlaces(node, (x) => max(x, { axes: x.shape.slice(2).map((_, i) => i + 1) })),
};
