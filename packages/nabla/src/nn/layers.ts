import { describe, type PlainOptions } from "../base/described.ts";
import { NablaError } from "../base/error.ts";
import { isOf, type Kinds, readerOf } from "../base/family.ts";
import type { Json } from "../base/json.ts";
import { elu, gelu, identity, leakyRelu, relu, sigmoid, softmax, tanh } from "./activations.ts";
import { attention } from "./attention.ts";
import { batchNorm } from "./batch-norm.ts";
import { chain } from "./chain.ts";
import { conv1d, conv2d } from "./convolution.ts";
import { dense } from "./dense.ts";
import { dropout, spatialDropout } from "./dropout.ts";
import { embedding } from "./embedding.ts";
import { embeddingBag } from "./embedding-bag.ts";
import { ensemble } from "./ensemble.ts";
import { featureBranch } from "./feature-branch.ts";
import { flatten } from "./flatten.ts";
import { graphLayer } from "./graph-layer.ts";
import { initializers } from "./initializers.ts";
import type { Layer, LayerRole } from "./layer.ts";
import { layerNorm } from "./layer-norm.ts";
import { losses } from "./losses.ts";
import { periodic } from "./periodic.ts";
import { averagePool, globalAveragePool, maxPool } from "./pooling.ts";
import { positionalEncoding } from "./positional-encoding.ts";
import { recurrent } from "./recurrent.ts";
import { residual } from "./residual.ts";
import { transformerBlock } from "./transformer-block.ts";

export {
  attention,
  averagePool,
  batchNorm,
  chain,
  conv1d,
  conv2d,
  dense,
  dropout,
  elu,
  embedding,
  embeddingBag,
  ensemble,
  featureBranch,
  flatten,
  gelu,
  globalAveragePool,
  graphLayer,
  identity,
  layerNorm,
  leakyRelu,
  maxPool,
  periodic,
  positionalEncoding,
  recurrent,
  relu,
  residual,
  sigmoid,
  softmax,
  spatialDropout,
  tanh,
  transformerBlock,
};

/** Every activation by the name that data calls it. */
export const activations: Kinds<Layer> = { relu, leakyRelu, elu, gelu, sigmoid, tanh, softmax, identity };

/** Every layer that is no activation. */
const otherLayers: Kinds<Layer> = {
  chain,
  dense,
  batchNorm,
  dropout,
  spatialDropout,
  flatten,
  conv1d,
  conv2d,
  maxPool,
  averagePool,
  globalAveragePool,
  embedding,
  embeddingBag,
  periodic,
  attention,
  positionalEncoding,
  transformerBlock,
  recurrent,
  layerNorm,
  ensemble,
  graph: graphLayer,
  residual,
  featureBranch,
};

/** Every layer by the name that data calls it. */
export const layers: Kinds<Layer> = /* @__PURE__ */ Object.assign({}, otherLayers, activations);

const tables = { layer: layers, activation: activations, initializer: initializers, loss: losses };

/** A layer from data, as `{ kind: "dense", units: 64 }`. Unknown kinds and options are named with the nearest known ones. */
export const layerFrom: (data: Json, place?: string) => Layer = /* @__PURE__ */ readerOf("layer", tables);

/** An activation from data, as `"relu"`. */
export const activationFrom: (data: Json, place?: string) => Layer = /* @__PURE__ */ readerOf("activation", tables);

/** What a layer does in a network; undefined for kinds that nabla does not know, and for those without a part of their own. */
export function roleOf(data: Json): LayerRole | undefined {
  const known = Object.values(layers).some((kind) => isOf(kind, data));
  return known ? withRole(data) : undefined;
}

function withRole(data: Json): LayerRole | undefined {
  try {
    return layerFrom(data).role;
  } catch (error) {
    // a layer within may be of the user's own making
    if (error instanceof NablaError) return undefined;
    throw error;
  }
}

/** A layer as data, which `layerFrom` makes into the same layer. */
export function toJson(layer: Layer): PlainOptions {
  return describe(layer);
}
