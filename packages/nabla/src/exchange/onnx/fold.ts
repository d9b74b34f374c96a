/** What exporters compute with lengths, of which some may be the batch, done once while reading: lengths in, lengths out. */
import { type Dim, elementsOf, normalizeAxes, type Shape, type Size } from "../../array/shape.ts";
import type { OnnxNode } from "./node.ts";
import { type KnownLengths, MOST_LENGTHS, shapeOf } from "./value.ts";

/** ONNX's types of whole numbers that hold lengths. */
const wholeTypes: ReadonlySet<number> = new Set([6, 7, 12, 13]);

type Fold = (node: OnnxNode) => KnownLengths | undefined;

/** The batch times a number, as lengths are written. */
function times(dim: Dim, factor: number): Dim {
  if (typeof dim === "number") return dim * factor;
  const [name = dim, own = "1"] = dim.split("*");
  const all = Number(own) * factor;
  if (all === 1) return name;
  return Number.isInteger(all) && all > 0 ? `${name}*${all}` : Number.NaN;
}

function vector(items: readonly Dim[]): KnownLengths {
  return { shape: [items.length], items };
}

/** Two lists item by item; a single item broadcasts. Undefined where they do not fit or a result is unknown. */
function pairwise(f: (a: Dim, b: Dim) => Dim): Fold {
  return (node) => {
    if (node.inputs.length !== 2) return undefined;
    const [a, b] = [node.value(0).lengths, node.value(1).lengths];
    if (a === undefined || b === undefined || a.shape.length > 1 || b.shape.length > 1) return undefined;
    const count = a.items.length === 1 ? b.items.length : a.items.length;
    if (b.items.length !== 1 && b.items.length !== count) return undefined;
    const items = Array.from({ length: count }, (_, i) =>
      f(a.items[a.items.length === 1 ? 0 : i] ?? 0, b.items[b.items.length === 1 ? 0 : i] ?? 0),
    );
    const shape = a.shape.length === 0 && b.shape.length === 0 ? [] : [count];
    return items.some((item) => Number.isNaN(item)) ? undefined : { shape, items };
  };
}

const both =
  (f: (a: number, b: number) => number) =>
  (a: Dim, b: Dim): Dim =>
    typeof a === "number" && typeof b === "number" ? f(a, b) : Number.NaN;

function list(node: OnnxNode): readonly Dim[] | undefined {
  const { lengths } = node.value(0);
  return lengths?.shape.length === 1 ? lengths.items : undefined;
}

function sliceOf(node: OnnxNode): KnownLengths | undefined {
  const items = list(node);
  if (items === undefined || node.opset < 10) return undefined;
  const [start = 0, end = 0, axis = 0, step = 1] = [1, 2, 3, 4].map((i) =>
    node.has(i) ? node.counts(i)[0] : undefined,
  );
  if (step !== 1 || (axis !== 0 && axis !== -1)) return undefined;
  return vector(items.slice(start, end > 2 ** 31 ? undefined : end));
}

/** The same items in a shape with or without axes of length 1. */
function relaid(node: OnnxNode, shape: (own: Size) => Size): KnownLengths | undefined {
  const { lengths } = node.value(0);
  return lengths === undefined ? undefined : { shape: shape(lengths.shape), items: lengths.items };
}

/** How each operator computes with lengths; undefined where it must become part of the network after all. */
export const folds: { readonly [opType: string]: Fold } = {
  Identity: (node) => node.value(0).lengths,
  // lengths become floats where they are numbers of the network, and no longer lengths
  Cast: (node) => (wholeTypes.has(node.integer("to", 1)) ? node.value(0).lengths : undefined),
  Add: pairwise(both((a, b) => a + b)),
  Sub: pairwise(both((a, b) => a - b)),
  Mul: pairwise((a, b) => (typeof b === "number" ? times(a, b) : typeof a === "number" ? times(b, a) : Number.NaN)),
  Div: pairwise((a, b) => {
    if (a === b) return a === 0 ? Number.NaN : 1;
    if (typeof b !== "number" || b === 0) return Number.NaN;
    return typeof a === "number" ? Math.trunc(a / b) : times(a, 1 / b);
  }),
  Equal: pairwise((a, b) => Number(a === b)),
  Max: pairwise(both(Math.max)),
  Min: pairwise(both(Math.min)),
  Where: (node) => {
    const [condition, a, b] = [node.value(0).lengths, node.value(1).lengths, node.value(2).lengths];
    if (condition === undefined || a === undefined || b === undefined) return undefined;
    const parts = [condition, a, b];
    if (parts.some(({ shape }) => shape.length > 1)) return undefined;
    const count = Math.max(...parts.map(({ items }) => items.length));
    if (parts.some(({ items }) => items.length !== 1 && items.length !== count)) return undefined;
    const at = ({ items }: KnownLengths, i: number): Dim => items[items.length === 1 ? 0 : i] ?? 0;
    const items = Array.from({ length: count }, (_, i) => at(at(condition, i) === 0 ? b : a, i));
    return { shape: parts.every(({ shape }) => shape.length === 0) ? [] : [count], items };
  },
  Concat: (node) => {
    const parts = node.inputs.map((_, i) => node.value(i).lengths);
    const axis = node.integer("axis", 0);
    if ((axis !== 0 && axis !== -1) || parts.some((part) => part === undefined || part.shape.length !== 1))
      return undefined;
    if (parts.reduce((total, part) => total + (part?.items.length ?? 0), 0) > MOST_LENGTHS) return undefined;
    return vector(parts.flatMap((part) => part?.items ?? []));
  },
  Gather: (node) => {
    const items = list(node);
    const at = node.value(1).lengths;
    const axis = node.integer("axis", 0);
    if (items === undefined || at === undefined || (axis !== 0 && axis !== -1)) return undefined;
    const found = at.items.flatMap((i) => (typeof i === "number" ? [items.at(i)] : []));
    const there = found.filter((item) => item !== undefined);
    return there.length === at.items.length ? { shape: at.shape, items: there } : undefined;
  },
  Slice: sliceOf,
  Unsqueeze: (node) => {
    const added = node.wholes("axes", { input: 1, since: 13 });
    if (added === undefined) return undefined;
    return relaid(node, (own) => {
      const axes = normalizeAxes(new Array<number>(own.length + added.length).fill(1), [...added]);
      let next = 0;
      return Array.from({ length: own.length + added.length }, (_, i) => (axes.includes(i) ? 1 : (own[next++] ?? 1)));
    });
  },
  Squeeze: (node) => {
    const axes = node.axes(1, 13, node.shape(0).length);
    return relaid(node, (own) => own.filter((length, i) => (axes === undefined ? length !== 1 : !axes.includes(i))));
  },
  Reshape: (node) => {
    const { lengths } = node.value(0);
    const target = node.counts(1);
    const [only] = target;
    if (lengths === undefined || node.integer("allowzero", 0) !== 0 || target.length > 1) return undefined;
    if (target.length === 0) return lengths.items.length === 1 ? { shape: [], items: lengths.items } : undefined;
    return only === -1 || only === lengths.items.length ? vector(lengths.items) : undefined;
  },
  ReduceProd: (node) => {
    const items = list(node);
    const axes = node.axes(1, 18, 1) ?? [0];
    const keep = node.integer("keepdims", 1) === 1;
    node.integer("noop_with_empty_axes", 0);
    if (items === undefined || axes.length === 0) return undefined;
    const product = openProduct(items);
    return Number.isNaN(product) ? undefined : { shape: keep ? [1] : [], items: [product] };
  },
  ConstantOfShape: (node) => {
    const lengths = node.value(0).lengths?.items ?? [];
    const filled = node.tensorAttribute("value");
    const [count] = lengths;
    if (lengths.length !== 1 || typeof count !== "number" || count > 64 || filled?.dtype !== "float64")
      return undefined;
    return vector(new Array<number>(Math.max(0, count)).fill(filled.data[0] ?? 0));
  },
  Range: (node) => {
    const [start = 0, end = 0, step = 1] = [0, 1, 2].map((i) => node.lengths(i)[0]);
    if (typeof start === "string" || typeof end === "string" || typeof step === "string") return undefined;
    const count = Math.max(0, Math.ceil((end - start) / step));
    if (!(count <= MOST_LENGTHS)) return undefined;
    return vector(Array.from({ length: count }, (_, i) => start + i * step));
  },
};

/** The product of lengths, of which one may be the batch; not a number where there are more. */
export function openProduct(items: readonly Dim[]): Dim {
  const count = elementsOf(items.filter((item) => typeof item === "number"));
  const [name, ...more] = items.filter((item) => typeof item === "string");
  if (more.length > 0) return Number.NaN;
  return name === undefined ? count : times(name, count);
}

/** The lengths of a value's shape, from one axis to another. */
export function lengthsOfShape(node: OnnxNode): KnownLengths {
  const shape: Shape = shapeOf(node.value(0));
  const [start, end] = [node.integer("start", 0), node.integer("end", shape.length)];
  return vector(shape.slice(start < -shape.length ? 0 : start, end));
}
