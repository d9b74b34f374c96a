/** Activations of Keras: by name, as a layer of their own, or as a layer that another one has as its activation. */
import { isRecord } from "../../base/value-type.ts";
import {
  abs,
  add,
  cos,
  divide,
  exp,
  expm1,
  less,
  lessEqual,
  log,
  maximum,
  minimum,
  multiply,
  negate,
  select,
  sigmoid as sigmoidOf,
  sin,
  softplus,
  sqrt,
  subtract,
  tanh as tanhOf,
} from "../../graph/elementwise.ts";
import { sum } from "../../graph/movement.ts";
import { max } from "../../graph/reduce.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { elu, gelu, leakyRelu, relu, sigmoid, softmax, tanh } from "../../nn/activations.ts";
import { leaky } from "../../nn/functions.ts";
import type { Layer } from "../../nn/layer.ts";
import { quoted } from "../quoted.ts";
import { checkAttributes } from "./attributes.ts";
import { classOf } from "./class-names.ts";
import {
  arraysOf,
  axesIn,
  inputOf,
  type LayerReading,
  type Reader,
  shaped,
  unsupported,
  withAxesLast,
} from "./reading.ts";
import { type JsonRecord, numberFrom, recordFrom } from "./record.ts";

/** Those that are layers here. */
const layers: Readonly<Record<string, () => Layer>> = {
  relu,
  sigmoid,
  tanh,
  softmax,
  gelu,
  elu: () => elu(),
  leaky_relu: () => leakyRelu({ slope: 0.2 }),
};

/** Klambauer et al. 2017, the fixed point of mean 0 and variance 1. */
const SELU = { scale: 1.0507009873554805, alpha: 1.6732632423543772 } as const;

const between = (x: Tensor, low: number, high: number): Tensor => minimum(maximum(x, low), high);

const hardSigmoid = (x: Tensor, keras3: boolean): Tensor =>
  // Keras 3 has the slope 1/6 of PyTorch, Keras 2 and TensorFlow.js have 0.2
  keras3 ? divide(between(add(x, 3), 0, 6), 6) : between(add(multiply(x, 0.2), 0.5), 0, 1);

function logSoftmax(x: Tensor): Tensor {
  const centered = subtract(x, max(x, { axes: -1, keep: true }));
  return subtract(centered, log(sum(exp(centered), { axes: -1, keep: true })));
}

/** Those that are graphs of ops here. */
export const activationGraphs: Readonly<Record<string, (x: Tensor, keras3: boolean) => Tensor>> = {
  silu: (x) => multiply(x, sigmoidOf(x)),
  swish: (x) => multiply(x, sigmoidOf(x)),
  selu: (x) => multiply(select(less(0, x), x, multiply(expm1(minimum(x, 0)), SELU.alpha)), SELU.scale),
  celu: (x) => select(less(0, x), x, expm1(minimum(x, 0))),
  softplus: (x) => softplus(x),
  softsign: (x) => divide(x, add(abs(x), 1)),
  relu6: (x) => between(x, 0, 6),
  mish: (x) => multiply(x, tanhOf(softplus(x))),
  exponential: (x) => exp(x),
  hard_sigmoid: hardSigmoid,
  hard_silu: (x, keras3) => multiply(x, hardSigmoid(x, keras3)),
  hard_swish: (x, keras3) => multiply(x, hardSigmoid(x, keras3)),
  hard_tanh: (x) => between(x, -1, 1),
  tanh_shrink: (x) => subtract(x, tanhOf(x)),
  log_sigmoid: (x) => negate(softplus(negate(x))),
  log_softmax: logSoftmax,
  cos: (x) => cos(x),
  sin: (x) => sin(x),
  squareplus: (x) => divide(add(x, sqrt(add(multiply(x, x), 4))), 2),
};

/** A function's name: "relu", or as Keras 3 writes functions, `{ class_name: "function", config: "relu" }`. */
function nameOf(value: unknown): unknown {
  if (!isRecord(value) || value.class_name !== "function") return value;
  const isOp = value.module === "keras.ops" && (value.config === "cos" || value.config === "sin");
  if (value.module !== undefined && value.module !== null && value.module !== "builtins" && !isOp)
    throw unsupported(`the activation ${quoted(String(value.config))} of ${quoted(String(value.module))}`);
  return value.config;
}

/** What a layer's activation makes of its output; "linear" is nothing. */
export function activated(layer: LayerReading, x: Tensor): Tensor {
  const name = nameOf(layer.config.activation);
  if (name === undefined || name === null || name === "linear") return x;
  if (isRecord(name)) return ofLayer(layer, x, name);
  if (typeof name === "string" && Object.hasOwn(layers, name)) {
    const make = layers[name];
    if (make !== undefined) return layer.apply(make(), x);
  }
  const graph = typeof name === "string" && Object.hasOwn(activationGraphs, name) ? activationGraphs[name] : undefined;
  if (graph === undefined) throw unsupported(`the activation ${quoted(String(name))}`);
  return graph(x, layer.keras3);
}

/** A layer in the place of an activation, `{ class_name: "ReLU", config: { max_value: 6 } }`. */
function ofLayer(layer: LayerReading, x: Tensor, value: JsonRecord): Tensor {
  const { className } = classOf(value, "its activation");
  const config = recordFrom(value.config ?? {}, "the config of its activation");
  const read = Object.hasOwn(activationLayers, className) ? activationLayers[className] : undefined;
  if (read === undefined || className === "PReLU") throw unsupported(`the activation ${quoted(className)}`);
  checkAttributes({ className, config });
  return read({ ...layer, className, config, arrays: [], inputs: [x] });
}

const readActivation: Reader = (layer) => activated(layer, inputOf(layer));

/** A slope below 0 as the layer here has it, or in ops where it is beyond that layer's range. */
function sloped(layer: LayerReading, x: Tensor, slope: number): Tensor {
  if (slope === 0) return layer.apply(relu(), x);
  return slope > 0 && slope < 1 ? layer.apply(leakyRelu({ slope }), x) : leaky(x, slope);
}

/** x from the threshold on, a slope below it, and nothing above the highest. */
const readRelu: Reader = (layer) => {
  const { config } = layer;
  const x = inputOf(layer);
  const threshold = numberFrom(config.threshold ?? 0, "threshold");
  const slope = numberFrom(config.negative_slope ?? 0, "negative_slope");
  const high = config.max_value ?? undefined;
  const low =
    threshold === 0
      ? sloped(layer, x, slope)
      : select(lessEqual(threshold, x), x, multiply(subtract(x, threshold), slope));
  return high === undefined ? low : minimum(low, numberFrom(high, "max_value"));
};

const readLeakyRelu: Reader = (layer) =>
  sloped(layer, inputOf(layer), numberFrom(layer.config.negative_slope ?? layer.config.alpha ?? 0.3, "negative_slope"));

const readElu: Reader = (layer) => {
  const alpha = numberFrom(layer.config.alpha ?? 1, "alpha");
  if (alpha > 0) return layer.apply(elu({ alpha }), inputOf(layer));
  const x = inputOf(layer);
  return select(less(0, x), x, multiply(expm1(minimum(x, 0)), alpha));
};

/** A learned slope below 0 for each place of an example, one for all along axes that share it. */
const readPrelu: Reader = (layer) => {
  const x = inputOf(layer);
  const { shared_axes: given } = layer.config;
  const shared = given === undefined || given === null ? [] : axesIn(given, x.shape.length, "shared_axes");
  const shape = x.shape.slice(1).map((length, i) => (shared.includes(i + 1) ? 1 : Number(length)));
  const [alpha] = arraysOf(layer, 1);
  return leaky(x, layer.parameter("alpha", shaped(alpha, shape, "alpha")));
};

const readSoftmax: Reader = (layer) => {
  const x = inputOf(layer);
  const axes = axesIn(layer.config.axis ?? -1, x.shape.length, "axis");
  if (axes.length !== 1) throw unsupported(`a softmax over the axes ${axes.join(", ")}`);
  return withAxesLast(x, axes, (last) => layer.apply(softmax(), last));
};

const readThresholded: Reader = (layer) => {
  const theta = numberFrom(layer.config.theta ?? 1, "theta");
  const x = inputOf(layer);
  return select(less(theta, x), x, 0);
};

/** Layers that are activations, by class. */
export const activationLayers: Readonly<Record<string, Reader>> = {
  Activation: readActivation,
  ReLU: readRelu,
  LeakyReLU: readLeakyRelu,
  ThresholdedReLU: readThresholded,
  ELU: readElu,
  PReLU: readPrelu,
  Softmax: readSoftmax,
};
