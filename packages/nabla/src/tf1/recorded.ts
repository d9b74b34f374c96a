import type { Tensor as Node } from "../graph/tensor.ts";

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
