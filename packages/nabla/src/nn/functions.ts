/** Functions of tensors that layers and losses share, composed of ops. */
import {
  add,
  divide,
  equal,
  erf,
  exp,
  expm1,
  less,
  log,
  minimum,
  multiply,
  select,
  subtract,
} from "../graph/elementwise.ts";
import { cast, reshape, stopGradient, sum } from "../graph/movement.ts";
import { max } from "../graph/reduce.ts";
import { iota } from "../graph/selection.ts";
import type { Operand, Tensor } from "../graph/tensor.ts";

/** e^x / sum(e^x) along the last axis. The largest value is subtracted first, which changes nothing but the overflow. */
export function softmaxOf(x: Tensor): Tensor {
  const powers = exp(subtract(x, peak(x)));
  return divide(powers, sum(powers, { axes: -1, keep: true }));
}

/** log(sum(e^x)) along the last axis, which goes. */
export function logSumExp(x: Tensor): Tensor {
  const top = peak(x);
  const total = log(sum(exp(subtract(x, top)), { axes: -1, keep: true }));
  return reshape(add(total, top), { shape: x.shape.slice(0, -1) });
}

// The result does not depend on what is subtracted, so no gradient needs to flow through it.
function peak(x: Tensor): Tensor {
  return stopGradient(max(x, { axes: -1, keep: true }));
}

/** The value of x [batch, classes] at each row's class code (int32 [batch]): shape [batch]. */
export function pick(x: Tensor, codes: Tensor): Tensor {
  return sum(select(chosen(x, codes), x, 0), { axes: -1 });
}

/** Rows of zeros with a one at the class code: shape [batch, classes]. `oneHot(codes of [0], like [1, 3])` is [1, 0, 0]. */
export function oneHot(codes: Tensor, like: Tensor): Tensor {
  return cast(chosen(like, codes), { dtype: like.dtype });
}

function chosen(x: Tensor, codes: Tensor): Tensor {
  const [batch = 1] = x.shape;
  return equal(reshape(codes, { shape: [batch, 1] }), iota({ shape: x.shape, axis: 1 }));
}

/** A rectifier with slope `slope` below 0. */
export function leaky(x: Tensor, slope: Operand): Tensor {
  return select(less(0, x), x, multiply(x, slope));
}

/** x above 0, alpha·(e^x - 1) below (Clevert, Unterthiner, Hochreiter 2016). */
export function exponentialLinear(x: Tensor, alpha: Operand): Tensor {
  return select(less(0, x), x, multiply(expm1(minimum(x, 0)), alpha));
}

/** x·Φ(x), exactly, by the error function (Hendrycks and Gimpel 2016). */
export function gaussianLinear(x: Tensor): Tensor {
  return multiply(multiply(x, 0.5), add(erf(multiply(x, Math.SQRT1_2)), 1));
}
