import { scalar } from "../array/ndarray.ts";
import { NablaError } from "../base/error.ts";
import { constant } from "./leaf.ts";
import type { AnyDefinition, AnyOp, Attributes, Definition, Op, Operand, Tensor } from "./tensor.ts";

/**
 * Declares an op once. Annotate the constant (`export const log: Op<1> = op("log", …)`), since rules refer to other ops
 * and to themselves.
 */
export function op<N extends number, A extends object = Record<never, never>>(
  opName: string,
  definition: Definition<N, A>,
): Op<N, A> {
  const kind: AnyOp = { opName, definition: definition as unknown as AnyDefinition };
  const call = (...given: readonly unknown[]): Tensor => {
    const operands = given.slice(0, definition.arity) as Operand[];
    return make(kind, tensorsOf(opName, operands), (given[definition.arity] ?? {}) as Attributes);
  };
  return Object.assign(call, kind) as unknown as Op<N, A>;
}

/**
 * Makes a node of any op from tensors and attributes, checking shapes and dtypes. Errors name the op and both shapes.
 */
export function make(kind: AnyOp, given: readonly Tensor[], options: Attributes): Tensor {
  const { definition, opName } = kind;
  try {
    const inputs = definition.admit?.(given) ?? given;
    const attributes = (definition.settle?.(options, inputs) ?? options) as Attributes;
    const shape = definition.shape(inputs, attributes);
    const dtype = definition.dtype?.(inputs, attributes) ?? commonDtype(opName, inputs);
    return Object.freeze({ op: kind, inputs, attributes, shape, dtype });
  } catch (error) {
    throw error instanceof NablaError ? error.withContext(opName) : error;
  }
}

function tensorsOf(opName: string, operands: readonly Operand[]): readonly Tensor[] {
  const like = operands.find((operand) => typeof operand === "object" && operand.dtype !== "bool");
  const dtype = typeof like === "object" ? like.dtype : "float32";
  return operands.map((operand, i) => {
    if (typeof operand === "number") return constant(scalar(operand, dtype));
    if (typeof operand === "object" && operand !== null && "op" in operand) return operand;
    throw new NablaError(
      "graph/operand",
      `${opName}: operand ${i + 1} is ${String(operand)}, expected a tensor or a number`,
    );
  });
}

function commonDtype(opName: string, inputs: readonly Tensor[]): Tensor["dtype"] {
  const dtype = inputs[0]?.dtype ?? "float32";
  const other = inputs.find((input) => input.dtype !== dtype);
  if (other !== undefined) {
    throw new NablaError(
      "graph/dtype",
      `${opName} of ${dtype} and ${other.dtype}`,
      `convert one of them with cast(x, { dtype: "${dtype}" })`,
    );
  }
  return dtype;
}
