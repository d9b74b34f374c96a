import { scalar, zeros } from "../array/ndarray.ts";
import { add, equal, less, multiply, select } from "../graph/elementwise.ts";
import { state } from "../graph/leaf.ts";
import { iota } from "../graph/selection.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { ByPath } from "../nn/model.ts";

/** The capacity of the engine's buffer of costs; a training without a consumer of progress reads them this often. */
export const COSTS_KEPT = 128;

type Updates = readonly (readonly [state: Tensor, next: Tensor])[];

/** Guards against costs that are not finite inside the program, so that steps are enqueued without reading any. */
export interface Guard {
  /**
   * The costs of the latest steps [COSTS_KEPT], a ring buffer: step i, counted from 0, is at index i mod COSTS_KEPT.
   */
  readonly costs: Tensor;
  /** Rings like `costs` of the sums that were asked for, by their names. */
  readonly sums: ByPath<Tensor>;
  /** 0, and NaN from the first cost on that is not finite. */
  readonly failed: Tensor;
  /** The guard's own state. */
  readonly updates: Updates;
  /** The same updates, but disabled from the first step on whose cost is not finite. */
  readonly guarded: (updates: Updates) => Updates;
}

/**
 * Builds the guard of a step with this cost. All updates have one predicate, so that an engine skips their loops as a
 * whole: it costs nothing where numbers are finite.
 */
export function guardOf(cost: Tensor, measured: Readonly<Record<string, Tensor>> = {}): Guard {
  const failed = state("guard.failed", scalar(0));
  const position = state("guard.position", scalar(0, "int32"));
  const isNow = equal(iota({ shape: [COSTS_KEPT], axis: 0 }), position);
  const ringOf = (name: string, value: Tensor): Updates[number] => {
    const ring = state(`guard.${name}`, zeros([COSTS_KEPT]));
    return [ring, select(isNow, value, ring)];
  };
  const costs = ringOf("costs", cost);
  const sums = Object.entries(measured).map(([name, sum]) => [name, ringOf(`sums.${name}`, sum)] as const);
  // 0 times a number is 0, and NaN where that is not finite; NaN stays
  const now = add(failed, multiply(cost, 0));
  const good = equal(now, 0);
  const after = add(position, 1);
  return {
    costs: costs[0],
    sums: new Map(sums.map(([name, [ring]]) => [name, ring])),
    failed,
    updates: [
      [failed, now],
      [position, select(less(after, COSTS_KEPT), after, 0)],
      costs,
      ...sums.map(([, update]) => update),
    ],
    guarded: (updates) => updates.map(([kept, next]) => [kept, select(good, next, kept)]),
  };
}
