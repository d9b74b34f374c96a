import { showShape } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { field, wholeNumber } from "../base/field.ts";
import { fork } from "../base/random.ts";
import { cast } from "../graph/movement.ts";
import { gather } from "../graph/selection.ts";
import { initializerType, normalInitializer } from "./initializer.ts";
import { layer, stateless } from "./layer.ts";

/**
 * A learned row of `units` numbers for each of `count` codes: [batch, ...shape] whole numbers to [batch, ...shape, units].
 * A code outside 0 to count - 1 gives zeros and learns nothing.
 */
export const embedding = layer(
  "embedding",
  {
    count: wholeNumber({ atLeast: 1, help: "the number of codes" }),
    units: wholeNumber({ atLeast: 1, help: "the dimension of the vectors" }),
    init: field(initializerType, {
      default: normalInitializer({ deviation: 1 }),
      source: "PyTorch",
      help: "how the rows are initialized",
    }),
  },
  ({ count, units, init }) => ({
    shapeOf: (shape) => {
      if (shape.length <= 1) return [...shape, units];
      const message = `embedding takes codes or rows of codes, received the shape ${showShape(shape)}`;
      throw new NablaError("nn/rank", message);
    },
    init: (_, key) => ({
      parameters: { table: init.fill([count, units], { in: count, out: units }, fork(key, "table")) },
      buffers: {},
    }),
    apply: (x, scope) =>
      stateless(gather(scope.parameter("table"), x.dtype === "int32" ? x : cast(x, { dtype: "int32" }))),
  }),
  { help: "a learned vector for each code" },
);
