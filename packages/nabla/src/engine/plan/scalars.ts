/** The elementwise ops, and their lowering to the loop IR. */
import type { DType } from "../../array/dtype.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { SCALARS, type ScalarName, type Value } from "../loop.ts";

type Elementwise = ScalarName | "softplus";

function named(node: Tensor): Elementwise | undefined {
  const { opName } = node.op;
  return opName === "softplus" || opName in SCALARS ? (opName as Elementwise) : undefined;
}

/** Whether a node works on single elements of operands of its own shape. */
export function isScalarOp(node: Tensor): boolean {
  return named(node) !== undefined;
}

/** Whether computing a node again costs less than storing it. */
export function isCheap(node: Tensor): boolean {
  const name = named(node);
  return name !== undefined && name !== "softplus" && SCALARS[name].cheap;
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
  return apply("add", apply("maximum", x, numberValue(0, node.dtype)), tail);
}

/** A number that every element sees. */
export function numberValue(value: number, dtype: DType): Value {
  return { kind: "number", value, dtype };
}
