/** What each layer of Keras is here. Arrays come in Keras's order: kernel, bias; gamma, beta, moving mean and variance. */
import { filled, type NdArray, zeros } from "../../array/ndarray.ts";
import { showShape } from "../../array/shape.ts";
import { NablaError } from "../../base/error.ts";
import { isRecord } from "../../base/value-type.ts";
import { elu, gelu, identity, leakyRelu, relu, sigmoid, softmax, tanh } from "../../nn/activations.ts";
import { batchNorm } from "../../nn/batch-norm.ts";
import { conv1d, conv2d } from "../../nn/convolution.ts";
import { dense } from "../../nn/dense.ts";
import { dropout, spatialDropout } from "../../nn/dropout.ts";
import { embedding } from "../../nn/embedding.ts";
import { flatten } from "../../nn/flatten.ts";
import type { Layer } from "../../nn/layer.ts";
import { layerNorm } from "../../nn/layer-norm.ts";
import type { Padding } from "../../nn/padding.ts";
import { averagePool, globalAveragePool, maxPool } from "../../nn/pooling.ts";
import { quoted } from "../quoted.ts";
import { type JsonRecord, numberFrom, size } from "./record.ts";
import type { KerasLayer } from "./steps.ts";

/** A layer of ours with its arrays, or a scaling of numbers (x * scale + offset) that has to be first or last. */
export type Piece =
  | { readonly layer: Layer; readonly kept: { readonly [name: string]: NdArray } }
  | { readonly scale: readonly number[]; readonly offset: readonly number[] };

/** The context that a reader gets. */
export interface LayerReading extends KerasLayer {
  readonly arrays: readonly NdArray[];
  /** Called with what was left out. */
  readonly note: (message: string) => void;
}

type Reader = (layer: LayerReading) => readonly Piece[];

/** What has no place here, by what the layer would need. */
function unsupported(what: string): NablaError {
  return new NablaError("keras/layer", what);
}

const alone = (layer: Layer): readonly Piece[] => [{ layer, kept: {} }];

const activations: Readonly<Record<string, (() => Layer) | undefined>> = {
  relu,
  sigmoid,
  tanh,
  softmax,
  gelu,
  elu: () => elu(),
  leaky_relu: () => leakyRelu({ slope: 0.2 }),
  linear: identity,
};

/** An activation by its name, or by the configuration of a layer that is one. "linear" is nothing. */
function activationOf(value: unknown): readonly Piece[] {
  const name = isRecord(value) ? (isRecord(value.config) ? (value.config.name ?? value.class_name) : undefined) : value;
  if (name === undefined || name === null || name === "linear") return [];
  const make = typeof name === "string" && Object.hasOwn(activations, name) ? activations[name] : undefined;
  if (make === undefined) throw unsupported(`the activation ${quoted(String(name))}`);
  return alone(make());
}

function wanted(layer: LayerReading, count: number): readonly NdArray[] {
  if (layer.arrays.length === count) return layer.arrays;
  throw new NablaError("keras/weights", `the file holds ${layer.arrays.length} arrays for it where ${count} belong`);
}

/** The array, if it has the shape; lengths of 0 match any. */
function shaped(array: NdArray | undefined, wanted: readonly number[], what: string): NdArray {
  const fits =
    array !== undefined &&
    array.shape.length === wanted.length &&
    wanted.every((length, i) => length === 0 || array.shape[i] === length);
  if (fits) return array;
  const found = array === undefined ? "nothing" : showShape(array.shape);
  throw new NablaError(
    "keras/weights",
    `its ${what} is ${found} in the file and ${showShape(wanted)} by its configuration`,
  );
}

const usesBias = ({ config }: LayerReading): boolean => config.use_bias !== false;

const readDense: Reader = (layer) => {
  const units = size(layer.config.units, "units");
  const bias = usesBias(layer);
  const [kernel, shift] = wanted(layer, bias ? 2 : 1);
  const weights = shaped(kernel, [0, units], "kernel");
  const kept = bias ? { weights, bias: shaped(shift, [units], "bias") } : { weights };
  return [{ layer: dense(units, bias ? {} : { bias }), kept }, ...activationOf(layer.config.activation)];
};

/** One number for each axis. */
function lengths(value: unknown, axes: number, otherwise: number, what: string): readonly number[] {
  if (value === undefined || value === null) return new Array<number>(axes).fill(otherwise);
  const found = Array.isArray(value)
    ? value.map((length) => size(length, what))
    : new Array<number>(axes).fill(size(value, what));
  if (found.length !== axes)
    throw new NablaError("keras/config", `${what} has ${found.length} numbers for ${axes} axes`);
  return found;
}

function channelsLast({ data_format: format }: JsonRecord): void {
  if (format === "channels_first") throw unsupported('data_format "channels_first"');
}

function paddingOf({ padding }: JsonRecord, otherwise: Padding): Padding {
  const found = padding ?? otherwise;
  if (found === "same" || found === "valid") return found;
  throw unsupported(`padding ${quoted(String(found))}`);
}

const readConvolution =
  (axes: 1 | 2, depthwise = false): Reader =>
  (layer) => {
    const { config } = layer;
    channelsLast(config);
    const window = lengths(config.kernel_size, axes, 1, "kernel_size");
    const bias = usesBias(layer);
    const [kernel, shift] = wanted(layer, bias ? 2 : 1);
    const stored = shaped(kernel, [...window, 0, 0], "kernel");
    const [channels = 1, each = 1] = stored.shape.slice(-2);
    const filters = depthwise ? channels * each : size(config.filters, "filters");
    const groups = depthwise ? channels : config.groups === undefined ? 1 : size(config.groups, "groups");
    // depthwise: [h, w, channels, each] is a group a channel, [h, w, 1, channels * each]
    const weights = depthwise
      ? { ...stored, shape: [...window, 1, filters] }
      : shaped(stored, [...window, 0, filters], "kernel");
    const options = {
      size: window,
      stride: lengths(config.strides, axes, 1, "strides"),
      dilation: lengths(config.dilation_rate, axes, 1, "dilation_rate"),
      padding: paddingOf(config, "valid"),
      ...(groups === 1 ? {} : { groups }),
      ...(bias ? {} : { bias }),
    };
    const made = axes === 1 ? conv1d(filters, options) : conv2d(filters, options);
    const kept = bias ? { weights, bias: shaped(shift, [filters], "bias") } : { weights };
    return [{ layer: made, kept }, ...activationOf(config.activation)];
  };

const readPooling =
  (make: typeof maxPool, axes: 1 | 2): Reader =>
  ({ config }) => {
    channelsLast(config);
    const window = lengths(config.pool_size, axes, 2, "pool_size");
    const stride =
      config.strides === undefined || config.strides === null ? window : lengths(config.strides, axes, 1, "strides");
    return alone(make({ size: window, stride, padding: paddingOf(config, "valid") }));
  };

const readGlobalPooling: Reader = ({ config }) => {
  channelsLast(config);
  if (config.keepdims === true) throw unsupported("keepdims");
  return alone(globalAveragePool());
};

const readDropout =
  (make: typeof dropout): Reader =>
  ({ config }) => {
    const rate = numberFrom(config.rate, "rate");
    return rate === 0 ? [] : alone(make({ keep: Number((1 - rate).toPrecision(12)) }));
  };

function lastAxis({ axis }: JsonRecord, what: string): void {
  const axes = Array.isArray(axis) ? axis : [axis ?? -1];
  // a positive axis is Keras 2's, written when the model was built; the arrays' shapes decide whether it is the last
  if (axes.length !== 1 || (axes[0] !== -1 && !(Number(axes[0]) > 0)))
    throw unsupported(`${what} over axis ${axes.join(", ")}`);
}

const readBatchNorm: Reader = (layer) => {
  const { config } = layer;
  lastAxis(config, "normalization");
  const [scaled, centered] = [config.scale !== false, config.center !== false];
  const arrays = [...wanted(layer, 2 + Number(scaled) + Number(centered))];
  const gamma = scaled ? arrays.shift() : undefined;
  const beta = centered ? arrays.shift() : undefined;
  const mean = shaped(arrays[0], [0], "moving mean");
  const { shape } = mean;
  const kept = {
    scale: gamma === undefined ? filled(shape, 1) : shaped(gamma, shape, "gamma"),
    shift: beta === undefined ? zeros(shape) : shaped(beta, shape, "beta"),
    mean,
    variance: shaped(arrays[1], shape, "moving variance"),
  };
  const momentum = Number((1 - numberFrom(config.momentum ?? 0.99, "momentum")).toPrecision(12));
  const epsilon = numberFrom(config.epsilon ?? 1e-3, "epsilon");
  return [{ layer: batchNorm({ ...(momentum > 0 ? { momentum } : {}), epsilon }), kept }];
};

const readLayerNorm: Reader = (layer) => {
  const { config } = layer;
  lastAxis(config, "normalization");
  if (config.rms_scaling === true) throw unsupported("rms_scaling");
  const [scaled, centered] = [config.scale !== false, config.center !== false];
  const arrays = [...wanted(layer, Number(scaled) + Number(centered))];
  const { shape } = shaped(arrays[0], [0], "gamma or beta");
  const scale = scaled ? shaped(arrays.shift(), shape, "gamma") : filled(shape, 1);
  const shift = centered ? shaped(arrays.shift(), shape, "beta") : zeros(shape);
  return [{ layer: layerNorm({ epsilon: numberFrom(config.epsilon ?? 1e-3, "epsilon") }), kept: { scale, shift } }];
};

const readEmbedding: Reader = (layer) => {
  const { config } = layer;
  if (config.mask_zero === true) throw unsupported("mask_zero");
  const [count, units] = [size(config.input_dim, "input_dim"), size(config.output_dim, "output_dim")];
  const [table] = wanted(layer, 1);
  return [{ layer: embedding({ count, units }), kept: { table: shaped(table, [count, units], "table") } }];
};

/** relu(x) with a slope below 0; a ceiling or a threshold has no layer here. */
const readRelu: Reader = ({ config }) => {
  if (config.max_value !== undefined && config.max_value !== null) throw unsupported(`max_value ${config.max_value}`);
  if (Number(config.threshold ?? 0) !== 0) throw unsupported(`threshold ${config.threshold}`);
  const slope = numberFrom(config.negative_slope ?? 0, "negative_slope");
  return alone(slope === 0 ? relu() : leakyRelu({ slope }));
};

const readSoftmax: Reader = ({ config }) => {
  lastAxis(config, "softmax");
  return alone(softmax());
};

const numbersOf = (value: unknown, what: string): readonly number[] =>
  Array.isArray(value) ? value.flat(8).map((item) => numberFrom(item, what)) : [numberFrom(value, what)];

const readRescaling: Reader = ({ config }) => [
  { scale: numbersOf(config.scale, "scale"), offset: numbersOf(config.offset ?? 0, "offset") },
];

/** (x - mean) / sqrt(variance); adapted ones store mean, variance and a count as arrays. */
const readNormalization: Reader = (layer) => {
  const { config, arrays } = layer;
  if (config.invert === true) throw unsupported("invert");
  const given = config.mean !== undefined && config.mean !== null;
  const [means, variances] = given ? [] : wanted(layer, 3);
  const mean = given ? numbersOf(config.mean, "mean") : [...(means?.data ?? [])];
  const variance = given ? numbersOf(config.variance, "variance") : [...(variances?.data ?? [])];
  if (given && arrays.length > 3) wanted(layer, 3);
  // Keras divides by at least its own epsilon
  const spread = variance.map((value) => Math.max(Math.sqrt(value), 1e-7));
  if (mean.length !== spread.length || mean.length === 0)
    throw new NablaError("keras/weights", "mean and variance differ in length");
  return [{ scale: spread.map((one) => 1 / one), offset: mean.map((one, i) => -one / (spread[i] ?? 1)) }];
};

const readFlatten: Reader = ({ config }) => {
  channelsLast(config);
  return alone(flatten());
};

/** Every layer of Keras that can be read, by its class. */
export const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["Dense", readDense],
  ["Conv1D", readConvolution(1)],
  ["Conv2D", readConvolution(2)],
  ["DepthwiseConv2D", readConvolution(2, true)],
  ["MaxPooling1D", readPooling(maxPool, 1)],
  ["MaxPooling2D", readPooling(maxPool, 2)],
  ["AveragePooling1D", readPooling(averagePool, 1)],
  ["AveragePooling2D", readPooling(averagePool, 2)],
  ["GlobalAveragePooling1D", readGlobalPooling],
  ["GlobalAveragePooling2D", readGlobalPooling],
  ["Flatten", readFlatten],
  ["Dropout", readDropout(dropout)],
  ["SpatialDropout1D", readDropout(spatialDropout)],
  ["SpatialDropout2D", readDropout(spatialDropout)],
  ["BatchNormalization", readBatchNorm],
  ["LayerNormalization", readLayerNorm],
  ["Embedding", readEmbedding],
  ["Activation", ({ config }) => activationOf(config.activation)],
  ["ReLU", readRelu],
  [
    "LeakyReLU",
    ({ config }) =>
      alone(leakyRelu({ slope: numberFrom(config.negative_slope ?? config.alpha ?? 0.3, "negative_slope") })),
  ],
  ["ELU", ({ config }) => alone(elu({ alpha: numberFrom(config.alpha ?? 1, "alpha") }))],
  ["Softmax", readSoftmax],
  ["Rescaling", readRescaling],
  ["Normalization", readNormalization],
]);

/** Layers that do not affect predictions and have no counterpart: reported, not converted. */
export const leftOut: Readonly<Record<string, string>> = {
  kernel_regularizer: "penalty",
  bias_regularizer: "penalty",
  embeddings_regularizer: "penalty",
  kernel_constraint: "constraint",
  activity_regularizer: "penalty",
};
