/** Windows that slide over spatial axes: what convolution and pooling are composed of. */
import { type Shape, showShape } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { anyDType, countable } from "./dtype-rule.ts";
import { op } from "./op.ts";
import type { Op, Tensor } from "./tensor.ts";

/** A window for each spatial axis: how long it is, how far it moves, and how far apart its points are. */
export interface Window {
  readonly size: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
}

/** How many positions a window has along an axis of this length. */
export function positionsOf(length: number, size: number, stride: number, dilation: number): number {
  return Math.floor((length - (size - 1) * dilation - 1) / stride) + 1;
}

function patchesShape(shape: Shape, { size, stride, dilation }: Window): Shape {
  const spatial = shape.slice(1, -1);
  const name = `a window of [${size.join(", ")}] points over ${showShape(shape)}`;
  if (spatial.length !== size.length || stride.length !== size.length || dilation.length !== size.length) {
    throw new NablaError("shape/window", `${name}: expected [batch, ...${size.length} spatial lengths, channels]`);
  }
  const positions = spatial.map((length, i) => {
    if (typeof length === "string") throw new NablaError("shape/unknown", `${name}: spatial lengths must be known`);
    return positionsOf(length, size[i] ?? 1, stride[i] ?? 1, dilation[i] ?? 1);
  });
  if (positions.some((count) => count < 1)) {
    throw new NablaError(
      "shape/window",
      `${name}: the window is larger than the input`,
      "use a smaller window or pad the input",
    );
  }
  return [shape[0] ?? 1, ...positions, ...size, shape.at(-1) ?? 1];
}

/** What lies under each position of a window: [batch, ...lengths, channels] to [batch, ...positions, ...size, channels]. */
export const patches: Op<1, Window> = op("patches", {
  arity: 1,
  dtypes: { takes: anyDType },
  shape: ([x], window) => patchesShape(x.shape, window),
  gradient: (up, { inputs: [x], attributes }) => [unpatches(up, { ...attributes, shape: x.shape })],
  trials: [
    { inputs: [[2, 5, 6, 3]], attributes: { size: [3, 2], stride: [1, 2], dilation: [1, 1] } },
    { inputs: [[2, 7, 2]], attributes: { size: [3], stride: [2], dilation: [2] } },
  ],
});

/** The sum of everything that lay at the same place: the transpose of `patches`. */
export const unpatches: Op<1, Window & { readonly shape: Shape }> = op("unpatches", {
  arity: 1,
  dtypes: { takes: countable },
  shape: ([x], { shape, ...window }) => {
    const expected = patchesShape(shape, window);
    if (showShape(expected) === showShape(x.shape)) return shape;
    throw new NablaError(
      "shape/window",
      `patches of ${showShape(shape)} have the shape ${showShape(expected)}, received ${showShape(x.shape)}`,
    );
  },
  gradient: (up, { attributes: { size, stride, dilation } }) => [patches(up, { size, stride, dilation })],
  trials: [
    {
      inputs: [[2, 3, 3, 3, 2, 3]],
      attributes: { shape: [2, 5, 6, 3], size: [3, 2], stride: [1, 2], dilation: [1, 1] },
    },
  ],
});

/** The window of a node made by `patches` or `unpatches`. */
export function windowOf(node: Tensor): Window {
  return node.attributes as unknown as Window;
}
