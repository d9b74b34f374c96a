import { describe, type Kinds, makeFrom, maker, type PlainOptions } from "../base/described.ts";
import { flag, list, nested, number, required } from "../base/fields.ts";
import type { Json } from "../base/json.ts";
import { elu, gelu, identity, leakyRelu, relu, sigmoid, softmax, tanh } from "./activations.ts";
import { batchNorm } from "./batch-norm.ts";
import { chain } from "./chain.ts";
import { dense } from "./dense.ts";
import { dropout } from "./dropout.ts";
import { flatten } from "./flatten.ts";
import { initializerFrom } from "./initializers.ts";
import type { Layer } from "./layer.ts";

/** Every layer by the name that data calls it. */
export const layers: Kinds<Layer> = {
  chain: maker({ layers: required(list(layerFrom)) }, (values) => chain(...values.layers)),
  dense: maker({ units: required(number), init: nested(initializerFrom), bias: flag }, ({ units, ...rest }) =>
    dense(units, rest),
  ),
  batchNorm: maker({ momentum: number, epsilon: number }, batchNorm),
  dropout: maker({ keep: required(number) }, dropout),
  flatten: maker({}, flatten),
  relu: maker({}, relu),
  leakyRelu: maker({ slope: number }, leakyRelu),
  elu: maker({ alpha: number }, elu),
  gelu: maker({}, gelu),
  sigmoid: maker({}, sigmoid),
  tanh: maker({}, tanh),
  softmax: maker({}, softmax),
  identity: maker({}, identity),
};

/** A layer from data, as `{ kind: "dense", units: 64 }`. Unknown kinds and options are named with the nearest known ones. */
export function layerFrom(data: Json, place?: string): Layer {
  return makeFrom("layer", layers, data, place);
}

/** A layer as data, which `layerFrom` makes into the same layer. */
export function toJson(layer: Layer): PlainOptions {
  return describe(layer);
}
