import { scalar, zeros } from "../array/ndarray.ts";
import { add, equal, less, multiply, select } from "../graph/elementwise.ts";
import { state } from "../graph/leaf.ts";
import { iota } from "../graph/selection.ts";
import type { Tensor } from "../graph/tensor.ts";

/** The capacity of the engine's buffer of costs; a training without a consumer of progress reads them this often. */
export const COSTS_KEPT = 128;

type Updates = readonly (readonly [state: Tensor, next: Tensor])[];

/** Guards against costs that are not finite inside the program, so that steps are enqueued without reading any. */
export interface Guard {
  /**
   * The costs of the latest steps [COSTS_KEPT], a ring buffer: step i, counted from 0, is at index i mod COSTS_KEPT.
   */
  readonly costs: Tensor;
  /** The guard's own state. */
  readonly updates: Updates;
  /** The same updates, but disabled from the first step on whose cost is not finite. */
  readonly guarded: (updates: Updates) => Updates;
}

/**
 * Builds the guard of a step with this cost. All updates have one predicate, so that an engine skips their loops as a
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
