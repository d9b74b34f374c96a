import type { DType } from "../../array/dtype.ts";
import { invariant } from "../../base/error.ts";
import type { ScalarName } from "../loop.ts";
import { type FunctionBuilder, floatBits } from "./assembler.ts";
import { FUNCTION_COST, type FunctionName, type Mathematics } from "./mathematics.ts";
import { SIGN } from "./polynomial.ts";
import type { Instruction, Local, V128 } from "./tokens.ts";

/** An operand in registers: four lanes of float32 or int32, or for bool a mask of all ones or zeros. */
export interface LaneOperand {
  readonly local: Local<"v128">;
  readonly dtype: DType;
  /** The value, if it is a literal in the program. */
  readonly constant: number | undefined;
}

/** The context for emitting an operation on lanes. */
interface Context {
  readonly f: FunctionBuilder;
  readonly mathematics: Mathematics;
  readonly dtype: DType;
}

type Lanes = "float" | "integer" | "mask";
type Simple = Partial<Record<Lanes, Instruction>>;

const UNARY: Partial<Record<ScalarName, Simple>> = {
  negate: { float: "f32x4.neg", integer: "i32x4.neg" },
  abs: { float: "f32x4.abs", integer: "i32x4.abs" },
  floor: { float: "f32x4.floor" },
  sqrt: { float: "f32x4.sqrt" },
  not: { mask: "v128.not" },
};

const BINARY: Partial<Record<ScalarName, Simple>> = {
  add: { float: "f32x4.add", integer: "i32x4.add", mask: "v128.or" },
  subtract: { float: "f32x4.sub", integer: "i32x4.sub" },
  multiply: { float: "f32x4.mul", integer: "i32x4.mul", mask: "v128.and" },
  divide: { float: "f32x4.div" },
  maximum: { float: "f32x4.max", integer: "i32x4.max_s", mask: "v128.or" },
  minimum: { float: "f32x4.min", integer: "i32x4.min_s", mask: "v128.and" },
  equal: { float: "f32x4.eq", integer: "i32x4.eq", mask: "i32x4.eq" },
  // A mask that is set reads -1, so false < true is "greater" among integers.
  less: { float: "f32x4.lt", integer: "i32x4.lt_s", mask: "i32x4.gt_s" },
  lessEqual: { float: "f32x4.le", integer: "i32x4.le_s", mask: "i32x4.ge_s" },
  and: { mask: "v128.and" },
  or: { mask: "v128.or" },
};

const FUNCTIONS: ReadonlySet<string> = new Set<FunctionName>([
  "exp",
  "log",
  "expm1",
  "log1p",
  "sin",
  "cos",
  "tanh",
  "sigmoid",
  "erf",
]);

/** Leaves the result of an operation on operands that are in locals. */
export function applyOperation(context: Context, name: ScalarName, operands: readonly LaneOperand[]): V128 {
  const { f, mathematics, dtype } = context;
  const [first, second, third] = operands;
  invariant(first !== undefined, `${name} without operands`);
  const lanes = lanesOf(first.dtype);
  if (FUNCTIONS.has(name)) return mathematics.apply(f, name as FunctionName, first.local);
  if (name === "cast") return cast(f, first, dtype);
  if (name === "sign") return sign(f, first);
  if (lanes === "mask" && name === "abs") return f.get(first.local);
  if (lanes !== "float" && name === "floor") return f.get(first.local);
  if (second === undefined) {
    const operation = UNARY[name]?.[lanes];
    invariant(operation !== undefined, `${name} of ${first.dtype} is not known to the engine`);
    return unary(f, operation, first.local);
  }
  const short = lanes === "float" ? applyConstant(f, name, [first, second]) : undefined;
  if (short !== undefined) return short.result;
  if (name === "power") {
    return lanes === "integer"
      ? mathematics.wholePower(f, first.local, second.local)
      : mathematics.power(f, first.local, second.local);
  }
  if (name === "select" && third !== undefined) {
    return f.op("v128.bitselect", f.get(second.local), f.get(third.local), f.get(first.local));
  }
  const operation = BINARY[name]?.[lanes];
  invariant(operation !== undefined, `${name} of ${first.dtype} is not known to the engine`);
  return binary(f, operation, first.local, second.local);
}

/** Cheaper instructions where one operand is a literal; boxed, since tokens carry no value. */
function applyConstant(
  f: FunctionBuilder,
  name: ScalarName,
  [first, second]: readonly [LaneOperand, LaneOperand],
): { readonly result: V128 } | undefined {
  if (name === "maximum" || name === "minimum") {
    // pmax(x, c) is "x < c ? c : x": one instruction that propagates NaN in x, and equal up to the sign of zero.
    const [value, bound] = second.constant === undefined ? [second, first] : [first, second];
    if (bound.constant === undefined || Number.isNaN(bound.constant)) return undefined;
    return { result: binary(f, name === "maximum" ? "f32x4.pmax" : "f32x4.pmin", value.local, bound.local) };
  }
  if (name !== "power") return undefined;
  const x = first.local;
  const multiply = () => f.op("f32x4.mul", f.get(x), f.get(x));
  switch (second.constant) {
    case 1:
      return { result: f.get(x) };
    case 2:
      return { result: multiply() };
    case 3:
      return { result: f.op("f32x4.mul", multiply(), f.get(x)) };
    case -1:
      return { result: f.op("f32x4.div", f.splat(1), f.get(x)) };
    default:
      return undefined;
  }
}

/** A literal of the program, as the bits of a lane. */
export function bitsOf({ value, dtype }: { readonly value: number; readonly dtype: DType }): number {
  if (dtype === "float32") return floatBits(value);
  return dtype === "bool" ? (value === 0 ? 0 : -1) : value;
}

/** The cost of an operation in plain instructions. */
export function operationCost(name: ScalarName): number {
  return name in FUNCTION_COST ? FUNCTION_COST[name as keyof typeof FUNCTION_COST] : 1;
}

/** Whether an operation is expensive enough to justify another loop order. */
export function isHeavy(name: ScalarName): boolean {
  return name === "divide" || name === "sqrt" || name in FUNCTION_COST;
}

export function lanesOf(dtype: DType): Lanes {
  invariant(dtype !== "float64", "the engine has no float64");
  return dtype === "float32" ? "float" : dtype === "int32" ? "integer" : "mask";
}

/** Applies an operation whose signature is known to be of one vector. */
function unary(f: FunctionBuilder, operation: Instruction, x: Local<"v128">): V128 {
  return f.op(operation as "f32x4.neg", f.get(x));
}

/** Applies an operation whose signature is known to be of two vectors. */
export function binary(f: FunctionBuilder, operation: Instruction, x: Local<"v128">, y: Local<"v128">): V128 {
  return f.op(operation as "f32x4.add", f.get(x), f.get(y));
}

/** -1, 0 or 1; zeros of both signs and NaN are unchanged. */
function sign(f: FunctionBuilder, { local, dtype }: LaneOperand): V128 {
  if (dtype === "bool") return f.get(local);
  if (dtype === "int32") {
    return f.op("i32x4.sub", f.op("i32x4.shr_s", f.get(local), f.i32(31)), f.op("i32x4.gt_s", f.get(local), f.zero()));
  }
  const one = f.op("v128.or", f.op("v128.and", f.get(local), f.splatBits(SIGN)), f.splat(1));
  const signed = f.keep("v128", one);
  const negative = f.op("f32x4.lt", f.get(local), f.zero());
  const different = f.keep("v128", f.op("v128.or", negative, f.op("f32x4.gt", f.get(local), f.zero())));
  return f.op("v128.bitselect", f.get(signed), f.get(local), f.get(different));
}

/** Casts truncate toward zero, as typed arrays do; to bool anything but zero is true. */
function cast(f: FunctionBuilder, { local, dtype }: LaneOperand, to: DType): V128 {
  const from = lanesOf(dtype);
  const target = lanesOf(to);
  const value = f.get(local);
  if (from === target) return value;
  if (target === "mask") return f.op(from === "float" ? "f32x4.ne" : "i32x4.ne", value, f.zero());
  if (from === "mask") return f.op("v128.and", value, target === "float" ? f.splat(1) : f.splatBits(1));
  return f.op(target === "float" ? "f32x4.convert_i32x4_s" : "i32x4.trunc_sat_f32x4_s", value);
}
