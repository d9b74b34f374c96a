/** Graphs of our ops as nodes of ONNX. */
import { filled, type NdArray, ndarray } from "../../array/ndarray.ts";
import { broadcastShape, type Dim, elementsOf, type Shape, sameShape } from "../../array/shape.ts";
import { known, NablaError } from "../../base/error.ts";
import { initialOf, isConstant, isState, nameOf, valueOfConstant } from "../../graph/leaf.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { walk } from "../../graph/walk.ts";
import { windowOf } from "../../graph/window.ts";
import { encodeUtf8 } from "../utf8.ts";
import { CAST_TYPES, type GraphWriter, whole, wholes } from "./graph-writer.ts";
import { DATA_TYPES } from "./tensor-proto.ts";
import { lastName, type Written, writeTransposed } from "./written.ts";

/** What a node is written from. */
interface Op {
  readonly writer: GraphWriter;
  readonly node: Tensor;
  /** The inputs in our order of axes; computed lazily. */
  readonly of: (i: number) => string;
}

type Write = (op: Op) => string;

const same =
  (opType: string): Write =>
  ({ writer, node, of }) =>
    writer.node(
      opType,
      node.inputs.map((_, i) => of(i)),
    );

const axesOfNode = (node: Tensor): readonly number[] => (node.attributes.axes ?? []) as readonly number[];

/** Axes are an input of ReduceSum from the first opset that is written, of the others from 18 on. */
const reduced =
  (opType: string, since: number): Write =>
  ({ writer, node, of }) => {
    const axes = axesOfNode(node);
    const keepdims = whole(node.attributes.keep === true ? 1 : 0);
    if (writer.opset >= since) return writer.node(opType, [of(0), writer.list(axes)], { keepdims });
    return writer.node(opType, [of(0)], { keepdims, axes: { ints: axes, type: 7 } });
  };

function cast(writer: GraphWriter, name: string, to: number): string {
  return writer.node("Cast", [name], { to: whole(to) });
}

function number(writer: GraphWriter, value: number, dtype: NdArray["dtype"] = "float32"): string {
  return writer.array(filled([], value, dtype), "number");
}

/** A length of ours is known, or it is the batch, which -1 finds. */
function target(shape: Shape): readonly number[] {
  return shape.map((dim) => (typeof dim === "number" ? dim : -1));
}

/** Which numbers are rows of a table, the numbers with 0 for those that are none, and the first spread over whole rows. */
function rowsInside(
  { writer, of }: Op,
  { at, rows, rest }: { readonly at: number; readonly rows: Dim; readonly rest: number },
): { readonly safe: string; readonly wide: (rank: number) => string } {
  const name = of(at);
  const count =
    typeof rows === "number"
      ? number(writer, rows, "int32")
      : cast(writer, writer.node("Squeeze", [writer.lengths([rows]), writer.list([0])]), CAST_TYPES.int32);
  const before = writer.node("Less", [name, number(writer, 0, "int32")]);
  const fits = writer.node("And", [writer.node("Not", [before]), writer.node("Less", [name, count])]);
  return {
    safe: writer.node("Where", [fits, name, number(writer, 0, "int32")]),
    wide: (rank) =>
      rest === 0
        ? fits
        : writer.node("Unsqueeze", [fits, writer.list(Array.from({ length: rest }, (_, i) => rank + i))]),
  };
}

/** Rows by number; numbers outside the table give zeros. */
const gathered: Write = (op) => {
  const { writer, node, of } = op;
  const [table, indices] = node.inputs;
  const [rows = 0, ...rest] = table?.shape ?? [];
  const known =
    indices !== undefined &&
    isConstant(indices) &&
    typeof rows === "number" &&
    valueOfConstant(indices).data.every((i: number) => i >= 0 && i < rows);
  if (known) return writer.node("Gather", [of(0), of(1)]);
  const { safe, wide } = rowsInside(op, { at: 1, rows, rest: rest.length });
  const found = writer.node("Gather", [of(0), safe]);
  return writer.node("Where", [wide(indices?.shape.length ?? 0), found, number(writer, 0, node.dtype)]);
};

/** Rows added into zeros at their numbers; numbers outside of the table add nothing. */
const scattered: Write = (op) => {
  const { writer, node, of } = op;
  const [rows = 1, ...rest] = node.shape;
  const rank = node.inputs[1]?.shape.length ?? 0;
  const { safe, wide } = rowsInside(op, { at: 1, rows, rest: rest.length });
  const zero = number(writer, 0, node.dtype);
  const updates = writer.node("Where", [wide(rank), of(0), zero]);
  const zeros = writer.node("Expand", [zero, writer.lengths(node.shape)]);
  const at = cast(writer, writer.node("Unsqueeze", [safe, writer.list([rank])]), DATA_TYPES.int64);
  return writer.node("ScatterND", [zeros, at, updates], { reduction: { s: encodeUtf8("add"), type: 3 } });
};

/** Windows by rows of each axis: [batch, ...lengths, channels] to [batch, ...positions, ...size, channels]. */
const spread: Write = ({ writer, node, of }) => {
  const { size, stride, dilation } = windowOf(node);
  let name = of(0);
  for (const [i, points] of size.entries()) {
    const positions = Number(node.shape[1 + i]);
    const rows = Array.from(
      { length: positions * points },
      (_, k) => Math.floor(k / points) * (stride[i] ?? 1) + (k % points) * (dilation[i] ?? 1),
    );
    name = writer.node("Gather", [name, writer.list(rows, [positions, points])], { axis: whole(1 + 2 * i) });
  }
  const places = size.map((_, i) => 1 + 2 * i);
  const perm = [0, ...places, ...places.map((axis) => axis + 1), 1 + 2 * size.length];
  return writer.node("Transpose", [name], { perm: { ints: perm, type: 7 } });
};

/** The transpose of `spread`: each channel's points under each position, added where they lay, by kernels of a single one. */
const gatheredUp: Write = ({ writer, node, of }) => {
  const { size, stride, dilation } = windowOf(node);
  const lengths = node.shape.slice(1, -1).map(Number);
  const channels = Number(node.shape.at(-1));
  const [from] = node.inputs;
  const positions = (from?.shape.slice(1, 1 + size.length) ?? []).map(Number);
  const points = elementsOf(size);
  const places = size.map((_, i) => i + 1);
  const perm = [0, 2 * size.length + 1, ...places.map((axis) => axis + size.length), ...places];
  const turned = writer.node("Transpose", [of(0)], { perm: { ints: perm, type: 7 } });
  const flat = writer.node("Reshape", [turned, writer.list([-1, channels * points, ...positions])]);
  const kernels = new Float32Array(channels * points * points);
  for (let i = 0; i < channels * points; i++) kernels[i * points + (i % points)] = 1;
  const rest = lengths.map(
    (length, i) =>
      length - ((positions[i] ?? 1) - 1) * (stride[i] ?? 1) - ((size[i] ?? 1) - 1) * (dilation[i] ?? 1) - 1,
  );
  const made = writer.node(
    "ConvTranspose",
    [flat, writer.array(ndarray(kernels, [channels * points, 1, ...size]), "points")],
    { strides: wholes(stride), dilations: wholes(dilation), output_padding: wholes(rest), group: whole(channels) },
  );
  return writer.node("Transpose", [made], { perm: { ints: [0, ...places.map((axis) => axis + 1), 1], type: 7 } });
};

const counted: Write = ({ writer, node }) => {
  const shape = node.attributes.shape as Shape;
  if (shape.every((dim) => typeof dim === "number")) return number(writer, elementsOf(shape));
  const product = writer.node("ReduceProd", [writer.lengths(shape)], { keepdims: whole(0) });
  return cast(writer, product, CAST_TYPES.float32);
};

const positions: Write = ({ writer, node }) => {
  const axis = Number(node.attributes.axis);
  const length = node.shape[axis];
  const alone = node.shape.map((_, i) => (i === axis && typeof length === "number" ? length : 1));
  if (typeof length !== "number") {
    const count = writer.node("Squeeze", [writer.lengths([length ?? 1]), writer.list([0])]);
    const rows = writer.node("Range", [writer.list([0], []), count, writer.list([1], [])]);
    const shape = writer.list(alone.with(axis, -1));
    const column = cast(writer, writer.node("Reshape", [rows, shape]), CAST_TYPES.int32);
    return writer.node("Expand", [column, writer.lengths(node.shape)]);
  }
  const name = writer.array(
    ndarray(
      Int32Array.from({ length }, (_, i) => i),
      alone,
    ),
    "positions",
  );
  return sameShape(alone, node.shape) ? name : writer.node("Expand", [name, writer.lengths(node.shape)]);
};

const padded: Write = ({ writer, node, of }) => {
  const { axis, before, after, value } = node.attributes as { readonly [name: string]: number };
  const pads = node.shape.map((_, i) => (i === axis ? (before ?? 0) : 0));
  const behind = node.shape.map((_, i) => (i === axis ? (after ?? 0) : 0));
  return writer.node("Pad", [of(0), writer.list([...pads, ...behind]), number(writer, value ?? 0, node.dtype)]);
};

const cut: Write = ({ writer, node, of }) => {
  const { axis = 0, from = 0, to = 0 } = node.attributes as { readonly [name: string]: number };
  return writer.node("Slice", [of(0), writer.list([from]), writer.list([to]), writer.list([axis])]);
};

/** One node or a few for each op. What only gradients and randomness need cannot be in an inference graph. */
const ops: { readonly [opName: string]: Write } = {
  negate: same("Neg"),
  abs: same("Abs"),
  sign: same("Sign"),
  floor: same("Floor"),
  sqrt: same("Sqrt"),
  exp: same("Exp"),
  log: same("Log"),
  expm1: ({ writer, of }) => writer.node("Sub", [writer.node("Exp", [of(0)]), number(writer, 1)]),
  log1p: ({ writer, of }) => writer.node("Log", [writer.node("Add", [of(0), number(writer, 1)])]),
  sin: same("Sin"),
  cos: same("Cos"),
  tanh: same("Tanh"),
  sigmoid: same("Sigmoid"),
  softplus: same("Softplus"),
  erf: same("Erf"),
  add: same("Add"),
  subtract: same("Sub"),
  multiply: same("Mul"),
  divide: same("Div"),
  power: same("Pow"),
  maximum: same("Max"),
  minimum: same("Min"),
  equal: same("Equal"),
  less: same("Less"),
  lessEqual: same("LessOrEqual"),
  and: same("And"),
  or: same("Or"),
  not: same("Not"),
  select: same("Where"),
  cast: ({ writer, node, of }) => cast(writer, of(0), CAST_TYPES[node.dtype]),
  stopGradient: ({ of }) => of(0),
  reshape: ({ writer, node, of }) => writer.node("Reshape", [of(0), writer.list(target(node.shape))]),
  broadcast: ({ writer, node, of }) => writer.node("Expand", [of(0), writer.lengths(node.shape)]),
  slice: cut,
  pad: padded,
  patches: spread,
  unpatches: gatheredUp,
  scatterAdd: scattered,
  concatPair: ({ writer, node, of }) =>
    writer.node("Concat", [of(0), of(1)], { axis: whole(Number(node.attributes.axis)) }),
  sum: reduced("ReduceSum", 13),
  max: reduced("ReduceMax", 18),
  argmax: ({ writer, node, of }) =>
    cast(
      writer,
      writer.node("ArgMax", [of(0)], { axis: whole(Number(node.attributes.axis)), keepdims: whole(0) }),
      CAST_TYPES.int32,
    ),
  matmul: same("MatMul"),
  gather: gathered,
  countOf: counted,
  iota: positions,
};

/** Ops whose operands ONNX stretches by itself. */
const stretching = new Set(
  "add subtract multiply divide power maximum minimum equal less lessEqual and or select".split(" "),
);

/** Writes all that `output` needs; `bound` maps inputs and nodes that are written already to their values. */
export function writeTensor(
  writer: GraphWriter,
  output: Tensor,
  bound: Map<Tensor, Written>,
  special: (node: Tensor, of: (from: Tensor) => Written) => Written | undefined = () => undefined,
): Written {
  const of = (tensor: Tensor): Written => known(bound.get(tensor), "a written node");
  for (const node of neededFor(output, bound)) {
    if (bound.has(node)) continue;
    const made = special(node, of) ?? writeNode(writer, node, of);
    bound.set(node, made);
  }
  return of(output);
}

/** The nodes that `output` depends on, without broadcasts that ONNX does by itself and the ancestors of bound nodes. */
function neededFor(output: Tensor, bound: ReadonlyMap<Tensor, Written>): readonly Tensor[] {
  const wanted = new Set<Tensor>([output]);
  const order = walk([output]);
  for (const node of order.toReversed()) {
    if (!wanted.has(node) || bound.has(node)) continue;
    for (const [i, from] of node.inputs.entries()) wanted.add(operand(node, i) ?? from);
  }
  return order.filter((node) => wanted.has(node));
}

/** An operand before it was stretched, where ONNX stretches it to the same shape. */
function operand(node: Tensor, i: number): Tensor | undefined {
  const own = node.inputs[i];
  if (!stretching.has(node.op.opName)) return own;
  const bare = node.inputs.map((from) => (from.op.opName === "broadcast" ? (from.inputs[0] ?? from) : from));
  const shape = bare.reduce<Shape>((all, { shape: one }) => broadcastShape(all, one), []);
  return sameShape(shape, node.shape) ? bare[i] : own;
}

function writeNode(writer: GraphWriter, node: Tensor, of: (from: Tensor) => Written): Written {
  const { shape } = node;
  if (isConstant(node)) return { shape, last: writer.array(valueOfConstant(node)) };
  if (isState(node)) return { shape, last: writer.array(initialOf(node), nameOf(node)) };
  const [only] = node.inputs;
  if (node.op.opName === "transpose" && only !== undefined)
    return writeTransposed(writer, of(only), node.attributes.order as readonly number[], shape);
  const write = ops[node.op.opName];
  if (write === undefined) throw new NablaError("onnx/write", `ONNX has nothing for the op ${node.op.opName}`);
  const whole = (i: number): Written => of(known(operand(node, i), "an operand"));
  const inFirst = stretching.has(node.op.opName) || node.inputs.length === 1 ? channelsSecond(node, whole) : undefined;
  if (inFirst !== undefined && elementwise.has(node.op.opName))
    return { shape, first: write({ writer, node, of: (i) => inFirst[i] ?? "" }) };
  return { shape, last: write({ writer, node, of: (i) => lastName(writer, whole(i)) }) };
}

const elementwise = new Set([
  ...stretching,
  ..."negate abs sign floor sqrt exp log expm1 log1p sin cos tanh sigmoid softplus erf not cast stopGradient".split(
    " ",
  ),
]);

/** The names with channels second, where every operand lies so or is a single number. */
function channelsSecond(node: Tensor, whole: (i: number) => Written): readonly string[] | undefined {
  const values = node.inputs.map((_, i) => whole(i));
  if (!values.some(({ first, last }) => first !== undefined && last === undefined)) return undefined;
  const names = values.map(({ first, last, shape }) =>
    shape.length === node.shape.length ? first : shape.every((dim) => dim === 1) ? last : undefined,
  );
  return names.every((name) => name !== undefined) ? names : undefined;
}
