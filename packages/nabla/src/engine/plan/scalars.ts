/** Which ops work on single elements, and how each reads in the loop form. */
import type { DType } from "../../array/dtype.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { ScalarName, Value } from "../loop.ts";

type Elementwise = ScalarName | "softplus";

/** Cheap ones are computed again where another loop needs them, instead of being stored and read. */
const CHEAP: Readonly<Record<Elementwise, boolean>> = {
  negate: true,
  abs: true,
  sign: true,
  floor: true,
  sqrt: false,
  exp: false,
  log: false,
  expm1: false,
  log1p: false,
  sin: false,
  cos: false,
  tanh: false,
  sigmoid: false,
  erf: false,
  softplus: false,
  add: true,
  subtract: true,
  multiply: true,
  divide: false,
  power: false,
  maximum: true,
  minimum: true,
  equal: true,
  less: true,
  lessEqual: true,
  and: true,
  or: true,
  not: true,
  select: true,
  cast: true,
};

function named(node: Tensor): Elementwise | undefined {
  return node.op.opName in CHEAP ? (node.op.opName as Elementwise) : undefined;
}

/** Whether a node works on single elements of operands of its own shape. */
export function isScalarOp(node: Tensor): boolean {
  return named(node) !== undefined;
}

export function isCheap(node: Tensor): boolean {
  const name = named(node);
  return name !== undefined && CHEAP[name];
}

/** The value of an elementwise node, given the values of its operands. */
export function scalarValue(node: Tensor, inputs: readonly Value[]): Value {
  const name = node.op.opName as Elementwise;
  if (name !== "softplus") return { kind: "apply", name, inputs, dtype: node.dtype };
  const [x] = inputs as [Value];
  const apply = (part: ScalarName, ...of: Value[]): Value => ({
    kind: "apply",
    name: part,
    inputs: of,
    dtype: node.dtype,
  });
  const tail = apply("log1p", apply("exp", apply("negate", apply("abs", x))));
  return apply("add", apply("maximum", x, number(0, node.dtype)), tail);
}

export function number(value: number, dtype: DType): Value {
  return { kind: "number", value, dtype };
}
