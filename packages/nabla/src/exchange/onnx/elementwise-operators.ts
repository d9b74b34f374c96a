/** Operators on single numbers. */
import { elementsOf, type Size } from "../../array/shape.ts";
import { compact } from "../../base/compact.ts";
import {
  abs,
  add,
  and,
  cos,
  divide,
  equal,
  erf,
  exp,
  floor,
  less,
  lessEqual,
  log,
  maximum,
  minimum,
  multiply,
  negate,
  not,
  or,
  power,
  select,
  sigmoid as sigmoidOf,
  sign,
  sin,
  softplus,
  sqrt,
  subtract,
  tanh as tanhOf,
} from "../../graph/elementwise.ts";
import { cast } from "../../graph/movement.ts";
import type { Operand, Tensor } from "../../graph/tensor.ts";
import { elu, gelu, leakyRelu, relu, sigmoid, tanh } from "../../nn/activations.ts";
import { dense } from "../../nn/dense.ts";
import { exponentialLinear, gaussianLinear, leaky } from "../../nn/functions.ts";
import type { Layer } from "../../nn/layer.ts";
import { layerNode, layerOf } from "../layer-node.ts";
import type { Given, OnnxNode, Operator } from "./node.ts";
import { dtypeFor } from "./tensor-proto.ts";
import { type OnnxValue, reshaped } from "./value.ts";
import { wholeParts } from "./whole-numbers.ts";

/** Applies `f` to the first input, in whichever order its axes are there. */
export function mapped(node: OnnxNode, f: (x: Tensor) => Tensor): Given {
  return node.value(0).last === undefined ? { tensor: f(node.tensor(0)) } : { last: f(node.last(0)) };
}

const unary =
  (f: (x: Tensor) => Tensor): Operator =>
  (node) =>
    mapped(node, f);

/** An activation as a layer where it is applied to examples, and as ops for anything else, such as weights. */
const activation =
  (layer: (node: OnnxNode) => Layer, f: (x: Tensor, node: OnnxNode) => Tensor): Operator =>
  (node) =>
    mapped(node, (x) =>
      typeof x.shape[0] === "string" && x.dtype === "float32" ? layerNode(layer(node), x) : f(x, node),
    );

type Pair = (x: Tensor, y: Tensor) => Tensor;

/** Two inputs, with channels last where one of them lies so and the other can. */
function paired(node: OnnxNode, f: Pair): Given {
  const [a, b] = [node.value(0), node.value(1)];
  const rank = (a.last ?? b.last)?.shape.length;
  if (rank !== undefined) {
    const [x, y] = [besideLast(node, 0, rank), besideLast(node, 1, rank)];
    if (x !== undefined && y !== undefined) return { last: f(x, y) };
  }
  return { tensor: f(node.tensor(0), node.tensor(1)) };
}

/** An input as it broadcasts with a channels-last tensor: as is, a single number, or one number per channel. */
function besideLast(node: OnnxNode, i: number, rank: number): Tensor | undefined {
  const value = node.value(i);
  if (value.last !== undefined) return value.last.shape.length === rank ? value.last : undefined;
  const shape = node.shape(i);
  if (shape.some((dim) => typeof dim === "string") || shape.length > rank) return undefined;
  if (elementsOf(shape as Size) === 1) return node.tensor(i);
  const channel = shape.length - rank + 1;
  const channels = shape[channel] ?? 1;
  return shape.every((dim, axis) => axis === channel || dim === 1) ? reshaped(node.tensor(i), [channels]) : undefined;
}

const binary =
  (f: Pair): Operator =>
  (node) =>
    paired(node, f);

const variadic =
  (f: Pair): Operator =>
  (node) => {
    if (node.inputs.length === 2) return paired(node, f);
    const [, ...more] = node.inputs;
    return { tensor: more.reduce<Tensor>((all, _, i) => f(all, node.tensor(i + 1)), node.tensor(0)) };
  };

/** A sum, or the bias of the dense layer that gives the other side. */
const sum: Operator = (node) => {
  for (const [i, other] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const bias = node.ownArray(other);
    const { tensor, name } = node.value(i);
    const found = tensor === undefined ? undefined : layerOf(tensor);
    const units = found?.layer.options.units;
    if (found === undefined || bias === undefined || typeof units !== "number" || found.layer.options.bias !== false)
      continue;
    const fits = found.layer.kind === "dense" && bias.data.length === units && bias.shape.at(-1) === units;
    if (!fits || bias.shape.length > 2 || node.translation.uses.get(name) !== 1) continue;
    const kept = { ...found.kept, bias: { ...bias, shape: [units] } };
    return { tensor: layerNode(dense(units, { bias: true }), found.from, kept, tensor?.shape) };
  }
  return paired(node, (x, y) => add(x, y));
};

/** Both ends of a clip: numbers where they are known. */
function bound(node: OnnxNode, i: number): Operand | undefined {
  if (!node.has(i)) return undefined;
  const { array } = node.value(i);
  return array !== undefined && array.data.length === 1 ? (array.data[0] ?? 0) : node.tensor(i);
}

function clipped(x: Tensor, low: Operand | undefined, high: Operand | undefined): Tensor {
  const above = low === undefined ? x : maximum(x, low);
  return high === undefined ? above : minimum(above, high);
}

/** x to a power that is known is written with fewer and exact ops. */
function powered(node: OnnxNode): Given {
  const { array } = node.value(1);
  const exponent = array?.data.length === 1 ? array.data[0] : undefined;
  if (exponent === undefined)
    return paired(node, (x, y) => power(x, y.dtype === x.dtype ? y : cast(y, { dtype: x.dtype })));
  return mapped(node, (x) => {
    if (exponent === 1) return x;
    if (exponent === 2) return multiply(x, x);
    if (exponent === 3) return multiply(multiply(x, x), x);
    if (exponent === 0.5) return sqrt(x);
    return exponent === -1 ? divide(1, x) : power(x, exponent);
  });
}

/** Division of whole numbers cuts toward zero. */
function quotient(x: Tensor, y: Tensor): Tensor {
  if (x.dtype !== "int32") return divide(x, y);
  const { parts, rest } = wholeParts(x, y);
  const inexact = not(equal(rest, 0));
  const below = not(equal(less(x, 0), less(y, 0)));
  return add(parts, cast(and(inexact, below), { dtype: "int32" }));
}

const SELU = { alpha: 1.6732631921768188, gamma: 1.0507010221481323 };

function hardSigmoid(x: Tensor, slope: number, offset: number): Tensor {
  return clipped(add(multiply(x, slope), offset), 0, 1);
}

/** x·Φ(x) by the hyperbolic tangent (Hendrycks and Gimpel 2016). */
function approximateGelu(x: Tensor): Tensor {
  const inner = multiply(add(x, multiply(multiply(multiply(x, x), x), 0.044715)), Math.sqrt(2 / Math.PI));
  return multiply(multiply(x, 0.5), add(tanhOf(inner), 1));
}

const slopeOf = (node: OnnxNode): number => node.real("alpha", 0.01);
const gelus: Operator = (node) =>
  node.text("approximate", "none") === "tanh"
    ? mapped(node, approximateGelu)
    : activation(() => gelu(), gaussianLinear)(node);

/** The nearest whole number, of two the even one. */
function rounded(x: Tensor): Tensor {
  const near = floor(add(x, 0.5));
  const half = equal(subtract(near, x), 0.5);
  const odd = not(equal(multiply(floor(divide(near, 2)), 2), near));
  const made = select(and(half, odd), subtract(near, 1), near);
  // beyond 2^23 every float32 is whole, and adding a half would move it
  return select(less(abs(x), 2 ** 23), made, x);
}

/** The remainder: with the divisor's sign, or as C's fmod with that of the dividend. */
function remainder(node: OnnxNode): Given {
  const asC = node.integer("fmod", 0) === 1;
  return paired(node, (x, y) => {
    if (x.dtype === "int32") return asC ? subtract(x, multiply(quotient(x, y), y)) : wholeParts(x, y).rest;
    const [a, b] = [abs(x), abs(y)];
    const times = floor(divide(a, b));
    // no times infinity is nothing
    const left = subtract(a, select(equal(times, 0), 0, multiply(times, b)));
    // a quotient that was rounded up, or down, is one too many or too few
    const up = select(less(left, 0), add(left, b), left);
    const made = select(lessEqual(b, up), subtract(up, b), up);
    const signed = multiply(sign(x), made);
    const across = and(not(equal(signed, 0)), not(equal(less(signed, 0), less(y, 0))));
    return asC ? signed : select(across, add(signed, y), signed);
  });
}

function isInfinite(node: OnnxNode): Given {
  const [below, above] = [node.integer("detect_negative", 1) === 1, node.integer("detect_positive", 1) === 1];
  return mapped(node, (x) => {
    const beyond = less(LARGEST, above && below ? abs(x) : above ? x : negate(x));
    return above || below ? beyond : and(beyond, not(beyond));
  });
}

/** The largest float32. */
const LARGEST = 3.4028234663852886e38;

function shrunk(node: OnnxNode): Given {
  const [limit, bias] = [node.real("lambd", 0.5), node.real("bias", 0)];
  return mapped(node, (x) => select(less(x, -limit), add(x, bias), select(less(limit, x), subtract(x, bias), 0)));
}

/** Operators on single numbers by name. */
export const elementwiseOperators: { readonly [opType: string]: Operator } = {
  Abs: unary((x) => abs(x)),
  Neg: unary((x) => negate(x)),
  Sign: unary((x) => sign(x)),
  Floor: unary((x) => floor(x)),
  Ceil: unary((x) => negate(floor(negate(x)))),
  Sqrt: unary((x) => sqrt(x)),
  Exp: unary((x) => exp(x)),
  Log: unary((x) => log(x)),
  Sin: unary((x) => sin(x)),
  Cos: unary((x) => cos(x)),
  Erf: unary((x) => erf(x)),
  Reciprocal: unary((x) => divide(1, x)),
  Not: unary((x) => not(x)),
  Tan: unary((x) => divide(sin(x), cos(x))),
  Sinh: unary((x) => multiply(subtract(exp(x), exp(negate(x))), 0.5)),
  Cosh: unary((x) => multiply(add(exp(x), exp(negate(x))), 0.5)),
  Round: unary(rounded),
  IsInf: isInfinite,
  Shrink: shrunk,
  Swish: (node) => mapped(node, (x) => multiply(x, sigmoidOf(multiply(x, node.real("alpha", 1))))),
  Mod: remainder,
  Xor: binary((x, y) => not(equal(x, y))),
  IsNaN: unary((x) => not(equal(x, x))),
  Softplus: unary((x) => softplus(x)),
  Softsign: unary((x) => divide(x, add(abs(x), 1))),
  HardSwish: unary((x) => multiply(x, hardSigmoid(x, 1 / 6, 0.5))),
  Mish: unary((x) => multiply(x, tanhOf(softplus(x)))),
  Add: sum,
  Sub: binary((x, y) => subtract(x, y)),
  Mul: binary((x, y) => multiply(x, y)),
  Div: binary(quotient),
  Pow: powered,
  Max: variadic((x, y) => maximum(x, y)),
  Min: variadic((x, y) => minimum(x, y)),
  Sum: variadic((x, y) => add(x, y)),
  Mean: (node) => {
    const all = node.inputs.map((_, i) => node.tensor(i));
    return {
      tensor: multiply(
        all.reduce((sofar, x) => add(sofar, x)),
        1 / all.length,
      ),
    };
  },
  And: binary((x, y) => and(x, y)),
  Or: binary((x, y) => or(x, y)),
  Equal: binary((x, y) => equal(x, y)),
  Less: binary((x, y) => less(x, y)),
  LessOrEqual: binary((x, y) => lessEqual(x, y)),
  Greater: binary((x, y) => less(y, x)),
  GreaterOrEqual: binary((x, y) => lessEqual(y, x)),
  Where: (node) => ({ tensor: select(node.tensor(0), node.tensor(1), node.tensor(2)) }),
  Clip: (node) => {
    if (node.opset >= 11) return mapped(node, (x) => clipped(x, bound(node, 1), bound(node, 2)));
    const [low, high] = ["min", "max"].map((name) => (node.says(name) ? node.real(name, 0) : undefined));
    return mapped(node, (x) => clipped(x, low, high));
  },
  Cast: (node) => {
    if (!node.says("to")) node.refuse("it does not say to which type");
    const type = node.integer("to", 1);
    const dtype = dtypeFor(type, "the target of a cast");
    return mapped(node, (x) => (x.dtype === dtype ? x : cast(x, { dtype })));
  },
  CastLike: (node) => mapped(node, (x) => cast(x, { dtype: node.tensor(1).dtype })),
  Identity: (node) => asItIs(node.value(0)),
  Relu: activation(
    () => relu(),
    (x) => maximum(x, 0),
  ),
  LeakyRelu: (node) => {
    const slope = slopeOf(node);
    if (slope >= 0 && slope < 1)
      return activation(
        () => leakyRelu({ slope }),
        (x) => leaky(x, slope),
      )(node);
    return mapped(node, (x) => leaky(x, slope));
  },
  PRelu: binary((x, slope) => leaky(x, slope)),
  Elu: (node) => {
    const alpha = node.real("alpha", 1);
    if (alpha > 0)
      return activation(
        () => elu({ alpha }),
        (x) => exponentialLinear(x, alpha),
      )(node);
    return mapped(node, (x) => exponentialLinear(x, alpha));
  },
  Celu: (node) => {
    const alpha = node.real("alpha", 1);
    return mapped(node, (x) => multiply(exponentialLinear(divide(x, alpha), 1), alpha));
  },
  Selu: (node) => {
    const [alpha, gamma] = [node.real("alpha", SELU.alpha), node.real("gamma", SELU.gamma)];
    return mapped(node, (x) => multiply(exponentialLinear(x, alpha), gamma));
  },
  Gelu: gelus,
  Sigmoid: activation(
    () => sigmoid(),
    (x) => sigmoidOf(x),
  ),
  Tanh: activation(
    () => tanh(),
    (x) => tanhOf(x),
  ),
  HardSigmoid: (node) => mapped(node, (x) => hardSigmoid(x, node.real("alpha", 0.2), node.real("beta", 0.5))),
  ThresholdedRelu: (node) => mapped(node, (x) => select(less(node.real("alpha", 1), x), x, 0)),
};

/** A value under a new name. */
function asItIs({ tensor, last, array, lengths, learned, whole }: OnnxValue): Given {
  return compact({ tensor, last, array, lengths, learned, whole });
}
