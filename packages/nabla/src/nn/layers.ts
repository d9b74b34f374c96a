import { describe, type Kinds, makeFrom, maker, type PlainOptions } from "../base/described.ts";
import { flag, list, nested, number, numbers, required, word } from "../base/fields.ts";
import type { Json } from "../base/json.ts";
import { elu, gelu, identity, leakyRelu, relu, sigmoid, softmax, tanh } from "./activations.ts";
import { batchNorm } from "./batch-norm.ts";
import { chain } from "./chain.ts";
import { conv1d, conv2d } from "./convolution.ts";
import { dense } from "./dense.ts";
import { dropout, spatialDropout } from "./dropout.ts";
import { embedding } from "./embedding.ts";
import { AVERAGED, ensemble } from "./ensemble.ts";
import { flatten } from "./flatten.ts";
import { graphLayer, stepReader } from "./graph-layer.ts";
import { initializerFrom } from "./initializers.ts";
import type { Layer } from "./layer.ts";
import { layerNorm } from "./layer-norm.ts";
import { lossFrom } from "./losses.ts";
import { PADDINGS } from "./padding.ts";
import { averagePool, globalAveragePool, maxPool } from "./pooling.ts";
import { residual } from "./residual.ts";

const convolution = {
  filters: required(number),
  size: numbers,
  stride: numbers,
  dilation: numbers,
  padding: word(PADDINGS),
  groups: number,
  init: nested(initializerFrom),
  bias: flag,
};
const pooling = { size: numbers, stride: numbers, padding: word(PADDINGS) };

/** Every activation by the name that data calls it. */
export const activations: Kinds<Layer> = {
  relu: maker({}, relu),
  leakyRelu: maker({ slope: number }, leakyRelu),
  elu: maker({ alpha: number }, elu),
  gelu: maker({}, gelu),
  sigmoid: maker({}, sigmoid),
  tanh: maker({}, tanh),
  softmax: maker({}, softmax),
  identity: maker({}, identity),
};

/** Every layer by the name that data calls it. */
export const layers: Kinds<Layer> = {
  chain: maker({ layers: required(list(layerFrom)) }, (values) => chain(...values.layers)),
  dense: maker({ units: required(number), init: nested(initializerFrom), bias: flag }, ({ units, ...rest }) =>
    dense(units, rest),
  ),
  batchNorm: maker({ momentum: number, epsilon: number }, batchNorm),
  dropout: maker({ keep: required(number) }, dropout),
  spatialDropout: maker({ keep: required(number) }, spatialDropout),
  flatten: maker({}, flatten),
  conv1d: maker(convolution, ({ filters, ...rest }) => conv1d(filters, rest)),
  conv2d: maker(convolution, ({ filters, ...rest }) => conv2d(filters, rest)),
  maxPool: maker(pooling, maxPool),
  averagePool: maker(pooling, averagePool),
  globalAveragePool: maker({}, globalAveragePool),
  embedding: maker({ count: required(number), units: required(number), init: nested(initializerFrom) }, embedding),
  layerNorm: maker({ epsilon: number }, layerNorm),
  ensemble: maker(
    { members: required(list(layerFrom)), loss: required(nested(lossFrom)), of: word(AVERAGED) },
    ({ members, ...rest }) => ensemble(members, rest),
  ),
  graph: maker({ steps: required(list(stepReader({ layer: layerFrom, init: initializerFrom }))) }, ({ steps }) =>
    graphLayer(steps),
  ),
  residual: maker({ layers: required(list(layerFrom)) }, (values) => residual(...values.layers)),
  ...activations,
};

/** A layer from data, as `{ kind: "dense", units: 64 }`. Unknown kinds and options are named with the nearest known ones. */
export function layerFrom(data: Json, place?: string): Layer {
  return makeFrom("layer", layers, data, place);
}

/** An activation from data, as `"relu"`. */
export function activationFrom(data: Json, place?: string): Layer {
  return makeFrom("activation", activations, data, place);
}

/** A layer as data, which `layerFrom` makes into the same layer. */
export function toJson(layer: Layer): PlainOptions {
  return describe(layer);
}
