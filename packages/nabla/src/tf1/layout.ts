/** Shapes as tensors, and functions that repeat, pad and part tensors, under TensorFlow 1's names. */
import type { DType } from "../array/dtype.ts";
import { ndarray } from "../array/ndarray.ts";
import { type Dim, factorsOf, normalizeAxes, productOf, type Shape } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { checkWord } from "../base/value-type.ts";
import { or } from "../graph/elementwise.ts";
import { constant } from "../graph/leaf.ts";
import * as moves from "../graph/movement.ts";
import { gather } from "../graph/selection.ts";
import type { Tensor as Node } from "../graph/tensor.ts";
import { getDefaultGraph, type Named, shown, type Tensor } from "./graph.ts";
import { define, defineMixed, type Operand } from "./operands.ts";

/** The lengths of a tensor as int32 [rank], also those that are known only when something is fed. */
export function shape(x: Operand, named?: Named): Tensor {
  const build = (node: Node): Node => {
    if (node.shape.length === 0) return constant(ndarray(new Int32Array(0), [0]));
    const lengths = node.shape.map((dim, axis) =>
      typeof dim === "number" ? constant(ndarray(Int32Array.of(dim), [1])) : countAlong(node, axis),
    );
    return moves.concat(lengths, { axis: 0 });
  };
  return defineMixed("shape", [x], (...[node]) => build(node as Node), named);
}

/** A length that is fed, counted on the tensor itself, so that a run knows from where: int32 [1]. */
function countAlong(node: Node, axis: number): Node {
  const line = node.shape.reduce<Node>(
    (part, _, i) => (i === axis ? part : moves.slice(part, { axis: i, from: 0, to: 1 })),
    node,
  );
  return moves.reshape(moves.sum(or(line, 1)), { shape: [1] });
}

interface RangeOptions extends Named {
  readonly dtype?: DType;
}

/** start, start + delta, … below limit (above it where delta is negative); of one number from 0 up to it. Whole numbers are int32. */
export function range(limit: number, options?: RangeOptions): Tensor;
export function range(start: number, limit: number, delta?: number, options?: RangeOptions): Tensor;
export function range(start: number, ...given: readonly (number | RangeOptions | undefined)[]): Tensor {
  const numbers = [start, ...given.filter((one) => typeof one === "number")];
  const { dtype, ...named }: RangeOptions = given.find((one) => typeof one === "object") ?? {};
  const [from = 0, to = 0, delta = 1] = numbers.length === 1 ? [0, start] : numbers;
  const wrong = [from, to, delta].find((one) => !Number.isFinite(one));
  if (wrong !== undefined || delta === 0) {
    const message = `range from ${from} to ${to} by ${delta}: expected numbers, and a step that is not 0`;
    throw new NablaError(
      "tf1/range",
      message,
      "a length that is fed has no range: build it of tf.shape and what is fed",
    );
  }
  const count = Math.max(0, Math.ceil((to - from) / delta));
  const isWhole = [from, to, delta].every(Number.isInteger);
  const values = Array.from({ length: count }, (_, i) => from + i * delta);
  const node = constant(ndarray(values, [count], dtype ?? (isWhole ? "int32" : "float32")));
  return getDefaultGraph().record("range", node, { inputs: [], ...named });
}

/** A tensor repeated along each axis: [2, 3] by [1, 2] is [2, 6]. */
export function tile(x: Operand, multiples: readonly number[], named?: Named): Tensor {
  const build = (node: Node): Node => {
    const fits =
      multiples.length === node.shape.length && multiples.every((times) => Number.isInteger(times) && times >= 0);
    if (!fits) {
      const message = `a tensor ${shown(node.shape)} is repeated ${node.shape.length} whole times, received [${multiples.join(", ")}]`;
      throw new NablaError("tf1/shape", message);
    }
    const opened = node.shape.flatMap((dim): Dim[] => [1, dim]);
    const spread = node.shape.flatMap((dim, i): Dim[] => [multiples[i] ?? 1, dim]);
    const joined = node.shape.map((dim, i) => times(dim, multiples[i] ?? 1));
    return moves.reshape(moves.broadcast(moves.reshape(node, { shape: opened }), { shape: spread }), { shape: joined });
  };
  return define("tile", [x], build, named);
}

function times(dim: Dim, factor: number): Dim {
  const { count, names } = factorsOf([dim]);
  return count * factor === 0 ? 0 : productOf(count * factor, names);
}

/** Options of `pad`. */
export interface PadOptions extends Named {
  /** What is put there: a constant, the tensor mirrored without its edge, or with it. Default CONSTANT. */
  readonly mode?: "CONSTANT" | "REFLECT" | "SYMMETRIC";
  /** What the padding holds; 0 by default. */
  readonly constantValues?: number;
}

/** Pads each axis before and after: paddings are [before, after] for every axis. */
export function pad(x: Operand, paddings: readonly (readonly [number, number])[], options: PadOptions = {}): Tensor {
  const { mode = "CONSTANT", constantValues = 0, ...named } = options;
  checkWord("mode", mode, ["CONSTANT", "REFLECT", "SYMMETRIC"]);
  const build = (node: Node): Node => {
    if (paddings.length !== node.shape.length) {
      const message = `a tensor ${shown(node.shape)} takes ${node.shape.length} pairs [before, after], received ${paddings.length}`;
      throw new NablaError("tf1/shape", message);
    }
    return paddings.reduce((sofar, [before, after], axis) => {
      if (before === 0 && after === 0) return sofar;
      if (mode === "CONSTANT") return moves.pad(sofar, { axis, before, after, value: constantValues });
      return mirrored(sofar, { axis, before, after, edge: mode === "SYMMETRIC" ? 1 : 0 });
    }, node);
  };
  return define("pad", [x], build, named);
}

interface Mirror {
  readonly axis: number;
  readonly before: number;
  readonly after: number;
  /** 1 where the edge itself is repeated. */
  readonly edge: 0 | 1;
}

function mirrored(node: Node, { axis, before, after, edge }: Mirror): Node {
  const length = node.shape[axis];
  const most = typeof length === "number" ? length - 1 + edge : 0;
  if (typeof length !== "number" || before > most || after > most || before < 0 || after < 0) {
    const message = `axis ${axis} of ${shown(node.shape)} is mirrored by at most ${most}, received [${before}, ${after}]`;
    throw new NablaError("tf1/shape", message);
  }
  const places = Array.from({ length: before + length + after }, (_, i) => {
    const at = i - before;
    if (at < 0) return -at - edge;
    return at < length ? at : 2 * length - 2 - at + edge;
  });
  const order = [axis, ...node.shape.flatMap((_, i) => (i === axis ? [] : [i]))];
  const taken = gather(moves.transpose(node, { order }), constant(ndarray(Int32Array.from(places), [places.length])));
  return moves.transpose(taken, { order: order.map((_, i) => order.indexOf(i)) });
}

/** Parts along an axis: so many equal ones, or ones of the given lengths. */
export function split(x: Tensor, parts: number | readonly number[], axis = 0, named?: Named): readonly Tensor[] {
  const [along = 0] = normalizeAxes(x.shape as Shape, axis);
  const length = x.shape[along];
  const sizes = typeof parts === "number" ? equalParts(length, parts) : parts;
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total !== length || sizes.length === 0) {
    const wanted = typeof parts === "number" ? `${parts} equal parts` : `parts of ${parts.join(", ")}`;
    const message = `axis ${along} of "${x.name}", ${shown(x.shape)}, has no ${wanted}`;
    throw new NablaError("tf1/shape", message);
  }
  let from = 0;
  return sizes.map((size) => {
    const start = from;
    from += size;
    return define("split", [x], (node) => moves.slice(node, { axis: along, from: start, to: start + size }), named);
  });
}

function equalParts(length: Dim | undefined, parts: number): readonly number[] {
  const size = typeof length === "number" ? length / parts : Number.NaN;
  return Number.isInteger(size) && size > 0 ? Array.from({ length: parts }, () => size) : [];
}
