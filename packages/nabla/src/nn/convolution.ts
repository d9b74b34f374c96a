/** Convolution as deep learning means it (cross-correlation): patches times weights. Channels come last. */
import { zeros } from "../array/ndarray.ts";
import { elementsOf, type Size } from "../array/shape.ts";
import { describe, given } from "../base/described.ts";
import { NablaError, withContext } from "../base/error.ts";
import { inRange, oneOf } from "../base/fields.ts";
import type { Json } from "../base/json.ts";
import { fork } from "../base/random.ts";
import { matmul } from "../graph/contraction.ts";
import { add } from "../graph/elementwise.ts";
import { reshape, transpose } from "../graph/movement.ts";
import type { Tensor } from "../graph/tensor.ts";
import { patches, type Window } from "../graph/window.ts";
import { type Initializer, xavier } from "./initializer.ts";
import { type Layer, stateless } from "./layer.ts";
import { PADDINGS, type Padding, type PerAxis, padded, perAxis, windowPositions } from "./padding.ts";

export interface ConvolutionOptions {
  /** Points of the window along each axis. Default 3. */
  readonly size?: PerAxis;
  /** How far the window moves. Default 1. */
  readonly stride?: PerAxis;
  /** How far apart the window's points are. Default 1. */
  readonly dilation?: PerAxis;
  /** Default "same". */
  readonly padding?: Padding;
  /** Channels are cut into so many parts that do not see each other. Default 1. */
  readonly groups?: number;
  readonly init?: Initializer;
  readonly bias?: boolean;
}

/** Filters over a sequence: [batch, length, channels] to [batch, positions, filters]. */
export function conv1d(filters: number, options: ConvolutionOptions = {}): Layer {
  return convolutionLayer("conv1d", 1, filters, options);
}

/** Filters over an image: [batch, height, width, channels] to [batch, rows, columns, filters]. */
export function conv2d(filters: number, options: ConvolutionOptions = {}): Layer {
  return convolutionLayer("conv2d", 2, filters, options);
}

function convolutionLayer(kind: string, axes: number, filters: number, options: ConvolutionOptions): Layer {
  const { size = 3, stride = 1, dilation = 1, padding = "same", groups = 1, init, bias } = options;
  const window = { size: perAxis(size, axes), stride: perAxis(stride, axes), dilation: perAxis(dilation, axes) };
  const name = `${kind}(${filters})`;
  for (const [what, numbers] of Object.entries(window)) {
    if (numbers.length !== axes)
      throw new NablaError(
        "options/range",
        `${what} of ${name} must be a number or ${axes} numbers, received ${numbers.length}`,
      );
    for (const number of numbers) inRange(what, number, { atLeast: 1, whole: true });
  }
  inRange("filters", filters, { atLeast: 1, whole: true });
  inRange("groups", groups, { atLeast: 1, whole: true });
  oneOf("padding", padding, PADDINGS);
  if (filters % groups !== 0)
    throw new NablaError("options/range", `${name}: ${groups} groups do not divide ${filters} filters`);
  return {
    kind,
    options: given({ filters, ...recorded(options), init: init && describe(init), bias }),
    init: (shape, key, hints) => {
      const channels = shape.at(-1) ?? 1;
      const positions = windowPositions(name, shape, window, padding);
      if (channels % groups !== 0)
        throw new NablaError("nn/groups", `${name}: ${groups} groups do not divide ${channels} channels`);
      const points = elementsOf(window.size);
      const size = [...window.size, channels / groups, filters];
      const fans = { in: (points * channels) / groups, out: (points * filters) / groups };
      const weights = (init ?? hints.initializer ?? xavier()).fill(size, fans, fork(key, "weights"));
      const wanted = bias ?? hints.bias ?? true;
      return {
        parameters: wanted ? { weights, bias: zeros([filters]) } : { weights },
        buffers: {},
        shape: [...positions, filters],
      };
    },
    apply: (x, scope) =>
      withContext(name, () => {
        const product = convolve(padded(x, window, padding), scope.parameter("weights"), { window, groups });
        return stateless(scope.has("bias") ? add(product, scope.parameter("bias")) : product);
      }),
  };
}

/** Options in one order, whatever the caller's. */
function recorded({ size, stride, dilation, padding, groups }: ConvolutionOptions): {
  readonly [name: string]: Json | undefined;
} {
  return { size, stride, dilation, padding, groups };
}

/** x [batch, ...lengths, channels] with weights [...size, channels / groups, filters]: [batch, ...positions, filters]. */
export function convolve(
  x: Tensor,
  weights: Tensor,
  { window, groups }: { readonly window: Window; readonly groups: number },
): Tensor {
  const spread = patches(x, window); // [batch, ...positions, ...size, channels]
  const positions = spread.shape.slice(0, 1 + window.size.length);
  const points = elementsOf(window.size);
  const [channels = 1, filters = 1] = (weights.shape as Size).slice(-2);
  if (groups === 1) {
    const product = matmul(
      reshape(spread, { shape: [-1, points * channels] }),
      reshape(weights, { shape: [points * channels, filters] }),
    );
    return reshape(product, { shape: [...positions, filters] });
  }
  const each = filters / groups;
  const rows = transpose(reshape(spread, { shape: [-1, points, groups, channels] }), { order: [2, 0, 1, 3] }); // [groups, rows, points, channels]
  const split = transpose(reshape(weights, { shape: [points * channels, groups, each] }), { order: [1, 0, 2] }); // [groups, points·channels, each]
  const product = matmul(reshape(rows, { shape: [groups, -1, points * channels] }), split); // [groups, rows, each]
  return reshape(transpose(product, { order: [1, 0, 2] }), { shape: [...positions, filters] });
}
