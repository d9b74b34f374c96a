/** Weight layouts of other frameworks, converted to ours: dense [in, out], convolution [...size, in, out]. */
import { allocate, type NdArray } from "../../array/ndarray.ts";
import { elementsOf, type Size, sameShape, stridesOf } from "../../array/shape.ts";

/** Names of each parameter and buffer in other frameworks: PyTorch, Keras, Lasagne and ours, in this order. */
export const roleNames: Readonly<Record<string, readonly string[]>> = {
  weights: ["weight", "kernel", "W", "weights"],
  bias: ["bias", "b"],
  scale: ["weight", "gamma", "scale"],
  shift: ["bias", "beta", "shift"],
  mean: ["running_mean", "moving_mean", "mean"],
  variance: ["running_var", "moving_variance", "variance"],
  table: ["weight", "embeddings", "W", "table"],
};

/** Entries of a file other than weights, which no prediction depends on. */
export const counters: ReadonlySet<string> = new Set(["num_batches_tracked", "seed_generator_state"]);

/** Whether weights are transposed: outputs before inputs, channels before spatial axes, as in PyTorch. */
export type Order = "inputs first" | "outputs first";

/** The order of axes that brings an array of a foreign shape to ours, or undefined where none does. */
export function axesFor(from: Size, to: Size, order: Order): readonly number[] | undefined {
  const rank = to.length;
  const asIs = to.map((_, i) => i);
  // [out, in, ...size] to [...size, in, out]
  const turned = [...asIs.slice(2), 1, 0];
  const ways = rank < 2 ? [asIs] : order === "outputs first" ? [turned, asIs] : [asIs, turned];
  return ways.find(
    (axes) =>
      from.length === rank &&
      sameShape(
        axes.map((axis) => from[axis] ?? 0),
        to,
      ),
  );
}

/** A copy with its axes in another order. */
export function transposed({ dtype, shape, data }: NdArray, axes: readonly number[]): NdArray {
  if (axes.every((axis, i) => axis === i)) return { dtype, shape, data };
  const to = axes.map((axis) => shape[axis] ?? 1);
  const strides = stridesOf(shape);
  const steps = axes.map((axis) => strides[axis] ?? 1);
  const result = allocate(dtype, elementsOf(to));
  for (let i = 0; i < result.length; i++) {
    let [rest, from] = [i, 0];
    for (let axis = to.length - 1; axis >= 0; axis--) {
      const length = to[axis] ?? 1;
      from += (rest % length) * (steps[axis] ?? 0);
      rest = Math.floor(rest / length);
    }
    result[i] = data[from] ?? 0;
  }
  return { dtype, shape: to, data: result };
}

/**
 * Rows in the order that flattening has here. Where channels come first, [channels, ...places] was laid out in a row;
 * ours is [...places, channels].
 */
export function channelsLast({ dtype, shape, data }: NdArray, flattened: Size): NdArray {
  const channels = flattened.at(-1) ?? 1;
  const places = elementsOf(flattened.slice(0, -1));
  const [rows = 1, ...rest] = shape;
  const width = elementsOf(rest);
  const result = allocate(dtype, data.length);
  for (let row = 0; row < rows; row++) {
    const from = (row % channels) * places + Math.floor(row / channels);
    result.set(data.subarray(from * width, (from + 1) * width), row * width);
  }
  return { dtype, shape, data: result };
}
