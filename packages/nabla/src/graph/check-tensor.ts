/** Checks of tensors that a program without a type checker hands in. */
import { wrongArgument } from "../array/check-array.ts";
import { isArrayData } from "../array/dtype.ts";
import type { NdArray } from "../array/ndarray.ts";
import { isRecord } from "../base/value-type.ts";
import { constant } from "./leaf.ts";
import type { Operand, Tensor } from "./tensor.ts";

/** Throws `options/type` unless a value is a tensor. */
export function checkTensor(place: string, value: unknown): asserts value is Tensor {
  if (isRecord(value) && "op" in value && Array.isArray(value.inputs)) return;
  const hint = isRecord(value) && isArrayData(value.data) ? "make it a tensor: constant(array)" : undefined;
  throw wrongArgument(place, "a tensor, as input, state, constant and ops give", value, hint);
}

/** The tensor that a function of tensors, arrays or numbers works on. Throws `options/type` for anything else. */
export function tensorOf(place: string, value: Operand): Tensor {
  if (typeof value === "number") return constant(value);
  if (isRecord(value) && isArrayData(value.data)) return constant(value as NdArray);
  checkTensor(place, value);
  return value;
}

/** The same for a list of tensors. */
export function checkTensors(place: string, value: unknown): asserts value is readonly Tensor[] {
  if (!Array.isArray(value)) throw wrongArgument(place, "a list of tensors", value);
  for (const [i, one] of value.entries()) checkTensor(`${place}[${i}]`, one);
}

/** The same for tensors by name. */
export function checkTensorsByName(place: string, value: unknown): asserts value is Readonly<Record<string, Tensor>> {
  if (!isRecord(value) || "op" in value) throw wrongArgument(place, "tensors by name", value);
  for (const [name, one] of Object.entries(value)) checkTensor(`${place} › ${name}`, one);
}
