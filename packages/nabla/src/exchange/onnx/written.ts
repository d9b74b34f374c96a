/** Values on their way into a file: images lie with channels last here and with channels second in ONNX. */
import type { Shape } from "../../array/shape.ts";
import { type GraphWriter, wholes } from "./graph-writer.ts";

/** A value that nodes give: its shape here, and the names under which it lies in one order of axes or the other. */
export interface Written {
  /** Axes in our order. */
  readonly shape: Shape;
  /** The name of the value in our order. */
  readonly last?: string;
  /** The name of the value with channels second. */
  readonly first?: string;
}

function between(rank: number): readonly number[] {
  return Array.from({ length: rank - 2 }, (_, i) => i + 1);
}

/** The order of axes that brings channels from last to second. */
function toFirst(rank: number): readonly number[] {
  return [0, rank - 1, ...between(rank)];
}

/** The order of axes that brings channels from second to last. */
function toLast(rank: number): readonly number[] {
  return [0, ...between(rank).map((axis) => axis + 1), 1];
}

/** The value in our order, transposed when it lies otherwise. */
export function lastName(writer: GraphWriter, { shape, last, first = "" }: Written): string {
  return last ?? writer.node("Transpose", [first], { perm: wholes(toLast(shape.length)) });
}

/** The value with channels second, transposed when it lies otherwise; up to two axes have but one order. */
export function firstName(writer: GraphWriter, { shape, last = "", first }: Written): string {
  if (first !== undefined) return first;
  return shape.length < 3 ? last : writer.node("Transpose", [last], { perm: wholes(toFirst(shape.length)) });
}

/** A transposition of ours; one between the two orders only changes what a name means. */
export function writeTransposed(writer: GraphWriter, value: Written, order: readonly number[], shape: Shape): Written {
  const rank = order.length;
  if (rank >= 3 && value.last !== undefined && String(order) === String(toLast(rank)))
    return { shape, first: value.last };
  if (rank >= 3 && value.first !== undefined && String(order) === String(toFirst(rank)))
    return { shape, last: value.first };
  return { shape, last: writer.node("Transpose", [lastName(writer, value)], { perm: wholes(order) }) };
}
