/** Products, and functions that move or choose numbers, under TensorFlow 1's names. */
import type { DType } from "../array/dtype.ts";
import { scalar } from "../array/ndarray.ts";
import { type Dim, normalizeAxes, type Shape } from "../array/shape.ts";
import { compact } from "../base/compact.ts";
import { NablaError } from "../base/error.ts";
import { matmul as product } from "../graph/contraction.ts";
import { equal, select } from "../graph/elementwise.ts";
import { constant } from "../graph/leaf.ts";
import * as moves from "../graph/movement.ts";
import { gather as gatherNode, iota } from "../graph/selection.ts";
import type { Tensor as Node } from "../graph/tensor.ts";
import { graphOf, type Named, Tensor } from "./graph.ts";
import { alike } from "./lengths.ts";
import { define, defineMixed, type Operand, tensorOf } from "./operands.ts";

/** Options of `matmul`. */
export interface ProductOptions extends Named {
  /** Transposes the first operand; not by default. */
  readonly transposeA?: boolean;
  /** Transposes the second operand; not by default. */
  readonly transposeB?: boolean;
}

/** The matrix product of [..., m, k] and [..., k, n]; either may be given with its last two axes exchanged. */
export function matmul(a: Operand, b: Operand, options: ProductOptions = {}): Tensor {
  const { transposeA = false, transposeB = false, ...named } = options;
  const build = (x: Node, y: Node): Node => {
    const [left, right] = [transposeA ? exchanged(x) : x, transposeB ? exchanged(y) : y];
    if (left.shape.length !== right.shape.length || left.shape.length < 2) return product(left, right);
    const stack = left.shape.slice(0, -2).map((_, i) => [i, i] as const);
    return product(...alike(left, right, [...stack, [-1, -2]]));
  };
  return define("matmul", [a, b], build, named);
}

function exchanged(x: Node): Node {
  const axes = x.shape.map((_, i) => i);
  return moves.transpose(x, { order: [...axes.slice(0, -2), axes.length - 1, axes.length - 2] });
}

/** Permutes the axes; without `order`, reverses them. */
export function transpose(x: Operand, order?: readonly number[], named?: Named): Tensor {
  return define("transpose", [x], (node) => moves.transpose(node, compact({ order })), named);
}

/** The same numbers in another shape; one length may be -1. */
export function reshape(x: Operand, shape: Shape, named?: Named): Tensor {
  return define("reshape", [x], (node) => moves.reshape(node, { shape }), named);
}

/** A new axis of length 1 before `axis`; -1 puts it last. */
export function expandDims(x: Operand, axis: number, named?: Named): Tensor {
  const build = (node: Node): Node => moves.reshape(node, { shape: opened(node.shape, axis) });
  return define("expandDims", [x], build, named);
}

function opened(shape: Shape, axis: number): Shape {
  const [at = 0] = normalizeAxes([...shape, 1], axis);
  return shape.toSpliced(at, 0, 1);
}

/** Without the axes of length 1, or without those given. */
export function squeeze(x: Operand, axis?: number | readonly number[], named?: Named): Tensor {
  const build = (node: Node): Node => {
    const ones = node.shape.flatMap((dim, i) => (dim === 1 ? [i] : []));
    const gone = axis === undefined ? ones : normalizeAxes(node.shape, axis);
    const kept = gone.find((at) => node.shape[at] !== 1);
    if (kept !== undefined)
      throw new NablaError("tf1/shape", `axis ${kept} cannot be squeezed: its length is ${node.shape[kept]}, not 1`);
    return moves.reshape(node, { shape: node.shape.filter((_, i) => !gone.includes(i)) });
  };
  return define("squeeze", [x], build, named);
}

/** Tensors one after the other along an axis. */
export function concat(tensors: readonly Operand[], axis: number, named?: Named): Tensor {
  return define("concat", tensors, (...nodes) => moves.concat(together(nodes, axis), { axis }), named);
}

/** Tensors of one shape side by side along a new axis, the first by default. */
export function stack(tensors: readonly Operand[], axis = 0, named?: Named): Tensor {
  const build = (...nodes: readonly Node[]): Node => {
    const opening = nodes.map((node) => moves.reshape(node, { shape: opened(node.shape, axis) }));
    return moves.concat(together(opening, axis), { axis });
  };
  return define("stack", tensors, build, named);
}

/** The unknown lengths of all tensors named as the first one's, but along `axis`. */
function together([first, ...rest]: readonly Node[], axis: number): readonly Node[] {
  if (first === undefined) throw new NablaError("tf1/operand", "expected at least one tensor");
  const [along] = normalizeAxes(first.shape, axis);
  const axes = first.shape.flatMap((_, i) => (i === along ? [] : [[i, i] as const]));
  return [
    first,
    ...rest.map((node) => (node.shape.length === first.shape.length ? alike(first, node, axes)[1] : node)),
  ];
}

/** The block that starts at `begin` and has the lengths `size`, where -1 means to the end. */
export function slice(x: Operand, begin: readonly number[], size: readonly number[], named?: Named): Tensor {
  const build = (node: Node): Node =>
    begin.reduce((part, from, axis) => {
      const length = node.shape[axis] as Dim;
      const to = size[axis] === -1 ? length : from + (size[axis] ?? 0);
      if (from === 0 && to === length) return part;
      if (typeof to !== "string") return moves.slice(part, { axis, from, to });
      throw new NablaError("tf1/shape", `the length of axis ${axis} is not known, so its size must be given`);
    }, node);
  return define("slice", [x], build, named);
}

/** The rows of a table [rows, ...] with the given numbers (int32); numbers outside give zeros. */
export function gather(table: Operand, indices: Operand, named?: Named): Tensor {
  const chosen = tensorOf(
    indices,
    "int32",
    graphOf(
      "gather",
      [table, indices].filter((x) => x instanceof Tensor),
    ),
  );
  return defineMixed("gather", [table, chosen], (...[rows, at]) => gatherNode(rows ?? 0, at ?? 0), named);
}

/** Options of `oneHot`. */
export interface OneHotOptions extends Named {
  /** What marks the class; 1 by default. */
  readonly onValue?: number;
  /** What the others hold; 0 by default. */
  readonly offValue?: number;
  /** Where the new axis goes. Default -1, the last. */
  readonly axis?: number;
  /** float32 by default. */
  readonly dtype?: DType;
}

/** `onValue` (1) at each class code (int32) and `offValue` (0) elsewhere: one more axis, of length `depth`. */
export function oneHot(codes: Operand, depth: number, options: OneHotOptions = {}): Tensor {
  const { onValue = 1, offValue = 0, axis = -1, dtype = "float32", ...named } = options;
  const indices = tensorOf(codes, "int32", graphOf("oneHot", codes instanceof Tensor ? [codes] : []));
  const build = (node: Node): Node => {
    const [at = 0] = normalizeAxes([...node.shape, 1], axis);
    const shape = node.shape.toSpliced(at, 0, depth);
    const chosen = equal(moves.reshape(node, { shape: opened(node.shape, axis) }), iota({ shape, axis: at }));
    if (onValue === 1 && offValue === 0) return moves.cast(chosen, { dtype });
    return select(chosen, constant(scalar(onValue, dtype)), offValue);
  };
  return define("oneHot", [indices], build, named);
}
