/**
 * Lengths that are known only from the feed. Each has a name of its own, so two of them are different to shape rules;
 * where an op needs them to be one, the second is claimed to be the first, and the claim is held against the fed
 * arrays.
 */
import { type Dim, type Shape, sameShape, showShape } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { anyDType } from "../graph/dtype-rule.ts";
import { reshape } from "../graph/movement.ts";
import { make } from "../graph/op.ts";
import type { AnyOp, Tensor as Node } from "../graph/tensor.ts";

/** A reshape that may change the names of lengths, but no length. */
const CLAIM: AnyOp = {
  opName: reshape.opName,
  definition: {
    arity: 1,
    dtypes: { takes: anyDType },
    shape: ([x], attributes) => {
      const { shape } = attributes as { readonly shape: Shape };
      const differs = (dim: Dim, i: number): boolean =>
        typeof dim === "number" && typeof shape[i] === "number" && dim !== shape[i];
      if (x?.shape.some(differs)) {
        throw new NablaError(
          "tf1/shape",
          `fed lengths do not go together: ${showShape(x.shape)} and ${showShape(shape)}`,
        );
      }
      return shape;
    },
    gradient: (up, { inputs }) => inputs.map((x) => claim(up, x.shape)),
    trials: [],
  },
};

/** The same numbers, under a shape with other names for unknown lengths; the same tensor where nothing differs. */
function claim(node: Node, shape: Shape): Node {
  return sameShape(node.shape, shape) ? node : make(CLAIM, [node], { shape });
}

/** What two lengths must both be: a number where one is known, else the first one's name. Lengths of 1 stretch. */
function joined(a: Dim, b: Dim): Dim {
  if (a === 1) return b;
  return typeof a === "string" && typeof b === "number" && b !== 1 ? b : a;
}

/** Tensors whose unknown lengths fit an elementwise op: aligned at the last axis, lengths of 1 stretch. */
export function stretchable(nodes: readonly Node[]): readonly Node[] {
  if (nodes.every(({ shape }) => shape.every((dim) => typeof dim === "number"))) return nodes;
  const wanted: Dim[] = []; // from the last axis on
  for (const { shape } of nodes) {
    for (const [i, dim] of shape.toReversed().entries()) wanted[i] = joined(wanted[i] ?? 1, dim);
  }
  return nodes.map((node) => {
    const last = node.shape.length - 1;
    return claim(
      node,
      node.shape.map((dim, i) => (typeof dim === "string" ? (wanted[last - i] ?? dim) : dim)),
    );
  });
}

/** The second tensor with unknown lengths named as the first one's; shapes that differ otherwise stay as they are. */
export function alike(
  first: Node,
  second: Node,
  axes: readonly (readonly [ofFirst: number, ofSecond: number])[],
): [Node, Node] {
  let [left, right] = [first, second];
  for (const [a, b] of axes) {
    const [x = 1, y = 1] = [left.shape.at(a), right.shape.at(b)];
    if (typeof y === "string" && x !== y) right = claim(right, right.shape.with(b, x));
    else if (typeof x === "string" && x !== y) left = claim(left, left.shape.with(a, y));
  }
  return [left, right];
}
