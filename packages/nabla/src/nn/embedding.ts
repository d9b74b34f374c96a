import { showShape } from "../array/shape.ts";
import { describe, given } from "../base/described.ts";
import { NablaError } from "../base/error.ts";
import { inRange } from "../base/fields.ts";
import { fork } from "../base/random.ts";
import { cast } from "../graph/movement.ts";
import { gather } from "../graph/selection.ts";
import { type Initializer, normalDraws } from "./initializer.ts";
import { type Layer, stateless } from "./layer.ts";

/**
 * A learned row of `units` numbers for each of `count` codes: [batch, ...shape] whole numbers to [batch, ...shape, units].
 * A code outside 0 to count - 1 gives zeros and learns nothing.
 */
export function embedding({
  count,
  units,
  init,
}: {
  readonly count: number;
  readonly units: number;
  readonly init?: Initializer;
}): Layer {
  inRange("count", count, { atLeast: 1, whole: true });
  inRange("units", units, { atLeast: 1, whole: true });
  return {
    kind: "embedding",
    options: given({ count, units, init: init && describe(init) }),
    init: (shape, key) => {
      if (shape.length > 1)
        throw new NablaError(
          "nn/rank",
          `embedding takes codes or rows of codes, received the shape ${showShape(shape)}`,
        );
      const fill = (init ?? normalDraws({ deviation: 1 })).fill;
      return {
        parameters: { table: fill([count, units], { in: count, out: units }, fork(key, "table")) },
        buffers: {},
        shape: [...shape, units],
      };
    },
    apply: (x, scope) =>
      stateless(gather(scope.parameter("table"), x.dtype === "int32" ? x : cast(x, { dtype: "int32" }))),
  };
}
