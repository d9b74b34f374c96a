/** Layers of Keras that multiply by weights: dense, convolutions of every kind, embeddings. */
import type { NdArray } from "../../array/ndarray.ts";
import { elementsOf } from "../../array/shape.ts";
import { known } from "../../base/error.ts";
import { matmul } from "../../graph/contraction.ts";
import { add } from "../../graph/elementwise.ts";
import { pad, reshape, slice } from "../../graph/movement.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { unpatches } from "../../graph/window.ts";
import { conv1d, conv2d } from "../../nn/convolution.ts";
import { dense } from "../../nn/dense.ts";
import { embedding } from "../../nn/embedding.ts";
import type { Padding } from "../../nn/padding.ts";
import { quoted } from "../quoted.ts";
import { activated } from "./activation-readers.ts";
import {
  arraysOf,
  exampleOf,
  flag,
  inputOf,
  type LayerReading,
  lengths,
  type Reader,
  shaped,
  unsupported,
  withRank,
} from "./reading.ts";
import { size } from "./record.ts";

/** Reads `Dense`. */
export const readDense: Reader = (layer) => {
  const x = inputOf(layer);
  const units = size(layer.config.units, "units");
  const bias = flag(layer.config, "use_bias", true);
  const [kernel, shift] = arraysOf(layer, bias ? 2 : 1);
  const weights = shaped(kernel, [exampleOf(x).at(-1) ?? 0, units], "kernel");
  const kept = bias ? { weights, bias: shaped(shift, [units], "bias") } : { weights };
  return activated(layer, layer.apply(dense(units, bias ? {} : { bias }), x, kept));
};

type Axes = 1 | 2;

/** The window of a convolution, in the words of ours. */
function windowOf({ config }: LayerReading, axes: Axes) {
  return {
    size: lengths(config.kernel_size, axes, 1, "kernel_size"),
    stride: lengths(config.strides, axes, 1, "strides"),
    dilation: lengths(config.dilation_rate, axes, 1, "dilation_rate"),
  };
}

/** The padding as ours has it; zeros that "causal" puts before a sequence are put here. */
function paddedInput(
  layer: LayerReading,
  axes: Axes,
  { size: window, dilation }: ReturnType<typeof windowOf>,
): { readonly x: Tensor; readonly padding: Padding } {
  const x = withRank(inputOf(layer), axes + 2);
  const padding = layer.config.padding ?? "valid";
  if (padding === "same" || padding === "valid") return { x, padding };
  if (padding !== "causal" || axes !== 1) throw unsupported(`padding ${quoted(String(padding))}`);
  const before = ((window[0] ?? 1) - 1) * (dilation[0] ?? 1);
  return { x: pad(x, { axis: 1, before, after: 0 }), padding: "valid" };
}

/** Filters over sequences or images. */
export const readConvolution =
  (axes: Axes): Reader =>
  (layer) => {
    const { config } = layer;
    const window = windowOf(layer, axes);
    const { x, padding } = paddedInput(layer, axes, window);
    const filters = size(config.filters, "filters");
    const groups = size(config.groups ?? 1, "groups");
    const bias = flag(config, "use_bias", true);
    const [kernel, shift] = arraysOf(layer, bias ? 2 : 1);
    const channels = Number(x.shape.at(-1)) / groups;
    const weights = shaped(kernel, [...window.size, channels, filters], "kernel");
    const options = { ...window, padding, ...(groups === 1 ? {} : { groups }), ...(bias ? {} : { bias }) };
    const made = axes === 1 ? conv1d(filters, options) : conv2d(filters, options);
    const kept = bias ? { weights, bias: shaped(shift, [filters], "bias") } : { weights };
    return activated(layer, layer.apply(made, x, kept));
  };

interface Depthwise {
  readonly axes: Axes;
  readonly kernel: NdArray | undefined;
  readonly shift?: NdArray | undefined;
}

/** Each channel is convolved alone: [...window, channels, each] is a group a channel, [...window, 1, channels * each]. */
function depthwise(layer: LayerReading, { axes, kernel, shift }: Depthwise): Tensor {
  const window = windowOf(layer, axes);
  const { x, padding } = paddedInput(layer, axes, window);
  const channels = Number(x.shape.at(-1));
  const each = size(layer.config.depth_multiplier ?? 1, "depth_multiplier");
  const filters = channels * each;
  const stored = shaped(kernel, [...window.size, channels, each], "depthwise kernel");
  const weights = { ...stored, shape: [...window.size, 1, filters] };
  const options = { ...window, padding, groups: channels, ...(shift === undefined ? { bias: false } : {}) };
  const made = axes === 1 ? conv1d(filters, options) : conv2d(filters, options);
  return layer.apply(made, x, shift === undefined ? { weights } : { weights, bias: shaped(shift, [filters], "bias") });
}

/** Reads a convolution that keeps its channels apart, along so many axes. */
export const readDepthwise =
  (axes: Axes): Reader =>
  (layer) => {
    const bias = flag(layer.config, "use_bias", true);
    const [kernel, shift] = arraysOf(layer, bias ? 2 : 1);
    return activated(layer, depthwise(layer, { axes, kernel, shift }));
  };

/** Each channel alone, then all channels at each place. */
export const readSeparable =
  (axes: Axes): Reader =>
  (layer) => {
    const filters = size(layer.config.filters, "filters");
    const bias = flag(layer.config, "use_bias", true);
    const [each, mixed, shift] = arraysOf(layer, bias ? 3 : 2);
    const x = depthwise(layer, { axes, kernel: each });
    const point = new Array<number>(axes).fill(1);
    const weights = shaped(mixed, [...point, Number(x.shape.at(-1)), filters], "pointwise kernel");
    const options = { size: point, ...(bias ? {} : { bias }) };
    const made = axes === 1 ? conv1d(filters, options) : conv2d(filters, options);
    const kept = bias ? { weights, bias: shaped(shift, [filters], "bias") } : { weights };
    return activated(layer, layer.apply(made, x, kept));
  };

/**
 * The transpose of a convolution: each place spreads its window, and what overlaps is summed. "same" gives the length
 * times the stride, "valid" all that any window reaches.
 */
export const readTransposed =
  (axes: Axes): Reader =>
  (layer) => {
    const x = withRank(inputOf(layer), axes + 2);
    const { config } = layer;
    const window = windowOf(layer, axes);
    const padding = config.padding ?? "valid";
    if (padding !== "same" && padding !== "valid") throw unsupported(`padding ${quoted(String(padding))}`);
    if (window.dilation.some((apart) => apart > 1) && window.stride.some((move) => move > 1))
      throw unsupported("a transposed convolution with strides and dilation");
    const filters = size(config.filters, "filters");
    const bias = flag(config, "use_bias", true);
    const [kernel, shift] = arraysOf(layer, bias ? 2 : 1);
    const channels = Number(x.shape.at(-1));
    const weights = shaped(kernel, [...window.size, filters, channels], "kernel");
    const points = elementsOf(window.size) * filters;
    // [points * filters, channels] from the right: rows of places times its transpose
    const turned = { ...weights, ...transposedMatrix(weights.data, [points, channels]) };
    const rows = matmul(reshape(x, { shape: [-1, channels] }), layer.parameter("kernel", turned)); // [places, points]
    const places = exampleOf(x).slice(0, -1);
    const batch = known(x.shape[0], "the batch");
    const spread = reshape(rows, { shape: [batch, ...places, ...window.size, filters] });
    const full = places.map(
      (length, i) =>
        (length - 1) * (window.stride[i] ?? 1) + ((window.size[i] ?? 1) - 1) * (window.dilation[i] ?? 1) + 1,
    );
    const summed = unpatches(spread, { ...window, shape: [batch, ...full, filters] });
    const cut = full.reduce((sofar, length, i) => {
      const [move, reach] = [window.stride[i] ?? 1, ((window.size[i] ?? 1) - 1) * (window.dilation[i] ?? 1) + 1];
      const wanted = (places[i] ?? 1) * move + (padding === "same" ? 0 : Math.max(reach - move, 0));
      const before = padding === "same" ? Math.floor(Math.max(reach - move, 0) / 2) : 0;
      return fitted(sofar, i + 1, { before, length, wanted });
    }, summed);
    const output = bias ? add(cut, layer.parameter("bias", shaped(shift, [filters], "bias"))) : cut;
    return activated(layer, output);
  };

interface Fit {
  readonly before: number;
  readonly length: number;
  readonly wanted: number;
}

/** So many numbers along an axis from a place on, zeros after the last. */
function fitted(x: Tensor, axis: number, { before, length, wanted }: Fit): Tensor {
  const lacking = Math.max(0, before + wanted - length);
  const longer = lacking > 0 ? pad(x, { axis, before: 0, after: lacking }) : x;
  return before === 0 && wanted === length + lacking
    ? longer
    : slice(longer, { axis, from: before, to: before + wanted });
}

function transposedMatrix(data: NdArray["data"], [rows, columns]: readonly [number, number]) {
  const turned = new Float32Array(data.length);
  for (let i = 0; i < rows; i++) for (let k = 0; k < columns; k++) turned[k * rows + i] = data[i * columns + k] ?? 0;
  return { data: turned, shape: [columns, rows] };
}

/** Reads `Embedding`. */
export const readEmbedding: Reader = (layer) => {
  const { config } = layer;
  const [count, units] = [size(config.input_dim, "input_dim"), size(config.output_dim, "output_dim")];
  const [table] = arraysOf(layer, 1);
  return layer.apply(embedding({ count, units }), inputOf(layer), { table: shaped(table, [count, units], "table") });
};
