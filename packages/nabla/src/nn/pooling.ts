/** One number for each window: the largest or the mean. Channels come last and do not mix. */
import type { Size } from "../array/shape.ts";
import { given } from "../base/described.ts";
import { NablaError, withContext } from "../base/error.ts";
import { inRange, oneOf } from "../base/fields.ts";
import { reshape } from "../graph/movement.ts";
import { max, mean } from "../graph/reduce.ts";
import type { Tensor } from "../graph/tensor.ts";
import { patches, type Window } from "../graph/window.ts";
import { type Layer, noVariables, stateless } from "./layer.ts";
import { PADDINGS, type Padding, type PerAxis, padded, paddingFor, perAxis, windowPositions } from "./padding.ts";

export interface PoolingOptions {
  /** Points of the window along each axis. Default 2. */
  readonly size?: PerAxis;
  /** How far the window moves. Default: its size, so that windows do not overlap. */
  readonly stride?: PerAxis;
  /** Default "valid". */
  readonly padding?: Padding;
}

/** The largest number of each window: [batch, ...lengths, channels] to [batch, ...positions, channels]. Padding never wins. */
export function maxPool(options: PoolingOptions = {}): Layer {
  return pooling("maxPool", options, (x, axes) => max(x, { axes }), Number.NEGATIVE_INFINITY);
}

/** The mean of each window. With padding "same" the zeros around count. */
export function averagePool(options: PoolingOptions = {}): Layer {
  return pooling("averagePool", options, (x, axes) => mean(x, { axes }), 0);
}

/** The mean over all places: [batch, ...lengths, channels] to [batch, channels]. */
export function globalAveragePool(): Layer {
  return {
    kind: "globalAveragePool",
    options: {},
    init: (shape) => {
      if (shape.length < 2)
        throw new NablaError(
          "nn/rank",
          `globalAveragePool takes examples [...lengths, channels], received ${shape.length} dimension(s)`,
        );
      return noVariables(shape.slice(-1));
    },
    apply: (x) => stateless(mean(x, { axes: x.shape.slice(1, -1).map((_, i) => i + 1) })),
  };
}

type Reduce = (x: Tensor, axes: readonly number[]) => Tensor;

/** The window of a pooling layer over so many axes, and its padding, with nothing left open. */
export function poolingWindow(
  { size = 2, stride = size, padding = "valid" }: PoolingOptions,
  axes: number,
): Window & { readonly padding: Padding } {
  return { size: perAxis(size, axes), stride: perAxis(stride, axes), dilation: perAxis(1, axes), padding };
}

function pooling(kind: string, options: PoolingOptions, reduce: Reduce, around: number): Layer {
  const { padding } = poolingWindow(options, 1);
  oneOf("padding", padding, PADDINGS);
  for (const number of [options.size ?? [], options.stride ?? []].flat())
    inRange("size and stride", number, { atLeast: 1, whole: true });
  const windowFor = (axes: number): Window => poolingWindow(options, axes);
  return {
    kind,
    options: given({ size: options.size, stride: options.stride, padding: options.padding }),
    init: (shape) =>
      noVariables([...windowPositions(kind, shape, windowFor(shape.length - 1), padding), shape.at(-1) ?? 1]),
    apply: (x, { path }) =>
      withContext(path, () => stateless(pool(x, windowFor(x.shape.length - 2), padding, around, reduce))),
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
