/** Graphs of whole layers that stand in a row, with sums around some of them. */
import { known } from "../base/error.ts";
import type { Tensor } from "../graph/tensor.ts";
import { walk } from "../graph/walk.ts";
import { layerOf } from "./layer-node.ts";
import type { Part } from "./network.ts";

/** Sums within sums. */
const DEEPEST = 64;
/** Layers in a row that are one chain; a longer row is a graph. */
const MOST_IN_ROW = 1000;

/**
 * The layers between x and an output, and what was added around them (x + layers(x)); undefined where the graph is
 * another one.
 */
export function partsBetween(x: Tensor, output: Tensor): readonly Part[] | undefined {
  const order = new Map(walk([output]).map((node, i) => [node, i]));
  order.set(x, order.get(x) ?? -1);
  const place = (node: Tensor): number => known(order.get(node), "a node of the graph");
  const between = (from: Tensor, to: Tensor, depth: number): readonly Part[] | undefined => {
    const parts: Part[] = [];
    let here = to;
    while (here !== from) {
      if (parts.length > MOST_IN_ROW || depth > DEEPEST || place(here) < place(from)) return undefined;
      const found = layerOf(here);
      if (found !== undefined) {
        parts.push({ layer: found.layer, kept: found.kept });
        here = found.from;
        continue;
      }
      const [one, other] = here.inputs;
      if (here.op.opName !== "add" || one === undefined || other === undefined || one === other) return undefined;
      // what is computed earlier cannot come from what is computed later
      const [start, end] = place(one) < place(other) ? [one, other] : [other, one];
      const around = between(start, end, depth + 1);
      if (around === undefined) return undefined;
      parts.push({ around });
      here = start;
    }
    return parts.toReversed();
  };
  return between(x, output, 0);
}
