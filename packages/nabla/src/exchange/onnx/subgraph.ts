/** Graphs inside of nodes: the branches of a condition and the body of a loop. */
import { NablaError } from "../../base/error.ts";
import { type AttributeProto, type GraphProto, graph as graphSchema, type NodeProto } from "./schema.ts";
import { decode } from "./wire.ts";

/** Graphs inside of graphs: deeper than any exporter writes. */
export const MOST_DEPTH = 16;

/** The graph of an attribute; undefined where it has none. Throws `onnx/…` for bytes that are no graph. */
export function subgraphOf(attribute: AttributeProto | undefined): GraphProto | undefined {
  return attribute?.g === undefined ? undefined : (decode(graphSchema, attribute.g) as unknown as GraphProto);
}

/** The names that a node reads: its inputs, and what the graphs inside it take from around them. Throws `onnx/size`. */
export function namesRead(node: NodeProto, depth = 0): readonly string[] {
  const inside = node.attribute.flatMap((attribute) => {
    const graph = subgraphOf(attribute);
    return graph === undefined ? [] : outerNames(graph, depth + 1);
  });
  return inside.length === 0 ? node.input : [...node.input, ...new Set(inside)];
}

function outerNames(graph: GraphProto, depth: number): readonly string[] {
  if (depth > MOST_DEPTH) throw new NablaError("onnx/size", `graphs lie inside of graphs more than ${MOST_DEPTH} deep`);
  const own = new Set(["", ...graph.input.map(({ name }) => name), ...graph.initializer.map(({ name }) => name)]);
  for (const { output } of graph.node) for (const name of output) own.add(name);
  const read = [...graph.node.flatMap((node) => namesRead(node, depth)), ...graph.output.map(({ name = "" }) => name)];
  return read.filter((name) => !own.has(name));
}
