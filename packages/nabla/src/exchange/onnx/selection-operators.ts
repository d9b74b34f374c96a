/** Numbers by their positions, in order, and running totals. */
import { ndarray, scalar } from "../../array/ndarray.ts";
import { type Dim, normalizeAxes, type Shape } from "../../array/shape.ts";
import { NablaError } from "../../base/error.ts";
import { add, and, equal, less, lessEqual, multiply, or, select } from "../../graph/elementwise.ts";
import { constant } from "../../graph/leaf.ts";
import { broadcast, cast, pad, slice, sum } from "../../graph/movement.ts";
import { argmax } from "../../graph/reduce.ts";
import { gather, iota, scatterAdd } from "../../graph/selection.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Given, OnnxNode, Operator } from "./node.ts";
import { overAxes } from "./normalization-operators.ts";
import { fromStart, lengthAt } from "./shape-operators.ts";
import { dtypeFor } from "./tensor-proto.ts";
import { permuted, reshaped } from "./value.ts";

/** Numbers of one row that are compared with each other. */
const MOST_RANKED = 4096;

/** How far apart neighbors along an axis lie in a row of all numbers. */
function strideOf(shape: Shape, axis: number): number {
  let stride = 1;
  for (let i = shape.length - 1; i > axis; i--) stride *= lengthAt(shape, i);
  return stride;
}

/** All numbers of a shape, of which the first length may be the batch. */
function countIn(shape: Shape): Dim {
  const [first = 1] = shape;
  if (shape.length === 0) return 1;
  const each = strideOf(shape, 0);
  if (typeof first === "number") return first * each;
  const [name = first, own = "1"] = first.split("*");
  const times = Number(own) * each;
  return times === 1 ? name : `${name}*${times}`;
}

/** For each position along `axis` where that number lies in a row of all numbers of `shape`. */
function flatPositions(at: Tensor, shape: Shape, axis: number): Tensor {
  if (at.shape.length !== shape.length)
    throw new NablaError("onnx/shape", `positions of ${at.shape.length} axes do not fit ${shape.length}`);
  const along = multiply(fromStart(at, shape[axis] ?? 1), strideOf(shape, axis));
  return at.shape.reduce<Tensor>(
    (sofar, length, i) =>
      i === axis || length === 1 ? sofar : add(sofar, multiply(iota({ shape: at.shape, axis: i }), strideOf(shape, i))),
    along,
  );
}

function gatheredElements(node: OnnxNode): Given {
  const x = node.tensor(0);
  const axis = node.axis(0, x.shape.length);
  return { tensor: gather(reshaped(x, [countIn(x.shape)]), flatPositions(node.tensor(1), x.shape, axis)) };
}

/** Numbers at positions, each a row of as many coordinates as `depth`. */
function coordinates(at: Tensor, shape: Shape, batchAxes: number): { readonly flat: Tensor; readonly depth: number } {
  const depth = lengthAt(at.shape, at.shape.length - 1);
  const outer = at.shape.slice(0, -1);
  if (batchAxes + depth > shape.length || batchAxes > outer.length)
    throw new NablaError("onnx/shape", `positions of ${depth} coordinates do not fit ${shape.length} axes`);
  // in rows of whatever lies behind the coordinates
  const table = shape.slice(0, batchAxes + depth);
  let flat: Tensor = broadcast(constant(scalar(0, "int32")), { shape: outer });
  for (let i = 0; i < batchAxes; i++) flat = add(flat, multiply(iota({ shape: outer, axis: i }), strideOf(table, i)));
  for (let k = 0; k < depth; k++) {
    const one = reshaped(slice(at, { axis: at.shape.length - 1, from: k, to: k + 1 }), outer);
    const axis = batchAxes + k;
    flat = add(flat, multiply(fromStart(one, shape[axis] ?? 1), strideOf(table, axis)));
  }
  return { flat, depth };
}

function gatheredRows(node: OnnxNode): Given {
  const x = node.tensor(0);
  const batchAxes = node.integer("batch_dims", 0);
  const { flat, depth } = coordinates(node.tensor(1), x.shape, batchAxes);
  const rest = x.shape.slice(batchAxes + depth);
  return { tensor: gather(reshaped(x, [countIn(x.shape.slice(0, batchAxes + depth)), ...rest]), flat) };
}

/** Numbers put into places of a table of rows; those that nothing is put into stay. */
function scattered(
  node: OnnxNode,
  { rows, flat, updates }: { readonly rows: Tensor; readonly flat: Tensor; readonly updates: Tensor },
): Tensor {
  const reduction = node.opset >= 16 ? node.text("reduction", "none") : "none";
  const { shape } = rows;
  const put = scatterAdd(updates, flat, { shape });
  if (reduction === "add") return add(rows, put);
  if (reduction !== "none") node.refuse(`its reduction is ${JSON.stringify(reduction.slice(0, 60))}`);
  const ones = broadcast(constant(scalar(1, "int32")), { shape: updates.shape });
  const hit = less(0, scatterAdd(ones, flat, { shape }));
  return select(hit, put, rows);
}

function scatteredElements(node: OnnxNode): Given {
  const x = node.tensor(0);
  const axis = node.axis(0, x.shape.length);
  const at = flatPositions(node.tensor(1), x.shape, axis);
  const count = countIn(at.shape);
  const made = scattered(node, {
    rows: reshaped(x, [countIn(x.shape)]),
    flat: reshaped(at, [count]),
    updates: reshaped(node.tensor(2), [count]),
  });
  return { tensor: reshaped(made, x.shape) };
}

function scatteredRows(node: OnnxNode): Given {
  const x = node.tensor(0);
  const { flat, depth } = coordinates(node.tensor(1), x.shape, 0);
  const rows = reshaped(x, [countIn(x.shape.slice(0, depth)), ...x.shape.slice(depth)]);
  return { tensor: reshaped(scattered(node, { rows, flat, updates: node.tensor(2) }), x.shape) };
}

/**
 * The largest or smallest numbers along an axis in order, and their positions. Each number's rank is how many come
 * before it, the first of equals first.
 */
function largest(node: OnnxNode): Given {
  const given = node.tensor(0);
  const rank = given.shape.length;
  const axis = node.axis(-1, rank);
  const count = node.opset < 10 ? node.integer("k", 0) : node.scalar(1);
  const descending = node.opset < 11 || node.integer("largest", 1) === 1;
  const length = lengthAt(given.shape, axis);
  if (!Number.isInteger(count) || count < 1 || count > length || length > MOST_RANKED)
    node.refuse(`it takes ${count} of ${length}, and up to ${MOST_RANKED} are supported`);
  const order = [...given.shape.map((_, i) => i).filter((i) => i !== axis), axis];
  const x = permuted(given, order);
  const outer = x.shape.slice(0, -1);
  const [each, other] = [reshaped(x, [...outer, length, 1]), reshaped(x, [...outer, 1, length])];
  const [before, after] = [iota({ shape: [1, length], axis: 1 }), iota({ shape: [length, 1], axis: 0 })];
  const ahead = or(descending ? less(each, other) : less(other, each), and(equal(each, other), less(before, after)));
  const place = reshaped(sum(cast(ahead, { dtype: "int32" }), { axes: [rank] }), [...outer, 1, length]);
  const chosen = equal(place, iota({ shape: [count, 1], axis: 0 })); // [..., count, length]
  const back = given.shape.map((_, i) => order.indexOf(i));
  const picked = (numbers: Tensor): Tensor => permuted(sum(select(chosen, numbers, 0), { axes: [rank] }), back);
  return [{ tensor: picked(other) }, { tensor: picked(iota({ shape: [1, length], axis: 1 })) }];
}

function triangle(node: OnnxNode): Given {
  const x = node.tensor(0);
  const rank = x.shape.length;
  const upper = node.integer("upper", 1) === 1;
  const offset = node.has(1) ? node.scalar(1) : 0;
  if (rank < 2) throw new NablaError("onnx/shape", `it takes matrices, received ${rank} axes`);
  const [rows, columns] = [lengthAt(x.shape, rank - 2), lengthAt(x.shape, rank - 1)];
  const [i, j] = [iota({ shape: [rows, 1], axis: 0 }), iota({ shape: [1, columns], axis: 1 })];
  const diagonal = add(i, Math.min(Math.max(offset, -(2 ** 30)), 2 ** 30));
  return { tensor: select(upper ? lessEqual(diagonal, j) : lessEqual(j, diagonal), x, zeroOf(x)) };
}

function zeroOf(x: Tensor): Tensor {
  return constant(scalar(0, x.dtype));
}

/** Totals up to each place, by sums over 1, 2, 4, … places: as many steps as the length has bits. */
function totals(node: OnnxNode): Given {
  let x = node.tensor(0);
  const [axis = 0] = normalizeAxes(x.shape, node.scalar(1));
  const [exclusive, reverse] = [node.integer("exclusive", 0) === 1, node.integer("reverse", 0) === 1];
  const length = lengthAt(x.shape, axis);
  const moved = (from: Tensor, by: number): Tensor =>
    reverse
      ? pad(slice(from, { axis, from: by, to: length }), { axis, before: 0, after: by, value: 0 })
      : pad(slice(from, { axis, from: 0, to: length - by }), { axis, before: by, after: 0, value: 0 });
  if (exclusive) x = length === 1 ? multiply(x, zeroOf(x)) : moved(x, 1);
  for (let by = 1; by < length; by *= 2) x = add(x, moved(x, by));
  return { tensor: x };
}

/** One at the first of the largest along an axis, zero elsewhere. */
function hardmax(x: Tensor, axis: number): Tensor {
  const found = reshaped(argmax(x, { axis }), x.shape.with(axis, 1));
  return cast(equal(found, iota({ shape: x.shape, axis })), { dtype: x.dtype });
}

/** Ones on a diagonal, zeros elsewhere. */
function eye(node: OnnxNode): Given {
  const [rows, columns] = [lengthAt(node.shape(0), 0), lengthAt(node.shape(0), 1)];
  const offset = node.integer("k", 0);
  if (rows * columns > 2 ** 20) node.refuse(`it is a matrix of ${rows} by ${columns}`);
  const data = Float32Array.from({ length: rows * columns }, (_, i) =>
    Number((i % columns) - Math.floor(i / columns) === offset),
  );
  const made = constant(ndarray(data, [rows, columns]));
  const type = node.integer("dtype", 0);
  return {
    tensor:
      type === 0 ? cast(made, { dtype: node.tensor(0).dtype }) : cast(made, { dtype: dtypeFor(type, "its type") }),
  };
}

/** Selections by name. */
export const selectionOperators: { readonly [opType: string]: Operator } = {
  GatherElements: gatheredElements,
  GatherND: gatheredRows,
  ScatterElements: scatteredElements,
  ScatterND: scatteredRows,
  TopK: largest,
  Trilu: triangle,
  CumSum: totals,
  Hardmax: (node) => overAxes(node, hardmax),
  EyeLike: eye,
};
