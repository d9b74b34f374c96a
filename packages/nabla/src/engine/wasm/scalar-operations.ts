import type { DType } from "../../array/dtype.ts";
import { invariant } from "../../base/error.ts";
import type { ScalarName } from "../loop.ts";
import type { FunctionBuilder } from "./assembler.ts";
import { floatBits } from "./float-bits.ts";
import { FUNCTION_COST, type FunctionName, type LaneFunctions } from "./mathematics.ts";
import type { Instruction, Local, V128 } from "./tokens.ts";
import { castWide, wholeProduct, wrapped } from "./wide-operations.ts";

/**
 * An operand in registers: four lanes of float32 or int32, or for bool a mask of all ones or zeros. In wide programs two lanes
 * of float64, or a mask.
 */
export interface LaneOperand {
  readonly local: Local<"v128">;
  readonly dtype: DType;
  /** The value, if it is a literal in the program. */
  readonly constant: number | undefined;
}

/** The context for emitting an operation on lanes. */
interface Context {
  readonly f: FunctionBuilder;
  readonly mathematics: LaneFunctions;
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
  const isWide = f.names.type === "f64x2";
  if (FUNCTIONS.has(name)) return mathematics.apply(f, name as FunctionName, first.local);
  if (name === "cast") return (isWide ? castWide : cast)(f, first, dtype);
  if (name === "sign") return sign(f, first);
  if (lanes === "mask" && name === "abs") return f.get(first.local);
  if (lanes !== "float" && name === "floor") return f.get(first.local);
  if (second === undefined) {
    const operation = UNARY[name]?.[lanes];
    invariant(operation !== undefined, `${name} of ${first.dtype} is not known to the engine`);
    const result =
      isWide && name === "negate"
        ? f.op("v128.xor", f.get(first.local), f.splat(-0))
        : unary(f, isWide ? widened(operation, lanes) : operation, first.local);
    return isWide && lanes === "integer" ? wrapped(f, f.keep("v128", result)) : result;
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
  return isWide
    ? applyWide(f, name, { operation: widened(operation, lanes), isWhole: lanes === "integer" }, [
        first.local,
        second.local,
      ])
    : binary(f, operation, first.local, second.local);
}

/** The instruction on float64 for one on float32 or int32; masks are masks. */
function widened(operation: Instruction, lanes: Lanes): Instruction {
  if (lanes === "mask") return operation;
  return operation.replace(/^[fi]32x4\.(\w+?)(_s)?$/, "f64x2.$1") as Instruction;
}

function applyWide(
  f: FunctionBuilder,
  name: ScalarName,
  { operation, isWhole }: { readonly operation: Instruction; readonly isWhole: boolean },
  [x, y]: readonly [Local<"v128">, Local<"v128">],
): V128 {
  if (isWhole && name === "multiply") return wholeProduct(f, x, y);
  const result = binary(f, operation, x, y);
  return isWhole && (name === "add" || name === "subtract") ? wrapped(f, f.keep("v128", result)) : result;
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
    return {
      result: binary(f, name === "maximum" ? `${f.names.type}.pmax` : `${f.names.type}.pmin`, value.local, bound.local),
    };
  }
  if (name !== "power") return undefined;
  const x = first.local;
  const multiply = () => f.op(`${f.names.type}.mul`, f.get(x), f.get(x));
  switch (second.constant) {
    case 1:
      return { result: f.get(x) };
    case 2:
      return { result: multiply() };
    case 3:
      return { result: f.op(`${f.names.type}.mul`, multiply(), f.get(x)) };
    case -1:
      return { result: f.op(`${f.names.type}.div`, f.splat(1), f.get(x)) };
    default:
      return undefined;
  }
}

/** A literal of the program in every lane, set up once. */
export function literalOf(
  f: FunctionBuilder,
  literal: { readonly value: number; readonly dtype: DType },
): Local<"v128"> {
  const isWide = f.names.type === "f64x2";
  return isWide && literal.dtype !== "bool" ? f.constantNumber(literal.value) : f.constantLocal(bitsOf(literal));
}

/** A literal of the program, as the bits of a lane. */
function bitsOf({ value, dtype }: { readonly value: number; readonly dtype: DType }): number {
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

/** Whether numbers are not whole. */
export function isFloat(dtype: DType): boolean {
  return lanesOf(dtype) === "float";
}

/** Which lanes hold elements of a dtype. */
export function lanesOf(dtype: DType): Lanes {
  if (dtype === "float32" || dtype === "float64") return "float";
  return dtype === "int32" ? "integer" : "mask";
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
  const { type } = f.names;
  if (dtype === "int32" && type === "f32x4") {
    return f.op("i32x4.sub", f.op("i32x4.shr_s", f.get(local), f.i32(31)), f.op("i32x4.gt_s", f.get(local), f.zero()));
  }
  const one = f.op("v128.or", f.op("v128.and", f.get(local), f.splat(-0)), f.splat(1));
  const signed = f.keep("v128", one);
  const negative = f.op(`${type}.lt`, f.get(local), f.zero());
  const different = f.keep("v128", f.op("v128.or", negative, f.op(`${type}.gt`, f.get(local), f.zero())));
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
