/** The leaves of a graph: inputs, states that persist between runs, and constants. */
import { checkArray, checkDType, checkShape, wrongArgument } from "../array/check-array.ts";
import type { DType } from "../array/dtype.ts";
import { type NdArray, scalar } from "../array/ndarray.ts";
import type { Shape } from "../array/shape.ts";
import type { AnyOp, Tensor } from "./tensor.ts";

function leafOp(opName: string): AnyOp {
  return {
    opName,
    definition: { arity: 0, dtypes: { takes: {} }, shape: () => [], gradient: () => [], trials: [] },
  };
}

const INPUT = leafOp("input");
const STATE = leafOp("state");
const CONSTANT = leafOp("constant");

/** A value fed at every run. Named lengths (`input("x", ["batch", 784])`) may differ from run to run. */
export function input(name: string, shape: Shape, dtype: DType = "float32"): Tensor {
  if (typeof name !== "string" || name === "") throw wrongArgument("input", "a name", name);
  checkShape(`input ${name} › shape`, shape);
  checkDType(`input ${name} › dtype`, dtype);
  return Object.freeze({ op: INPUT, inputs: [], attributes: { name }, shape, dtype });
}

/**
 * A value that lives in the engine's memory between runs (a parameter, a moment, a running mean), starting at
 * `initial`.
 */
export function state(name: string, initial: NdArray): Tensor {
  if (typeof name !== "string" || name === "") throw wrongArgument("state", "a name", name);
  checkArray(`state ${name}`, initial);
  return Object.freeze({
    op: STATE,
    inputs: [],
    attributes: { name, initial },
    shape: initial.shape,
    dtype: initial.dtype,
  });
}

/** A value that never changes. */
export function constant(value: NdArray | number): Tensor {
  const array = typeof value === "number" ? scalar(value) : value;
  checkArray("constant", array);
  return Object.freeze({
    op: CONSTANT,
    inputs: [],
    attributes: { value: array },
    shape: array.shape,
    dtype: array.dtype,
  });
}

/** The name of an input or state. */
export function nameOf(tensor: Tensor): string {
  return String(tensor.attributes.name);
}

/** Whether a tensor is fed at each run. */
export function isInput(tensor: Tensor): boolean {
  return tensor.op === INPUT;
}

/** Whether a tensor lives on from run to run. */
export function isState(tensor: Tensor): boolean {
  return tensor.op === STATE;
}

/** Whether a tensor is part of the program. */
export function isConstant(tensor: Tensor): boolean {
  return tensor.op === CONSTANT;
}

/** The array of a constant. */
export function valueOfConstant(tensor: Tensor): NdArray {
  return tensor.attributes.value as NdArray;
}

/** The initial value of a state. */
export function initialOf(tensor: Tensor): NdArray {
  return tensor.attributes.initial as NdArray;
}
