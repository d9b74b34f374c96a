import { scalar, zeros } from "../array/ndarray.ts";
import { add, equal, less, multiply, select } from "../graph/elementwise.ts";
import { state } from "../graph/leaf.ts";
import { iota } from "../graph/selection.ts";
import type { Tensor } from "../graph/tensor.ts";

/** So many costs wait in the engine to be read; a training that nobody looks at reads them as often as that. */
export const COSTS_KEPT = 128;

type Updates = readonly (readonly [state: Tensor, next: Tensor])[];

/** What watches over the costs of a program's steps, inside the program: steps are enqueued without a look at any. */
export interface Guard {
  /** The costs of the latest steps [COSTS_KEPT]: that of step i, counted from 0, stands at i modulo their number. */
  readonly costs: Tensor;
  /** What it keeps for itself. */
  readonly updates: Updates;
  /** The same updates, but from the first step on whose cost is not finite they change nothing any more. */
  readonly guarded: (updates: Updates) => Updates;
}

/**
 * Builds the guard of a step with this cost. All updates have one condition, so that an engine leaves their loops out as a
 * whole: it costs nothing where numbers are finite.
 */
export function guardOf(cost: Tensor): Guard {
  const failed = state("guard.failed", scalar(0));
  const position = state("guard.position", scalar(0, "int32"));
  const costs = state("guard.costs", zeros([COSTS_KEPT]));
  // 0 times a number is 0, and NaN where that is not finite; NaN stays
  const now = add(failed, multiply(cost, 0));
  const good = equal(now, 0);
  const after = add(position, 1);
  return {
    costs,
    updates: [
      [failed, now],
      [position, select(less(after, COSTS_KEPT), after, 0)],
      [costs, select(equal(iota({ shape: [COSTS_KEPT], axis: 0 }), position), cost, costs)],
    ],
    guarded: (updates) => updates.map(([kept, next]) => [kept, select(good, next, kept)]),
  };
}
