/** Which dtypes ops take: what each is converted to where a node is made, and what operands become together. */
import type { DType } from "../array/dtype.ts";
import { NablaError } from "../base/error.ts";

/** What an operand of each dtype becomes before an op sees it; a dtype that is missing is refused. */
export type Conversions = Readonly<Partial<Record<DType, DType>>>;

/** The dtypes of an op. */
export interface DTypeRule {
  /** What all operands take, or each of them. */
  readonly takes: Conversions | readonly Conversions[];
  /** The operands that are brought to one dtype; the result is like them. Default all of them. */
  readonly alike?: readonly number[];
}

const FLOATS = { float32: "float32", float64: "float64" } as const;

/** Every dtype as it is. */
export const anyDType: Conversions = { ...FLOATS, int32: "int32", bool: "bool" };
/** Numbers as they are; bool is refused, since NumPy and PyTorch refuse it too. */
export const numbersOnly: Conversions = { ...FLOATS, int32: "int32" };
/** Numbers as they are; bool counts as 0 and 1. */
export const countable: Conversions = { ...FLOATS, int32: "int32", bool: "int32" };
/** Floats as they are; whole numbers and bool become float32. */
export const floating: Conversions = { ...FLOATS, int32: "float32", bool: "float32" };
/** Bool as it is; of numbers whatever is not 0 is true. */
export const truth: Conversions = { float32: "bool", float64: "bool", int32: "bool", bool: "bool" };
/** Positions: int32 alone. */
export const positionsOnly: Conversions = { int32: "int32" };

/** What an operand is before it is a tensor: its dtype, or a plain number, which takes the dtype of the others. */
export type OperandKind = DType | number;

/** The largest int32, plus 1. */
const INT_LIMIT = 2 ** 31;

/**
 * The dtype that each operand of an op is converted to. Bool joins any other dtype; a number with a fraction makes
 * whole numbers float32; other tensors of different dtypes are not mixed. Throws `graph/dtype`.
 */
export function operandDTypes(
  opName: string,
  { takes, alike }: DTypeRule,
  operands: readonly OperandKind[],
): readonly DType[] {
  const together = alike ?? operands.map((_, i) => i);
  const common = commonDType(
    opName,
    together.map((i) => operands[i] ?? "float32"),
  );
  return operands.map((operand, i) => {
    const from = together.includes(i) ? common : typeof operand === "number" ? dtypeOfNumber(operand) : operand;
    const conversions: Conversions = Array.isArray(takes) ? takes[i] : (takes as Conversions);
    return conversions[from] ?? refuse(opName, from, conversions);
  });
}

/**
 * The one dtype that all operands have and keep, plain numbers beside floats among them: nearly every node is made of such,
 * and needs no more than this. Undefined where `operandDTypes` has to look.
 */
export function sharedDType(
  { takes, alike }: DTypeRule,
  operands: readonly (number | { readonly dtype: DType })[],
): DType | undefined {
  if (alike !== undefined || Array.isArray(takes)) return undefined;
  let shared: DType | undefined;
  let hasNumber = false;
  for (const operand of operands) {
    if (typeof operand === "number") hasNumber = true;
    else if (shared === undefined) shared = operand?.dtype;
    else if (operand?.dtype !== shared) return undefined;
  }
  if (shared === undefined || (takes as Conversions)[shared] !== shared) return undefined;
  return hasNumber && shared !== "float32" && shared !== "float64" ? undefined : shared;
}

function commonDType(opName: string, operands: readonly OperandKind[]): DType {
  const dtypes = [...new Set(operands.filter((operand) => typeof operand === "string"))];
  const [dtype = dtypes.length === 0 ? "float32" : "bool", other] = dtypes.filter((one) => one !== "bool");
  if (other !== undefined) {
    throw new NablaError(
      "graph/dtype",
      `${opName} of ${dtype} and ${other}`,
      `convert one of them with cast(x, { dtype: "${dtype === "int32" ? other : dtype}" })`,
    );
  }
  return operands.reduce<DType>(
    (sofar, operand) => (typeof operand === "number" ? withNumber(opName, sofar, operand) : sofar),
    dtype,
  );
}

/** The dtype of a tensor with a plain number. */
function withNumber(opName: string, dtype: DType, value: number): DType {
  if (dtype === "float32" || dtype === "float64") return dtype;
  if (!Number.isInteger(value)) return "float32";
  if (value >= -INT_LIMIT && value < INT_LIMIT) return "int32";
  throw new NablaError(
    "graph/dtype",
    `${opName} of ${dtype} and ${value}, which is no int32`,
    'convert the tensor with cast(x, { dtype: "float32" })',
  );
}

function dtypeOfNumber(value: number): DType {
  return Number.isInteger(value) && Math.abs(value) < INT_LIMIT ? "int32" : "float32";
}

function refuse(opName: string, dtype: DType, conversions: Conversions): never {
  const taken = Object.keys(conversions);
  throw new NablaError(
    "graph/dtype",
    `${opName} takes ${taken.join(", ")}, received ${dtype}`,
    `convert it with cast(x, { dtype: "${taken.includes("int32") ? "int32" : "float32"}" })`,
  );
}
