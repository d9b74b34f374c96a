/** The operators around a network of ours, each as its plainest loops: nothing here is shared with what writes them. */
import { elementsOf } from "../../array/shape.ts";
import { NablaError } from "../../base/error.ts";
import { decodeUtf8 } from "../utf8.ts";
import type { AttributeProto } from "./schema.ts";
import { DATA_TYPES } from "./tensor-proto.ts";

/** A value on its way: numbers rounded to their type, or texts. */
export interface PlainValue {
  /** ONNX's number for the type of its elements. */
  readonly type: number;
  readonly shape: readonly number[];
  readonly data: ArrayLike<number> | readonly string[];
}

type Attributes = ReadonlyMap<string, AttributeProto>;

/** What an operator makes of its inputs. */
export type PlainOperator = (inputs: readonly PlainValue[], attributes: Attributes) => PlainValue;

function rounded(type: number): (value: number) => number {
  return type === DATA_TYPES.float ? Math.fround : (value) => value;
}

/** Element by element, over shapes that are lined up at their last axis. `type` is that of the result. */
function elementwise(inputs: readonly PlainValue[], type: number, apply: (...values: number[]) => number): PlainValue {
  const rank = Math.max(...inputs.map(({ shape }) => shape.length));
  const lined = inputs.map(({ shape }) => [...new Array<number>(rank - shape.length).fill(1), ...shape]);
  const shape = Array.from({ length: rank }, (_, axis) => Math.max(...lined.map((one) => one[axis] ?? 1)));
  const round = rounded(type);
  const data = new Float64Array(elementsOf(shape));
  const values = new Array<number>(inputs.length);
  for (let i = 0; i < data.length; i++) {
    for (const [k, { data: from }] of inputs.entries()) {
      let [rest, at, stride] = [i, 0, 1];
      for (let axis = rank - 1; axis >= 0; axis--) {
        const [length, own] = [shape[axis] ?? 1, lined[k]?.[axis] ?? 1];
        if (own !== 1) at += (rest % length) * stride;
        stride *= own;
        rest = Math.floor(rest / length);
      }
      values[k] = Number(from[at]);
    }
    data[i] = round(apply(...values));
  }
  return { type, shape, data };
}

/** An operator whose result is of the type of its first input. */
const each =
  (apply: (...values: number[]) => number): PlainOperator =>
  (inputs) =>
    elementwise(inputs, inputs[0]?.type ?? DATA_TYPES.float, apply);

/** An operator that answers true or false. */
const asks =
  (apply: (...values: number[]) => boolean): PlainOperator =>
  (inputs) =>
    elementwise(inputs, DATA_TYPES.bool, (...values) => Number(apply(...values)));

function first(inputs: readonly PlainValue[]): PlainValue {
  const [input] = inputs;
  if (input === undefined) throw new NablaError("onnx/answer", "an operator has no input");
  return input;
}

/** Rows of the last axis, one after the other. */
function rowsOf({ shape, data }: PlainValue): readonly (readonly number[])[] {
  const width = shape.at(-1) ?? 1;
  const numbers = Array.from(data as ArrayLike<number>);
  return Array.from({ length: numbers.length / width }, (_, row) => numbers.slice(row * width, (row + 1) * width));
}

function fromRows(rows: readonly (readonly number[])[], like: PlainValue): PlainValue {
  const data = Float64Array.from(rows.flat(), rounded(like.type));
  return { type: like.type, shape: [...like.shape.slice(0, -1), data.length / Math.max(1, rows.length)], data };
}

function softmax(row: readonly number[]): readonly number[] {
  const top = Math.max(...row);
  const powers = row.map((value) => Math.exp(value - top));
  const total = powers.reduce((sum, value) => sum + value, 0);
  return powers.map((value) => value / total);
}

function strings(attributes: Attributes, name: string): readonly string[] {
  return (attributes.get(name)?.strings ?? []).map((bytes) => decodeUtf8(bytes) ?? "");
}

/** Operators by their names; axes are the last one, as nothing else stands around a network of ours. */
export const plainOperators: Readonly<Record<string, PlainOperator>> = {
  Add: each((x = 0, y = 0) => x + y),
  Sub: each((x = 0, y = 0) => x - y),
  Mul: each((x = 0, y = 0) => x * y),
  Div: each((x = 0, y = 0) => x / y),
  Max: each(Math.max),
  Min: each(Math.min),
  Floor: each((x = 0) => Math.floor(x)),
  Sin: each((x = 0) => Math.sin(x)),
  Cos: each((x = 0) => Math.cos(x)),
  Exp: each((x = 0) => Math.exp(x)),
  Sqrt: each((x = 0) => Math.sqrt(x)),
  Sign: each((x = 0) => Math.sign(x)),
  Sigmoid: each((x = 0) => 1 / (1 + Math.exp(-x))),
  Identity: first,
  IsNaN: asks((x) => Number.isNaN(x)),
  Equal: asks((x, y) => x === y),
  Where: (inputs) =>
    elementwise(inputs, inputs[1]?.type ?? DATA_TYPES.float, (condition, x = 0, y = 0) => (condition ? x : y)),
  Cast: (inputs, attributes) => elementwise(inputs, attributes.get("to")?.i ?? DATA_TYPES.float, (x = 0) => x),
  Softmax: (inputs) => fromRows(rowsOf(first(inputs)).map(softmax), first(inputs)),
  ReduceSum: (inputs) =>
    fromRows(
      rowsOf(first(inputs)).map((row) => [row.reduce((sum, value) => sum + value, 0)]),
      first(inputs),
    ),
  Slice: (inputs) => {
    const [from = 0, to = 0] = [inputs[1]?.data[0], inputs[2]?.data[0]].map(Number);
    return fromRows(
      rowsOf(first(inputs)).map((row) => row.slice(from, to)),
      first(inputs),
    );
  },
  Concat: (inputs) => {
    const parts = inputs.map(rowsOf);
    const [rows = []] = parts;
    return fromRows(
      rows.map((_, row) => parts.flatMap((part) => part[row] ?? [])),
      first(inputs),
    );
  },
  Gather: (inputs) => {
    const places = Array.from(inputs[1]?.data as ArrayLike<number>);
    return fromRows(
      rowsOf(first(inputs)).map((row) => places.map((place) => row[place] ?? Number.NaN)),
      first(inputs),
    );
  },
  Reshape: ([input, lengths]) => {
    const { type, data } = first(input === undefined ? [] : [input]);
    const asked = Array.from(lengths?.data as ArrayLike<number>);
    const others = asked.reduce((product, length) => (length < 0 ? product : product * length), 1);
    return { type, data, shape: asked.map((length) => (length < 0 ? data.length / others : length)) };
  },
  OneHotEncoder: (inputs, attributes) => {
    const { data, shape } = first(inputs);
    const levels = strings(attributes, "cats_strings");
    const ones = Array.from(data as readonly string[], (text) => levels.map((level) => Number(level === text)));
    return { type: DATA_TYPES.float, shape: [...shape, levels.length], data: Float64Array.from(ones.flat()) };
  },
  LabelEncoder: (inputs, attributes) => {
    const { data, shape } = first(inputs);
    const numbers = attributes.get("values_int64s")?.ints ?? [];
    const places = new Map(strings(attributes, "keys_strings").map((level, i) => [level, numbers[i] ?? 0]));
    const other = attributes.get("default_int64")?.i ?? 0;
    const found = Float64Array.from(data as readonly string[], (text) => places.get(text) ?? other);
    return { type: DATA_TYPES.int64, shape, data: found };
  },
};
