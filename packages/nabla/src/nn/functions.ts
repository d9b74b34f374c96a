/** Functions of tensors that layers and losses share, composed of ops. */
import { normalizeAxes } from "../array/shape.ts";
import { checkTensor, checkTensors } from "../graph/check-tensor.ts";
import {
  abs,
  add,
  divide,
  equal,
  erf,
  exp,
  expm1,
  less,
  log,
  maximum,
  minimum,
  multiply,
  select,
  subtract,
} from "../graph/elementwise.ts";
import { broadcast, cast, reshape, stopGradient, sum } from "../graph/movement.ts";
import { argmax, max } from "../graph/reduce.ts";
import { iota } from "../graph/selection.ts";
import type { Operand, Tensor } from "../graph/tensor.ts";

/** e^x / sum(e^x) along an axis, the last by default. The largest value is subtracted first, which changes nothing but the overflow. */
export function softmaxOf(x: Tensor, { axis = -1 }: { readonly axis?: number } = {}): Tensor {
  checkTensor("softmaxOf", x);
  const powers = exp(subtract(x, peak(x, axis)));
  return divide(powers, sum(powers, { axes: axis, keep: true }));
}

/** log(sum(e^x)) along the last axis, which goes; also of infinities. */
export function logSumExp(x: Tensor): Tensor {
  checkTensor("logSumExp", x);
  const highest = peak(x);
  const top = select(less(abs(highest), Number.POSITIVE_INFINITY), highest, 0);
  const total = log(sum(exp(subtract(x, top)), { axes: -1, keep: true }));
  return reshape(add(total, top), { shape: x.shape.slice(0, -1) });
}

// The result does not depend on what is subtracted, so no gradient needs to flow through it.
function peak(x: Tensor, axis = -1): Tensor {
  return stopGradient(max(x, { axes: axis, keep: true }));
}

/** A one at the largest value along an axis, the first of equals, and zeros elsewhere. */
export function hardMax(x: Tensor, { axis = -1 }: { readonly axis?: number } = {}): Tensor {
  checkTensor("hardMax", x);
  const [at = 0] = normalizeAxes(x.shape, axis);
  const first = reshape(argmax(x, { axis: at }), { shape: x.shape.with(at, 1) });
  return cast(equal(first, iota({ shape: x.shape, axis: at })), { dtype: x.dtype });
}

/** All slopes of a softmax by its shares [batch, classes]: diag(y) - y·yᵀ, of shape [batch, classes, classes]. Rows sum to 0. */
export function softmaxJacobian(shares: Tensor): Tensor {
  checkTensor("softmaxJacobian", shares);
  const [batch = 1, classes = 1] = shares.shape;
  const column = reshape(shares, { shape: [batch, classes, 1] });
  const row = reshape(shares, { shape: [batch, 1, classes] });
  const shape = [batch, classes, classes];
  const diagonal = equal(iota({ shape, axis: 1 }), iota({ shape, axis: 2 }));
  return subtract(select(diagonal, broadcast(column, { shape }), 0), multiply(column, row));
}

/** The value of x [batch, …, classes] at each class code (int32 [batch, …]): shape [batch, …]; 0 for a code that is none. */
export function pick(x: Tensor, codes: Tensor): Tensor {
  return sum(select(chosen(x, codes), x, 0), { axes: -1 });
}

/** Rows of zeros with a one at the class code: shape [batch, …, classes]. `oneHot(codes of [0], like [1, 3])` is [1, 0, 0]. */
export function oneHot(codes: Tensor, like: Tensor): Tensor {
  checkTensors("oneHot", [codes, like]);
  return cast(chosen(like, codes), { dtype: like.dtype });
}

function chosen(x: Tensor, codes: Tensor): Tensor {
  const axis = x.shape.length - 1;
  return equal(reshape(codes, { shape: x.shape.with(axis, 1) }), iota({ shape: x.shape, axis }));
}

/** A ReLU with slope `slope` below 0. */
export function leaky(x: Tensor, slope: Operand): Tensor {
  return select(less(0, x), x, multiply(x, slope));
}

/** x above 0, alpha·(e^x - 1) below (Clevert, Unterthiner, Hochreiter 2016). At 0 the slope is alpha. */
export function exponentialLinear(x: Tensor, alpha: Operand): Tensor {
  return select(less(0, x), x, multiply(expm1(minimum(0, x)), alpha));
}

/** Beyond this size of x, Φ(x) is 0 or 1 in every dtype. */
const TAIL = 40;

/** x·Φ(x), exactly, by the error function (Hendrycks and Gimpel 2016). The factors are held, so that no infinity meets a 0. */
export function gaussianLinear(x: Tensor): Tensor {
  const share = add(erf(multiply(minimum(x, TAIL), Math.SQRT1_2)), 1); // 2 Φ(x)
  return multiply(multiply(maximum(x, -TAIL), 0.5), share);
}
