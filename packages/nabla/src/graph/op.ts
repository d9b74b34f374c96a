import { wrongArgument } from "../array/check-array.ts";
import { type DType, isArrayData } from "../array/dtype.ts";
import { type NdArray, scalar } from "../array/ndarray.ts";
import { NablaError } from "../base/error.ts";
import { isRecord } from "../base/value-type.ts";
import { anyDType, operandDTypes, sharedDType } from "./dtype-rule.ts";
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
    return make(kind, tensorsOf(kind, operands), optionsOf(kind, given[definition.arity]));
  };
  return Object.assign(call, kind) as unknown as Op<N, A>;
}

/**
 * Makes a node of any op from tensors and attributes: converts operands to the dtypes that the op takes, and checks
 * shapes. Errors name the op and what it received.
 */
export function make(kind: AnyOp, given: readonly Tensor[], options: Attributes): Tensor {
  const { definition, opName } = kind;
  try {
    const isShared = sharedDType(definition.dtypes, given) !== undefined;
    const converted = isShared ? given : convertedTo(kind, given);
    const inputs = definition.admit?.(converted) ?? converted;
    const attributes = (definition.settle?.(options, inputs) ?? options) as Attributes;
    const shape = definition.shape(inputs, attributes);
    const like = inputs[definition.dtypes.alike?.[0] ?? 0]?.dtype ?? "float32";
    const dtype = definition.dtype?.(inputs, attributes) ?? like;
    if (!shape.every(isLength)) throw badOptions(opName, options);
    return Object.freeze({ op: kind, inputs, attributes, shape, dtype });
  } catch (error) {
    if (error instanceof NablaError) throw error.withContext(opName);
    // rules read options as their types say, and a program without a type checker may leave some out
    throw error instanceof TypeError || error instanceof RangeError ? badOptions(opName, options) : error;
  }
}

/**
 * A node like another with operands of other lengths: only its shape is worked out anew. Operands have the dtypes that those
 * of the other have, and the options are as stored.
 */
export function remake({ op: kind, dtype }: Tensor, inputs: readonly Tensor[], attributes: Attributes): Tensor {
  try {
    return Object.freeze({ op: kind, inputs, attributes, shape: kind.definition.shape(inputs, attributes), dtype });
  } catch (error) {
    throw error instanceof NablaError ? error.withContext(kind.opName) : error;
  }
}

function optionsOf({ opName }: AnyOp, options: unknown): Attributes {
  if (options === undefined) return {};
  if (isRecord(options)) return options;
  throw wrongArgument(`the options of ${opName}`, "a record", options);
}

function isLength(dim: unknown): boolean {
  return typeof dim === "string" || (typeof dim === "number" && Number.isInteger(dim) && dim >= 0);
}

function badOptions(opName: string, options: Attributes): NablaError {
  return wrongArgument(`the options of ${opName}`, "each of its type", options);
}

function withDType(tensor: Tensor, dtype: DType): Tensor {
  return tensor.dtype === dtype ? tensor : cast(tensor, { dtype });
}

function convertedTo({ opName, definition }: AnyOp, given: readonly Tensor[]): readonly Tensor[] {
  const dtypes = operandDTypes(
    opName,
    definition.dtypes,
    given.map(({ dtype }) => dtype),
  );
  return given.map((tensor, i) => withDType(tensor, dtypes[i] ?? tensor.dtype));
}

/** Arrays become constants, plain numbers constants of the dtype that the other operands get. */
function tensorsOf({ opName, definition }: AnyOp, given: readonly Operand[]): readonly Tensor[] {
  const operands = given.map((operand) => (isArray(operand) ? constant(operand) : operand));
  const kinds = operands.map((operand, i) => {
    if (typeof operand === "number") return operand;
    if (typeof operand === "object" && operand !== null && "op" in operand) return operand.dtype;
    throw new NablaError(
      "graph/operand",
      `${opName}: operand ${i + 1} is ${shown(operand)}, expected a tensor, an array or a number`,
    );
  });
  const shared = sharedDType(definition.dtypes, operands);
  if (shared !== undefined)
    return operands.map((operand) => (typeof operand === "number" ? constant(scalar(operand, shared)) : operand));
  const dtypes = operandDTypes(opName, definition.dtypes, kinds);
  return operands.map((operand, i) =>
    typeof operand === "number" ? constant(scalar(operand, dtypes[i])) : withDType(operand, dtypes[i] ?? operand.dtype),
  );
}

function isArray(operand: Operand): operand is NdArray {
  return isRecord(operand) && isArrayData(operand.data);
}

function shown(operand: unknown): string {
  return Array.isArray(operand) ? "a list: make it an array with ndarray(list)" : String(operand);
}

/** Converts to another dtype. To bool: unequal to zero. To int32: toward zero, the nearest int32 beyond its range, 0 for NaN. */
export const cast: Op<1, { readonly dtype: DType }> = op("cast", {
  arity: 1,
  dtypes: { takes: anyDType },
  shape: ([x]) => x.shape,
  dtype: (_, { dtype }) => dtype,
  gradient: (up, { inputs: [x] }) => [
    x.dtype === "float32" || x.dtype === "float64" ? cast(up, { dtype: x.dtype }) : undefined,
  ],
  trials: [
    { inputs: [[3, 4]], from: -5, to: 5, attributes: { dtype: "float32" } },
    { inputs: [[3, 4]], from: -5, to: 5, attributes: { dtype: "int32" } },
    { inputs: [[3, 4]], from: -5, to: 5, attributes: { dtype: "bool" } },
  ],
});
