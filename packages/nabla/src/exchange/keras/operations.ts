/** Operations of `keras.ops`, which a Functional model calls like layers: `2 * x + 1`, `x[:, 1:]`, `ops.where(…)`. */
import { NablaError } from "../../base/error.ts";
import { isRecord } from "../../base/value-type.ts";
import { matmul } from "../../graph/contraction.ts";
import {
  abs,
  add,
  and,
  cos,
  divide,
  equal,
  erf,
  exp,
  expm1,
  floor,
  less,
  lessEqual,
  log,
  log1p,
  maximum,
  minimum,
  multiply,
  negate,
  not,
  or,
  power,
  select,
  sign,
  sin,
  sqrt,
  subtract,
} from "../../graph/elementwise.ts";
import { cast, concat, isTensor, pad, reshape, slice, stopGradient, sum, transpose } from "../../graph/movement.ts";
import { argmax, max, mean } from "../../graph/reduce.ts";
import { gather } from "../../graph/selection.ts";
import type { Operand, Tensor } from "../../graph/tensor.ts";
import { quoted } from "../quoted.ts";
import { activated } from "./activation-readers.ts";
import { axesIn, flag, type LayerReading, numbersIn, unsupported } from "./reading.ts";
import { type JsonRecord, numberFrom } from "./record.ts";

/** A call of an operation: what the layer that it is says, and all of its arguments in order. */
export interface OperationCall {
  readonly layer: LayerReading;
  readonly operands: readonly Operand[];
  /** The arguments as the file writes them. */
  readonly args: readonly unknown[];
  /** Arguments by name. */
  readonly named: JsonRecord;
}

interface OperationRow {
  /** Attributes that are looked at. */
  readonly reads?: string;
  /** Arguments by name that are looked at. */
  readonly takes?: string;
  readonly build: (call: OperationCall) => Tensor;
}

function operandAt({ operands }: OperationCall, i: number): Operand {
  const found = operands[i];
  if (found === undefined) throw new NablaError("keras/graph", `it is called without argument ${i + 1}`);
  return found;
}

function tensorAt(call: OperationCall, i: number): Tensor {
  const found = operandAt(call, i);
  if (isTensor(found)) return found;
  throw new NablaError("keras/graph", `its argument ${i + 1} is the number ${found}`);
}

const unary = (f: (x: Tensor) => Tensor): OperationRow => ({ build: (call) => f(tensorAt(call, 0)) });
const binary = (f: (x: Operand, y: Operand) => Tensor): OperationRow => ({
  build: (call) => f(operandAt(call, 0), operandAt(call, 1)),
});

const named = (activation: string): OperationRow => ({
  build: (call) => activated({ ...call.layer, config: { activation } }, tensorAt(call, 0)),
});

/** Numbers along axes as one; all axes but the batch's where none is given would mix examples. */
const reduction = (f: (x: Tensor, along: { axes: readonly number[]; keep: boolean }) => Tensor): OperationRow => ({
  reads: "axis keepdims initial",
  build: (call) => {
    const x = tensorAt(call, 0);
    const { axis, initial } = call.layer.config;
    if (initial !== undefined && initial !== null) throw unsupported(`initial ${JSON.stringify(initial).slice(0, 40)}`);
    if (axis === null || axis === undefined) throw unsupported("a reduction over all axes, of which one is the batch");
    return f(x, { axes: axesIn(axis, x.shape.length, "axis"), keep: flag(call.layer.config, "keepdims", false) });
  },
});

/** Rows times a matrix, or stacks of matrices times others; one matrix is the same for each of a stack. */
function product(x: Tensor, y: Tensor): Tensor {
  if (x.shape.length <= 2 || y.shape.length !== 2) return matmul(x, y);
  const rows = matmul(reshape(x, { shape: [-1, x.shape.at(-1) ?? 1] }), y);
  return reshape(rows, { shape: [...x.shape.slice(0, -1), y.shape[1] ?? 1] });
}

function permuted({ layer, ...call }: OperationCall): Tensor {
  const x = tensorAt({ layer, ...call }, 0);
  const { axes } = layer.config;
  return transpose(x, axes === null || axes === undefined ? {} : { order: numbersIn(axes, "axes") });
}

function repeated({ layer, ...call }: OperationCall): Tensor {
  const x = tensorAt({ layer, ...call }, 0);
  const repeats = numbersIn(layer.config.repeats, "repeats");
  if (repeats.length !== x.shape.length) throw unsupported(`repeats ${repeats.join(", ")} of ${x.shape.length} axes`);
  return repeats.reduce((sofar, count, axis) => {
    if (!Number.isInteger(count) || count < 1 || count > 4096) throw unsupported(`repeats ${repeats.join(", ")}`);
    return count === 1 ? sofar : concat(new Array<Tensor>(count).fill(sofar), { axis });
  }, x);
}

/** What `x[…]` takes: a range along an axis, or one place of it. */
function item(call: OperationCall): Tensor {
  const given = call.args[1];
  const keys = Array.isArray(given) ? given : [given];
  let x = tensorAt(call, 0);
  let axis = 0;
  for (const key of keys) {
    const length = x.shape[axis];
    if (isRecord(key) && key.class_name === "__slice__" && isRecord(key.config)) {
      const { start, stop, step } = key.config;
      if (step !== null && step !== undefined && step !== 1) throw unsupported(`a range with step ${step}`);
      if (start !== null || stop !== null) x = slice(x, { axis, ...rangeOf(length, start, stop) });
      axis++;
    } else if (typeof key === "number" && typeof length === "number") {
      const at = key < 0 ? key + length : key;
      if (!(at >= 0 && at < length)) throw new NablaError("keras/shape", `${key} is no place of ${length}`);
      const one = slice(x, { axis, from: at, to: at + 1 });
      x = reshape(one, { shape: one.shape.toSpliced(axis, 1) });
    } else throw unsupported(`the index ${quoted(JSON.stringify(key) ?? "")}`);
  }
  return x;
}

function rangeOf(length: unknown, start: unknown, stop: unknown): { readonly from: number; readonly to: number } {
  if (typeof length !== "number") throw unsupported("a range of the batch");
  const [from, to] = [
    [start, 0],
    [stop, length],
  ].map(([value, otherwise]) => {
    const at = value === null || value === undefined ? Number(otherwise) : numberFrom(value, "an end of a range");
    return Math.min(length, Math.max(0, at < 0 ? at + length : at));
  });
  return { from: from ?? 0, to: to ?? length };
}

function padded(call: OperationCall): Tensor {
  const { pad_width: widths, mode = "constant" } = call.layer.config;
  if (mode !== "constant") throw unsupported(`mode ${quoted(String(mode))}`);
  const value = call.named.constant_values ?? 0;
  if (!Array.isArray(widths)) throw unsupported(`pad_width ${JSON.stringify(widths)?.slice(0, 40)}`);
  return widths.reduce<Tensor>(
    (sofar, width, axis) => {
      const [before = 0, after = before] = numbersIn(width, "pad_width");
      return before + after === 0
        ? sofar
        : pad(sofar, { axis, before, after, value: numberFrom(value, "constant_values") });
    },
    tensorAt(call, 0),
  );
}

function relaid(call: OperationCall): Tensor {
  const shape = numbersIn(call.layer.config.newshape, "newshape");
  return reshape(tensorAt(call, 0), { shape });
}

function taken(call: OperationCall): Tensor {
  const [table, codes] = [tensorAt(call, 0), tensorAt(call, 1)];
  if (call.layer.config.axis !== 0) throw unsupported(`axis ${JSON.stringify(call.layer.config.axis)}`);
  return gather(table, codes);
}

function converted(call: OperationCall): Tensor {
  const { dtype } = call.layer.config;
  const name = String(dtype);
  if (/^b?float(?:16|32|64)$/.test(name)) return cast(tensorAt(call, 0), { dtype: "float32" });
  if (name === "int32" || name === "bool") return cast(tensorAt(call, 0), { dtype: name });
  throw unsupported(`the dtype ${quoted(name)}`);
}

const rows: Readonly<Record<string, OperationRow>> = {
  Add: binary((x, y) => add(x, y)),
  Subtract: binary((x, y) => subtract(x, y)),
  Multiply: binary((x, y) => multiply(x, y)),
  Divide: binary((x, y) => divide(x, y)),
  TrueDivide: binary((x, y) => divide(x, y)),
  Maximum: binary((x, y) => maximum(x, y)),
  Minimum: binary((x, y) => minimum(x, y)),
  Power: binary((x, y) => power(x, y)),
  Equal: binary((x, y) => equal(x, y)),
  NotEqual: binary((x, y) => not(equal(x, y))),
  Less: binary((x, y) => less(x, y)),
  LessEqual: binary((x, y) => lessEqual(x, y)),
  Greater: binary((x, y) => less(y, x)),
  GreaterEqual: binary((x, y) => lessEqual(y, x)),
  LogicalAnd: binary((x, y) => and(x, y)),
  LogicalOr: binary((x, y) => or(x, y)),
  LogicalNot: unary((x) => not(x)),
  Where: { build: (call) => select(operandAt(call, 0), operandAt(call, 1), operandAt(call, 2)) },
  Negative: unary((x) => negate(x)),
  Absolute: unary((x) => abs(x)),
  Abs: unary((x) => abs(x)),
  Sign: unary((x) => sign(x)),
  Floor: unary((x) => floor(x)),
  Sqrt: unary((x) => sqrt(x)),
  Rsqrt: unary((x) => divide(1, sqrt(x))),
  Square: unary((x) => multiply(x, x)),
  Exp: unary((x) => exp(x)),
  Expm1: unary((x) => expm1(x)),
  Log: unary((x) => log(x)),
  Log1p: unary((x) => log1p(x)),
  Sin: unary((x) => sin(x)),
  Cos: unary((x) => cos(x)),
  Erf: unary((x) => erf(x)),
  StopGradient: unary((x) => stopGradient(x)),
  Relu: named("relu"),
  Relu6: named("relu6"),
  Sigmoid: named("sigmoid"),
  Tanh: named("tanh"),
  Softplus: named("softplus"),
  Silu: named("silu"),
  Sum: reduction((x, along) => sum(x, along)),
  Mean: reduction((x, along) => mean(x, along)),
  Max: reduction((x, along) => max(x, along)),
  Argmax: {
    reads: "axis keepdims",
    build: (call) => {
      const x = tensorAt(call, 0);
      const [axis = 0] = axesIn(call.layer.config.axis, x.shape.length, "axis");
      const found = argmax(x, { axis });
      return flag(call.layer.config, "keepdims", false) ? reshape(found, { shape: x.shape.with(axis, 1) }) : found;
    },
  },
  Matmul: { build: (call) => product(tensorAt(call, 0), tensorAt(call, 1)) },
  Transpose: { reads: "axes", build: permuted },
  Reshape: { reads: "newshape", build: relaid },
  Tile: { reads: "repeats", build: repeated },
  GetItem: { build: item },
  Pad: { reads: "pad_width mode", takes: "constant_values", build: padded },
  Concatenate: {
    reads: "axis",
    build: (call) => {
      const parts = call.operands.map((_, i) => tensorAt(call, i));
      const [axis = 0] = axesIn(call.layer.config.axis ?? 0, parts[0]?.shape.length ?? 0, "axis");
      return concat(parts, { axis });
    },
  },
  Take: { reads: "axis", build: taken },
  Cast: { reads: "dtype", build: converted },
};

/** Whether an operation of `keras.ops` can be read. */
export function isOperation(className: string): boolean {
  return Object.hasOwn(rows, className);
}

/** Builds what an operation computes. Throws `keras/…` for what it says and nothing here looks at, by name. */
export function operate(call: OperationCall): Tensor {
  const { className, config } = call.layer;
  const row = rows[className];
  if (row === undefined) throw new NablaError("keras/layer", `the operation ${quoted(className)}`);
  const read = new Set(["name", "dtype", ...(row.reads ?? "").split(" ")]);
  if (row.reads?.split(" ").includes("dtype") !== true) checkDtype(config.dtype);
  const odd = Object.entries(config).find(([name, value]) => value !== null && !read.has(name));
  if (odd !== undefined) throw unsupported(`the attribute ${quoted(odd[0])} (${JSON.stringify(odd[1])?.slice(0, 40)})`);
  const takes = new Set((row.takes ?? "").split(" "));
  const extra = Object.keys(call.named).find((name) => !takes.has(name));
  if (extra !== undefined) throw unsupported(`the argument ${quoted(extra)}`);
  return row.build(call);
}

/** The dtype of a result that is asked for: floats are float32 here. */
function checkDtype(dtype: unknown): void {
  if (dtype === undefined || dtype === null || isRecord(dtype) || /^b?float/.test(String(dtype))) return;
  throw unsupported(`the dtype ${quoted(String(dtype))}`);
}
