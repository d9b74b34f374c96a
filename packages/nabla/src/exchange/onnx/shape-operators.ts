/** Operators that move numbers and make constants. */
import { filled, type NdArray, ndarray } from "../../array/ndarray.ts";
import {
  broadcastShape,
  type Dim,
  elementsOf,
  normalizeAxes,
  type Shape,
  type Size,
  sameShape,
} from "../../array/shape.ts";
import { NablaError } from "../../base/error.ts";
import { add, equal, less, select } from "../../graph/elementwise.ts";
import { constant } from "../../graph/leaf.ts";
import { broadcast, cast, concat, reshape, slice } from "../../graph/movement.ts";
import { countOf } from "../../graph/reduce.ts";
import { gather, iota } from "../../graph/selection.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { embedding } from "../../nn/embedding.ts";
import { flatten } from "../../nn/flatten.ts";
import { layerNode } from "../layer-node.ts";
import { lengthsOfShape, openProduct } from "./fold.ts";
import type { Given, OnnxNode, Operator } from "./node.ts";
import { arrayValue, permuted, reshaped } from "./value.ts";

/** Rows that a slice with steps may take. */
const MOST_ROWS = 100_000;

/** A length that is known. Throws `onnx/dynamic`. */
export function lengthAt(shape: Shape, axis: number): number {
  const length = shape[axis];
  if (typeof length === "number") return length;
  throw new NablaError("onnx/dynamic", `the length of axis ${axis} is the batch's and must be known here`);
}

/** Another shape; what lays each example in a row is the layer `flatten`. */
function toShape(x: Tensor, shape: Shape): Tensor {
  const [batch, ...rest] = x.shape;
  const [outBatch, ...out] = shape;
  const whole = rest.every((dim) => typeof dim === "number") && rest.length > 1;
  const flat = whole && out.length === 1 && outBatch === batch && out[0] === elementsOf(rest as Size);
  // an axis of length 1 more or less needs no layer of its own
  if (!flat || typeof batch !== "string" || x.op.opName === "reshape" || x.dtype !== "float32")
    return reshaped(x, shape);
  return layerNode(flatten(), x, {}, shape);
}

/** Where the file was exported for a fixed batch size, that size in its constants may mean any batch size. */
function reshapeTo(node: OnnxNode): Given {
  const x = node.tensor(0);
  const zeroCopies = node.integer("allowzero", 0) === 0;
  const target = node.lengths(1).map((dim, i) => (dim === 0 && zeroCopies ? (x.shape[i] ?? 0) : dim));
  const { fixedBatch } = node.translation;
  const open = target[0] === fixedBatch && typeof x.shape[0] === "string" ? target.with(0, x.shape[0]) : undefined;
  const shape = [...(open === undefined ? [] : [open]), target].find((one) => fits(x, one)) ?? target;
  return { tensor: toShape(x, reshape(x, { shape }).shape) };
}

function fits(x: Tensor, shape: Shape): boolean {
  try {
    reshape(x, { shape });
    return true;
  } catch (error) {
    if (error instanceof NablaError) return false;
    throw error;
  }
}

function flattened(node: OnnxNode): Given {
  const x = node.tensor(0);
  const rank = x.shape.length;
  const axis = node.integer("axis", 1);
  const at = axis < 0 ? axis + rank : axis;
  if (at === 1 && rank === 2) return { tensor: x };
  if (at === 1 && rank > 2 && typeof x.shape[0] === "string")
    return { tensor: toShape(x, [x.shape[0], elementsOf(x.shape.slice(1) as Size)]) };
  const before = x.shape.slice(0, at);
  return { tensor: reshape(x, { shape: before.length === 0 ? [1, -1] : [-1, elementsOf(x.shape.slice(at) as Size)] }) };
}

function squeezed(node: OnnxNode): Given {
  const x = node.tensor(0);
  const axes = node.axes(1, 13, x.shape.length) ?? x.shape.flatMap((dim, i) => (dim === 1 ? [i] : []));
  return {
    tensor: reshaped(
      x,
      x.shape.filter((_, i) => !axes.includes(i)),
    ),
  };
}

function unsqueezed(node: OnnxNode): Given {
  const { array, learned } = node.value(0);
  const own = array?.shape ?? node.shape(0);
  const added = node.wholes("axes", { input: 1, since: 13 }) ?? node.refuse("it does not say which axes");
  const rank = own.length + added.length;
  const axes = normalizeAxes(new Array<number>(rank).fill(1), [...added]);
  let next = 0;
  const shape = Array.from({ length: rank }, (_, i): Dim => (axes.includes(i) ? 1 : (own[next++] ?? 1)));
  if (array !== undefined && learned !== true) return arrayValue("", { ...array, shape: shape as Size }, false);
  return { tensor: reshaped(node.tensor(0), shape) };
}

/** The rows of x along an axis, for whole numbers that are known; negative ones count from the end. */
export function taken(
  x: Tensor,
  axis: number,
  { shape, data }: { readonly shape: Size; readonly data: readonly number[] },
): Tensor {
  const length = lengthAt(x.shape, axis);
  const at = data.map((i) => (i < 0 ? i + length : i));
  const outside = at.find((i) => !Number.isInteger(i) || i < 0 || i >= length);
  if (outside !== undefined) throw new NablaError("onnx/shape", `there is no row ${outside} among ${length}`);
  const [only] = at;
  const without = x.shape.toSpliced(axis, 1);
  if (shape.length === 0 && only !== undefined) return reshaped(slice(x, { axis, from: only, to: only + 1 }), without);
  const front = permuted(x, [axis, ...x.shape.map((_, i) => i).filter((i) => i !== axis)]);
  const rows = gather(front, constant(ndarray(Int32Array.from(at), shape)));
  const around = without.map((_, i) => i + shape.length);
  const inside = shape.map((_, i) => i);
  return permuted(rows, [...around.slice(0, axis), ...inside, ...around.slice(axis)]);
}

function gathered(node: OnnxNode): Given {
  const rank = node.shape(0).length;
  const axis = node.axis(0, rank);
  const { lengths } = node.value(1);
  if (lengths?.items.every((item) => typeof item === "number"))
    return { tensor: taken(node.tensor(0), axis, { shape: lengths.shape, data: lengths.items }) };
  const codes = fromStart(node.tensor(1), node.shape(0)[axis] ?? 1);
  if (axis !== 0) return { tensor: gatheredAlong(node.tensor(0), axis, codes) };
  const table = node.ownArray(0);
  const [count, units] = table?.shape ?? [];
  if (table?.shape.length === 2 && count !== undefined && units !== undefined && codes.shape.length <= 2)
    return { tensor: layerNode(embedding({ count, units }), codes, { table }, [...codes.shape, units]) };
  return { tensor: gather(node.tensor(0), codes) };
}

/** Positions as int32 from 0 up: those below 0 count from the end. */
export function fromStart(positions: Tensor, length: Dim): Tensor {
  const count = typeof length === "number" ? length : cast(countOf({ shape: [length] }), { dtype: "int32" });
  const whole = positions.dtype === "int32" ? positions : cast(positions, { dtype: "int32" });
  return select(less(whole, 0), add(whole, count), whole);
}

/** The axis is brought to the front and the axes of the positions to where it was. */
function gatheredAlong(x: Tensor, axis: number, codes: Tensor): Tensor {
  const axes = x.shape.map((_, i) => i);
  const rows = gather(permuted(x, [axis, ...axes.filter((i) => i !== axis)]), codes);
  const own = codes.shape.map((_, i) => i);
  const around = axes.slice(1).map((_, i) => i + own.length);
  return permuted(rows, [...around.slice(0, axis), ...own, ...around.slice(axis)]);
}

/** Where a slice starts along an axis of this length, and how many rows it has (clamped, as ONNX's Slice says). */
function sliceRows(
  length: number,
  [start, end, step]: readonly [number, number, number],
): { readonly first: number; readonly count: number } {
  if (step === 0) throw new NablaError("onnx/attribute", "a slice cannot move by 0");
  const clamp = (at: number): number => {
    const from0 = at < 0 ? at + length : at;
    return step > 0 ? Math.min(Math.max(from0, 0), length) : Math.min(Math.max(from0, -1), length - 1);
  };
  const [first, last] = [clamp(start), clamp(end)];
  return { first, count: Math.max(0, Math.ceil((last - first) / step)) };
}

function sliced(node: OnnxNode): Given {
  let x = node.tensor(0);
  const starts = node.wholes("starts", { input: 1, since: 10 }) ?? [];
  const ends = node.opset < 10 ? (node.integers("ends") ?? []) : node.lengths(2);
  const along = node.wholes("axes", { input: 3, since: 10 }) ?? starts.map((_, i) => i);
  const axes = normalizeAxes(x.shape, [...along]);
  const steps = node.has(4) ? node.counts(4) : starts.map(() => 1);
  if ([ends, axes, steps].some(({ length }) => length !== starts.length))
    throw new NablaError(
      "onnx/shape",
      `${starts.length} starts, ${ends.length} ends, ${axes.length} axes and ${steps.length} steps do not go together`,
    );
  for (const [i, axis] of axes.entries()) {
    const [start = 0, end = 0, step = 1] = [starts[i], ends[i], steps[i]];
    if (start === 0 && step === 1 && isWhole(node, x.shape[axis], end)) continue;
    if (typeof end === "string")
      throw new NablaError(
        "onnx/dynamic",
        `it ends at the batch size on axis ${axis}, whose length is ${x.shape[axis]}`,
      );
    const { first, count } = sliceRows(lengthAt(x.shape, axis), [start, end, step]);
    if (step === 1) x = slice(x, { axis, from: first, to: first + count });
    else if (count > MOST_ROWS) node.refuse(`it takes ${count} rows one by one`);
    else x = taken(x, axis, { shape: [count], data: Array.from({ length: count }, (_, k) => first + k * step) });
  }
  return { tensor: x };
}

/** Whether a slice from the start to `end` is all of an axis: the batch is where it says so, or as the file was made. */
function isWhole(node: OnnxNode, length: Dim | undefined, end: Dim): boolean {
  if (end === length || (typeof end === "number" && end >= 2 ** 31 - 1)) return true;
  const { fixedBatch } = node.translation;
  return typeof length === "string" && fixedBatch !== undefined && typeof end === "number" && end >= fixedBatch;
}

function divided(node: OnnxNode): Given {
  const x = node.tensor(0);
  const axis = node.axis(0, x.shape.length);
  const length = lengthAt(x.shape, axis);
  const each = Math.ceil(length / Math.max(1, node.integer("num_outputs", node.outputs)));
  const equalParts = Array.from({ length: node.outputs }, (_, i) => Math.max(0, Math.min(each, length - i * each)));
  const sizes = node.wholes("split", { input: 1, since: 13 }) ?? equalParts;
  if (sizes.reduce((total, size) => total + size, 0) !== length || sizes.length !== node.outputs)
    throw new NablaError(
      "onnx/shape",
      `parts of ${sizes.slice(0, 8).join(", ")} do not make up ${length} for ${node.outputs} outputs`,
    );
  let from = 0;
  return sizes.map((size) => {
    from += size;
    return { tensor: slice(x, { axis, from: from - size, to: from }) };
  });
}

function joined(node: OnnxNode): Given {
  const values = node.inputs.map((_, i) => node.value(i));
  const rank = node.shape(0).length;
  const axis = node.axis(0, rank);
  if (rank > 2 && values.every(({ last }) => last !== undefined)) {
    const order = axis === 0 ? 0 : axis === 1 ? rank - 1 : axis - 1;
    return {
      last: concat(
        values.map((_, i) => node.last(i)),
        { axis: order },
      ),
    };
  }
  return {
    tensor: concat(
      values.map((_, i) => node.tensor(i)),
      { axis },
    ),
  };
}

function expanded(node: OnnxNode): Given {
  const x = node.tensor(0);
  const { fixedBatch } = node.translation;
  const target = node
    .lengths(1)
    .map((dim, i): Dim => (i === 0 && dim === fixedBatch && typeof x.shape[0] === "string" ? x.shape[0] : dim));
  const shape = broadcastShape(x.shape, target);
  return { tensor: sameShape(shape, x.shape) ? x : broadcast(x, { shape }) };
}

function tiled(node: OnnxNode): Given {
  const repeats = node.counts(1);
  if (
    repeats.length !== node.shape(0).length ||
    repeats.some((times) => !Number.isInteger(times) || times < 1 || times > 64)
  )
    node.refuse(`it repeats ${repeats.slice(0, 8).join(", ")} times, and 1 to 64 times along each axis are supported`);
  return {
    tensor: repeats.reduce(
      (x, times, axis) => (times === 1 ? x : concat(new Array<Tensor>(times).fill(x), { axis })),
      node.tensor(0),
    ),
  };
}

/** Ones at numbers and zeros elsewhere, or any two values. */
function oneHots(node: OnnxNode): Given {
  const codes = cast(node.tensor(0), { dtype: "int32" });
  const depth = node.scalar(1);
  if (!Number.isInteger(depth) || depth < 1) node.refuse(`its depth is ${depth}`);
  const [off = 0, on = 1] = node.array(2).data;
  const rank = codes.shape.length + 1;
  const at = node.axis(-1, rank);
  const shape = codes.shape.toSpliced(at, 0, depth);
  const column = reshaped(codes, codes.shape.toSpliced(at, 0, 1));
  // numbers below 0 count from the end
  const chosen = equal(select(less(column, 0), add(column, depth), column), iota({ shape, axis: at }));
  return { tensor: select(chosen, broadcast(constant(filled([], on)), { shape }), off) };
}

function constantOf(node: OnnxNode): Given {
  const value = node.tensorAttribute("value") ?? plainConstant(node);
  if (value === undefined) return node.refuse("it is a constant without numbers");
  return arrayValue("", value, false);
}

function plainConstant(node: OnnxNode): NdArray | undefined {
  const [real, reals] = [node.attribute("value_float")?.f, node.attribute("value_floats")?.floats];
  const [whole, wholes] = [node.attribute("value_int")?.i, node.attribute("value_ints")?.ints];
  if (reals !== undefined && real === undefined && reals.length > 0)
    return ndarray(Float32Array.from(reals), [reals.length]);
  if (wholes !== undefined && whole === undefined && wholes.length > 0)
    return ndarray(Float64Array.from(wholes), [wholes.length]);
  if (real !== undefined) return filled([], real);
  return whole === undefined ? undefined : filled([], whole, "float64");
}

function filledShape(node: OnnxNode): Given {
  const value = node.tensorAttribute("value") ?? filled([1], 0);
  const single =
    value.dtype === "float64" ? { ...value, dtype: "int32" as const, data: Int32Array.from(value.data) } : value;
  return { tensor: broadcast(constant({ ...single, shape: [] }), { shape: node.lengths(0) }) };
}

/** Blocks of places as channels, or channels as blocks of places: [batch, channels, height, width]. */
function depthToSpace(node: OnnxNode): Given {
  const x = node.last(0);
  const [batch = 1, height = 1, width = 1, channels = 1] = x.shape;
  const block = node.integer("blocksize", 1);
  const mode = node.text("mode", "DCR");
  const each = Number(channels) / block ** 2;
  if (x.shape.length !== 4 || block < 1 || !Number.isInteger(each) || !(mode === "DCR" || mode === "CRD"))
    node.refuse(`blocks of ${block} (${JSON.stringify(mode.slice(0, 60))}) do not fit ${channels} channels`);
  const split =
    mode === "DCR"
      ? permuted(reshaped(x, [batch, height, width, block, block, each]), [0, 1, 3, 2, 4, 5])
      : permuted(reshaped(x, [batch, height, width, each, block, block]), [0, 1, 4, 2, 5, 3]);
  return { last: reshaped(split, [batch, Number(height) * block, Number(width) * block, each]) };
}

function spaceToDepth(node: OnnxNode): Given {
  const x = node.last(0);
  const [batch = 1, height = 1, width = 1, channels = 1] = x.shape;
  const block = node.integer("blocksize", 1);
  const [rows, columns] = [Number(height) / block, Number(width) / block];
  const mode = node.text("mode", "DCR");
  const known = mode === "DCR" || mode === "CRD";
  if (x.shape.length !== 4 || block < 1 || !Number.isInteger(rows) || !Number.isInteger(columns) || !known)
    node.refuse(`blocks of ${block} (${JSON.stringify(mode.slice(0, 60))}) do not fit ${height} by ${width} places`);
  const order = mode === "DCR" ? [0, 1, 3, 2, 4, 5] : [0, 1, 3, 5, 2, 4];
  const split = permuted(reshaped(x, [batch, rows, block, columns, block, channels]), order);
  return { last: reshaped(split, [batch, rows, columns, block * block * Number(channels)]) };
}

/** Numbers from one to another in equal steps, known while reading. */
function ranged(node: OnnxNode): Given {
  const [open] = node.value(1).lengths?.items ?? [];
  const [start, step] = [node.scalar(0), node.scalar(2)];
  // one number for each example of the batch
  if (typeof open === "string" && start === 0 && step === 1) return { tensor: iota({ shape: [open], axis: 0 }) };
  const end = node.scalar(1);
  const count = Math.max(0, Math.ceil((end - start) / step));
  if (!(count <= MOST_ROWS)) node.refuse(`it has ${count} numbers`);
  const data = Float64Array.from({ length: count }, (_, i) => start + i * step);
  const whole = node.array(0).dtype === "float64";
  return arrayValue("", whole ? ndarray(data, [count]) : ndarray(Float32Array.from(data), [count]), false);
}

/** How many numbers a value has, of which the batch may be a factor. */
function sizeOfValue(node: OnnxNode): Given {
  const items = [openProduct(node.shape(0))];
  if (items.some((item) => Number.isNaN(item))) node.refuse("it counts more than one open length");
  return { lengths: { shape: [], items } };
}

/** Operators on shapes by name. */
export const shapeOperators: { readonly [opType: string]: Operator } = {
  Shape: (node) => ({ lengths: lengthsOfShape(node) }),
  Constant: constantOf,
  ConstantOfShape: filledShape,
  Reshape: reshapeTo,
  Flatten: flattened,
  Transpose: (node) => {
    const x = node.tensor(0);
    const order = normalizeAxes(x.shape, node.integers("perm") ?? x.shape.map((_, i) => x.shape.length - 1 - i));
    if (order.length !== x.shape.length) node.refuse(`its order [${order.join(", ")}] does not name every axis`);
    return { tensor: permuted(x, order) };
  },
  Squeeze: squeezed,
  Unsqueeze: unsqueezed,
  Concat: joined,
  Split: divided,
  Slice: sliced,
  Gather: gathered,
  Expand: expanded,
  Tile: tiled,
  OneHot: oneHots,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
  Range: ranged,
  Size: sizeOfValue,
};
