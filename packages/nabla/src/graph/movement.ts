/** Ops that move numbers without changing them, and the sum that undoes a broadcast: each is another one's gradient. */
import type { DType } from "../array/dtype.ts";
import {
  broadcastShape,
  type Dim,
  factorsOf,
  normalizeAxes,
  productOf,
  type Shape,
  sameShape,
  showShape,
} from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { anyDType, countable } from "./dtype-rule.ts";
import { op } from "./op.ts";
import type { Op, Operand, Tensor } from "./tensor.ts";

/** Which axes a reduction runs along (all when left out) and whether they stay with length 1. */
export interface Along {
  /** The axes to go along, negative ones from the end; all by default. */
  readonly axes?: number | readonly number[];
  /** Whether the axes stay, with length 1; not by default. */
  readonly keep?: boolean;
}

/** The shape of the result. */
export interface Shaped {
  readonly shape: Shape;
}

/** The order of the axes of the result. */
export interface Permuted {
  /** The axes of the operand, in the order of the result; by default reversed. */
  readonly order?: readonly number[];
}

/** A range of one axis. */
export interface Sliced {
  readonly axis: number;
  readonly from: number;
  readonly to: number;
}

/** Where a slice is taken. */
export function slicedOf({ attributes }: Pick<Tensor, "attributes">): Sliced {
  return attributes as unknown as Sliced;
}

/** Elements that are added at the ends of one axis. */
export interface Padded {
  readonly axis: number;
  readonly before: number;
  readonly after: number;
  /** What is put there. Default 0. */
  readonly value?: number;
}

/** What a padding adds. */
export function paddedOf({ attributes }: Pick<Tensor, "attributes">): Padded {
  return attributes as unknown as Padded;
}

/** The normalized form of `Along`: sorted axes from 0. */
export function settleAlong({ axes, keep = false }: Along, [x]: readonly [Tensor]): Along {
  return { axes: normalizeAxes(x.shape, axes).toSorted((a, b) => a - b), keep };
}

/** The shape that is left after reducing. */
export function reducedShape(shape: Shape, { axes = [], keep }: Along): Shape {
  const gone = typeof axes === "number" ? [axes] : axes;
  return shape.flatMap((dim, i): Dim[] => (gone.includes(i) ? (keep ? [1] : []) : [dim]));
}

/** Brings a reduced tensor back to the shape it came from, by repeating along the reduced axes. */
export function unreduce(x: Tensor, to: Shape, along: Along): Tensor {
  return broadcast(reshape(x, { shape: reducedShape(to, { ...along, keep: true }) }), { shape: to });
}

/** The sum along axes. */
export const sum: Op<1, Along> = op("sum", {
  arity: 1,
  dtypes: { takes: countable },
  settle: settleAlong,
  shape: ([x], along) => reducedShape(x.shape, along),
  gradient: (up, { inputs: [x], attributes }) => [unreduce(up, x.shape, attributes)],
  trials: [
    { inputs: [[3, 4]] },
    { inputs: [[3, 4]], attributes: { axes: 0 } },
    { inputs: [[5, 7]], attributes: { axes: -1, keep: true } },
    { inputs: [[2, 3, 4]], attributes: { axes: [0, 2] } },
    { inputs: [[2, 3, 5]], attributes: { axes: 1 } },
  ],
});

/** The same numbers in a shape of equal count. One length may be -1. */
export const reshape: Op<1, Shaped> = op("reshape", {
  arity: 1,
  dtypes: { takes: anyDType },
  settle: ({ shape }, [x]) => ({ shape: inferShape(x.shape, shape) }),
  shape: (_, { shape }) => shape,
  gradient: (up, { inputs: [x] }) => [reshape(up, { shape: x.shape })],
  trials: [
    { inputs: [[3, 4]], attributes: { shape: [2, 6] } },
    { inputs: [[2, 3, 4]], attributes: { shape: [2, -1] } },
  ],
});

function inferShape(from: Shape, to: Shape): Shape {
  const fail = (): never => {
    throw new NablaError(
      "shape/reshape",
      `${showShape(from)} cannot become ${showShape(to)}: the counts of numbers differ`,
    );
  };
  const given = factorsOf(from);
  const asked = factorsOf(to.filter((dim) => dim !== -1));
  const holes = to.filter((dim) => dim === -1).length;
  const missing = [...given.names];
  for (const name of asked.names) {
    const at = missing.indexOf(name);
    if (at < 0) fail();
    missing.splice(at, 1);
  }
  if (holes === 0) return given.count === asked.count && missing.length === 0 ? to : fail();
  const rest = given.count / asked.count;
  if (holes > 1 || !Number.isInteger(rest)) fail();
  const hole = productOf(rest, missing);
  return to.map((dim) => (dim === -1 ? hole : dim));
}

/** Repeats along axes of length 1 and along new leading axes until the shape is the given one. */
export const broadcast: Op<1, Shaped> = op("broadcast", {
  arity: 1,
  dtypes: { takes: anyDType },
  shape: ([x], { shape }) => {
    if (!sameShape(broadcastShape(x.shape, shape), shape)) {
      throw new NablaError("shape/broadcast", `${showShape(x.shape)} does not stretch to ${showShape(shape)}`);
    }
    return shape;
  },
  gradient: (up, { inputs: [x] }) => [unbroadcast(up, x.shape)],
  trials: [
    { inputs: [[4]], attributes: { shape: [3, 4] } },
    { inputs: [[3, 1]], attributes: { shape: [2, 3, 5] } },
    { inputs: [[]], attributes: { shape: [2, 3] } },
  ],
});

function unbroadcast(up: Tensor, shape: Shape): Tensor {
  const lead = up.shape.length - shape.length;
  const axes = up.shape.flatMap((dim, i) => (i < lead || (shape[i - lead] === 1 && dim !== 1) ? [i] : []));
  return axes.length === 0 ? up : reshape(sum(up, { axes }), { shape });
}

/** Permutes the axes; without `order`, reverses them. */
export const transpose: Op<1, Permuted> = op("transpose", {
  arity: 1,
  dtypes: { takes: anyDType },
  settle: ({ order }, [x]) => ({
    order: order === undefined ? x.shape.map((_, i) => x.shape.length - 1 - i) : normalizeAxes(x.shape, order),
  }),
  shape: ([x], { order = [] }) => {
    if (order.length !== x.shape.length) {
      throw new NablaError(
        "shape/transpose",
        `order [${order.join(", ")}] does not name every axis of ${showShape(x.shape)}`,
      );
    }
    return order.map((axis) => x.shape[axis] ?? 1);
  },
  gradient: (up, { attributes: { order = [] } }) => [transpose(up, { order: order.map((_, i) => order.indexOf(i)) })],
  trials: [{ inputs: [[3, 4]] }, { inputs: [[2, 3, 4]], attributes: { order: [1, 2, 0] } }],
});

/** The part from `from` up to, not including, `to` along one axis. */
export const slice: Op<1, Sliced> = op("slice", {
  arity: 1,
  dtypes: { takes: anyDType },
  settle: ({ axis, from, to }, [x]) => ({ axis: normalizeAxes(x.shape, axis)[0] ?? 0, from, to }),
  shape: ([x], { axis, from, to }) => {
    const length = x.shape[axis];
    if (from < 0 || to < from || (typeof length === "number" && to > length)) {
      throw new NablaError("shape/slice", `${from} to ${to} does not lie within axis ${axis} of ${showShape(x.shape)}`);
    }
    return x.shape.with(axis, to - from);
  },
  gradient: (up, { inputs: [x], attributes: { axis, from, to } }) => {
    const length = x.shape[axis];
    if (typeof length !== "number") {
      throw new NablaError(
        "shape/unknown",
        `the gradient of a slice needs the length of axis ${axis} of ${showShape(x.shape)}`,
      );
    }
    return [pad(up, { axis, before: from, after: length - to })];
  },
  trials: [
    { inputs: [[5, 3]], attributes: { axis: 0, from: 1, to: 4 } },
    { inputs: [[2, 6]], attributes: { axis: -1, from: 2, to: 3 } },
  ],
});

/** A number to pad with, in a dtype. */
function paddingIn(dtype: DType, value: number): number {
  if (dtype === "bool") return value === 0 ? 0 : 1;
  if (dtype === "int32" && value !== (value | 0))
    throw new NablaError(
      "graph/dtype",
      `pad of int32 with ${value}`,
      'convert the tensor with cast(x, { dtype: "float32" })',
    );
  return value;
}

/** Pads one axis before and after with a constant, by default 0. */
export const pad: Op<1, Padded> = op("pad", {
  arity: 1,
  dtypes: { takes: anyDType },
  settle: ({ axis, before, after, value = 0 }, [x]) => ({
    axis: normalizeAxes(x.shape, axis)[0] ?? 0,
    before,
    after,
    value: paddingIn(x.dtype, value),
  }),
  shape: ([x], { axis, before, after }) => {
    const length = x.shape[axis];
    if (typeof length !== "number")
      throw new NablaError(
        "shape/unknown",
        `the length of axis ${axis} of ${showShape(x.shape)} must be known to pad it`,
      );
    return x.shape.with(axis, before + length + after);
  },
  gradient: (up, { inputs: [x], attributes: { axis, before } }) => [
    slice(up, { axis, from: before, to: before + Number(x.shape[axis] ?? 0) }),
  ],
  trials: [
    { inputs: [[3, 2]], attributes: { axis: 0, before: 1, after: 2 } },
    { inputs: [[3, 4]], attributes: { axis: 1, before: 0, after: 3, value: -2 } },
  ],
});

/** The same value, through which no gradient flows. */
export const stopGradient: Op<1> = op("stopGradient", {
  arity: 1,
  dtypes: { takes: anyDType },
  shape: ([x]) => x.shape,
  gradient: () => [undefined],
  trials: [],
});

// every op converts its operands with it, so it stands where nodes are made
export { cast } from "./op.ts";

/** Both tensors broadcast to one shape (NumPy's rule: aligned at the last axis, lengths of 1 repeat). */
export function broadcastAll<T extends readonly Tensor[]>(tensors: T): T {
  const shape = tensors.reduce<Shape>((all, x) => broadcastShape(all, x.shape), []);
  return tensors.map((x) => (sameShape(x.shape, shape) ? x : broadcast(x, { shape }))) as unknown as T;
}

/** The tensors one after the other along an axis. */
export function concat(tensors: readonly Tensor[], { axis }: { readonly axis: number }): Tensor {
  return tensors.reduce((left, right) => concatPair(left, right, { axis }));
}

/** Two tensors one after the other along an axis; all other lengths must agree. */
export const concatPair: Op<2, { readonly axis: number }> = op("concatPair", {
  arity: 2,
  dtypes: { takes: anyDType },
  settle: ({ axis }, [x]) => ({ axis: normalizeAxes(x.shape, axis)[0] ?? 0 }),
  shape: ([x, y], { axis }) => {
    const left = x.shape[axis];
    const right = y.shape[axis];
    const rest = x.shape.length === y.shape.length && x.shape.every((dim, i) => i === axis || dim === y.shape[i]);
    if (!rest || typeof left !== "number" || typeof right !== "number") {
      throw new NablaError(
        "shape/concat",
        `${showShape(x.shape)} and ${showShape(y.shape)} do not join along axis ${axis}`,
      );
    }
    return x.shape.with(axis, left + right);
  },
  gradient: (up, { inputs: [x, y], attributes: { axis } }) => {
    const left = Number(x.shape[axis]);
    return [slice(up, { axis, from: 0, to: left }), slice(up, { axis, from: left, to: left + Number(y.shape[axis]) })];
  },
  trials: [
    {
      inputs: [
        [2, 3],
        [2, 2],
      ],
      attributes: { axis: 1 },
    },
    {
      inputs: [
        [1, 3],
        [4, 3],
      ],
      attributes: { axis: 0 },
    },
  ],
});

/** Type guard for operands in composed functions. */
export function isTensor(operand: Operand): operand is Tensor {
  return typeof operand === "object" && "op" in operand;
}
