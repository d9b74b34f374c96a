import { type Size, showShape } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { pad } from "../graph/movement.ts";
import type { Tensor } from "../graph/tensor.ts";
import { positionsOf, type Window } from "../graph/window.ts";

/**
 * "valid": windows lie within the input. "same": as many positions as the stride divides the length into, rounded up.
 */
export type Padding = (typeof PADDINGS)[number];

/** Whether windows stay inside ("valid"), or the result is as long as the input ("same"). */
export const PADDINGS = ["valid", "same"] as const;

/** What is added before and after each spatial axis; an odd remainder goes after, as in TensorFlow. */
export function paddingFor(
  lengths: Size,
  { size, stride, dilation }: Window,
  padding: Padding,
): readonly (readonly [before: number, after: number])[] {
  return lengths.map((length, i) => {
    if (padding === "valid") return [0, 0];
    const [points = 1, move = 1, apart = 1] = [size[i], stride[i], dilation[i]];
    const total = Math.max(0, (Math.ceil(length / move) - 1) * move + (points - 1) * apart + 1 - length);
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  });
}

/** x [batch, ...lengths, channels] with a number around it. */
export function padded(x: Tensor, window: Window, padding: Padding, value = 0): Tensor {
  const lengths = x.shape.slice(1, -1) as Size;
  return paddingFor(lengths, window, padding).reduce(
    (sofar, [before, after], i) => (before + after === 0 ? sofar : pad(sofar, { axis: i + 1, before, after, value })),
    x,
  );
}

/** How many positions a window has in an example [...lengths, channels]. Throws `nn/window` when it has none. */
export function windowPositions(layer: string, example: Size, window: Window, padding: Padding): Size {
  const lengths = example.slice(0, -1);
  if (lengths.length !== window.size.length) {
    const axes = window.size.length === 1 ? "[length, channels]" : "[height, width, channels]";
    throw new NablaError(
      "nn/rank",
      `${layer} takes examples ${axes}, received the shape ${showShape(example)}`,
      "reshape the examples, or put another layer before",
    );
  }
  const around = paddingFor(lengths, window, padding);
  const positions = lengths.map((length, i) => {
    const [before, after] = around[i] ?? [0, 0];
    return positionsOf(length + before + after, window.size[i] ?? 1, window.stride[i] ?? 1, window.dilation[i] ?? 1);
  });
  if (positions.every((count) => count > 0)) return positions;
  throw new NablaError(
    "nn/window",
    `${layer}: a window of ${window.size.join("x")} does not fit into ${showShape(lengths)}`,
    `choose a smaller window or padding "same"`,
  );
}

/** One number for every axis, or one for each. */
export type PerAxis = number | readonly number[];

/** The number for each of so many axes. */
export function perAxis(value: PerAxis, axes: number): readonly number[] {
  return typeof value === "number" ? new Array<number>(axes).fill(value) : value;
}
