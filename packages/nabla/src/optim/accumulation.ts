import { filled } from "../array/ndarray.ts";
import { sizeOf } from "../array/shape.ts";
import { add, less, multiply, select } from "../graph/elementwise.ts";
import { input, state } from "../graph/leaf.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Tensors } from "./transform.ts";

/** The name of the input that tells whether this step completes a mean. */
const READY = "accumulate.ready";

/** Gradients gathered over steps. */
export interface Accumulation {
  /** The mean of the gradients, whole at every `every`-th step. */
  readonly gradients: Tensors;
  readonly inputs: ReadonlyMap<string, Tensor>;
  readonly slots: ReadonlyMap<string, readonly [state: Tensor, next: Tensor]>;
  /** The new value when a mean is whole, else the old one. */
  readonly gate: (next: Tensor, old: Tensor) => Tensor;
  /** Writes what a step needs, and gives the number of the update that it belongs to; both count from 1. */
  readonly feed: (step: number, feeds: { [name: string]: unknown }) => number;
}

/** Sums gradients over `every` steps. With 1 nothing is added to the graph. */
export function accumulation(every: number, gradients: Tensors): Accumulation {
  const nothing = new Map<string, never>();
  if (every === 1) return { gradients, inputs: nothing, slots: nothing, gate: (next) => next, feed: (step) => step };
  const dtype = [...gradients.values()][0]?.dtype ?? "float32";
  const ready = input(READY, [], dtype);
  const gate = (next: Tensor, old: Tensor): Tensor => select(less(0.5, ready), next, old);
  const totals = new Map<string, Tensor>();
  const slots = new Map<string, readonly [Tensor, Tensor]>();
  for (const [path, gradient] of gradients) {
    const name = `accumulate.${path}`;
    const sofar = state(name, filled(sizeOf(gradient.shape), 0, dtype));
    const total = add(sofar, gradient);
    totals.set(path, multiply(total, 1 / every));
    slots.set(name, [sofar, select(less(0.5, ready), 0, total)]);
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
