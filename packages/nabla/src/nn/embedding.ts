import { showShape } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { field, wholeNumber } from "../base/field.ts";
import { fork } from "../base/random.ts";
import { equal, select } from "../graph/elementwise.ts";
import { cast, reshape } from "../graph/movement.ts";
import { gather } from "../graph/selection.ts";
import { initializerType, normalInitializer } from "./initializer.ts";
import { layer, stateless } from "./layer.ts";

/**
 * A learned row of `units` numbers for each of `count` codes: [batch, ...shape] whole numbers to [batch, ...shape, units].
 * Training refuses a code outside 0 to count - 1; in a prediction it gives zeros. The code `padding` gives zeros and learns
 * nothing, as the end of a sentence that is filled up.
 */
export const embedding = layer(
  "embedding",
  {
    count: wholeNumber({ atLeast: 1, help: "the number of codes" }),
    units: wholeNumber({ atLeast: 1, help: "the dimension of the vectors" }),
    padding: wholeNumber({
      atLeast: 0,
      optional: true,
      help: "a code that stands for nothing: it gives zeros and learns nothing",
    }),
    init: field(initializerType, {
      default: normalInitializer({ deviation: 1 }),
      source: "PyTorch",
      help: "how the rows are initialized",
    }),
  },
  ({ count, units, init, padding }) => ({
    role: { is: "lookup" },
    shapeOf: (shape) => {
      if (padding !== undefined && padding >= count) {
        const message = `embedding has ${count} codes, 0 to ${count - 1}, and padding is ${padding}`;
        throw new NablaError("options/range", message, "let padding be one of the codes");
      }
      if (shape.length <= 1) return [...shape, units];
      const message = `embedding takes codes or rows of codes, received the shape ${showShape(shape)}`;
      throw new NablaError("nn/rank", message);
    },
    init: (_, key) => {
      const table = init.fill([count, units], { in: count, out: units }, fork(key, "table"));
      if (padding !== undefined) table.data.fill(0, padding * units, (padding + 1) * units);
      return { parameters: { table }, buffers: {} };
    },
    apply: (x, scope) => {
      scope.codes(x, count);
      const codes = cast(x, { dtype: "int32" });
      const rows = gather(scope.parameter("table"), codes);
      if (padding === undefined) return stateless(rows);
      const isPadding = reshape(equal(codes, padding), { shape: [...x.shape, 1] });
      return stateless(select(isPadding, 0, rows));
    },
  }),
  { help: "a learned vector for each code" },
);
