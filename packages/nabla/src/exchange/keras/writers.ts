/** What each layer of ours is in Keras. */
import { type NdArray, ndarray, zeros } from "../../array/ndarray.ts";
import type { Shape, Size } from "../../array/shape.ts";
import type { PlainOptions } from "../../base/described.ts";
import { invariant } from "../../base/error.ts";
import type { Json } from "../../base/json.ts";
import type { Layer } from "../../nn/layer.ts";
import { type PerAxis, paddingFor, perAxis } from "../../nn/padding.ts";
import { periodic } from "../../nn/periodic.ts";
import { cannot, type Made, type Writing } from "./node.ts";
import { kerasAttention, kerasRecurrent } from "./sequence-writers.ts";

type Writer = (layer: Writing) => Made;

const activation =
  (name: string): Writer =>
  () => ({ className: "Activation", config: { activation: name } });

/** An option that is a number; options of a model are complete. */
function option(options: PlainOptions, name: string): number {
  const value = options[name];
  invariant(typeof value === "number", `the option ${name} is no number`);
  return value;
}

/** 1 - share, as people would write it: 0.2 and not 0.19999999999999996. */
function rest(share: number): number {
  return Number((1 - share).toPrecision(12));
}

function stored(pairs: readonly (readonly [string, NdArray | undefined])[]): readonly (readonly [string, NdArray])[] {
  return pairs.flatMap(([name, array]) => (array === undefined ? [] : [[name, array] as const]));
}

const dense: Writer = ({ options, kept }) => {
  const bias = kept("bias");
  const config = { units: option(options, "units"), activation: "linear", use_bias: bias !== undefined };
  return {
    className: "Dense",
    config,
    arrays: stored([
      ["kernel", kept("weights")],
      ["bias", bias],
    ]),
  };
};

const axesOf = ({ shape }: Writing): number => shape.length - 2;

/** A number or a list as one number for each axis. */
function lengths(value: Json | undefined, axes: number): readonly number[] {
  return perAxis(value as PerAxis, axes);
}

const convolution: Writer = (layer) => {
  const { options, kept, dialect } = layer;
  const axes = axesOf(layer);
  const groups = option(options, "groups");
  if (dialect === "tfjs" && groups > 1) throw cannot("convolution in groups in TensorFlow.js");
  const bias = kept("bias");
  const config = {
    filters: option(options, "filters"),
    kernel_size: lengths(options.size, axes),
    strides: lengths(options.stride, axes),
    dilation_rate: lengths(options.dilation, axes),
    padding: options.padding ?? null,
    data_format: "channels_last",
    ...(groups > 1 ? { groups } : {}),
    activation: "linear",
    use_bias: bias !== undefined,
  };
  return {
    className: `Conv${axes}D`,
    config,
    arrays: stored([
      ["kernel", kept("weights")],
      ["bias", bias],
    ]),
  };
};

const pooling =
  (name: string): Writer =>
  (layer) => {
    const axes = axesOf(layer);
    const { size, stride = size, padding = null } = layer.options;
    const window = { size: lengths(size, axes), stride: lengths(stride, axes), dilation: perAxis(1, axes) };
    const around = padding === "same" ? paddingFor(layer.shape.slice(1, -1) as Size, window, "same") : [];
    const config = { pool_size: window.size, strides: window.stride, padding, data_format: "channels_last" };
    const made: Made = { className: `${name}Pooling${axes}D`, config };
    if (name !== "Average" || around.every(([before, after]) => before + after === 0)) return made;
    if (layer.dialect === "tfjs")
      throw cannot('averagePool with padding "same" where zeros are added, which Keras leaves out of the mean');
    return { ...made, times: sharesInside(layer.shape.slice(1, -1) as Size, window, around) };
  };

/** How much of each window lies inside: zeros around count here, and not in Keras. */
function sharesInside(
  places: Size,
  { size, stride }: { readonly size: readonly number[]; readonly stride: readonly number[] },
  around: readonly (readonly [number, number])[],
): NdArray {
  const along = places.map((length, i) => {
    const [points = 1, move = 1, [before, after] = [0, 0]] = [size[i], stride[i], around[i]];
    const count = Math.floor((length + before + after - points) / move) + 1;
    return Array.from({ length: count }, (_, at) => {
      const from = at * move - before;
      return (Math.min(from + points, length) - Math.max(from, 0)) / points;
    });
  });
  const shares = along.reduce<readonly number[]>((all, next) => all.flatMap((x) => next.map((y) => x * y)), [1]);
  return ndarray(Float32Array.from(shares), [...along.map(({ length }) => length), 1]);
}

const batchNorm: Writer = ({ options, kept }) => ({
  className: "BatchNormalization",
  config: {
    axis: -1,
    momentum: rest(option(options, "momentum")),
    epsilon: option(options, "epsilon"),
    center: true,
    scale: true,
  },
  arrays: stored([
    ["gamma", kept("scale")],
    ["beta", kept("shift")],
    ["moving_mean", kept("mean")],
    ["moving_variance", kept("variance")],
  ]),
});

const layerNorm: Writer = ({ options, kept }) => ({
  className: "LayerNormalization",
  config: { axis: -1, epsilon: option(options, "epsilon"), center: true, scale: true },
  arrays: stored([
    ["gamma", kept("scale")],
    ["beta", kept("shift")],
  ]),
});

/** TensorFlow.js has dropout of whole channels for sequences alone; predictions are the same with the plain one. */
const spatialDropout: Writer = (layer) => {
  const axes = axesOf(layer);
  const className = layer.dialect === "tfjs" && axes !== 1 ? "Dropout" : `SpatialDropout${axes}D`;
  return { className, config: { rate: rest(option(layer.options, "keep")) } };
};

/** Every layer that is one layer there; chain, residual and ensemble are graphs of them. */
export const writers: Readonly<Record<string, Writer>> = {
  dense,
  conv1d: convolution,
  conv2d: convolution,
  maxPool: pooling("Max"),
  averagePool: pooling("Average"),
  globalAveragePool: (layer) => {
    if (layer.options.mask === true) throw cannot("globalAveragePool of the positions that count");
    return { className: `GlobalAveragePooling${axesOf(layer)}D`, config: { data_format: "channels_last" } };
  },
  flatten: () => ({ className: "Flatten", config: { data_format: "channels_last" } }),
  dropout: ({ options }) => ({ className: "Dropout", config: { rate: rest(option(options, "keep")) } }),
  spatialDropout,
  batchNorm,
  layerNorm,
  recurrent: kerasRecurrent,
  attention: kerasAttention,
  embedding: ({ options, kept }) => ({
    className: "Embedding",
    config: { input_dim: option(options, "count"), output_dim: option(options, "units"), mask_zero: false },
    arrays: stored([["embeddings", kept("table")]]),
  }),
  relu: activation("relu"),
  leakyRelu: ({ options, dialect }) => ({
    className: "LeakyReLU",
    config: { [dialect === "keras" ? "negative_slope" : "alpha"]: option(options, "slope") },
  }),
  elu: ({ options, dialect }) => {
    const alpha = option(options, "alpha");
    if (dialect === "tfjs" && alpha !== 1) throw cannot("elu with another alpha than 1 in TensorFlow.js");
    return { className: "ELU", config: { alpha } };
  },
  gelu: activation("gelu"),
  sigmoid: activation("sigmoid"),
  tanh: activation("tanh"),
  softmax: activation("softmax"),
  identity: activation("linear"),
};

/** The angles of periodic embeddings as a dense layer, in which each unit sees one input: [inputs, waved * count]. */
export function wavesOf(
  layer: Layer,
  { shape, kept }: { readonly shape: Shape; readonly kept: (name: string) => NdArray },
): Made {
  const width = Number(shape.at(-1));
  const { count, inputs = Array.from({ length: width }, (_, i) => i) } = periodic.valuesOf(layer);
  const units = inputs.length * count;
  const [frequency, kernel] = [kept("frequency").data, zeros([width, units])];
  for (let unit = 0; unit < units; unit++)
    kernel.data[(inputs[Math.floor(unit / count)] ?? 0) * units + unit] = frequency[unit] ?? 0;
  return {
    className: "Dense",
    config: { units, activation: "linear", use_bias: true },
    arrays: [
      ["kernel", kernel],
      ["bias", ndarray(Float32Array.from(kept("phase").data), [units])],
    ],
  };
}
