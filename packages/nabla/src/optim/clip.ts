/** Links that keep single bad batches from throwing a network far away. They stand first, before what remembers. */
import { add, divide, maximum, minimum, multiply, negate, sqrt } from "../graph/elementwise.ts";
import { sum } from "../graph/movement.ts";
import type { Tensor } from "../graph/tensor.ts";
import { eachParameter, type GradientTransform, limited, POSITIVE } from "./transform.ts";

export interface ClipOptions {
  /** The largest value, or the greatest length. */
  readonly most: number;
}

/** Cuts each number of a direction at -most and most. */
export function clipValue({ most }: ClipOptions): GradientTransform {
  return eachParameter({
    kind: "clipValue",
    options: { most },
    ...limited({ most }, { most: POSITIVE }),
    update: (direction, { number }) => ({
      direction: minimum(maximum(direction, negate(number("most"))), number("most")),
    }),
  });
}

/** Shortens each parameter's direction to the length `most`; shorter ones stay. */
export function clipNorm({ most }: ClipOptions): GradientTransform {
  return eachParameter({
    kind: "clipNorm",
    options: { most },
    ...limited({ most }, { most: POSITIVE }),
    update: (direction, { number }) => ({ direction: shortened(direction, squares(direction), number("most")) }),
  });
}

/** Shortens all directions together, so that where they point stays the same (Pascanu, Mikolov, Bengio 2013, algorithm 1). */
export function clipGlobalNorm({ most }: ClipOptions): GradientTransform {
  return {
    kind: "clipGlobalNorm",
    options: { most },
    ...limited({ most }, { most: POSITIVE }),
    slots: {},
    numbers: (settings) => settings,
    apply: (directions, { number }) => {
      const parts = [...directions.values()].map(squares);
      const [first, ...rest] = parts;
      if (first === undefined) return { directions, slots: {} };
      const total = rest.reduce((all, part) => add(all, part), first);
      const short = [...directions].map(([path, one]) => [path, shortened(one, total, number("most"))] as const);
      return { directions: new Map(short), slots: {} };
    },
  };
}

function squares(x: Tensor): Tensor {
  return sum(multiply(x, x));
}

// most / max(length, most) is 1 for what is short enough, and never divides by 0
function shortened(direction: Tensor, squared: Tensor, most: Tensor): Tensor {
  return multiply(direction, divide(most, maximum(sqrt(squared), most)));
}
