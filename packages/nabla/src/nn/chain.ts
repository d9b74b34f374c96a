import type { NdArray } from "../array/ndarray.ts";
import { compact } from "../base/compact.ts";
import { NablaError, withContext } from "../base/error.ts";
import { isOf, type Kind } from "../base/family.ts";
import { type Field, list } from "../base/field.ts";
import type { Json } from "../base/json.ts";
import { entriesOf } from "../base/named.ts";
import { numbered } from "../base/parameter-path.ts";
import { fork } from "../base/random.ts";
import type { Tree } from "../base/tree.ts";
import { isRecord } from "../base/value-type.ts";
import type { Tensor } from "../graph/tensor.ts";
import {
  type InitHints,
  type Layer,
  type LayerBody,
  largestMinBatchSize,
  layer,
  layerType,
  type Signal,
} from "./layer.ts";

/**
 * Layers one after the other. Each is named for its kind and place among its kind, so parameters read `dense2.weights`,
 * and each draws from its own fork: adding a layer of one kind changes no other kind's numbers.
 * `chain(dense(64), relu(), dense(10))` initializes the first layer by He because a ReLU follows. The first may take
 * several tensors by name, the last may give several.
 */
export const chain = layer(
  "chain",
  { layers: list(layerType, { help: "the layers, in order" }) },
  ({ layers }) => inOrder(layers),
  { help: "layers in sequence", rest: "layers" },
) as unknown as Chain;

/** The layers of a network as data, those of chains within chains laid out in one row. */
export function layersInOrder(model: Json): readonly Json[] {
  const { layers } = isRecord(model) ? model : {};
  return isOf(chain, model) && Array.isArray(layers) ? layers.flatMap(layersInOrder) : [model];
}

/** A chain of layers, of which the first may take several tensors by name and the last may give several. */
interface Chain extends Kind<Layer, { readonly layers: Field<readonly Layer[], "required"> }> {
  (...layers: readonly Layer[]): Layer;
  <In extends Signal, Out extends Signal>(
    ...layers: readonly [Layer<In>, ...Layer[], Layer<Tensor, Out>]
  ): Layer<In, Out>;
}

/** What layers in order compute. */
export function inOrder(order: readonly Layer[]): Required<Pick<LayerBody, "layers" | "shapeOf" | "init">> & LayerBody {
  if (order.length === 0) throw new NablaError("nn/empty", "a chain needs at least one layer");
  const names = numbered(order.map(({ kind }) => kind));
  const layers = new Map(order.map((one, i) => [names[i] ?? one.kind, one]));
  const hints = combine(order, {});
  return {
    layers,
    ...compact({ initHints: hints }),
    ...largestMinBatchSize(order),
    shapeOf: (shape) => {
      let here = shape;
      for (const [name, one] of layers) here = withContext(name, () => one.shapeOf(here));
      return here;
    },
    init: (shape, key, beyond) => {
      const parameters: Record<string, Tree<NdArray>> = {};
      const buffers: Record<string, Tree<NdArray>> = {};
      let here = shape;
      for (const [i, [name, one]] of [...layers].entries()) {
        const after = combine(order.slice(i + 1), beyond) ?? {};
        const variables = withContext(name, () => one.init(here, fork(key, name), after));
        if (Object.keys(variables.parameters).length > 0) parameters[name] = variables.parameters;
        if (Object.keys(variables.buffers).length > 0) buffers[name] = variables.buffers;
        here = one.shapeOf(here);
      }
      return { parameters, buffers };
    },
    apply: (x, scope) => {
      const buffers = new Map<string, Tensor>();
      const inside = new Map<string, Tensor>();
      let output = x;
      for (const [name, one] of layers) {
        const applied = withContext(name, () => one.apply(output, scope.within(name)));
        for (const [path, next] of applied.buffers) buffers.set(path, next);
        for (const [path, given] of applied.inside ?? []) inside.set(path, given);
        output = applied.output;
        for (const [path, given] of entriesOf<Tensor>(scope.pathOf(name), output)) inside.set(path, given);
      }
      return { output, buffers, inside };
    },
  };
}

/** Hints from the layers after: the nearest of each kind, but only the next layer decides whether a bias helps. */
function combine(after: readonly Layer[], beyond: InitHints): InitHints | undefined {
  const [next] = after;
  if (next === undefined) return beyond;
  const initializer =
    after.find((one) => one.initHints?.initializer !== undefined)?.initHints?.initializer ?? beyond.initializer;
  const bias = next.initHints?.bias;
  if (initializer === undefined && bias === undefined) return undefined;
  return compact({ initializer, bias });
}
