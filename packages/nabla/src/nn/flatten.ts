import { elementsOf, type Size } from "../array/shape.ts";
import { reshape } from "../graph/movement.ts";
import { type Layer, noVariables, stateless } from "./layer.ts";

/** Each example in one row: [batch, ...shape] to [batch, count]. */
export function flatten(): Layer {
  return {
    kind: "flatten",
    options: {},
    init: (shape) => noVariables([elementsOf(shape)]),
    apply: (x) => stateless(reshape(x, { shape: [x.shape[0] ?? 1, elementsOf(x.shape.slice(1) as Size)] })),
  };
}
