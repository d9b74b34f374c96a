import type { NdArray } from "../array/ndarray.ts";
import { describe } from "../base/described.ts";
import { NablaError, withContext } from "../base/error.ts";
import { entriesOf } from "../base/named.ts";
import { numbered } from "../base/parameter-path.ts";
import { fork } from "../base/random.ts";
import type { Tree } from "../base/tree.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { InitHints, Layer, Signal } from "./layer.ts";

/**
 * Layers one after the other. Each is named for its kind and place among its kind, so parameters read
 * `dense2.weights`, and each draws from its own fork: adding a layer of one kind changes no other kind's numbers.
 * `chain(dense(64), relu(), dense(10))` begins the first layer by He because a rectifier follows. The first may take several
 * tensors by name, the last may give several.
 */
export function chain(...layers: readonly Layer[]): Layer;
export function chain<In extends Signal, Out extends Signal>(
  ...layers: readonly [Layer<In>, ...Layer[], Layer<Tensor, Out>]
): Layer<In, Out>;
export function chain(...layers: readonly Layer[]): Layer {
  if (layers.length === 0) throw new NablaError("nn/empty", "a chain needs at least one layer");
  const names = numbered(layers.map(({ kind }) => kind));
  const named = layers.map((layer, i) => ({ layer, name: names[i] ?? "", behind: layers.slice(i + 1) }));
  const minBatchSize = Math.max(1, ...layers.map((layer) => layer.minBatchSize ?? 1));
  const asked = combine(layers, {});
  return {
    kind: "chain",
    options: { layers: layers.map(describe) },
    ...(asked === undefined ? {} : { initHints: asked }),
    ...(minBatchSize > 1 ? { minBatchSize } : {}),
    init: (shape, key, hints) => {
      const parameters: Record<string, Tree<NdArray>> = {};
      const buffers: Record<string, Tree<NdArray>> = {};
      let here = shape;
      for (const { layer, name, behind: after } of named) {
        const variables = withContext(name, () => layer.init(here, fork(key, name), combine(after, hints) ?? {}));
        if (Object.keys(variables.parameters).length > 0) parameters[name] = variables.parameters;
        if (Object.keys(variables.buffers).length > 0) buffers[name] = variables.buffers;
        here = variables.shape;
      }
      return { parameters, buffers, shape: here };
    },
    apply: (x, scope) => {
      const buffers = new Map<string, Tensor>();
      const inside = new Map<string, Tensor>();
      let output = x;
      for (const { layer, name } of named) {
        const applied = withContext(name, () => layer.apply(output, scope.within(name)));
        for (const [path, next] of applied.buffers) buffers.set(path, next);
        for (const [path, given] of applied.inside ?? []) inside.set(path, given);
        output = applied.output;
        for (const [path, given] of entriesOf<Tensor>(scope.pathOf(name), output)) inside.set(path, given);
      }
      return { output, buffers, inside };
    },
  };
}

/** What the layers behind ask for: the nearest wish of each sort, but whether a bias helps is the next layer's to say. */
function combine(after: readonly Layer[], beyond: InitHints): InitHints | undefined {
  const [next] = after;
  if (next === undefined) return beyond;
  const initializer =
    after.find((layer) => layer.initHints?.initializer !== undefined)?.initHints?.initializer ?? beyond.initializer;
  const bias = next.initHints?.bias;
  if (initializer === undefined && bias === undefined) return undefined;
  return { ...(initializer === undefined ? {} : { initializer }), ...(bias === undefined ? {} : { bias }) };
}
