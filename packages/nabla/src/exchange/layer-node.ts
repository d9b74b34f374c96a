/** Graphs that hold whole layers as nodes become a chain where they are sequential, else a graph layer. */
import type { ArrayData, NdArray } from "../array/ndarray.ts";
import type { Shape } from "../array/shape.ts";
import { compact } from "../base/compact.ts";
import type { PlainOptions } from "../base/described.ts";
import { known, NablaError } from "../base/error.ts";
import type { Json } from "../base/json.ts";
import { meanOf, populationVariance } from "../base/statistics/summary.ts";
import { anyDType } from "../graph/dtype-rule.ts";
import { initialOf, isConstant, isState, nameOf, valueOfConstant } from "../graph/leaf.ts";
import { make } from "../graph/op.ts";
import type { AnyOp, Tensor } from "../graph/tensor.ts";
import { walk } from "../graph/walk.ts";
import { identity } from "../nn/activations.ts";
import { chain } from "../nn/chain.ts";
import { type GraphStep, graphLayer, stepNames } from "../nn/graph-layer.ts";
import { constantInitializer, type Initializer, normalInitializer } from "../nn/initializer.ts";
import type { Layer } from "../nn/layer.ts";
import type { ByPath } from "../nn/model.ts";

/** Arrays under the last names that a layer gives them; buffers too. */
type Kept = Readonly<Record<string, NdArray>>;

const LAYER: AnyOp = {
  opName: "layer",
  definition: {
    arity: 1,
    dtypes: { takes: anyDType },
    shape: (_, attributes) => (attributes as { readonly shape: Shape }).shape,
    dtype: () => "float32",
    gradient: () => [undefined],
    trials: [],
  },
};

/** A node that is a layer with its numbers; `shape` is what it gives, like its input where it is left out. Throws `exchange/type` for inputs that are no floats. */
export function layerNode(layer: Layer, from: Tensor, kept: Kept = {}, shape: Shape = from.shape): Tensor {
  if (from.dtype !== "float32" && layer.kind !== "embedding")
    throw new NablaError("exchange/type", `it computes with floats, and its input is ${from.dtype}`);
  return make(LAYER, [from], { layer, kept, shape });
}

/** The layer of a node made by `layerNode`; undefined for any other. */
export function layerOf(
  tensor: Tensor,
): { readonly layer: Layer; readonly kept: Kept; readonly from: Tensor } | undefined {
  if (tensor.op !== LAYER) return undefined;
  const { layer, kept } = tensor.attributes as { readonly layer: Layer; readonly kept: Kept };
  return { layer, kept, from: known(tensor.inputs[0], "the input of a layer") };
}

/** Steps of a network: far above any that is trained here. */
const MOST_STEPS = 2 ** 17;
/** Layers in a row that are one chain; a longer row is a graph. */
const MOST_IN_CHAIN = 1000;

/** Constants up to this size are inlined in the graph's description; larger ones are stored with the weights. */
const MOST_WRITTEN = 64;

/** What `output` computes from `x` as a layer, with its parameters and buffers by path. Throws `exchange/size`. */
export function modelOf(output: Tensor, x: Tensor): { readonly layer: Layer; readonly weights: ByPath<NdArray> } {
  const place = new Map<Tensor, number>([[x, 0]]);
  const steps: GraphStep[] = [];
  const arrays: Kept[] = [];
  const nodes = walk([output]);
  if (nodes.length > MOST_STEPS)
    throw new NablaError("exchange/size", `the network has ${nodes.length} steps, and ${MOST_STEPS} are the most`);
  for (const node of nodes) {
    if (node === x) continue;
    const of = node.inputs.map((from) => known(place.get(from), "an earlier step"));
    const [step, kept] = stepOf(node, of);
    steps.push(step);
    arrays.push(kept);
    place.set(node, steps.length);
  }
  if (steps.length === 0) return { layer: chain(identity()), weights: new Map() };
  const names = stepNames(steps);
  const weights = arrays.flatMap((kept, i) =>
    Object.entries(kept).map(([last, array]) => [`${names[i]}.${last}`, array] as const),
  );
  return { layer: asChain(steps) ?? graphLayer(steps), weights: new Map(weights) };
}

function asChain(steps: readonly GraphStep[]): Layer | undefined {
  if (steps.length > MOST_IN_CHAIN) return undefined;
  const layers = steps.flatMap((step, i) => ("layer" in step && step.of === i ? [step.layer] : []));
  return layers.length === steps.length ? chain(...layers) : undefined;
}

function stepOf(node: Tensor, of: readonly number[]): readonly [GraphStep, Kept] {
  const found = layerOf(node);
  if (found !== undefined) return [{ layer: found.layer, of: of[0] ?? 0 }, found.kept];
  if (isState(node)) return parameterStep(initialOf(node), true);
  if (isConstant(node)) {
    const { dtype, shape, data } = valueOfConstant(node);
    if (dtype === "float32" && data.length > MOST_WRITTEN) return parameterStep({ dtype, shape, data }, false);
    return [{ constant: Array.from(data, (x) => (Number.isFinite(x) ? x : String(x))), shape, dtype }, {}];
  }
  if (node.op.definition.arity === 0 && node.op.opName === "input")
    throw new NablaError("exchange/graph", `the output depends on "${nameOf(node)}", which is no part of the model`);
  const attributes: PlainOptions = compact(
    node.attributes as { readonly [name: string]: Json | undefined },
  ) as PlainOptions;
  return [{ op: node.op.opName, of, attributes }, {}];
}

/** Reinitialization draws numbers distributed like those that were read. */
function parameterStep(array: NdArray, learned: boolean): readonly [GraphStep, Kept] {
  const wide = array.shape.filter((length) => length > 1).length > 1;
  const parameter = wide ? "weights" : "bias";
  return [{ parameter, shape: array.shape, init: similar(array.data), learned }, { [parameter]: array }];
}

function similar(data: ArrayData): Initializer {
  const [mean, deviation] = [meanOf(data), Math.sqrt(populationVariance(data))];
  if (!Number.isFinite(mean) || !Number.isFinite(deviation)) return constantInitializer(0);
  return deviation > 1e-6 * Math.abs(mean) ? normalInitializer({ mean, deviation }) : constantInitializer(mean);
}
