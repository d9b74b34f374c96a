/** Ops of a graph as operations of `keras.ops`, for what is no layer there. Keras 3 alone has them. */
import type { NdArray } from "../../array/ndarray.ts";
import { elementsOf, type Shape } from "../../array/shape.ts";
import type { Json } from "../../base/json.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { cannot } from "./node.ts";

/** What an operation is called on: what a layer gives, by its name there, or an array that is written out. */
export type Argument = { readonly from: string } | { readonly array: NdArray } | { readonly json: Json };

/** An operation as Keras names it. */
export interface Operation {
  readonly module: string;
  readonly className: string;
  readonly config: { readonly [name: string]: Json };
  /** Arguments behind the operands. */
  readonly more?: readonly Json[];
  /** Arguments by name; none by default. */
  readonly named?: { readonly [name: string]: Json };
  /** The operands are one argument, a list. */
  readonly listed?: boolean;
}

type Attributes = { readonly [name: string]: Json | undefined };

const numpy = (className: string, config: Operation["config"] = {}): Operation => ({
  module: "keras.src.ops.numpy",
  className,
  config,
});

/** Ops that work number by number, whose operands there are repeated as they are here. */
const elementwise: Readonly<Record<string, Operation>> = {
  add: numpy("Add"),
  subtract: numpy("Subtract"),
  multiply: numpy("Multiply"),
  divide: numpy("TrueDivide"),
  maximum: numpy("Maximum"),
  minimum: numpy("Minimum"),
  power: numpy("Power"),
  equal: numpy("Equal"),
  less: numpy("Less"),
  lessEqual: numpy("LessEqual"),
  and: numpy("LogicalAnd"),
  or: numpy("LogicalOr"),
  not: numpy("LogicalNot"),
  select: numpy("Where"),
  negate: numpy("Negative"),
  abs: numpy("Absolute"),
  sign: numpy("Sign"),
  floor: numpy("Floor"),
  sqrt: numpy("Sqrt"),
  exp: numpy("Exp"),
  expm1: numpy("Expm1"),
  log: numpy("Log"),
  log1p: numpy("Log1p"),
  sin: numpy("Sin"),
  cos: numpy("Cos"),
  tanh: numpy("Tanh"),
  sigmoid: { ...numpy("Sigmoid"), module: "keras.src.ops.nn" },
  softplus: { ...numpy("Softplus"), module: "keras.src.ops.nn" },
  erf: { ...numpy("Erf"), module: "keras.src.ops.math" },
};

/** Of whole numbers these give something else there. */
const ofFloats: ReadonlySet<string> = new Set(["divide", "power"]);

/** Whether an operation may meet one operand several times, as element-wise ones do. */
export function repeatsOperands(op: string): boolean {
  return Object.hasOwn(elementwise, op);
}

/** An op as an operation; undefined where there is none. `shapes` are those of its operands. */
export function operationOf(op: string, attributes: Attributes, inputs: readonly Tensor[]): Operation | undefined {
  const whole = inputs.some(({ dtype }) => dtype === "int32");
  const plain = elementwise[op];
  if (plain !== undefined) return whole && ofFloats.has(op) ? undefined : plain;
  const make = Object.hasOwn(others, op) ? others[op] : undefined;
  return make?.(
    attributes,
    inputs.map(({ shape }) => shape),
  );
}

const list = (value: Json | undefined): readonly Json[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

function reduced(className: string): (attributes: Attributes, shapes: readonly Shape[]) => Operation {
  return ({ axes, keep }, [shape = []]) => {
    const all = shape.map((_, axis) => axis);
    return numpy(className, { axis: axes === undefined ? all : [...list(axes)], keepdims: keep === true });
  };
}

const all: Json = { class_name: "__slice__", config: { start: null, stop: null, step: null } };

const others: Readonly<Record<string, (attributes: Attributes, shapes: readonly Shape[]) => Operation | undefined>> = {
  matmul: () => numpy("Matmul"),
  transpose: ({ order }, [shape = []]) =>
    numpy("Transpose", { axes: order === undefined ? shape.map((_, i) => shape.length - 1 - i) : [...list(order)] }),
  sum: (attributes, shapes) => ({ ...reduced("Sum")(attributes, shapes) }),
  max: (attributes, shapes) => {
    const { config, ...made } = reduced("Max")(attributes, shapes);
    return { ...made, config: { ...config, initial: null } };
  },
  argmax: ({ axis = 0 }) => numpy("Argmax", { axis, keepdims: false }),
  reshape: ({ shape }) => {
    const open = list(shape).filter((length) => typeof length === "string");
    if (open.length > 1) return undefined;
    return numpy("Reshape", { newshape: list(shape).map((length) => (typeof length === "string" ? -1 : length)) });
  },
  // what is repeated along axes of length 1
  broadcast: ({ shape }, [from = []]) => {
    const to = list(shape);
    const repeats = to.map((length, i) => (length === from[i] ? 1 : from[i] === 1 ? length : undefined));
    if (to.length !== from.length || repeats.some((count) => typeof count !== "number")) return undefined;
    return numpy("Tile", { repeats: repeats as number[] });
  },
  slice: ({ axis, from = 0, to = 0 }) => {
    const range: Json = { class_name: "__slice__", config: { start: from, stop: to, step: null } };
    return { ...numpy("GetItem"), more: [[...new Array<Json>(Number(axis)).fill(all), range]] };
  },
  pad: ({ axis, before = 0, after = 0, value = 0 }, [shape = []]) => ({
    ...numpy("Pad", { pad_width: shape.map((_, i) => (i === axis ? [before, after] : [0, 0])), mode: "constant" }),
    named: { constant_values: value },
  }),
  concatPair: ({ axis = 0 }) => ({ ...numpy("Concatenate", { axis }), listed: true }),
  gather: () => numpy("Take", { axis: 0 }),
  cast: ({ dtype = "float32" }) => ({ ...numpy("Cast", { dtype }), module: "keras.src.ops.core" }),
  stopGradient: () => ({ ...numpy("StopGradient"), module: "keras.src.ops.core" }),
};

/** Numbers that are written out in a configuration. */
const MOST_WRITTEN = 2 ** 16;

/** An array as an argument that is written out. Throws `keras/write`. */
export function writtenArray({ dtype, shape, data }: NdArray): Json {
  if (data.length > MOST_WRITTEN) throw cannot(`an array of ${data.length} numbers that ops of a graph work with`);
  const numbers = Array.from(data);
  if (!numbers.every(Number.isFinite)) throw cannot("a constant of a graph that is not finite");
  const nested = (axis: number, from: number): Json => {
    if (axis === shape.length) return dtype === "bool" ? numbers[from] !== 0 : (numbers[from] ?? 0);
    const step = elementsOf(shape.slice(axis + 1));
    return Array.from({ length: shape[axis] ?? 0 }, (_, i) => nested(axis + 1, from + i * step));
  };
  return { class_name: "__tensor__", config: { value: nested(0, 0), dtype: dtype === "float64" ? "float32" : dtype } };
}
