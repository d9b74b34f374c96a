/** Gradients as tensors, and what is done to them before they are applied. */
import { NablaError } from "../base/error.ts";
import { add, divide, maximum, minimum, multiply, sqrt } from "../graph/elementwise.ts";
import { grad } from "../graph/grad.ts";
import { sum } from "../graph/movement.ts";
import type { Tensor as Node } from "../graph/tensor.ts";
import { walk } from "../graph/walk.ts";
import { graphOf, type Named, type Scalar, shown, type Tensor } from "./graph.ts";
import { define, type Operand } from "./operands.ts";

/**
 * The gradients of a cost with respect to tensors; null for one that the cost does not depend on or
 * that is not of floats. Of a cost that is no
 * single number the sum is taken. Throws `tf1/gradient` for a cost that is not of floats.
 */
export function gradients(cost: Tensor, tensors: readonly Tensor[]): readonly (Tensor | null)[] {
  const graph = graphOf("gradients", [cost, ...tensors]);
  if (!isFloat(cost)) {
    const message = `the cost "${cost.name}" is ${cost.dtype} of shape ${shown(cost.shape)}, and gradients need floats`;
    throw new NablaError("tf1/gradient", message);
  }
  const behind = new Set(walk([cost.node]));
  const total = cost.shape.length === 0 ? cost.node : sum(cost.node);
  const reached = tensors.filter((tensor) => isFloat(tensor) && behind.has(tensor.node));
  const found = grad(
    total,
    reached.map(({ node }) => node),
  );
  return tensors.map((tensor) => {
    const node = found[reached.indexOf(tensor)];
    return node === undefined ? null : graph.record("gradient", node, { inputs: [cost, tensor] });
  });
}

function isFloat({ dtype }: Tensor): boolean {
  return dtype === "float32" || dtype === "float64";
}

/** x within [least, most]; its slope is 1 also at the ends. */
export function clipByValue(x: Operand, least: number, most: number, named?: Named): Tensor {
  return define("clipByValue", [x], (node) => minimum(most, maximum(least, node)), named);
}

/** x, shortened to the length `most` where it is longer. */
export function clipByNorm(x: Operand, most: number, named?: Named): Tensor {
  return define("clipByNorm", [x], (node) => multiply(node, shortening(lengthOf([node]), most)), named);
}

/** The length of all tensors as one vector. */
export function globalNorm(tensors: readonly Tensor[], named?: Named): Scalar {
  return define("globalNorm", tensors, (...nodes) => lengthOf(nodes), named);
}

/** All tensors shortened alike, so that together they are no longer than `most`; and how long they were. */
export function clipByGlobalNorm(
  tensors: readonly Tensor[],
  most: number,
): readonly [clipped: readonly Tensor[], norm: Scalar] {
  const norm = globalNorm(tensors);
  const clip = (x: Tensor): Tensor =>
    define("clipByGlobalNorm", [x, norm], (node, length) => multiply(node, shortening(length, most)));
  return [tensors.map(clip), norm];
}

function lengthOf(nodes: readonly Node[]): Node {
  return sqrt(nodes.map((node) => sum(multiply(node, node))).reduce((total, part) => add(total, part)));
}

/** most / length, but at most 1. */
function shortening(length: Node, most: number): Node {
  return divide(most, maximum(length, most));
}
