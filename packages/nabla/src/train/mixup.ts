/** Mixup: straight lines between examples are learned too (Zhang, Cisse, Dauphin, Lopez-Paz 2018). */
import { fork, type Key, uniform53 } from "../base/random.ts";
import { add, multiply, subtract } from "../graph/elementwise.ts";
import { input } from "../graph/leaf.ts";
import { cast } from "../graph/movement.ts";
import { countOf } from "../graph/reduce.ts";
import { gather, iota } from "../graph/selection.ts";
import type { Tensor } from "../graph/tensor.ts";

/** The name of the input for the share of an example itself in its mixture. */
export const MIXED = "mixup.share";

/** A batch mixed with itself in reverse order; batches are shuffled, so that partners are random. */
export interface Mixture {
  readonly x: Tensor;
  readonly share: Tensor;
  /** The losses of an output: those for the own targets and the partner's, by their shares. */
  readonly losses: (of: (targets: Tensor) => Tensor) => Tensor;
}

/** Mixes inputs x [batch, …] and, by way of the losses, targets y [batch, …]. */
export function mixture(x: Tensor, y: Tensor): Mixture {
  const batch = x.shape.slice(0, 1);
  const last = subtract(cast(countOf({ shape: batch }), { dtype: "int32" }), 1);
  const partner = subtract(last, iota({ shape: batch, axis: 0 })); // [batch]
  const share = input(MIXED, []);
  const blend = (own: Tensor, other: Tensor): Tensor => add(multiply(own, share), multiply(other, subtract(1, share)));
  return {
    x: blend(x, gather(x, partner)),
    share,
    losses: (of) => blend(of(y), of(gather(y, partner))),
  };
}

/** The share of a step, from Beta(alpha, alpha) (Jöhnk 1964: draws are taken until one fits). */
export function mixedShare(alpha: number, key: Key, step: number): number {
  const root = fork(key, "mixup");
  for (let round = 0; ; round++) {
    const [u = 0, v = 0] = uniform53(root, 2, { step, stream: round });
    // powers in logarithms, since u^(1/alpha) would vanish for small alpha
    const [a, b] = [Math.log(1 - u) / alpha, Math.log(1 - v) / alpha];
    if (Math.exp(a) + Math.exp(b) <= 1) return 1 / (1 + Math.exp(b - a));
  }
}
