/**
 * Gradient clipping: limits the effect of a single bad batch. It comes first in a chain, before transforms with state.
 */
import { number } from "../base/field.ts";
import { add, divide, maximum, minimum, multiply, negate, sqrt } from "../graph/elementwise.ts";
import { sum } from "../graph/movement.ts";
import type { Tensor } from "../graph/tensor.ts";
import { eachParameter, transform } from "./transform.ts";

const fields = { most: number({ above: 0, adjustable: true, help: "the largest value, or the greatest length" }) };

/** Cuts each number of a direction at -most and most. */
export const clipValue = transform(
  "clipValue",
  fields,
  () =>
    eachParameter({
      update: (direction, { number: fed }) => ({
        direction: minimum(maximum(direction, negate(fed("most"))), fed("most")),
      }),
    }),
  { help: "cuts each number of a direction" },
);

/** Shortens each parameter's direction to the length `most`; shorter ones stay. */
export const clipNorm = transform(
  "clipNorm",
  fields,
  () =>
    eachParameter({
      update: (direction, { number: fed }) => ({ direction: shortened(direction, squares(direction), fed("most")) }),
    }),
  { help: "shortens each parameter's direction" },
);

/**
 * Shortens all directions together, so that their common direction stays the same (Pascanu, Mikolov, Bengio 2013,
 * algorithm 1).
 */
export const clipGlobalNorm = transform(
  "clipGlobalNorm",
  fields,
  () => ({
    slots: {},
    numbers: (settings) => settings,
    apply: (directions, { number: fed }) => {
      const parts = [...directions.values()].map(squares);
      const [first, ...rest] = parts;
      if (first === undefined) return { directions, slots: {} };
      const total = rest.reduce((all, part) => add(all, part), first);
      const short = [...directions].map(([path, one]) => [path, shortened(one, total, fed("most"))] as const);
      return { directions: new Map(short), slots: {} };
    },
  }),
  { help: "shortens all directions together" },
);

function squares(x: Tensor): Tensor {
  return sum(multiply(x, x));
}

// most / max(length, most) is 1 for what is short enough, and never divides by 0
function shortened(direction: Tensor, squared: Tensor, most: Tensor): Tensor {
  return multiply(direction, divide(most, maximum(sqrt(squared), most)));
}
