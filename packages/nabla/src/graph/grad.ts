import { filled, scalar } from "../array/ndarray.ts";
import { showShape } from "../array/shape.ts";
import { known, NablaError } from "../base/error.ts";
import { checkTensor, checkTensors } from "./check-tensor.ts";
import { add } from "./elementwise.ts";
import { constant } from "./leaf.ts";
import { broadcast } from "./movement.ts";
import type { Tensor } from "./tensor.ts";
import { walk } from "./walk.ts";

/**
 * Gradients of a scalar cost with respect to tensors, as tensors: they can be differentiated again. A tensor on which
 * the cost does not depend gets zeros. Throws `graph/gradient` when the cost is no float scalar.
 */
export function grad(cost: Tensor, wrt: readonly Tensor[]): readonly Tensor[] {
  checkTensor("grad › cost", cost);
  checkTensors("grad › wrt", wrt);
  if (cost.shape.length !== 0 || (cost.dtype !== "float32" && cost.dtype !== "float64")) {
    throw new NablaError(
      "graph/gradient",
      `grad expects a float scalar, received ${cost.dtype} of shape ${showShape(cost.shape)}`,
      "take the mean or the sum first",
    );
  }
  const order = walk([cost]);
  const dependent = new Set<Tensor>(wrt);
  for (const node of order) if (node.inputs.some((from) => dependent.has(from))) dependent.add(node);
  const upstream = new Map<Tensor, Tensor>([[cost, constant(scalar(1, cost.dtype))]]);
  for (const node of order.toReversed()) {
    const up = upstream.get(node);
    if (up === undefined || !node.inputs.some((from) => dependent.has(from))) continue;
    const parts = node.op.definition.gradient(up, { inputs: node.inputs, output: node, attributes: node.attributes });
    for (const [i, from] of node.inputs.entries()) {
      const part = parts[i];
      if (part === undefined || !dependent.has(from)) continue;
      const sofar = upstream.get(from);
      upstream.set(from, sofar === undefined ? part : add(sofar, part));
    }
  }
  return wrt.map((tensor) => upstream.get(tensor) ?? zerosLike(tensor));
}

function zerosLike(tensor: Tensor): Tensor {
  return broadcast(constant(filled([], 0, tensor.dtype)), { shape: tensor.shape });
}

/** The single gradient of a cost with respect to one tensor. */
export function gradOf(cost: Tensor, tensor: Tensor): Tensor {
  return known(grad(cost, [tensor])[0], "gradient");
}
