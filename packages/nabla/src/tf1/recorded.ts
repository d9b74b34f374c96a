import { make } from "../graph/op.ts";
import type { Tensor as Node } from "../graph/tensor.ts";
import { walk } from "../graph/walk.ts";

/** A state and what running sets it to. */
export type Update = readonly [state: Node, next: Node];

/** What a graph records, tensors and operations alike. */
export interface Recorded {
  readonly name: string;
  /** What it does, as "matmul". */
  readonly kind: string;
  readonly inputs: readonly Recorded[];
  /** What it computes; undefined for an operation, which has an effect but no value. */
  readonly node?: Node;
  /** What running it sets. */
  readonly updates: readonly Update[];
}

/** Everything that `roots` depend on, each once, without recursion; of `isEdge` nodes no dependencies are followed. */
export function closure(roots: readonly Recorded[], isEdge: (entry: Recorded) => boolean = () => false): Recorded[] {
  const found = new Set(roots);
  for (const entry of found) if (!isEdge(entry)) for (const input of entry.inputs) found.add(input);
  return [...found];
}

/** The same graph with other nodes in some places. */
export function replacing(stand: ReadonlyMap<Node, Node>): (root: Node) => Node {
  if ([...stand].every(([node, other]) => node === other)) return (root) => root;
  const made = new Map<Node, Node>(stand);
  return (root) => {
    for (const node of walk([root])) {
      if (made.has(node)) continue;
      const inputs = node.inputs.map((from) => made.get(from) ?? from);
      made.set(
        node,
        inputs.every((from, i) => from === node.inputs[i]) ? node : make(node.op, inputs, node.attributes),
      );
    }
    return made.get(root) ?? root;
  };
}
