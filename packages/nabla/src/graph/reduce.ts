/** Reductions besides the sum. */
import type { NdArray } from "../array/ndarray.ts";
import { normalizeAxes, type Shape } from "../array/shape.ts";
import { tensorOf } from "./check-tensor.ts";
import { anyDType } from "./dtype-rule.ts";
import { divide, equal, multiply } from "./elementwise.ts";
import { type Along, reducedShape, reshape, settleAlong, sum, unreduce } from "./movement.ts";
import { cast, op } from "./op.ts";
import type { Op, Tensor } from "./tensor.ts";

/** The largest value along axes; equal largest values share the gradient. */
export const max: Op<1, Along> = op("max", {
  arity: 1,
  dtypes: { takes: anyDType },
  settle: settleAlong,
  shape: ([x], along) => reducedShape(x.shape, along),
  gradient: (up, { inputs: [x], output, attributes }) => {
    const chosen = cast(equal(x, unreduce(output, x.shape, attributes)), { dtype: x.dtype });
    const share = divide(up, reshape(sum(chosen, attributes), { shape: up.shape }));
    return [multiply(chosen, unreduce(share, x.shape, attributes))];
  },
  trials: [
    { inputs: [[3, 4]] },
    { inputs: [[5, 7]], attributes: { axes: 1, keep: true } },
    { inputs: [[2, 3, 4]], attributes: { axes: [0, 1] } },
  ],
});

/** The position of the largest value along one axis, the first of equals, as int32. */
export const argmax: Op<1, { readonly axis: number }> = op("argmax", {
  arity: 1,
  dtypes: { takes: anyDType },
  settle: ({ axis }, [x]) => ({ axis: normalizeAxes(x.shape, axis)[0] ?? 0 }),
  shape: ([x], { axis }) => x.shape.toSpliced(axis, 1),
  dtype: () => "int32",
  gradient: () => [undefined],
  trials: [
    { inputs: [[4, 6]], attributes: { axis: 1 } },
    { inputs: [[4, 6]], attributes: { axis: 0 } },
  ],
});

/** The number of elements of a shape as a float32 scalar, also when a length is known only at run time. */
export const countOf: Op<0, { readonly shape: Shape }> = op("countOf", {
  arity: 0,
  dtypes: { takes: anyDType },
  shape: () => [],
  dtype: () => "float32",
  gradient: () => [],
  trials: [{ inputs: [], attributes: { shape: [3, 4] } }],
});

/** The mean along axes; of whole numbers in float32. */
export function mean(of: Tensor | NdArray, along: Along = {}): Tensor {
  const given = tensorOf("mean", of);
  // the sum of many whole numbers would leave the range of int32
  const x = given.dtype === "int32" ? cast(given, { dtype: "float32" }) : given;
  const axes = normalizeAxes(x.shape, along.axes);
  const total = sum(x, along);
  const count = countOf({ shape: axes.map((axis) => x.shape[axis] ?? 1) });
  return divide(total, cast(count, { dtype: total.dtype }));
}
