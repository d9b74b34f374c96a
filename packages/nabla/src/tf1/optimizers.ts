/** The optimizers of TensorFlow 1, step for step: its defaults, its slots, its places for epsilon. */
import { scalar } from "../array/ndarray.ts";
import { compact } from "../base/compact.ts";
import { inRange } from "../base/range.ts";
import { add, divide, maximum, multiply, sqrt, subtract } from "../graph/elementwise.ts";
import { constant } from "../graph/leaf.ts";
import type { Tensor as Node } from "../graph/tensor.ts";
import { flushed, flushedSquare } from "../optim/transform.ts";
import type { ScalarOperand } from "./operands.ts";
import { type Optimizer, optimizer, type Part } from "./optimizer.ts";

/** w - rate · gradient */
export function gradientDescentOptimizer(rate: ScalarOperand): Optimizer {
  return optimizer({
    kind: "gradientDescent",
    rate,
    next: ({ parameter, gradient, rate: by }) => ({ parameter: subtract(parameter, multiply(gradient, by)) }),
  });
}

/** Options of `momentumOptimizer`. */
export interface MomentumOptions {
  /** Looks ahead by the momentum (Sutskever et al. 2013). Not by default. */
  readonly useNesterov?: boolean;
}

/** Gradients heap up, and what was there fades by `momentum`: w - rate · heap. */
export function momentumOptimizer(rate: ScalarOperand, momentum: number, options: MomentumOptions = {}): Optimizer {
  inRange("momentum", momentum, { atLeast: 0 });
  return optimizer({
    kind: "momentum",
    rate,
    slots: { momentum: 0 },
    next: ({ parameter, gradient, rate: by, slot }) => {
      const heap = flushed(add(multiply(slot("momentum"), momentum), gradient));
      const direction = options.useNesterov === true ? add(gradient, multiply(heap, momentum)) : heap;
      return { parameter: subtract(parameter, multiply(direction, by)), momentum: heap };
    },
  });
}

/** Options of `rmsPropOptimizer`. */
export interface RmsPropOptions {
  /** How much of the average of squares stays. Default 0.9. */
  readonly decay?: number;
  /** Default 0. */
  readonly momentum?: number;
  /** Added under the square root. Default 1e-10. */
  readonly epsilon?: number;
  /** Divides by the deviation instead of the root mean square. Not by default. */
  readonly centered?: boolean;
}

/** Gradients over their running root mean square, which starts at 1. */
export function rmsPropOptimizer(rate: ScalarOperand, options: RmsPropOptions = {}): Optimizer {
  const { decay = 0.9, momentum = 0, epsilon = 1e-10, centered = false } = options;
  inRange("decay", decay, { atLeast: 0, below: 1 });
  return optimizer({
    kind: "rmsProp",
    rate,
    slots: { rms: 1, momentum: 0, ...(centered ? { mean: 0 } : {}) },
    next: ({ parameter, gradient, rate: by, slot }) => {
      const rms = flushedSquare(toward(slot("rms"), multiply(gradient, gradient), decay));
      const mean = centered ? toward(slot("mean"), gradient, decay) : undefined;
      // rounding takes a variance of 0 below 0, where it has no root
      const variance = mean === undefined ? rms : maximum(subtract(rms, multiply(mean, mean)), 0);
      const step = divide(multiply(gradient, by), sqrt(add(variance, epsilon)));
      const moved = flushed(add(multiply(slot("momentum"), momentum), step));
      return compact({ parameter: subtract(parameter, moved), rms, momentum: moved, mean });
    },
  });
}

/** Options of `adamOptimizer`. */
export interface AdamOptions {
  /** The share of the past in the mean of gradients; 0.9 by default. */
  readonly beta1?: number;
  /** The share of the past in the mean of squared gradients; 0.999 by default. */
  readonly beta2?: number;
  /** The one that Kingma and Ba call epsilon hat, before section 2.1. Default 1e-8. */
  readonly epsilon?: number;
}

/** Adam with the bias of both moments undone in the rate (Kingma and Ba 2015, the end of section 2). */
export function adamOptimizer(rate: ScalarOperand = 0.001, options: AdamOptions = {}): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  for (const [name, beta] of Object.entries({ beta1, beta2 })) inRange(name, beta, { atLeast: 0, below: 1 });
  const next = ({ parameter, gradient, rate: by, slot, shared }: Part) => {
    const adam = flushed(toward(slot("adam"), gradient, beta1));
    const squares = flushedSquare(toward(slot("adam2"), multiply(gradient, gradient), beta2));
    const corrected = divide(multiply(by, sqrt(subtract(1, shared("beta2Power")))), subtract(1, shared("beta1Power")));
    const step = divide(multiply(adam, corrected), add(sqrt(squares), epsilon));
    return { parameter: subtract(parameter, step), adam, adam2: squares };
  };
  return optimizer({
    kind: "adam",
    rate,
    slots: { adam: 0, adam2: 0 },
    shared: { beta1Power: beta1, beta2Power: beta2 },
    next,
  });
}

/** Options of `adagradOptimizer`. */
export interface AdagradOptions {
  /** The initial value of the sums of squares. Default 0.1. */
  readonly initialAccumulatorValue?: number;
}

/** Gradients over the root of the sum of all their squares so far. */
export function adagradOptimizer(rate: ScalarOperand, options: AdagradOptions = {}): Optimizer {
  const { initialAccumulatorValue = 0.1 } = options;
  inRange("initialAccumulatorValue", initialAccumulatorValue, { above: 0 });
  return optimizer({
    kind: "adagrad",
    rate,
    slots: { adagrad: initialAccumulatorValue },
    next: ({ parameter, gradient, rate: by, slot }) => {
      const sum = add(slot("adagrad"), multiply(gradient, gradient));
      return { parameter: subtract(parameter, divide(multiply(gradient, by), sqrt(sum))), adagrad: sum };
    },
  });
}

/** old + (fresh - old)·(1 - beta), with 1 - beta taken in the dtype of the numbers as TensorFlow does. */
function toward(old: Node, fresh: Node, beta: number): Node {
  const share = subtract(constant(scalar(1, old.dtype)), beta);
  return add(old, multiply(subtract(fresh, old), share));
}
