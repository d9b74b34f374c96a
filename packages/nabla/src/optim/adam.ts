import { oneMinusLog } from "../base/domain.ts";
import { boolean, number } from "../base/field.ts";
import { add, divide, multiply, sqrt } from "../graph/elementwise.ts";
import { decay, decayed } from "./decay.ts";
import { optimizer, rate } from "./optimizer.ts";
import { adamEpsilon, betaRange, eachParameter, flushed, flushedSquare, type Numbers, transform } from "./transform.ts";

const source = "Kingma and Ba 2015, algorithm 1";

/** The two betas of Adam and its kin. */
export const adamBetas = {
  beta1: number({
    ...betaRange,
    default: 0.9,
    source,
    adjustable: true,
    search: oneMinusLog(0.9, 0.999),
    help: "the share of the past in the mean of gradients",
  }),
  beta2: number({
    ...betaRange,
    default: 0.999,
    source,
    adjustable: true,
    search: oneMinusLog(0.99, 0.9999),
    help: "the share of the past in the mean of squared gradients",
  }),
};

/** The options of Adam besides the rate. */
export const adamFields = {
  ...adamBetas,
  epsilon: adamEpsilon,
  correct: boolean({ default: true, source, help: "undoes the moments' start at 0 by 1 - beta^t" }),
};

/** What Adam and AMSGrad are fed at a step, counted from 1; `correct` undoes the moments' start at 0. */
export function adamNumbers(
  { beta1, beta2, epsilon }: { readonly beta1: number; readonly beta2: number; readonly epsilon: number },
  step: number,
  correct: boolean,
): Numbers {
  return {
    beta1,
    share1: 1 - beta1,
    scale1: correct ? 1 / (1 - beta1 ** step) : 1,
    beta2,
    share2: 1 - beta2,
    scale2: correct ? 1 / Math.sqrt(1 - beta2 ** step) : 1,
    epsilon,
  };
}

/**
 * Averaged directions divided by their root mean square (Kingma and Ba 2015, algorithm 1). Moments are stored without
 * bias correction.
 */
export const scaleByAdam = transform(
  "adam",
  adamFields,
  ({ correct }) =>
    eachParameter({
      slots: { first: 0, second: 0 },
      numbers: (settings, step) => adamNumbers(settings, step, correct),
      update: (gradient, { number: fed, slot }) => {
        const first = flushed(add(multiply(slot("first"), fed("beta1")), multiply(gradient, fed("share1"))));
        const second = flushedSquare(
          add(multiply(slot("second"), fed("beta2")), multiply(multiply(gradient, gradient), fed("share2"))),
        );
        const divisor = add(multiply(sqrt(second), fed("scale2")), fed("epsilon"));
        return { direction: divide(multiply(first, fed("scale1")), divisor), first, second };
      },
    }),
  { help: "averaged directions divided by their root mean square", adaptive: true },
);

/** Adam, adaptive moment estimation. */
export const adam = optimizer(
  "adam",
  { rate: rate(0.001, source), ...adamFields },
  (options) => [scaleByAdam(options)],
  { help: "adaptive moment estimation" },
);

/** Adam with decoupled weight decay instead of an L2 penalty (Loshchilov and Hutter 2019). */
export const adamW = optimizer(
  "adamW",
  { rate: rate(0.001, source), ...adamFields, ...decayed(0.01, "PyTorch") },
  ({ decay: strength, except, ...options }) => [scaleByAdam(options), decay({ strength, except })],
  { help: "Adam with decoupled weight decay" },
);
