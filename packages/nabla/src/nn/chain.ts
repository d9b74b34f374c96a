import type { NdArray } from "../array/ndarray.ts";
import { describe } from "../base/described.ts";
import { NablaError, within } from "../base/error.ts";
import { numbered } from "../base/parameter-path.ts";
import { fork } from "../base/random.ts";
import type { Tree } from "../base/tree.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Layer, Wishes } from "./layer.ts";

/**
 * Layers one after the other. Each is named for its kind and place among its kind, so parameters read
 * `dense2.weights`, and each draws from its own fork: adding a layer of one kind changes no other kind's numbers.
 * `chain(dense(64), relu(), dense(10))` begins the first layer by He because a rectifier follows.
 */
export function chain(...layers: readonly Layer[]): Layer {
  if (layers.length === 0) throw new NablaError("nn/empty", "a chain needs at least one layer");
  const names = numbered(layers.map(({ kind }) => kind));
  const named = layers.map((layer, i) => ({ layer, name: names[i] ?? "", behind: layers.slice(i + 1) }));
  const fewest = Math.max(1, ...layers.map((layer) => layer.fewestRows ?? 1));
  const asked = combine(layers, {});
  return {
    kind: "chain",
    options: { layers: layers.map(describe) },
    ...(asked === undefined ? {} : { wishes: asked }),
    ...(fewest > 1 ? { fewestRows: fewest } : {}),
    begin: (shape, key, wishes) => {
      const parameters: Record<string, Tree<NdArray>> = {};
      const statistics: Record<string, Tree<NdArray>> = {};
      let here = shape;
      for (const { layer, name, behind } of named) {
        const begun = within(name, () => layer.begin(here, fork(key, name), combine(behind, wishes) ?? {}));
        if (Object.keys(begun.parameters).length > 0) parameters[name] = begun.parameters;
        if (Object.keys(begun.statistics).length > 0) statistics[name] = begun.statistics;
        here = begun.shape;
      }
      return { parameters, statistics, shape: here };
    },
    apply: (x, scope) => {
      const statistics = new Map<string, Tensor>();
      const inside = new Map<string, Tensor>();
      let output = x;
      for (const { layer, name } of named) {
        const applied = within(name, () => layer.apply(output, scope.within(name)));
        for (const [path, next] of applied.statistics) statistics.set(path, next);
        for (const [path, given] of applied.inside ?? []) inside.set(path, given);
        output = applied.output;
        inside.set(scope.pathOf(name), output);
      }
      return { output, statistics, inside };
    },
  };
}

/** What the layers behind ask for: the nearest wish of each sort, but whether a bias helps is the next layer's to say. */
function combine(behind: readonly Layer[], beyond: Wishes): Wishes | undefined {
  const [next] = behind;
  if (next === undefined) return beyond;
  const initializer =
    behind.find((layer) => layer.wishes?.initializer !== undefined)?.wishes?.initializer ?? beyond.initializer;
  const bias = next.wishes?.bias;
  if (initializer === undefined && bias === undefined) return undefined;
  return { ...(initializer === undefined ? {} : { initializer }), ...(bias === undefined ? {} : { bias }) };
}
