/** Functions of single elements, under TensorFlow 1's names. */
import type { DType } from "../array/dtype.ts";
import * as ops from "../graph/elementwise.ts";
import { cast as castNode, reshape, stopGradient as stopNode } from "../graph/movement.ts";
import type { Tensor as Node, Op } from "../graph/tensor.ts";
import type { Named, Scalar, Tensor } from "./graph.ts";
import { stretchable } from "./lengths.ts";
import { define, defineMixed, type Operand, type ScalarOperand } from "./operands.ts";
import { warnOfZero } from "./probabilities.ts";

/** A function of each element. */
export interface Unary {
  (x: ScalarOperand, named?: Named): Scalar;
  (x: Operand, named?: Named): Tensor;
}

/** A function of pairs of elements; shapes stretch as in NumPy, dtypes must be one. */
export interface Binary {
  (x: ScalarOperand, y: ScalarOperand, named?: Named): Scalar;
  (x: Operand, y: Operand, named?: Named): Tensor;
}

/** Makes a function of each element. */
export function unary(kind: string, build: (x: Node) => Node): Unary {
  return ((x: Operand, named?: Named) => define(kind, [x], build, named)) as Unary;
}

function binary(kind: string, build: (x: Node, y: Node) => Node): Binary {
  return ((x: Operand, y: Operand, named?: Named) => define(kind, [x, y], stretching(build), named)) as Binary;
}

function stretching(build: (x: Node, y: Node) => Node): (x: Node, y: Node) => Node {
  return (...pair) => build(...(stretchable(pair) as [Node, Node]));
}

const from = (kind: string, op: Op<2>): Binary => binary(kind, (x, y) => op(x, y));

/** x + y, element by element. */
export const add: Binary = from("add", ops.add);
/** x - y, element by element. */
export const subtract: Binary = from("subtract", ops.subtract);
/** x · y, element by element. */
export const multiply: Binary = from("multiply", ops.multiply);
/** The quotient; of whole numbers, as TensorFlow has it, in float64. */
export const divide: Binary = binary("divide", (x, y) =>
  x.dtype === "int32"
    ? ops.divide(castNode(x, { dtype: "float64" }), castNode(y, { dtype: "float64" }))
    : ops.divide(x, y),
);
/** x to the power y; the gradient with respect to y needs x > 0. */
export const pow: Binary = from("pow", ops.power);
// nabla's ops give the gradient of a tie to the second, TensorFlow's to the first
/** The larger of two; where they are equal the gradient goes to the first. */
export const maximum: Binary = binary("maximum", (x, y) => ops.maximum(y, x));
/** The smaller of two; where they are equal the gradient goes to the first. */
export const minimum: Binary = binary("minimum", (x, y) => ops.minimum(y, x));
/** (x - y)² */
export const squaredDifference: Binary = binary("squaredDifference", (x, y) => squareOf(ops.subtract(x, y)));

/** Whether elements are equal, as bool. */
export const equal: Binary = from("equal", ops.equal);
/** Where x ≠ y: bools. */
export const notEqual: Binary = binary("notEqual", (x, y) => ops.not(ops.equal(x, y)));
/** Where x < y: bools. */
export const less: Binary = from("less", ops.less);
/** Where x ≤ y: bools. */
export const lessEqual: Binary = from("lessEqual", ops.lessEqual);
/** Where x > y: bools. */
export const greater: Binary = binary("greater", (x, y) => ops.less(y, x));
/** Where x ≥ y: bools. */
export const greaterEqual: Binary = binary("greaterEqual", (x, y) => ops.lessEqual(y, x));
/** Where both are true. */
export const logicalAnd: Binary = from("logicalAnd", ops.and);
/** Where one is true. */
export const logicalOr: Binary = from("logicalOr", ops.or);
/** Where x is false. */
export const logicalNot: Unary = unary("logicalNot", (x) => ops.not(x));

const squareOf = (x: Node): Node => ops.multiply(x, x);

/** -x */
export const negative: Unary = unary("negative", (x) => ops.negate(x));
/** |x| */
export const abs: Unary = unary("abs", (x) => ops.abs(x));
/** -1, 0 or 1 */
export const sign: Unary = unary("sign", (x) => ops.sign(x));
/** The next whole number below. */
export const floor: Unary = unary("floor", (x) => ops.floor(x));
/** x² */
export const square: Unary = unary("square", squareOf);
/** √x */
export const sqrt: Unary = unary("sqrt", (x) => ops.sqrt(x));
/** 1 / √x */
export const rsqrt: Unary = unary("rsqrt", (x) => ops.divide(1, ops.sqrt(x)));
/** 1 / x */
export const reciprocal: Unary = unary("reciprocal", (x) => ops.divide(1, x));
/** e^x */
export const exp: Unary = unary("exp", (x) => ops.exp(x));
/** e^x - 1, exact near 0 */
export const expm1: Unary = unary("expm1", (x) => ops.expm1(x));
const logarithm: Unary = unary("log", (x) => ops.log(x));
/** The natural logarithm. The graph is warned when it is one of a probability, which may round to 0. */
export const log: Unary = ((x: Operand, named?: Named) => {
  warnOfZero(x);
  return logarithm(x, named);
}) as Unary;
/** log(1 + x), exact near 0 */
export const log1p: Unary = unary("log1p", (x) => ops.log1p(x));
/** The sine, in radians. */
export const sin: Unary = unary("sin", (x) => ops.sin(x));
/** The cosine, in radians. */
export const cos: Unary = unary("cos", (x) => ops.cos(x));
/** The hyperbolic tangent. */
export const tanh: Unary = unary("tanh", (x) => ops.tanh(x));
/** 1 / (1 + e^-x) */
export const sigmoid: Unary = unary("sigmoid", (x) => ops.sigmoid(x));
/** The same value; what is fed for it takes its place. */
export const identity: Unary = unary("identity", (x) => reshape(x, { shape: x.shape }));
/** The same value, through which no gradient flows. */
export const stopGradient: Unary = unary("stopGradient", (x) => stopNode(x));

/** Converts to another dtype: to bool what is not zero is true, to int32 toward zero. */
export function cast(x: ScalarOperand, dtype: DType, named?: Named): Scalar;
export function cast(x: Operand, dtype: DType, named?: Named): Tensor;
export function cast(x: Operand, dtype: DType, named?: Named): Tensor {
  return define("cast", [x], (node) => castNode(node, { dtype }), named);
}

/** x where the condition holds, else y. */
export function where(condition: Tensor, x: Operand, y: Operand, named?: Named): Tensor {
  return defineMixed("where", [condition, x, y], (...nodes) => selected(stretchable(nodes)), named);
}

function selected([condition, x, y]: readonly Node[]): Node {
  return ops.select(condition ?? 0, x ?? 0, y ?? 0);
}

/** The sum of tensors of one shape. */
export function addN(tensors: readonly Operand[], named?: Named): Tensor {
  return define("addN", tensors, (...nodes) => stretchable(nodes).reduce((sum, x) => ops.add(sum, x)), named);
}
