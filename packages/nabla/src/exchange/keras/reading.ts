/** What the readers of Keras's layers share: what they are given, and checks of what the file says. */
import { castArray, type NdArray } from "../../array/ndarray.ts";
import { type Shape, showShape, sizeOf } from "../../array/shape.ts";
import { known, NablaError } from "../../base/error.ts";
import { reshape, transpose } from "../../graph/movement.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Layer } from "../../nn/layer.ts";
import type { KerasLayer } from "./configuration.ts";
import { type JsonRecord, numberFrom, size } from "./record.ts";

/** Numbers of a layer by the names that it gives them. */
export type Kept = Readonly<Record<string, NdArray>>;

/** One call of a layer: what it is, its arrays, what comes in, and ways to build what it computes. */
export interface LayerReading extends KerasLayer {
  /** In Keras's order: kernel, bias; gamma, beta, moving mean and variance. */
  readonly arrays: readonly NdArray[];
  readonly inputs: readonly Tensor[];
  /** The arguments of this call beside them. */
  readonly called: JsonRecord;
  /** Whether the file's functions are those of Keras 3, some of which Keras 2 computes in another way. */
  readonly keras3: boolean;
  /** A layer of ours on x; a layer that is called several times has its arrays once. */
  readonly apply: (layer: Layer, x: Tensor, kept?: Kept) => Tensor;
  /** An array of the layer that training changes, in a graph of ops. */
  readonly parameter: (name: string, array: NdArray) => Tensor;
  /** x * scale + offset, one number or one for each feature; at the ends of a network it belongs to the preparation. */
  readonly scaled: (
    x: Tensor,
    affine: { readonly scale: readonly number[]; readonly offset: readonly number[] },
  ) => Tensor;
  /** Called with what was left out. */
  readonly note: (message: string) => void;
}

/** Reads one layer of Keras as a graph. */
export type Reader = (layer: LayerReading) => Tensor;

/** What has no place here, by what the layer would need: "nabla has nothing for …". */
export function unsupported(what: string): NablaError {
  return new NablaError("keras/layer", what);
}

/** What a layer is called on. Throws `keras/graph` where it is called on several. */
export function inputOf({ inputs }: LayerReading): Tensor {
  const [x, ...others] = inputs;
  if (x !== undefined && others.length === 0) return x;
  throw new NablaError("keras/graph", `it is called on ${inputs.length} tensors, and takes one`);
}

/** The shape of one example of a tensor. */
export function exampleOf(x: Tensor): readonly number[] {
  return sizeOf(x.shape.slice(1));
}

/** x with as many axes, batch included. Throws `keras/shape`. */
export function withRank(x: Tensor, rank: number): Tensor {
  if (x.shape.length === rank) return x;
  const message = `it takes ${rank - 1} axes besides the batch and gets ${showShape(x.shape.slice(1))}`;
  throw new NablaError("keras/shape", message);
}

/** The arrays of a layer, as many as it has. Throws `keras/weights`. */
export function arraysOf(layer: LayerReading, count: number): readonly NdArray[] {
  if (layer.arrays.length === count) return layer.arrays;
  throw new NablaError("keras/weights", `the file holds ${layer.arrays.length} arrays for it where ${count} belong`);
}

/** The array in float32, if it has the shape; lengths of 0 match any. Throws `keras/weights`. */
export function shaped(array: NdArray | undefined, wanted: readonly number[], what: string): NdArray {
  const fits =
    array !== undefined &&
    array.shape.length === wanted.length &&
    wanted.every((length, i) => length === 0 || array.shape[i] === length);
  if (fits) return array.dtype === "float32" ? array : castArray(array, "float32");
  const found = array === undefined ? "nothing" : showShape(array.shape);
  throw new NablaError(
    "keras/weights",
    `its ${what} is ${found} in the file and ${showShape(wanted)} by its configuration`,
  );
}

/** An option that is true or false. Throws `keras/config`. */
export function flag(config: JsonRecord, name: string, otherwise: boolean): boolean {
  const found = config[name] ?? otherwise;
  if (typeof found === "boolean") return found;
  throw new NablaError("keras/config", `${name} is ${JSON.stringify(found)?.slice(0, 40)}, not true or false`);
}

/** One number for each axis. */
export function lengths(value: unknown, axes: number, otherwise: number, what: string): readonly number[] {
  if (value === undefined || value === null) return new Array<number>(axes).fill(otherwise);
  const found = Array.isArray(value)
    ? value.map((length) => size(length, what))
    : new Array<number>(axes).fill(size(value, what));
  if (found.length === axes) return found;
  throw new NablaError("keras/config", `${what} has ${found.length} numbers for ${axes} axes`);
}

/** All numbers of a number or of nested lists. */
export function numbersIn(value: unknown, what: string): readonly number[] {
  return Array.isArray(value) ? value.flat(8).map((item) => numberFrom(item, what)) : [numberFrom(value, what)];
}

/** Axes counted from 0, of a tensor of so many; the batch is none of them. Throws `keras/config` and `keras/layer`. */
export function axesIn(value: unknown, rank: number, what: string): readonly number[] {
  const given = numbersIn(value, what);
  const axes = given.map((axis) => (axis < 0 ? axis + rank : axis));
  const wrong = axes.find((axis) => !Number.isInteger(axis) || axis < 0 || axis >= rank);
  if (wrong !== undefined || new Set(axes).size !== axes.length)
    throw new NablaError("keras/config", `${what} is ${given.join(", ")} for a tensor of ${rank} axes`);
  if (axes.includes(0)) throw unsupported(`${what} ${given.join(", ")}, which is the batch`);
  return axes;
}

/** Applies `act` with some axes brought to the end, in their order, and brought back after. */
export function withAxesLast(x: Tensor, axes: readonly number[], act: (x: Tensor) => Tensor): Tensor {
  const order = [...x.shape.map((_, i) => i).filter((axis) => !axes.includes(axis)), ...axes];
  if (order.every((axis, i) => axis === i)) return act(x);
  const back = order.map((_, axis) => order.indexOf(axis));
  return transpose(act(transpose(x, { order })), { order: back });
}

/** The shape [batch, ...example] of a tensor. */
export function laidOut(x: Tensor, example: Shape): Tensor {
  return reshape(x, { shape: [known(x.shape[0], "the batch"), ...example] });
}
