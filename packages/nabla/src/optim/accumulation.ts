import { filled } from "../array/ndarray.ts";
import { sizeOf } from "../array/shape.ts";
import { add, divide, less, multiply, select } from "../graph/elementwise.ts";
import { input, state } from "../graph/leaf.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Tensors } from "./transform.ts";

/** The name of the input that tells whether this step completes a mean. */
const READY = "accumulate.ready";

/** The slot of the weights of the steps gathered so far. */
export const GATHERED = "accumulate.gathered";

/** Gradients gathered over steps. */
export interface Accumulation {
  /** The mean of the gradients, each by the weight of its step; whole at every `every`-th step. */
  readonly gradients: Tensors;
  readonly inputs: ReadonlyMap<string, Tensor>;
  readonly slots: ReadonlyMap<string, readonly [state: Tensor, next: Tensor]>;
  /** The new value when a mean is whole, else the old one. */
  readonly gate: (next: Tensor, old: Tensor) => Tensor;
  /** Writes what a step needs, and gives the number of the update that it belongs to; both count from 1. */
  readonly feed: (step: number, feeds: { [name: string]: unknown }) => number;
}

/**
 * Sums gradients over `every` steps. `weight` is how much a step counts, a scalar: a short last batch counts less, so
 * that the mean is that of all rows. Without it steps count alike. With 1 step nothing is added to the graph.
 */
export function accumulation(every: number, gradients: Tensors, weight?: Tensor): Accumulation {
  const nothing = new Map<string, never>();
  if (every === 1) return { gradients, inputs: nothing, slots: nothing, gate: (next) => next, feed: (step) => step };
  const dtype = [...gradients.values()][0]?.dtype ?? "float32";
  const ready = input(READY, [], dtype);
  const gate = (next: Tensor, old: Tensor): Tensor => select(less(0.5, ready), next, old);
  const restarted = (total: Tensor): Tensor => select(less(0.5, ready), 0, total);
  const totals = new Map<string, Tensor>();
  const slots = new Map<string, readonly [Tensor, Tensor]>();
  const gathered = state(GATHERED, filled([], 0, dtype));
  const all = add(gathered, weight ?? 1);
  slots.set(GATHERED, [gathered, restarted(all)]);
  const share = divide(1, all);
  for (const [path, gradient] of gradients) {
    const name = `accumulate.${path}`;
    const sofar = state(name, filled(sizeOf(gradient.shape), 0, dtype));
    const total = add(sofar, weight === undefined ? gradient : multiply(gradient, weight));
    totals.set(path, multiply(total, share));
    slots.set(name, [sofar, restarted(total)]);
  }
  return {
    gradients: totals,
    inputs: new Map([[READY, ready]]),
    slots,
    gate,
    feed: (step, feeds) => {
      feeds[READY] = step % every === 0 ? 1 : 0;
      return Math.ceil(step / every);
    },
  };
}
