/**
 * The semantics of every op: the simplest loops in float64. int32 stores whole numbers modulo 2^32, bool 0 or 1; sums of
 * bool are "or", products "and".
 */
import { elementsOf, type Size, sizeOf, stridesOf } from "../../array/shape.ts";
import { known } from "../../base/error.ts";
import { bits } from "../../base/random.ts";
import { isConstant, valueOfConstant } from "../../graph/leaf.ts";
import { scanOf, stepGraph } from "../../graph/scan-step.ts";
import type { Tensor, Tuple } from "../../graph/tensor.ts";
import { walk } from "../../graph/walk.ts";
import type { Window } from "../../graph/window.ts";
import type { ArityOf, AttributesOf, OpName } from "../contract.ts";
import { errorFunction } from "./erf.ts";
import { sigmoidOf } from "./sigmoid.ts";

/** An array of the reference engine. */
export interface Wide {
  readonly size: Size;
  readonly data: Float64Array;
}

type Kernel<N extends number, A> = (inputs: Tuple<N, Wide>, attributes: A, size: Size, node: Tensor) => Float64Array;

/** A kernel for each op; a missing one does not compile. */
export type Kernels = { readonly [K in OpName]: Kernel<ArityOf<K>, AttributesOf<K>> };

function map1(f: (x: number) => number): Kernel<1, unknown> {
  return ([x]) => x.data.map((value) => f(value));
}

type Pair = (x: number, y: number) => number;

/** `whole` is the function of int32, where float64 would lose digits. */
function map2(f: Pair, whole: Pair = f): Kernel<2, unknown> {
  return ([x, y], _attributes, _size, node) => {
    const of = node.dtype === "int32" ? whole : f;
    return x.data.map((value, i) => of(value, y.data[i] ?? 0));
  };
}

/** For each position of `size` in row-major order: the position in storage with other strides. */
function* positions(size: Size, strides: readonly number[], offset = 0): Generator<number> {
  const index = size.map(() => 0);
  const count = elementsOf(size);
  let at = offset;
  for (let i = 0; i < count; i++) {
    yield at;
    for (let d = size.length - 1; d >= 0; d--) {
      const next = (index[d] ?? 0) + 1;
      at += strides[d] ?? 0;
      if (next < (size[d] ?? 1)) {
        index[d] = next;
        break;
      }
      index[d] = 0;
      at -= (strides[d] ?? 0) * next;
    }
  }
}

function read(x: Wide, size: Size, strides: readonly number[], offset = 0): Float64Array {
  const result = new Float64Array(elementsOf(size));
  let i = 0;
  for (const at of positions(size, strides, offset)) result[i++] = x.data[at] ?? 0;
  return result;
}

function reduce(
  x: Wide,
  axes: readonly number[],
  start: number,
  combine: (a: number, b: number) => number,
): Float64Array {
  const kept = x.size.filter((_, i) => !axes.includes(i));
  const keptStrides = stridesOf(kept);
  let next = 0;
  const strides = x.size.map((_, i) => (axes.includes(i) ? 0 : (keptStrides[next++] ?? 0)));
  const result = new Float64Array(elementsOf(kept)).fill(start);
  let i = 0;
  for (const at of positions(x.size, strides)) result[at] = combine(result[at] ?? start, x.data[i++] ?? 0);
  return result;
}

function write(target: Float64Array, into: Size, source: Wide, axis: number, from: number): Float64Array {
  const strides = stridesOf(into);
  let i = 0;
  for (const at of positions(source.size, strides, from * (strides[axis] ?? 0))) target[at] = source.data[i++] ?? 0;
  return target;
}

function along(axes: number | readonly number[] | undefined): readonly number[] {
  return typeof axes === "number" ? [axes] : (axes ?? []);
}

/** How patches of an array of this size are read where they lie. */
function patchStrides(size: Size, { stride, dilation }: Window): readonly number[] {
  const [batch = 0, ...rest] = stridesOf(size);
  const spatial = rest.slice(0, -1);
  return [
    batch,
    ...spatial.map((step, i) => step * (stride[i] ?? 1)),
    ...spatial.map((step, i) => step * (dilation[i] ?? 1)),
    1,
  ];
}

type AnyKernel = (inputs: readonly Wide[], attributes: object, size: Size, node: Tensor) => Float64Array;

/** What a node computes of the arrays of its operands. */
export function resultOf(node: Tensor, inputs: readonly Wide[]): Float64Array {
  const { opName } = node.op;
  if (opName === "scan") return scanned(node, inputs);
  const kernel = known((kernels as unknown as Readonly<Record<string, AnyKernel>>)[opName], opName);
  const result = kernel(inputs, node.attributes, sizeOf(node.shape), node);
  if (node.dtype === "int32") return result.map((x) => x | 0);
  return node.dtype === "bool" ? result.map((x) => (x > 0 ? 1 : 0)) : result;
}

/** One step after the other. */
function scanned(node: Tensor, inputs: readonly Wide[]): Float64Array {
  const attributes = scanOf(node);
  const { leaves, parts } = stepGraph(node.inputs, attributes);
  const order = walk(parts).filter((one) => !leaves.includes(one));
  const [slots = 1, rows = 1, width = 1] = sizeOf(node.shape);
  const [slot, steps] = [rows * width, slots - 1];
  const all = new Float64Array(slots * slot);
  const [initial, ...others] = inputs;
  const put = (from: Float64Array, at: number, columns: number): void => {
    for (let row = 0; row < rows; row++) all.set(from.subarray(row * columns, (row + 1) * columns), at + row * width);
  };
  put(known(initial, "initial state").data, attributes.reverse ? steps * slot : 0, attributes.step.stateWidth);
  for (let i = 0; i < steps; i++) {
    const step = attributes.reverse ? steps - 1 - i : i;
    const [before, after] = attributes.reverse ? [step + 1, step] : [step, step + 1];
    const values = new Map<Tensor, Float64Array>();
    values.set(known(leaves[0], "leaf"), all.slice(before * slot, (before + 1) * slot));
    for (const [k, { size, data }] of others.entries()) {
      const each = data.length / (size[0] ?? 1);
      const part = k < attributes.given ? data.subarray(step * each, (step + 1) * each) : data;
      values.set(known(leaves[k + 1], "leaf"), part);
    }
    const wide = (from: Tensor): Wide => ({ size: sizeOf(from.shape), data: known(values.get(from), "operand") });
    for (const one of order)
      values.set(
        one,
        isConstant(one) ? Float64Array.from(valueOfConstant(one).data) : resultOf(one, one.inputs.map(wide)),
      );
    let column = 0;
    for (const part of parts) {
      const columns = Number(part.shape[1]);
      put(known(values.get(part), "part"), after * slot + column, columns);
      column += columns;
    }
  }
  return all;
}

/** The nearest int32, toward zero; 0 for NaN. */
function toInt(x: number): number {
  return Math.trunc(Math.min(2 ** 31 - 1, Math.max(-(2 ** 31), x)));
}

/** x^y as C and IEEE 754 define it: JavaScript alone makes NaN of 1^NaN and (±1)^±Infinity. */
export function powerOf(x: number, y: number): number {
  return x === 1 || (x === -1 && Math.abs(y) === Number.POSITIVE_INFINITY) ? 1 : x ** y;
}

/** x^y of int32 modulo 2^32, by squaring; below 0 the quotient toward zero, which is 0 but for ±1. */
export function wholePower(x: number, y: number): number {
  if (y < 0) return x === 1 || x === -1 ? wholePower(x, -y) : 0;
  let [result, square] = [1, x];
  for (let rest = y; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = Math.imul(result, square);
    square = Math.imul(square, square);
  }
  return result;
}

const larger = (a: number, b: number): number => (Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.max(a, b));

/** The order of `argmax`: NaN is more than any number. */
function isMore(x: number, than: number): boolean {
  return x > than || (Number.isNaN(x) && !Number.isNaN(than));
}

/** What each op means, element by element, by its name. */
export const kernels: Kernels = {
  negate: map1((x) => -x),
  abs: map1(Math.abs),
  sign: map1(Math.sign),
  floor: map1(Math.floor),
  sqrt: map1(Math.sqrt),
  exp: map1(Math.exp),
  log: map1(Math.log),
  expm1: map1(Math.expm1),
  log1p: map1(Math.log1p),
  sin: map1(Math.sin),
  cos: map1(Math.cos),
  tanh: map1(Math.tanh),
  sigmoid: map1(sigmoidOf),
  softplus: map1((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  erf: map1(errorFunction),
  add: map2((x, y) => x + y),
  subtract: map2((x, y) => x - y),
  multiply: map2((x, y) => x * y, Math.imul),
  divide: map2((x, y) => x / y),
  power: map2(powerOf, wholePower),
  maximum: map2(larger),
  minimum: map2((x, y) => -larger(-x, -y)),
  equal: map2((x, y) => Number(x === y)),
  less: map2((x, y) => Number(x < y)),
  lessEqual: map2((x, y) => Number(x <= y)),
  and: map2((x, y) => x * y),
  or: map2(Math.max),
  not: map1((x) => 1 - x),
  select: ([condition, x, y]) => condition.data.map((chosen, i) => (chosen === 0 ? y.data[i] : x.data[i]) ?? 0),
  cast: ([x], { dtype }) =>
    x.data.map((value) => (dtype === "bool" ? Number(value !== 0) : dtype === "int32" ? toInt(value) : value)),
  stopGradient: ([x]) => x.data.slice(),
  reshape: ([x]) => x.data.slice(),
  broadcast: ([x], _, size) => {
    const strides = stridesOf(x.size);
    const lead = size.length - x.size.length;
    return read(
      x,
      size,
      size.map((_length, i) => (i < lead || x.size[i - lead] === 1 ? 0 : (strides[i - lead] ?? 0))),
    );
  },
  transpose: ([x], { order = [] }, size) => {
    const strides = stridesOf(x.size);
    return read(
      x,
      size,
      order.map((axis) => strides[axis] ?? 0),
    );
  },
  slice: ([x], { axis, from }, size) => {
    const strides = stridesOf(x.size);
    return read(x, size, strides, from * (strides[axis] ?? 0));
  },
  pad: ([x], { axis, before, value = 0 }, size) =>
    write(new Float64Array(elementsOf(size)).fill(value), size, x, axis, before),
  patches: ([x], window, size) => read(x, size, patchStrides(x.size, window)),
  unpatches: ([x], { shape, ...window }) => {
    const result = new Float64Array(elementsOf(sizeOf(shape)));
    let i = 0;
    for (const at of positions(x.size, patchStrides(sizeOf(shape), window)))
      result[at] = (result[at] ?? 0) + (x.data[i++] ?? 0);
    return result;
  },
  concatPair: ([x, y], { axis }, size) => {
    const joined = write(new Float64Array(elementsOf(size)), size, x, axis, 0);
    return write(joined, size, y, axis, x.size[axis] ?? 0);
  },
  sum: ([x], { axes }) => reduce(x, along(axes), 0, (a, b) => a + b),
  max: ([x], { axes }) => reduce(x, along(axes), Number.NEGATIVE_INFINITY, larger),
  argmax: ([x], { axis }, size) => {
    const strides = stridesOf(x.size);
    const step = strides[axis] ?? 1;
    const starts = positions(size, strides.toSpliced(axis, 1));
    return Float64Array.from(starts, (at) => {
      let best = 0;
      for (let i = 1; i < (x.size[axis] ?? 0); i++)
        if (isMore(x.data[at + i * step] ?? 0, x.data[at + best * step] ?? 0)) best = i;
      return best;
    });
  },
  matmul: ([x, y], _, size, node) => {
    const times = node.dtype === "int32" ? Math.imul : (a: number, b: number): number => a * b;
    const [m = 1, k = 1] = x.size.slice(-2);
    const n = y.size.at(-1) ?? 1;
    const result = new Float64Array(elementsOf(size));
    for (let at = 0; at < result.length; at++) {
      const column = at % n;
      const row = Math.floor(at / n);
      const stack = Math.floor(row / m);
      let total = 0;
      for (let i = 0; i < k; i++) total += times(x.data[row * k + i] ?? 0, y.data[(stack * k + i) * n + column] ?? 0);
      result[at] = total;
    }
    return result;
  },
  gather: ([table, indices], _, size) => {
    const width = elementsOf(table.size.slice(1));
    const result = new Float64Array(elementsOf(size));
    for (const [row, index] of indices.data.entries()) {
      for (let c = 0; c < width; c++) result[row * width + c] = index < 0 ? 0 : (table.data[index * width + c] ?? 0);
    }
    return result;
  },
  scatterAdd: ([source, indices], _, size) => {
    const width = elementsOf(size.slice(1));
    const result = new Float64Array(elementsOf(size));
    for (const [row, index] of indices.data.entries()) {
      if (index < 0 || index >= (size[0] ?? 0)) continue;
      for (let c = 0; c < width; c++)
        result[index * width + c] = (result[index * width + c] ?? 0) + (source.data[row * width + c] ?? 0);
    }
    return result;
  },
  countOf: (_, { shape }) => Float64Array.of(elementsOf(sizeOf(shape))),
  iota: (_, { axis }, size) => {
    const stride = stridesOf(size)[axis] ?? 1;
    return Float64Array.from(
      { length: elementsOf(size) },
      (_position, i) => Math.floor(i / stride) % (size[axis] ?? 1),
    );
  },
  randomUniform: ([key], { stream }, size) => {
    const [low = 0, high = 0, step = 0] = key.data;
    const words = bits({ seed: [low >>> 0, high >>> 0] }, elementsOf(size), { stream: stream >>> 0, step: step >>> 0 });
    return Float64Array.from(words, (word) => (word >>> 8) * 2 ** -24);
  },
};
