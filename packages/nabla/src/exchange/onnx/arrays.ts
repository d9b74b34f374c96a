import { type NdArray, ndarray } from "../../array/ndarray.ts";
import { elementsOf, stridesOf } from "../../array/shape.ts";

/** An array with its axes in another order. */
export function permutedArray(array: NdArray, order: readonly number[]): NdArray {
  const strides = stridesOf(array.shape);
  const shape = order.map((axis) => array.shape[axis] ?? 1);
  const steps = order.map((axis) => strides[axis] ?? 0);
  const data = new Float32Array(elementsOf(shape));
  const index = shape.map(() => 0);
  let from = 0;
  for (let i = 0; i < data.length; i++) {
    data[i] = array.data[from] ?? 0;
    for (let d = shape.length - 1; d >= 0; d--) {
      from += steps[d] ?? 0;
      const next = (index[d] ?? 0) + 1;
      index[d] = next;
      if (next < (shape[d] ?? 1)) break;
      from -= (steps[d] ?? 0) * (shape[d] ?? 1);
      index[d] = 0;
    }
  }
  return ndarray(data, shape);
}
