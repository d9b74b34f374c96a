/** What every op gives of operands of one dtype, as NumPy and PyTorch do where they agree: the kit compares ops with this. */
import type { DType } from "../../src/array/dtype.ts";

/** The result's dtype, or that the op is refused. */
type Given = DType | "refused";

/** Results of float32, float64, int32 and bool operands. */
export type OpDTypes = readonly [float32: Given, float64: Given, int32: Given, bool: Given];

/** In this order the rows are written. */
export const DTYPES = ["float32", "float64", "int32", "bool"] as const;

const same: OpDTypes = ["float32", "float64", "int32", "bool"];
const counting: OpDTypes = ["float32", "float64", "int32", "int32"];
const numbers: OpDTypes = ["float32", "float64", "int32", "refused"];
const floats: OpDTypes = ["float32", "float64", "float32", "float32"];
const truths: OpDTypes = ["bool", "bool", "bool", "bool"];
const whole: OpDTypes = ["int32", "int32", "int32", "int32"];

/** Ops by name; one that has no row fails. */
export const opDTypes: Readonly<Record<string, OpDTypes>> = {
  negate: numbers,
  abs: same,
  sign: same,
  floor: same,
  sqrt: floats,
  exp: floats,
  log: floats,
  expm1: floats,
  log1p: floats,
  sin: floats,
  cos: floats,
  tanh: floats,
  sigmoid: floats,
  softplus: floats,
  erf: floats,
  add: same,
  subtract: numbers,
  multiply: same,
  divide: floats,
  power: counting,
  maximum: same,
  minimum: same,
  equal: truths,
  less: truths,
  lessEqual: truths,
  and: truths,
  or: truths,
  not: truths,
  select: same,
  sum: counting,
  max: same,
  argmax: whole,
  matmul: numbers,
  gather: same,
  scatterAdd: counting,
  reshape: same,
  broadcast: same,
  transpose: same,
  slice: same,
  pad: same,
  concatPair: same,
  patches: same,
  unpatches: counting,
  stopGradient: same,
};

/** Ops whose result does not follow from the dtype of an operand that may change, and why. */
export const dtypeFree: Readonly<Record<string, string>> = {
  cast: "its attribute says the dtype",
  countOf: "it has no operand",
  iota: "it has no operand",
  randomUniform: "its key is int32",
};
