import { given } from "../base/described.ts";
import { add, divide, maximum, multiply, sqrt } from "../graph/elementwise.ts";
import { defaults } from "./defaults.ts";
import { type Optimizer, optimizer } from "./optimizer.ts";
import {
  BETA,
  eachParameter,
  flushed,
  flushedSquare,
  type GradientTransform,
  limited,
  NOT_NEGATIVE,
} from "./transform.ts";

export interface AmsgradOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/** Adam that divides by the largest second moment so far, so that steps never grow again (Reddi, Kale, Kumar 2018). */
export function scaleByAmsgrad(options: AmsgradOptions = {}): GradientTransform {
  const { beta1, beta2, epsilon } = { ...defaults.adam, ...options };
  return eachParameter({
    kind: "amsgrad",
    options: { beta1, beta2, epsilon },
    ...limited({ beta1, beta2, epsilon }, { beta1: BETA, beta2: BETA, epsilon: NOT_NEGATIVE }),
    slots: { first: 0, second: 0, largest: 0 },
    numbers: ({ beta1: a = 0, beta2: b = 0, epsilon: e = 0 }, t) => {
      return {
        beta1: a,
        share1: 1 - a,
        scale1: 1 / (1 - a ** t),
        beta2: b,
        share2: 1 - b,
        scale2: 1 / Math.sqrt(1 - b ** t),
        epsilon: e,
      };
    },
    update: (gradient, { number, slot }) => {
      const first = flushed(add(multiply(slot("first"), number("beta1")), multiply(gradient, number("share1"))));
      const squares = multiply(multiply(gradient, gradient), number("share2"));
      const second = flushedSquare(add(multiply(slot("second"), number("beta2")), squares));
      const largest = maximum(slot("largest"), second); // of moments before correction, as PyTorch has it
      const divisor = add(multiply(sqrt(largest), number("scale2")), number("epsilon"));
      return { direction: divide(multiply(first, number("scale1")), divisor), first, second, largest };
    },
  });
}

/** AMSGrad. */
export function amsgrad({
  rate = defaults.adam.rate,
  ...options
}: AmsgradOptions & { readonly rate?: number } = {}): Optimizer {
  return optimizer("amsgrad", { rate, ...given({ ...options }) }, [scaleByAmsgrad(options)]);
}
