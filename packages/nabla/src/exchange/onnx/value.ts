/** Values on their way through a translation: tensors, arrays that are known, and lists of lengths. */
import { castArray, type NdArray, scalar } from "../../array/ndarray.ts";
import { type Dim, elementsOf, type Shape, type Size, sameShape } from "../../array/shape.ts";
import { NablaError } from "../../base/error.ts";
import { constant, state } from "../../graph/leaf.ts";
import { cast, concat, reshape, transpose } from "../../graph/movement.ts";
import { countOf } from "../../graph/reduce.ts";
import type { Tensor } from "../../graph/tensor.ts";

/** Whole numbers that are known, of which some may be the length of the batch. */
export interface KnownLengths {
  readonly shape: Size;
  readonly items: readonly Dim[];
}

/** The whole type that numbers have in the file, as its number there, and how far they may go. */
export interface WholeRange {
  readonly type: number;
  readonly low: number;
  readonly high: number;
}

/** One value of an ONNX graph, in whichever forms it is there. */
export interface OnnxValue {
  readonly name: string;
  /** Axes in ONNX's order: channels second. */
  readonly tensor?: Tensor;
  /** The same numbers with channels last, as layers here want them. */
  readonly last?: Tensor;
  /** Numbers that are known; whole ones as float64, all others as float32 or bool. */
  readonly array?: NdArray;
  /** Lengths that are known as numbers; absent where it is no shape. */
  readonly lengths?: KnownLengths;
  /** Of whole numbers; left out where nothing is known but that they are whole. */
  readonly whole?: WholeRange;
  /** For arrays: whether training may change them. */
  readonly learned?: boolean;
  /** Why it is not there: an output that is not computed. */
  readonly absent?: string;
}

/** Lists of lengths are short; longer ones are data. */
export const MOST_LENGTHS = 1024;

/** Lengths of one list that may be computed with when the network runs. */
const MOST_OPEN = 32;

/** Numbers that one value of one example may have. */
export const MOST_ELEMENTS: number = 2 ** 28;

/** A known array as a value; whole numbers are lengths too. */
export function arrayValue(name: string, array: NdArray, learned: boolean): OnnxValue {
  const whole = array.dtype === "float64" && array.data.length <= MOST_LENGTHS;
  const lengths = whole ? { lengths: { shape: array.shape, items: Array.from(array.data) } } : {};
  return { name, array, learned, ...lengths };
}

/** A transposition, two in a row being one and one that moves nothing none. */
export function permuted(x: Tensor, order: readonly number[]): Tensor {
  if (order.every((axis, i) => axis === i)) return x;
  const [inner] = x.inputs;
  if (x.op.opName !== "transpose" || inner === undefined) return transpose(x, { order });
  const before = x.attributes.order as readonly number[];
  return permuted(
    inner,
    order.map((axis) => before[axis] ?? 0),
  );
}

/** Another shape, two in a row being one and one that changes nothing none. */
export function reshaped(x: Tensor, shape: Shape): Tensor {
  const [inner] = x.inputs;
  const from = x.op.opName === "reshape" && inner !== undefined ? inner : x;
  const made = reshape(from, { shape });
  return sameShape(made.shape, from.shape) ? from : made;
}

/** The order that brings channels from the second place to the last, for tensors of this many axes. */
function lastOrder(axes: number): readonly number[] {
  return [0, ...Array.from({ length: axes - 2 }, (_, i) => i + 2), 1];
}

/** The order that brings channels from the last place to the second. */
function firstOrder(axes: number): readonly number[] {
  return [0, axes - 1, ...Array.from({ length: axes - 2 }, (_, i) => i + 1)];
}

/** Makes tensors of values, each array once, so that weights that are used twice stay one. */
export class TensorPool {
  readonly #arrays = new Map<NdArray, Tensor>();

  /** Axes in ONNX's order. Throws `onnx/dynamic` for lengths that depend on the batch. */
  of(value: OnnxValue): Tensor {
    const { tensor, last, array, lengths, name } = value;
    if (tensor !== undefined) return tensor;
    if (last !== undefined) return permuted(last, firstOrder(last.shape.length));
    if (array !== undefined) return this.#fromArray(name, array, value.learned === true);
    const items = lengths?.items ?? [];
    if (!items.every((item) => typeof item === "number")) return fromLengths(name, items, lengths?.shape ?? []);
    const whole = { dtype: "float64", shape: lengths?.shape ?? [], data: Float64Array.from(items) } as const;
    return this.#fromArray(name, whole, false);
  }

  /** Channels last; for tensors of three axes and more. */
  last(value: OnnxValue): Tensor {
    if (value.last !== undefined) return value.last;
    const x = this.of(value);
    return x.shape.length < 3 ? x : permuted(x, lastOrder(x.shape.length));
  }

  #fromArray(name: string, array: NdArray, learned: boolean): Tensor {
    const made = this.#arrays.get(array);
    if (made !== undefined) return made;
    const tensor = learned ? state(name, array) : constant(array.dtype === "float64" ? wholeArray(name, array) : array);
    this.#arrays.set(array, tensor);
    return tensor;
  }
}

/** Lengths as int32, of which some are the batch and known when the network runs. */
function fromLengths(name: string, items: readonly Dim[], shape: Size): Tensor {
  if (items.length > MOST_OPEN)
    throw new NablaError("onnx/dynamic", `"${name}" computes with the batch size in ${items.length} numbers`);
  const parts = items.map((item) => {
    const count = typeof item === "number" ? constant(scalar(item, "int32")) : countOf({ shape: [item] });
    return reshape(cast(count, { dtype: "int32" }), { shape: [1] });
  });
  return reshaped(concat(parts, { axis: 0 }), shape);
}

function wholeArray(name: string, array: NdArray): NdArray {
  const beyond = array.data.find((x: number) => Math.abs(x) > 2 ** 31 - 1);
  if (beyond !== undefined)
    throw new NablaError("onnx/type", `"${name}" holds the whole number ${beyond}, and nabla computes with 32 bits`);
  return castArray(array, "int32");
}

/** The shape of a value as it is known. */
export function shapeOf({ tensor, last, array, lengths }: OnnxValue): Shape {
  if (tensor !== undefined) return tensor.shape;
  if (last !== undefined) return firstOrder(last.shape.length).map((axis) => last.shape[axis] ?? 1);
  return array?.shape ?? lengths?.shape ?? [];
}

/** How many numbers one example of a shape has. */
export function exampleElements(shape: Shape): number {
  return elementsOf(shape.map((dim) => (typeof dim === "number" ? dim : Number(dim.split("*")[1] ?? 1))));
}
