/** The structural signature of a graph: equal structure, sizes and numbers, whichever states it works on. */
import type { NdArray } from "../../array/ndarray.ts";
import { known } from "../../base/error.ts";
import { isConstant, isInput, isState, valueOfConstant } from "../../graph/leaf.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { walk } from "../../graph/walk.ts";
import type { KnownGraph } from "../contract.ts";

/** Constants larger than this are compared by identity instead of by value. */
const SMALL = 16;

/** The states that a graph works on, in an order that is the same for equal graphs. */
export function statesOf(graph: KnownGraph): readonly Tensor[] {
  const found = new Set(nodesOf(graph).filter(isState));
  for (const [state] of graph.updates) found.add(state);
  return [...found];
}

function nodesOf({ inputs, outputs, updates }: KnownGraph): readonly Tensor[] {
  return walk([...inputs, ...outputs, ...updates.map(([, next]) => next)]);
}

/** Computes the signature of a graph: two are equal exactly when the graphs lower to the same kernels. */
export function signatures(): (graph: KnownGraph) => string {
  const arrays = new WeakMap<NdArray, number>();
  let known_ = 0;
  const nameOf = (array: NdArray): string => {
    if (array.data.length <= SMALL) return Array.from(array.data, (x) => (Object.is(x, -0) ? "-0" : x)).join();
    const number = arrays.get(array) ?? known_++;
    arrays.set(array, number);
    return `#${number}`;
  };
  return (graph) => {
    const numbers = new Map<Tensor, number>();
    const lines: string[] = [];
    for (const node of nodesOf(graph)) {
      numbers.set(node, numbers.size);
      lines.push(`${node.op.opName}:${node.dtype}:${node.shape.join()}:${details(node, numbers, nameOf)}`);
    }
    for (const [state] of graph.updates) if (!numbers.has(state)) numbers.set(state, numbers.size);
    const number = (node: Tensor): number => known(numbers.get(node), "node number");
    const { inputs, outputs, updates } = graph;
    const roots = [
      inputs.map(number),
      outputs.map(number),
      updates.map(([state, next]) => `${number(state)}=${number(next)}`),
    ];
    return `${lines.join(";")}|${roots.join("|")}`;
  };
}

function details(node: Tensor, numbers: ReadonlyMap<Tensor, number>, nameOf: (array: NdArray) => string): string {
  if (isConstant(node)) return nameOf(valueOfConstant(node));
  if (isInput(node) || isState(node)) return "";
  return `${node.inputs.map((input) => numbers.get(input)).join()}:${JSON.stringify(node.attributes)}`;
}
