/** What exporters compute with shapes, done once while reading: lengths in, lengths out. */
import { type Dim, elementsOf, type Shape } from "../../array/shape.ts";
import type { OnnxNode } from "./node.ts";
import { type KnownLengths, MOST_LENGTHS, shapeOf } from "./value.ts";

/** ONNX's types of whole numbers. */
const wholeTypes: ReadonlySet<number> = new Set([2, 3, 4, 5, 6, 7, 12, 13]);

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

function sliceOf(node: OnnxNode): KnownLengths | undefined {
  const { lengths } = node.value(0);
  if (lengths?.shape.length !== 1) return undefined;
  const [start = 0] = node.counts(1);
  const [end = 0] = node.counts(2);
  const [step = 1] = node.has(4) ? node.counts(4) : [1];
  if (step !== 1) return undefined;
  return vector(lengths.items.slice(start, end > 2 ** 31 ? undefined : end));
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
    if (a === b) return 1;
    if (typeof b !== "number" || b === 0) return Number.NaN;
    return typeof a === "number" ? Math.trunc(a / b) : times(a, 1 / b);
  }),
  Equal: pairwise((a, b) => Number(a === b)),
  Max: pairwise(both(Math.max)),
  Min: pairwise(both(Math.min)),
  Where: (node) => {
    const [condition, a, b] = [node.value(0).lengths, node.value(1).lengths, node.value(2).lengths];
    if (condition === undefined || a === undefined || b === undefined) return undefined;
    const count = Math.max(condition.items.length, a.items.length, b.items.length);
    const at = ({ items }: KnownLengths, i: number): Dim | undefined => items[items.length === 1 ? 0 : i];
    const items = Array.from({ length: count }, (_, i) => at(at(condition, i) === 0 ? b : a, i) ?? 0);
    return vector(items);
  },
  Concat: (node) => {
    const parts = node.inputs.map((value) => value?.lengths);
    if (parts.some((part) => part === undefined || part.shape.length !== 1)) return undefined;
    if (parts.reduce((total, part) => total + (part?.items.length ?? 0), 0) > MOST_LENGTHS) return undefined;
    return vector(parts.flatMap((part) => part?.items ?? []));
  },
  Gather: (node) => {
    const { lengths } = node.value(0);
    const at = node.value(1).lengths;
    if (lengths?.shape.length !== 1 || at === undefined) return undefined;
    const items = at.items.map((i) => (typeof i === "number" ? lengths.items.at(i) : undefined));
    const found = items.filter((item) => item !== undefined);
    return found.length === items.length ? { shape: at.shape, items: found } : undefined;
  },
  Slice: sliceOf,
  Unsqueeze: (node) => {
    const { lengths } = node.value(0);
    return lengths !== undefined && lengths.items.length === 1 ? vector(lengths.items) : undefined;
  },
  Squeeze: (node) => {
    const { lengths } = node.value(0);
    return lengths !== undefined && lengths.items.length === 1 ? { shape: [], items: lengths.items } : undefined;
  },
  Reshape: (node) => {
    const { lengths } = node.value(0);
    const target = node.value(1).lengths;
    return lengths !== undefined && target?.items.length === 1 ? vector(lengths.items) : undefined;
  },
  ReduceProd: (node) => {
    const { lengths } = node.value(0);
    if (lengths?.shape.length !== 1) return undefined;
    const names = lengths.items.filter((item) => typeof item === "string");
    const count = elementsOf(lengths.items.filter((item) => typeof item === "number"));
    const [name, ...more] = names;
    if (more.length > 0) return undefined;
    const product = name === undefined ? count : times(name, count);
    return { shape: node.integer("keepdims", 1) === 1 ? [1] : [], items: [product] };
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
    const [start = 0, end = 0, step = 1] = [0, 1, 2].map((i) => node.counts(i)[0]);
    const count = Math.max(0, Math.ceil((end - start) / step));
    if (!(count <= 1024)) return undefined;
    return vector(Array.from({ length: count }, (_, i) => start + i * step));
  },
};

/** The lengths of a value's shape, from one axis to another. */
export function lengthsOfShape(node: OnnxNode): KnownLengths {
  const shape: Shape = shapeOf(node.value(0));
  const end = node.integer("end", shape.length);
  return vector(shape.slice(node.integer("start", 0), end));
}
