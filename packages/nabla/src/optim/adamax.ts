import { number } from "../base/field.ts";
import { abs, add, divide, maximum, multiply } from "../graph/elementwise.ts";
import { adamBetas } from "./adam.ts";
import { optimizer, rate } from "./optimizer.ts";
import { eachParameter, flushed, flushedSquare, transform } from "./transform.ts";

const fields = {
  ...adamBetas,
  epsilon: number({
    above: 0,
    default: 1e-8,
    source: "PyTorch",
    adjustable: true,
    help: "added to each gradient's size, so that the divisor is never 0",
  }),
};

/**
 * Adam with the largest recent gradient, decayed by beta2, in place of the root mean square (Kingma and Ba 2015,
 * algorithm 2).
 */
export const scaleByAdamax = transform(
  "adamax",
  fields,
  () =>
    eachParameter({
      slots: { first: 0, largest: 0 },
      numbers: ({ beta1, beta2, epsilon }, step) => ({
        beta1,
        share1: 1 - beta1,
        scale1: 1 / (1 - beta1 ** step),
        beta2,
        epsilon,
      }),
      update: (gradient, { number: fed, slot }) => {
        const first = flushed(add(multiply(slot("first"), fed("beta1")), multiply(gradient, fed("share1"))));
        const faded = flushedSquare(multiply(slot("largest"), fed("beta2")));
        const largest = maximum(faded, add(abs(gradient), fed("epsilon")));
        return { direction: divide(multiply(first, fed("scale1")), largest), first, largest };
      },
    }),
  { help: "averaged directions divided by the largest gradient of late", adaptive: true },
);

/** Adamax, Adam by the infinity norm. */
export const adamax = optimizer(
  "adamax",
  { rate: rate(0.002, "Kingma and Ba 2015, algorithm 2"), ...fields },
  (options) => [scaleByAdamax(options)],
  { help: "Adam by the infinity norm" },
);
