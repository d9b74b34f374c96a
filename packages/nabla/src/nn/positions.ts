/** Which positions of a sequence count. */
import { type Shape, showShape } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { boolean } from "../base/field.ts";
import { abs, equal, not, select } from "../graph/elementwise.ts";
import { reshape, sum } from "../graph/movement.ts";
import type { Tensor } from "../graph/tensor.ts";

/** The option of layers that can leave positions out. */
export const maskField = boolean({
  default: false,
  source: "every position counts",
  help: "positions whose numbers are all 0, as padding, are left out, and stay 0",
});

/** [batch, time, features] to bool [batch, time]: whether any number at a position is other than 0 (the rule of Keras' Masking). */
export function positionsThatCount(x: Tensor): Tensor {
  return not(equal(sum(abs(x), { axes: -1 }), 0));
}

/** x [batch, time, …] with zeros where `counts` [batch, time] is false. */
export function onlyCounted(x: Tensor, counts: Tensor): Tensor {
  const column = [...counts.shape, ...x.shape.slice(counts.shape.length).map(() => 1)];
  return select(reshape(counts, { shape: column }), x, 0);
}

/** Refuses examples that are no sequences [time, features]. Throws `nn/rank`. */
export function checkSequence(kind: string, shape: Shape): void {
  if (shape.length === 2) return;
  const message = `${kind} takes sequences [time, features], received the shape ${showShape(shape)}`;
  throw new NablaError("nn/rank", message, "let an embedding or a reshape give each position its features");
}
