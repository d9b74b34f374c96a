import { elementsOf } from "../array/shape.ts";
import { reshape } from "../graph/movement.ts";
import { layer, stateless } from "./layer.ts";

/** Each example in one row: [batch, ...shape] to [batch, count]. */
export const flatten = layer(
  "flatten",
  {},
  () => ({
    shapeOf: (shape) => [elementsOf(shape)],
    apply: (x) => stateless(reshape(x, { shape: [x.shape[0] ?? 1, -1] })),
  }),
  { help: "each example in one row" },
);
