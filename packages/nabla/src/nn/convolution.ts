/** Convolution as deep learning means it (cross-correlation): patches times weights. Channels come last. */
import { zeros } from "../array/ndarray.ts";
import { elementsOf, type Size } from "../array/shape.ts";
import { NablaError, withContext } from "../base/error.ts";
import { numbers, type Values, wholeNumber, word } from "../base/field.ts";
import { fork } from "../base/random.ts";
import { matmul } from "../graph/contraction.ts";
import { add, multiply } from "../graph/elementwise.ts";
import { reshape, sum, transpose } from "../graph/movement.ts";
import type { Tensor } from "../graph/tensor.ts";
import { patches, type Window } from "../graph/window.ts";
import { weightFields } from "./dense.ts";
import { xavier } from "./initializer.ts";
import { type LayerBody, layer, stateless } from "./layer.ts";
import { PADDINGS, padded, perAxis, windowPositions } from "./padding.ts";

const fields = {
  filters: wholeNumber({ atLeast: 1, help: "the number of output channels" }),
  size: numbers({
    atLeast: 1,
    whole: true,
    default: 3,
    source: "Simonyan and Zisserman 2015",
    help: "the size of the kernel along each axis",
  }),
  stride: numbers({ atLeast: 1, whole: true, default: 1, source: "every position", help: "the stride of the kernel" }),
  dilation: numbers({
    atLeast: 1,
    whole: true,
    default: 1,
    source: "no gaps",
    help: "the dilation of the kernel",
  }),
  padding: word(PADDINGS, {
    default: "same",
    source: "keeps the size",
    help: "windows within the input, or as many positions as the stride divides the length into",
  }),
  groups: wholeNumber({
    atLeast: 1,
    default: 1,
    source: "all channels are connected",
    help: "groups of channels that are convolved separately",
  }),
  ...weightFields,
};

/** Filters over a sequence: [batch, length, channels] to [batch, positions, filters]. */
export const conv1d = layer("conv1d", fields, (options) => convolution("conv1d", 1, options), {
  help: "one-dimensional convolution",
  args: ["filters"],
});

/** Filters over an image: [batch, height, width, channels] to [batch, rows, columns, filters]. */
export const conv2d = layer("conv2d", fields, (options) => convolution("conv2d", 2, options), {
  help: "two-dimensional convolution",
  args: ["filters"],
});

function convolution(kind: string, axes: number, options: Values<typeof fields>): LayerBody {
  const { filters, size, stride, dilation, padding, groups, init, bias } = options;
  const window = { size: perAxis(size, axes), stride: perAxis(stride, axes), dilation: perAxis(dilation, axes) };
  const name = `${kind}(${filters})`;
  const uneven = Object.entries(window).find(([, lengths]) => lengths.length !== axes);
  if (uneven !== undefined) {
    const message = `${uneven[0]} of ${name} must be a number or ${axes} numbers, received ${uneven[1].length}`;
    throw new NablaError("options/range", message);
  }
  if (filters % groups !== 0)
    throw new NablaError("options/range", `${name}: ${groups} groups do not divide ${filters} filters`);
  return {
    role: { is: "weights", width: "filters" },
    shapeOf: (shape) => {
      const channels = shape.at(-1) ?? 1;
      const positions = windowPositions(name, shape, window, padding);
      if (channels % groups === 0) return [...positions, filters];
      throw new NablaError("nn/groups", `${name}: ${groups} groups do not divide ${channels} channels`);
    },
    init: (shape, key, hints) => {
      const channels = shape.at(-1) ?? 1;
      const points = elementsOf(window.size);
      const fans = { in: (points * channels) / groups, out: (points * filters) / groups };
      const fill = (init ?? hints.initializer ?? xavier()).fill;
      const weights = fill([...window.size, channels / groups, filters], fans, fork(key, "weights"));
      const biased = bias ?? hints.bias ?? true;
      return { parameters: biased ? { weights, bias: zeros([filters]) } : { weights }, buffers: {} };
    },
    apply: (x, scope) =>
      withContext(name, () => {
        const product = convolve(padded(x, window, padding), scope.parameter("weights"), { window, groups });
        return stateless(scope.has("bias") ? add(product, scope.parameter("bias")) : product);
      }),
  };
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
  if (groups > 1 && channels === 1) return depthwise(spread, weights, { window, groups });
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

/** Each channel under filters of its own: sums over the window's points, in which products of matrices have no part. */
function depthwise(
  spread: Tensor,
  weights: Tensor,
  { window, groups }: { readonly window: Window; readonly groups: number },
): Tensor {
  const axes = window.size.map((_, i) => 1 + window.size.length + i);
  const filters = Number(weights.shape.at(-1));
  if (filters === groups) return sum(multiply(spread, reshape(weights, { shape: [...window.size, groups] })), { axes });
  const each = reshape(weights, { shape: [...window.size, groups, filters / groups] });
  const sums = sum(multiply(reshape(spread, { shape: [...spread.shape, 1] }), each), { axes }); // [batch, ...positions, groups, each]
  return reshape(sums, { shape: [...sums.shape.slice(0, -2), filters] });
}
