import { describe } from "../base/described.ts";
import { inRange } from "../base/fields.ts";
import type { Optimizer } from "./optimizer.ts";

/**
 * Averages the gradients of `every` steps into one update: `accumulate(adam(), 4)` on batches of 64 updates as batches
 * of 256 would, in the memory of 64. Batch norm still sees 64 rows at once.
 */
export function accumulate(optimizer: Optimizer, every: number): Optimizer {
  inRange("every", every, { atLeast: 1, whole: true });
  const { rate, transforms } = optimizer;
  return { kind: "accumulate", options: { every, optimizer: describe(optimizer) }, rate, transforms, every };
}
