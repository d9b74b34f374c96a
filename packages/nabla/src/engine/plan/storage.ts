/** Decides which nodes are materialized in memory, and which are recomputed inside the loops that need them. */
import { sameShape } from "../../array/shape.ts";
import { isConstant, isInput, isState } from "../../graph/leaf.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { numberOf } from "./algebra.ts";
import { type Grouping, isPointwise, isReduction } from "./groups.ts";
import { isCheap } from "./scalars.ts";
import { isView, type TensorView } from "./views.ts";

/** At most this many cheap nodes are recomputed to save one store and its loads. */
const MOST_REPEATED = 6;

/** Whether a node is given from outside: an input, a state or a constant. */
export function isLeaf(node: Tensor): boolean {
  return isInput(node) || isState(node) || isConstant(node);
}

/**
 * The computed nodes that get storage. `order` lists all nodes, inputs first; `roots` are the ones the caller fetches.
 */
export function storedNodes(
  order: readonly Tensor[],
  roots: readonly Tensor[],
  viewOf: (node: Tensor) => TensorView,
  { groupOf }: Grouping,
): ReadonlySet<Tensor> {
  const stored = new Set<Tensor>();
  const need = (node: Tensor): void => {
    const { base } = viewOf(node);
    if (!isLeaf(base)) stored.add(base);
  };
  const elsewhere: Tensor[] = [];
  for (const root of roots) need(root);
  for (const node of order) {
    if (isView(node)) {
      if (viewOf(node).base === node) for (const input of node.inputs) need(input);
      continue;
    }
    for (const input of node.inputs) {
      if (numberOf(input) !== undefined) continue;
      if (!readsInLoop(node, input)) need(input);
      else if (groupOf.get(input) !== groupOf.get(node)) {
        if (isRepeatable(input)) elsewhere.push(input);
        else need(input);
      }
    }
  }
  for (const node of elsewhere)
    if (!stored.has(node) && repeatCost(node, viewOf, stored) > MOST_REPEATED) stored.add(node);
  return stored;
}

/** Whether `user` can take this operand as a value of its own loop instead of from memory. */
function readsInLoop(user: Tensor, operand: Tensor): boolean {
  if (!isPointwise(operand)) return false;
  return isReduction(user) || (isPointwise(user) && sameShape(user.shape, operand.shape));
}

function isRepeatable(node: Tensor): boolean {
  return isCheap(node) || node.op.opName === "iota";
}

/** How many nodes are recomputed when this one is, down to those that are materialized. */
function repeatCost(node: Tensor, viewOf: (node: Tensor) => TensorView, stored: ReadonlySet<Tensor>): number {
  let cost = 1;
  for (const input of node.inputs) {
    const { base } = viewOf(input);
    if (numberOf(input) !== undefined || isLeaf(base) || stored.has(base)) continue;
    if (!isPointwise(base)) continue;
    if (base !== input || !isRepeatable(input) || cost > MOST_REPEATED) return Number.POSITIVE_INFINITY;
    cost += repeatCost(input, viewOf, stored);
  }
  return cost;
}
