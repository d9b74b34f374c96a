/** One number for each window: the largest or the mean. Channels come last and do not mix. */
import type { Size } from "../array/shape.ts";
import { NablaError, withContext } from "../base/error.ts";
import { numbers, type Values, word } from "../base/field.ts";
import { divide, maximum } from "../graph/elementwise.ts";
import { cast, reshape, sum } from "../graph/movement.ts";
import { max, mean } from "../graph/reduce.ts";
import type { Tensor } from "../graph/tensor.ts";
import { patches, type Window } from "../graph/window.ts";
import { type LayerBody, layer, stateless } from "./layer.ts";
import { PADDINGS, type Padding, padded, paddingFor, perAxis, windowPositions } from "./padding.ts";
import { maskField, positionsThatCount } from "./positions.ts";

const fields = {
  size: numbers({
    atLeast: 1,
    whole: true,
    default: 2,
    source: "LeCun et al. 1998",
    help: "the size of the kernel along each axis",
  }),
  stride: numbers({
    atLeast: 1,
    whole: true,
    optional: true,
    help: "the stride; default the size of the window, so that windows do not overlap",
  }),
  padding: word(PADDINGS, {
    default: "valid",
    source: "PyTorch, Keras",
    help: "windows within the input, or as many positions as the stride divides the length into",
  }),
};

/** The options of a pooling layer. */
export type PoolingValues = Values<typeof fields>;

/** The largest number of each window: [batch, ...lengths, channels] to [batch, ...positions, channels]. Padding never wins. */
export const maxPool = layer(
  "maxPool",
  fields,
  (options) => pooling("maxPool", options, (x, axes) => max(x, { axes }), Number.NEGATIVE_INFINITY),
  { help: "max pooling" },
);

/** The mean of each window. With padding "same" the zeros around count. */
export const averagePool = layer(
  "averagePool",
  fields,
  (options) => pooling("averagePool", options, (x, axes) => mean(x, { axes }), 0),
  { help: "average pooling" },
);

/**
 * The mean over all places: [batch, ...lengths, channels] to [batch, channels]. With `mask` over those places of a sequence
 * that count; zeros where none does.
 */
export const globalAveragePool = layer(
  "globalAveragePool",
  { mask: maskField },
  ({ mask }) => ({
    shapeOf: (shape) => {
      if (shape.length >= 2) return shape.slice(-1);
      const message = `globalAveragePool takes examples [...lengths, channels], received ${shape.length} dimension(s)`;
      throw new NablaError("nn/rank", message);
    },
    apply: (x) => {
      const axes = x.shape.slice(1, -1).map((_, i) => i + 1);
      if (!mask) return stateless(mean(x, { axes }));
      const counts = cast(positionsThatCount(x), { dtype: x.dtype });
      const count = reshape(sum(counts, { axes }), { shape: [x.shape[0] ?? 1, 1] });
      return stateless(divide(sum(x, { axes }), maximum(count, 1)));
    },
  }),
  { help: "global average pooling" },
);

type Reduce = (x: Tensor, axes: readonly number[]) => Tensor;

/** The window of a pooling layer over so many axes. */
export function poolingWindow({ size, stride = size }: PoolingValues, axes: number): Window {
  return { size: perAxis(size, axes), stride: perAxis(stride, axes), dilation: perAxis(1, axes) };
}

function pooling(kind: string, options: PoolingValues, reduce: Reduce, around: number): LayerBody {
  const { padding } = options;
  return {
    shapeOf: (shape) => [
      ...windowPositions(kind, shape, poolingWindow(options, shape.length - 1), padding),
      shape.at(-1) ?? 1,
    ],
    apply: (x, { path }) =>
      withContext(path, () => stateless(pool(x, poolingWindow(options, x.shape.length - 2), padding, around, reduce))),
  };
}

function pool(x: Tensor, window: Window, padding: Padding, around: number, reduce: Reduce): Tensor {
  const axes = window.size.length;
  const lengths = x.shape.slice(1, -1) as Size;
  const tiles = lengths.every(
    (length, i) => window.size[i] === window.stride[i] && length % (window.size[i] ?? 1) === 0,
  );
  if (tiles) {
    // Windows that tile the input are a reshape: nothing is copied and the gradient needs no scatter.
    const split = lengths.flatMap((length, i) => [length / (window.size[i] ?? 1), window.size[i] ?? 1]);
    const tiled = reshape(x, { shape: [x.shape[0] ?? 1, ...split, x.shape.at(-1) ?? 1] });
    return reduce(
      tiled,
      lengths.map((_, i) => 2 * i + 2),
    );
  }
  const bare = paddingFor(lengths, window, padding).every(([before, after]) => before + after === 0);
  const spread = patches(bare ? x : padded(x, window, padding, around), window);
  return reduce(
    spread,
    lengths.map((_, i) => 1 + axes + i),
  );
}
