import { given } from "../base/described.ts";
import { inRange } from "../base/fields.ts";
import { add, divide, multiply, sqrt } from "../graph/elementwise.ts";
import { defaults } from "./defaults.ts";
import { type Optimizer, optimizer } from "./optimizer.ts";
import { eachParameter, type GradientTransform, limited, NOT_NEGATIVE } from "./transform.ts";

export interface AdagradOptions {
  readonly epsilon?: number;
  /** What the sum of squares begins as. Default 0. */
  readonly initial?: number;
}

/** Directions divided by the root of the sum of all their squares so far. */
export function scaleByAdagrad({
  epsilon = defaults.adagrad.epsilon,
  initial = 0,
}: AdagradOptions = {}): GradientTransform {
  inRange("initial", initial, NOT_NEGATIVE);
  return eachParameter({
    kind: "adagrad",
    options: { epsilon, initial },
    ...limited({ epsilon }, { epsilon: NOT_NEGATIVE }),
    slots: { total: initial },
    update: (gradient, { number, slot }) => {
      const total = add(slot("total"), multiply(gradient, gradient));
      return { direction: divide(gradient, add(sqrt(total), number("epsilon"))), total };
    },
  });
}

/** Adagrad: rates that only fall, fastest where gradients are large (Duchi, Hazan, Singer 2011). */
export function adagrad({
  rate = defaults.adagrad.rate,
  ...options
}: AdagradOptions & { readonly rate?: number } = {}): Optimizer {
  return optimizer("adagrad", { rate, ...given({ ...options }) }, [scaleByAdagrad(options)]);
}
