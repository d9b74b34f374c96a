/** Mixup: trains on linear interpolations of pairs of examples (Zhang, Cisse, Dauphin, Lopez-Paz 2018). */
import { NablaError } from "../base/error.ts";
import { entriesOf, mapNamed } from "../base/named.ts";
import { fork, type Key, uniform53 } from "../base/random.ts";
import { add, multiply, subtract } from "../graph/elementwise.ts";
import { input } from "../graph/leaf.ts";
import { cast } from "../graph/movement.ts";
import { countOf } from "../graph/reduce.ts";
import { gather, iota } from "../graph/selection.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Signal } from "../nn/layer.ts";
import type { Loss } from "../nn/loss.ts";
import type { ExampleInputs } from "./example-inputs.ts";

/** The name of the input for the mixing weight lambda of an example itself. */
export const MIXED = "mixup.share";

/** A batch mixed with itself in reverse order; batches are shuffled, so that partners are random. */
export interface Mixture {
  readonly x: Signal;
  readonly share: Tensor;
  /**
   * The same loss on mixed inputs: the losses of the own and of the partner's targets, weighted by lambda and 1 -
   * lambda.
   */
  readonly loss: (loss: Loss) => Loss;
}

/**
 * Mixes inputs [batch, …] and, by way of the losses, targets [batch, …]. Throws `train/mixup` for codes and under a
 * mask.
 */
export function mixture({ x, mask }: ExampleInputs): Mixture {
  const inputs = entriesOf<Tensor>("inputs", x);
  const codes = inputs.find(([, { dtype }]) => dtype !== "float32");
  if (mask !== undefined || codes !== undefined) {
    const found = codes === undefined ? "these have weights or a mask" : `${codes[0]} is ${codes[1].dtype}`;
    const message = `mixup mixes numbers of examples that count alike, and ${found}`;
    throw new NablaError(
      "train/mixup",
      message,
      codes === undefined ? "leave mixup out, or the weights" : "leave mixup out",
    );
  }
  const batch = ["batch"];
  const last = subtract(cast(countOf({ shape: batch }), { dtype: "int32" }), 1);
  const partner = subtract(last, iota({ shape: batch, axis: 0 })); // [batch]
  const share = input(MIXED, []);
  const blend = (own: Tensor, other: Tensor): Tensor => add(multiply(own, share), multiply(other, subtract(1, share)));
  return {
    x: mapNamed(x, (one: Tensor) => blend(one, gather(one, partner))),
    share,
    loss: ({ learned, ...loss }) => ({
      ...loss,
      ...(learned === undefined
        ? {}
        : {
            learned: {
              ...learned,
              loss: (output, target, variable) =>
                blend(learned.loss(output, target, variable), learned.loss(output, gather(target, partner), variable)),
            },
          }),
      loss: (output, target) => blend(loss.loss(output, target), loss.loss(output, gather(target, partner))),
    }),
  };
}

/** The mixing weight of a step, from Beta(alpha, alpha) (Jöhnk 1964: rejection sampling). */
export function mixedShare(alpha: number, key: Key, step: number): number {
  const root = fork(key, "mixup");
  for (let round = 0; ; round++) {
    const [u = 0, v = 0] = uniform53(root, 2, { step, stream: round });
    // powers in log space, since u^(1/alpha) would underflow for small alpha
    const [a, b] = [Math.log(1 - u) / alpha, Math.log(1 - v) / alpha];
    if (Math.exp(a) + Math.exp(b) <= 1) return 1 / (1 + Math.exp(b - a));
  }
}
