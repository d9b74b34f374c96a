/**
 * Whole numbers of a file, by the type that they have there. The network holds all of them as int32, which starts again
 * at its end as ONNX's int32 does. Shorter types are brought back into their range after each operator that may leave it;
 * where numbers of longer ones may go beyond 32 bits, the file is refused.
 */
import { scalar } from "../../array/ndarray.ts";
import { known, NablaError } from "../../base/error.ts";
import { add, divide, floor, multiply, subtract } from "../../graph/elementwise.ts";
import { constant } from "../../graph/leaf.ts";
import { cast } from "../../graph/movement.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { OnnxNode } from "./node.ts";
import { DATA_TYPES, nameOfType } from "./tensor-proto.ts";
import { arrayValue, exampleElements, type OnnxValue, shapeOf, type WholeRange } from "./value.ts";

type Range = Pick<WholeRange, "low" | "high">;

/** What comes in when the network runs is taken to be below this: more a float32 does not hold exactly. */
const MOST_FED = 2 ** 24;

/** The least and the largest number of each whole type. */
const limits: { readonly [type: number]: Range } = {
  2: { low: 0, high: 2 ** 8 - 1 },
  3: { low: -(2 ** 7), high: 2 ** 7 - 1 },
  4: { low: 0, high: 2 ** 16 - 1 },
  5: { low: -(2 ** 15), high: 2 ** 15 - 1 },
  6: { low: -(2 ** 31), high: 2 ** 31 - 1 },
  7: { low: -(2 ** 63), high: 2 ** 63 },
  12: { low: 0, high: 2 ** 32 - 1 },
  13: { low: 0, high: 2 ** 64 },
};

const inside = (inner: Range, outer: Range): boolean => inner.low >= outer.low && inner.high <= outer.high;
const limitsOf = (type: number): Range => known(limits[type] ?? limits[DATA_TYPES.int64], "limits");
const computed: Range = limitsOf(DATA_TYPES.int32);

/** Numbers of a whole type that come in when the network runs; undefined for any other type. */
export function fedRange(type: number): WholeRange | undefined {
  const range = limits[type];
  if (range === undefined) return undefined;
  return { type, low: Math.max(range.low, -MOST_FED), high: Math.min(range.high, MOST_FED) };
}

function isWhole({ tensor, last, array, lengths }: Partial<OnnxValue>): boolean {
  const dtype = (tensor ?? last)?.dtype;
  if (dtype !== undefined) return dtype === "int32";
  return array === undefined ? lengths !== undefined : array.dtype === "float64";
}

/** The range of numbers that are known; a length that is the batch is one that is fed. */
function exactRange({ tensor, last, array, lengths }: Partial<OnnxValue>): Range | undefined {
  if (tensor !== undefined || last !== undefined) return undefined;
  const items: Iterable<number | string> = array?.data ?? lengths?.items ?? [];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const item of items) {
    low = Math.min(low, typeof item === "number" ? item : 0);
    high = Math.max(high, typeof item === "number" ? item : MOST_FED);
  }
  return low > high ? { low: 0, high: 0 } : { low, high };
}

/** Whole numbers that are known, of a type of the file. */
export function wholeValue(value: OnnxValue, type: number): OnnxValue {
  return { ...value, whole: { type, ...(exactRange(value) ?? limitsOf(type)) } };
}

/** What is known of a value's whole numbers; undefined for floats and truths. */
function rangeOf(value: OnnxValue | undefined): WholeRange | undefined {
  if (value === undefined || !isWhole(value)) return undefined;
  const { whole } = value;
  if (whole !== undefined) return whole;
  const exact = exactRange(value);
  return exact === undefined ? fedRange(DATA_TYPES.int64) : { type: DATA_TYPES.int64, ...exact };
}

const largest = ({ low, high }: Range): number => Math.max(Math.abs(low), Math.abs(high));
const between = (...numbers: readonly number[]): Range => ({ low: Math.min(...numbers), high: Math.max(...numbers) });
const union = (ranges: readonly Range[]): Range => between(...ranges.flatMap(({ low, high }) => [low, high]));
const plus = (a: Range, b: Range): Range => ({ low: a.low + b.low, high: a.high + b.high });
const times = (a: Range, b: Range): Range => between(a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high);
const totalOf = (each: Range, count: number): Range => between(0, each.low * count, each.high * count);
const around = (most: number, { low }: Range): Range => ({ low: low < 0 ? -most : 0, high: most });

/** What each operator makes of the ranges of its whole inputs, where it may give other numbers than come in. */
type RangeRule = (node: OnnxNode, inputs: readonly (Range | undefined)[], output: number) => Range;

const zero: Range = { low: 0, high: 0 };
const first = (inputs: readonly (Range | undefined)[]): Range => inputs[0] ?? computed;
const passed: RangeRule = (_, inputs) => union([zero, ...inputs.filter((range) => range !== undefined)]);
/** Of operators that move the numbers of their first input; the others say where, and may be as large as "to the end". */
const moved: RangeRule = (_, inputs) => union([zero, first(inputs)]);
const positions: RangeRule = (node) => ({
  low: 0,
  high: Math.max(0, ...node.shape(0).map((length) => (typeof length === "number" ? length - 1 : MOST_FED))),
});

const scattered: RangeRule = (node, inputs) => {
  const [rows, , updates] = [first(inputs), inputs[1], inputs[2] ?? computed];
  if (!node.says("reduction")) return union([rows, updates, zero]);
  return union([rows, plus(rows, totalOf(updates, exampleElements(node.shape(2))))]);
};

const product: RangeRule = (node, inputs) => {
  const [a, b, c = zero] = [first(inputs), inputs[1] ?? computed, inputs[2]];
  const lengths = node.shape(0).map((length) => (typeof length === "number" ? length : 1));
  return union([c, plus(totalOf(times(a, b), Math.max(1, ...lengths)), c)]);
};

function power(node: OnnxNode, inputs: readonly (Range | undefined)[]): Range {
  const exponent = inputs[1]?.high ?? node.value(1).array?.data[0] ?? Number.POSITIVE_INFINITY;
  return around(Math.max(1, largest(first(inputs))) ** Math.max(0, exponent), first(inputs));
}

function clipped(node: OnnxNode, inputs: readonly (Range | undefined)[]): Range {
  const { low, high } = first(inputs);
  const [least, most] = [node.has(1) ? inputs[1]?.low : undefined, node.has(2) ? inputs[2]?.high : undefined];
  return between(
    Math.min(Math.max(low, least ?? low), most ?? high),
    Math.min(Math.max(high, least ?? high), most ?? high),
  );
}

/** How many numbers become one, of an operator that reduces along axes. */
function reduced(node: OnnxNode, value: Partial<OnnxValue>): number {
  const [before, after] = [node.shape(0), shapeOf({ name: "", ...value })];
  const open =
    before.some((length) => typeof length === "string") && after.every((length) => typeof length === "number");
  return (exampleElements(before) / Math.max(1, exampleElements(after))) * (open ? MOST_FED : 1);
}

type ReducedRule = (each: Range, count: number) => Range;

const reductions: { readonly [opType: string]: ReducedRule } = {
  ReduceSum: totalOf,
  ReduceSumSquare: (each, count) => ({ low: 0, high: largest(each) ** 2 * count }),
  ReduceL1: (each, count) => ({ low: 0, high: largest(each) * count }),
  ReduceProd: (each, count) => around(Math.max(1, largest(each)) ** count, each),
};

const rules: { readonly [opType: string]: RangeRule } = {
  Add: (_, inputs) => inputs.reduce<Range>((sofar, one) => plus(sofar, one ?? computed), zero),
  Sum: (_, inputs) => inputs.reduce<Range>((sofar, one) => plus(sofar, one ?? computed), zero),
  Sub: (_, [a = computed, b = computed]) => ({ low: a.low - b.high, high: a.high - b.low }),
  Mul: (_, [a = computed, b = computed]) => times(a, b),
  Div: (_, [a = computed, b = computed]) => (b.low > 0 ? between(0, a.low, a.high) : between(-largest(a), largest(a))),
  Mod: (_, [a = computed, b = computed]) => union([between(0, a.low, a.high), between(0, b.low, b.high)]),
  Neg: (_, [a = computed]) => ({ low: -a.high, high: -a.low }),
  Abs: (_, [a = computed]) => ({ low: Math.max(0, a.low), high: largest(a) }),
  Sign: () => ({ low: -1, high: 1 }),
  Pow: power,
  PRelu: (_, [a = computed, b = computed]) => union([a, times(a, b)]),
  Clip: clipped,
  Where: (_, [, a = computed, b = computed]) => union([a, b]),
  CumSum: (node, inputs) => totalOf(first(inputs), exampleElements(node.shape(0))),
  MatMul: product,
  Gemm: product,
  ScatterElements: scattered,
  ScatterND: scattered,
  OneHot: (_, inputs) => inputs[2] ?? computed,
  EyeLike: () => ({ low: 0, high: 1 }),
  Slice: moved,
  Gather: moved,
  GatherElements: moved,
  GatherND: moved,
  Reshape: moved,
  Expand: moved,
  Tile: moved,
  Squeeze: moved,
  Unsqueeze: moved,
  Split: moved,
  Trilu: moved,
  Pad: (_, [a = computed, , value = zero]) => union([a, value]),
  ArgMax: positions,
  ArgMin: positions,
  TopK: (node, inputs, output) => (output === 1 ? positions(node, inputs, output) : first(inputs)),
};

/** What a cast makes of floats is fed; of truths it makes 0 and 1. */
function castRange(node: OnnxNode, from: Range | undefined): Range {
  const { tensor, last, array } = node.value(0);
  if (from !== undefined) return from;
  return (tensor ?? last ?? array)?.dtype === "bool" ? { low: 0, high: 1 } : { low: -MOST_FED, high: MOST_FED };
}

/** The whole type of an output, by ONNX's rules. */
function typeOf(node: OnnxNode, output: number): number {
  const of = (i: number): number => rangeOf(node.inputs[i])?.type ?? DATA_TYPES.int64;
  const { opType } = node;
  if (opType === "Cast") return node.integer("to", DATA_TYPES.int64);
  if (opType === "CastLike") return of(1);
  if (opType === "OneHot") return of(2);
  if (opType === "Constant" || opType === "ConstantOfShape")
    return node.attribute("value")?.t?.dataType ?? DATA_TYPES.int64;
  if (opType === "EyeLike") return node.integer("dtype", 0) || of(0);
  const counts = ["Shape", "Size", "ArgMax", "ArgMin"].includes(opType) || (opType === "TopK" && output === 1);
  if (counts) return DATA_TYPES.int64;
  return of(node.inputs.findIndex((value) => rangeOf(value) !== undefined));
}

/** What an operator gave, with whole numbers as their type has them. Throws `onnx/type` where they may need more than 32 bits. */
export function inWholeTypes(node: OnnxNode, given: readonly Partial<OnnxValue>[]): readonly Partial<OnnxValue>[] {
  const inputs = node.inputs.map(rangeOf);
  return given.map((value, output) => {
    if (value.whole !== undefined || value.absent !== undefined || !isWhole(value)) return value;
    const type = typeOf(node, output);
    const reduction = reductions[node.opType];
    const isCast = node.opType === "Cast" || node.opType === "CastLike";
    const range =
      exactRange(value) ??
      (isCast
        ? castRange(node, inputs[0])
        : reduction === undefined
          ? (rules[node.opType] ?? passed)(node, inputs, output)
          : reduction(first(inputs), reduced(node, value)));
    return fitted(value, { low: range.low, high: range.high, type });
  });
}

function fitted(value: Partial<OnnxValue>, whole: WholeRange): Partial<OnnxValue> {
  const { type } = whole;
  const own = limitsOf(type);
  const exact = value.tensor === undefined && value.last === undefined;
  if (inside(whole, own) && (exact || inside(whole, computed))) return { ...value, whole };
  if (own.high <= computed.high || (exact && own.high <= 2 ** 32)) return wrapped(value, type);
  const shown = (x: number): string => (Math.abs(x) < 1e6 ? `${x}` : x.toPrecision(2));
  throw new NablaError(
    "onnx/type",
    `it computes with whole numbers of ${nameOfType(type)} from ${shown(whole.low)} to ${shown(whole.high)}, and nabla computes them with 32 bits`,
    "export it with int32, which starts again at its end",
  );
}

/** Numbers that start again at the end of their type. */
function wrapped(value: Partial<OnnxValue>, type: number): Partial<OnnxValue> {
  const { tensor, last, array, lengths } = value;
  const own = limitsOf(type);
  const span = own.high - own.low + 1;
  const whole = { type, ...own };
  if (tensor !== undefined) return { tensor: inRange(tensor, own), whole };
  if (last !== undefined) return { last: inRange(last, own), whole };
  const wrap = (x: number): number => x - span * Math.floor((x - own.low) / span);
  if (array !== undefined)
    return { ...arrayValue("", { ...array, data: array.data.map(wrap) as Float64Array }, false), whole };
  const items = lengths?.items.map((item) => (typeof item === "number" ? wrap(item) : item)) ?? [];
  return { lengths: { shape: lengths?.shape ?? [], items }, whole };
}

function inRange(x: Tensor, { low, high }: Range): Tensor {
  if (high - low >= 2 ** 32 - 1) return x;
  return add(wholeParts(subtract(x, low), constant(scalar(high - low + 1, "int32"))).rest, low);
}

/**
 * Whole division toward minus infinity, and its remainder of the divisor's sign. Floats of 24 bits find most of the
 * quotient; further rounds on the small remainder find the rest.
 */
export function wholeParts(x: Tensor, y: Tensor): { readonly parts: Tensor; readonly rest: Tensor } {
  const float = (whole: Tensor): Tensor => cast(whole, { dtype: "float32" });
  let parts: Tensor | undefined;
  let rest = x;
  for (let round = 0; round < 3; round++) {
    const more = cast(floor(divide(float(rest), float(y))), { dtype: "int32" });
    rest = subtract(rest, multiply(more, y));
    parts = parts === undefined ? more : add(parts, more);
  }
  return { parts: parts ?? x, rest };
}
