/** Simplifies a graph with static shapes into a smaller one with the same numbers. */
import { allocate, type NdArray } from "../../array/ndarray.ts";
import { elementsOf, sameShape, sizeOf } from "../../array/shape.ts";
import { known } from "../../base/error.ts";
import { constant, isConstant, isInput, isState, valueOfConstant } from "../../graph/leaf.ts";
import { broadcast, concatPair, type Padded, pad, paddedOf, reshape, slice, slicedOf } from "../../graph/movement.ts";
import { make } from "../../graph/op.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { walk } from "../../graph/walk.ts";
import { windowOf } from "../../graph/window.ts";
import { resultOf } from "../reference/kernels.ts";
import { algebra } from "./algebra.ts";
import { isScalarOp } from "./scalars.ts";

/**
 * Common subexpression elimination, constant folding, removal of no-ops, and hoisting of work on broadcast numbers
 * before the broadcast. Returns the replacement of each node of the old graph.
 */
export function simplify(roots: readonly Tensor[]): (node: Tensor) => Tensor {
  return simplifier()(roots);
}

/** Simplifies graphs that grow: what has been simplified before is not simplified again. */
export function simplifier(): typeof simplify {
  const standIn = new Map<Tensor, Tensor>();
  const unique = new Map<string, Tensor>();
  const numbers = new Map<Tensor, number>();
  const of = (node: Tensor): Tensor => known(standIn.get(node), "simplified node");
  const share = (node: Tensor): Tensor => {
    const key = keyOf(node, numbers);
    const first = key === undefined ? node : (unique.get(key) ?? node);
    if (key !== undefined) unique.set(key, first);
    if (!numbers.has(first)) numbers.set(first, numbers.size);
    return first;
  };
  const settle = (node: Tensor): Tensor => {
    let now = share(node);
    for (let next = rewrite(now); next !== now; next = rewrite(now)) now = absorb(next);
    return now;
  };
  // A rewrite may create new nodes, which can be simplified in turn: a handful, so the recursion is shallow.
  const absorb = (root: Tensor): Tensor => {
    if (numbers.has(root)) return root;
    const inputs = root.inputs.map(absorb);
    const same = inputs.every((input, i) => input === root.inputs[i]);
    return settle(same ? root : make(root.op, inputs, root.attributes));
  };
  return (roots) => {
    for (const node of walk(roots)) {
      if (standIn.has(node)) continue;
      const inputs = node.inputs.map(of);
      const same = inputs.every((input, i) => input === node.inputs[i]);
      standIn.set(node, settle(same ? node : make(node.op, inputs, node.attributes)));
    }
    return of;
  };
}

function keyOf(node: Tensor, numbers: ReadonlyMap<Tensor, number>): string | undefined {
  if (isInput(node) || isState(node)) return undefined;
  if (isConstant(node)) {
    const { dtype, data } = valueOfConstant(node);
    return data.length === 1 ? `constant ${dtype} ${node.shape} ${Object.is(data[0], -0) ? "-0" : data[0]}` : undefined;
  }
  return `${node.op.opName} ${node.inputs.map((input) => known(numbers.get(input), "number of a node")).join()} ${JSON.stringify(node.attributes)}`;
}

function rewrite(node: Tensor): Tensor {
  return fold(node) ?? hoist(node) ?? movement(node) ?? algebra(node) ?? node;
}

/** Constant folding of single numbers. */
function fold(node: Tensor): Tensor | undefined {
  const foldable =
    node.op.opName === "countOf" ||
    (node.inputs.length > 0 && node.inputs.every((input) => isConstant(input) && input.shape.length === 0));
  if (!foldable || node.op.opName === "randomUniform" || node.shape.length !== 0) return undefined;
  const inputs = node.inputs.map((input) => ({ size: [], data: Float64Array.from(valueOfConstant(input).data) }));
  const data = allocate(node.dtype, 1);
  data.set(resultOf(node, inputs));
  const folded: NdArray = { dtype: node.dtype, shape: [], data };
  return constant(folded);
}

/** f(repeat(a), repeat(b)) of single numbers a and b is repeat(f(a, b)). */
function hoist(node: Tensor): Tensor | undefined {
  if (!isScalarOp(node) || node.inputs.length === 0 || elementsOf(sizeOf(node.shape)) === 1) return undefined;
  const singles = node.inputs.map(single);
  if (singles.some((x) => x === undefined)) return undefined;
  return broadcast(make(node.op, singles as Tensor[], node.attributes), { shape: node.shape });
}

function single(node: Tensor): Tensor | undefined {
  if (node.shape.length === 0) return node;
  const [from] = node.inputs;
  return node.op.opName === "broadcast" && from?.shape.length === 0 ? from : undefined;
}

/** Removes movements (reshape, transpose and so on) that do nothing, and merges consecutive ones. */
function movement(node: Tensor): Tensor | undefined {
  const [x] = node.inputs;
  if (x === undefined) return undefined;
  const name = node.op.opName;
  if (name === "stopGradient") return x;
  if (name === "cast") return x.dtype === node.dtype ? x : undefined;
  if (name === "sum" || name === "max") {
    return elementsOf(sizeOf(x.shape)) === elementsOf(sizeOf(node.shape))
      ? reshape(x, { shape: node.shape })
      : undefined;
  }
  if (name === "patches" || name === "unpatches")
    return isPointWindow(node) ? reshape(x, { shape: node.shape }) : undefined;
  if (name === "slice") return unpadded(node, x);
  if (name === "add") return beside(node);
  if (name === "pad") return node.attributes.before === 0 && node.attributes.after === 0 ? x : undefined;
  if (name !== "reshape" && name !== "broadcast" && name !== "transpose") return undefined;
  if (sameShape(x.shape, node.shape) && (name !== "transpose" || isStill(node))) return x;
  const [below] = x.inputs;
  if (below === undefined) return undefined;
  if (name === "reshape" && x.op.opName === "reshape") return reshape(below, { shape: node.shape });
  if (x.op.opName === "broadcast" && (name === "broadcast" || below.shape.length === 0))
    return broadcast(below, { shape: node.shape });
  return undefined;
}

/** A slice of everything, or of what a padding has not added. */
function unpadded(node: Tensor, x: Tensor): Tensor | undefined {
  if (sameShape(x.shape, node.shape)) return x;
  const [below] = x.inputs;
  if (x.op.opName !== "pad" || below === undefined) return undefined;
  const [{ axis, from, to }, { axis: padded, before }] = [slicedOf(node), paddedOf(x)];
  const isWithin = axis === padded && from >= before && to <= before + Number(below.shape[axis]);
  return isWithin ? slice(below, { axis, from: from - before, to: to - before }) : undefined;
}

/**
 * The sum of two tensors that zeros surround, where one begins as the other ends: so gradients of parts come together, and zeros would be
 * written, read and added for every part. A negative zero stays one.
 */
function beside({ inputs }: Tensor): Tensor | undefined {
  const [x, y] = inputs.map(amidZeros);
  if (x === undefined || y === undefined || x.axis !== y.axis || x.value !== 0 || y.value !== 0) return undefined;
  const [first, second] = x.before <= y.before ? [x, y] : [y, x];
  const { axis } = first;
  if (first.before + Number(first.part.shape[axis]) !== second.before) return undefined;
  return pad(concatPair(first.part, second.part, { axis }), { axis, before: first.before, after: second.after });
}

function amidZeros(node: Tensor): (Required<Padded> & { readonly part: Tensor }) | undefined {
  const [part] = node.inputs;
  if (node.op.opName !== "pad" || part === undefined) return undefined;
  return { value: 0, ...paddedOf(node), part };
}

/** Whether windows hold one point each, and every point once: then they only have another shape. */
function isPointWindow(node: Tensor): boolean {
  const { size, stride } = windowOf(node);
  return [...size, ...stride].every((length) => length === 1);
}

function isStill(transposed: Tensor): boolean {
  return (transposed.attributes.order as readonly number[]).every((axis, i) => axis === i);
}
