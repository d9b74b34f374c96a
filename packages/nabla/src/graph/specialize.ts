import { type Shape, settleDim, showShape } from "../array/shape.ts";
import { known, NablaError } from "../base/error.ts";
import { input, isConstant, isInput, isState, nameOf } from "./leaf.ts";
import { remake } from "./op.ts";
import type { Attributes, Tensor } from "./tensor.ts";
import { walk } from "./walk.ts";

/** What the named lengths of a graph are in one run. */
export type Lengths = ReadonlyMap<string, number>;

/** Reads named lengths off a value that is fed for `expected`; throws `feed/shape` when it does not fit. */
export function matchShape(
  name: string,
  expected: Shape,
  received: readonly number[],
  lengths: Map<string, number>,
): void {
  const fits =
    expected.length === received.length &&
    expected.every((dim, i) => {
      const length = received[i] ?? 0;
      if (typeof dim === "number") return dim === length;
      if (!lengths.has(dim)) lengths.set(dim, length);
      return lengths.get(dim) === length;
    });
  if (fits) return;
  const resolved = expected.map((dim) =>
    typeof dim === "string" ? `${dim}${lengths.has(dim) ? `=${lengths.get(dim)}` : ""}` : dim,
  );
  throw new NablaError(
    "feed/shape",
    `"${name}" expects the shape ${showShape(resolved)}, received ${showShape(received)}`,
  );
}

/** The same graph with every named length replaced by its number; shape rules run again, so errors still name ops. */
export function specialize(
  outputs: readonly Tensor[],
  lengths: Lengths,
): { readonly outputs: readonly Tensor[]; readonly of: (tensor: Tensor) => Tensor } {
  const settle = (shape: Shape): Shape => shape.map((dim) => settleDim(dim, lengths));
  const made = new Map<Tensor, Tensor>();
  const of = (tensor: Tensor): Tensor => known(made.get(tensor), "specialized node");
  for (const node of walk(outputs)) made.set(node, rebuild(node, settle, of));
  return { outputs: outputs.map(of), of };
}

function rebuild(node: Tensor, settle: (shape: Shape) => Shape, of: (tensor: Tensor) => Tensor): Tensor {
  if (isInput(node)) return input(nameOf(node), settle(node.shape), node.dtype);
  if (isState(node) || isConstant(node)) return node;
  const inputs = node.inputs.map(of);
  const shape = node.attributes.shape as Shape | undefined;
  const attributes: Attributes = shape === undefined ? node.attributes : { ...node.attributes, shape: settle(shape) };
  const unchanged = shape === undefined && inputs.every((from, i) => from === node.inputs[i]);
  return unchanged ? node : remake(node, inputs, attributes);
}
