import { given } from "../base/described.ts";
import { add, divide, multiply, sqrt } from "../graph/elementwise.ts";
import { decay } from "./decay.ts";
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

export interface AdamOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  /** Whether the moments' start at 0 is undone by 1 - beta^t. Default true. */
  readonly correct?: boolean;
}

/** Averaged directions divided by their root mean square (Kingma and Ba 2015, algorithm 1). Moments are kept uncorrected. */
export function scaleByAdam({
  beta1 = defaults.adam.beta1,
  beta2 = defaults.adam.beta2,
  epsilon = defaults.adam.epsilon,
  correct = true,
}: AdamOptions = {}): GradientTransform {
  return eachParameter({
    kind: "adam",
    options: { beta1, beta2, epsilon, correct },
    ...limited({ beta1, beta2, epsilon }, { beta1: BETA, beta2: BETA, epsilon: NOT_NEGATIVE }),
    slots: { first: 0, second: 0 },
    numbers: ({ beta1: a = 0, beta2: b = 0, epsilon: e = 0 }, step) => ({
      beta1: a,
      share1: 1 - a,
      scale1: correct ? 1 / (1 - a ** step) : 1,
      beta2: b,
      share2: 1 - b,
      scale2: correct ? 1 / Math.sqrt(1 - b ** step) : 1,
      epsilon: e,
    }),
    update: (gradient, { number, slot }) => {
      const first = flushed(add(multiply(slot("first"), number("beta1")), multiply(gradient, number("share1"))));
      const second = flushedSquare(
        add(multiply(slot("second"), number("beta2")), multiply(multiply(gradient, gradient), number("share2"))),
      );
      const divisor = add(multiply(sqrt(second), number("scale2")), number("epsilon"));
      return { direction: divide(multiply(first, number("scale1")), divisor), first, second };
    },
  });
}

/** Adam, adaptive moment estimation. */
export function adam({
  rate = defaults.adam.rate,
  ...options
}: AdamOptions & { readonly rate?: number } = {}): Optimizer {
  return optimizer("adam", { rate, ...given({ ...options }) }, [scaleByAdam(options)]);
}

export interface AdamWOptions extends AdamOptions {
  readonly rate?: number;
  /** Weights shrink by rate · decay at each step. */
  readonly decay?: number;
  /** Parameters that do not decay, by last name or path. Default: bias, scale and shift. */
  readonly except?: readonly string[];
}

/** Adam with weight decay beside it instead of an L2 penalty through it (Loshchilov and Hutter 2019). */
export function adamW({
  rate = defaults.adam.rate,
  decay: strength = defaults.adamW.decay,
  except,
  ...options
}: AdamWOptions = {}): Optimizer {
  const shrinking = decay({ strength, ...(except === undefined ? {} : { except }) });
  return optimizer("adamW", { rate, decay: strength, ...given({ except, ...options }) }, [
    scaleByAdam(options),
    shrinking,
  ]);
}
