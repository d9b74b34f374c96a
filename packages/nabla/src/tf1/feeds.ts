/** What a run is fed. */
import { isNdArray, type NdArray } from "../array/ndarray.ts";
import type { Nested } from "../array/nested.ts";
import { NablaError, withContext } from "../base/error.ts";
import { type Graph, shown, Tensor } from "./graph.ts";
import { arrayOf } from "./operands.ts";

/** Numbers for a tensor: an array, numbers in lists, or a number. */
export type FeedValue = NdArray | Nested;

/** What is fed: pairs (or a Map) of tensors and values, or a record by the names of placeholders. */
export type Feed = Iterable<readonly [tensor: Tensor, value: FeedValue]> | Readonly<Record<string, FeedValue>>;

/** Pairs of a tensor of this graph and what is fed for it. Throws `tf1/unknown`, `tf1/graph` and `tf1/feed`. */
export function readFeed(graph: Graph, feed: Feed): readonly (readonly [Tensor, FeedValue])[] {
  if (typeof feed !== "object" || feed === null) throw unfit(feed);
  const pairs = Symbol.iterator in feed ? (Array.isArray(feed) ? feed : [...feed]) : byName(graph, feed);
  for (const pair of pairs) {
    if (!Array.isArray(pair) || !(pair[0] instanceof Tensor)) throw unfit(pair);
    const { graph: own, name, kind } = pair[0];
    if (own !== graph)
      throw new NablaError("tf1/graph", `"${name}" is fed, and belongs to another graph than this session`);
    if (kind === "variable")
      throw new NablaError("tf1/feed", `"${name}" is a variable`, "set it by tf.assign, or feed a placeholder");
  }
  return pairs;
}

function unfit(received: unknown): NablaError {
  const message = `expected pairs of a tensor and a value, received ${received instanceof Tensor ? `"${received.name}"` : String(received)}`;
  return new NablaError("tf1/feed", message, "feed [[placeholder, value], …] or { name: value }");
}

function byName(graph: Graph, feed: Readonly<Record<string, FeedValue>>): (readonly [Tensor, FeedValue])[] {
  return Object.entries(feed).map(([name, value]) => {
    const found = graph.find(name);
    if (found instanceof Tensor) return [found, value];
    throw new NablaError("tf1/feed", `"${name}" is an operation, and only tensors can be fed`);
  });
}

/** What goes to the engine for a tensor. Throws `tf1/feed` naming both shapes, or the number that is not whole. */
export function fedValue({ name, shape, dtype, kind }: Tensor, value: FeedValue): NdArray | number {
  if (typeof value === "number" && shape.length === 0 && isFloat(dtype)) return value;
  const array =
    typeof value === "object" && value !== null && isNdArray(value)
      ? value
      : withContext(`feeding "${name}"`, () => arrayOf(value, "float64"));
  const fits = array.shape.length === shape.length && fitsEach(shape, array.shape);
  if (!fits)
    throw new NablaError(
      "tf1/feed",
      `the ${kind} "${name}" has the shape ${shown(shape)}, and was fed ${shown(array.shape)}`,
    );
  if (array.dtype === dtype) return array;
  const broken = dtype === "int32" ? array.data.find((x: number) => !Number.isInteger(x)) : undefined;
  if (broken === undefined) return arrayOf(array, dtype);
  throw new NablaError("tf1/feed", `the ${kind} "${name}" is int32, and was fed ${broken}`);
}

function isFloat(dtype: Tensor["dtype"]): boolean {
  return dtype === "float32" || dtype === "float64";
}

function fitsEach(expected: Tensor["shape"], received: readonly number[]): boolean {
  for (let i = 0; i < received.length; i++) {
    const dim = expected[i];
    if (typeof dim === "number" && dim !== received[i]) return false;
  }
  return true;
}
