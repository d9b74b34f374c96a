/** What a file computes with constants alone, computed once while reading. */
import { allocate, type NdArray } from "../array/ndarray.ts";
import { elementsOf, type Size } from "../array/shape.ts";
import { known } from "../base/error.ts";
import { resultOf, type Wide } from "../engine/reference/kernels.ts";
import { isConstant, isInput, isState, valueOfConstant } from "../graph/leaf.ts";
import type { Tensor } from "../graph/tensor.ts";
import { walk } from "../graph/walk.ts";
import { layerOf } from "./layer-node.ts";

/** Numbers of one step that are computed while reading; larger ones become part of the network. */
const MOST_KNOWN = 2 ** 16;

/** The numbers of a tensor that depends on constants alone; undefined where it does not, or where they are many. */
export function knownArray(tensor: Tensor): NdArray | undefined {
  const nodes = walk([tensor]);
  const computable = nodes.every(
    (node) =>
      !isState(node) &&
      !isInput(node) &&
      layerOf(node) === undefined &&
      node.shape.every((dim) => typeof dim === "number") &&
      elementsOf(node.shape as Size) <= MOST_KNOWN,
  );
  if (!computable) return undefined;
  const results = new Map<Tensor, Wide>();
  for (const node of nodes) {
    const inputs = node.inputs.map((from) => known(results.get(from), "an operand"));
    const data = isConstant(node) ? Float64Array.from(valueOfConstant(node).data) : resultOf(node, inputs);
    results.set(node, { size: node.shape as Size, data });
  }
  const { size, data } = known(results.get(tensor), "the result");
  // whole numbers of a file are float64 while it is read
  const dtype = tensor.dtype === "int32" ? "float64" : tensor.dtype;
  const stored = allocate(dtype, data.length);
  stored.set(data);
  return { dtype, shape: size, data: stored };
}
