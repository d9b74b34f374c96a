import { number } from "../base/field.ts";
import { add, divide, multiply, sqrt } from "../graph/elementwise.ts";
import { optimizer, rate } from "./optimizer.ts";
import { eachParameter, transform } from "./transform.ts";

const fields = {
  epsilon: number({
    atLeast: 0,
    default: 1e-10,
    source: "PyTorch",
    adjustable: true,
    help: "added to the divisor, so that it is never 0",
  }),
  initial: number({ atLeast: 0, default: 0, source: "PyTorch", help: "what the sum of squares starts as" }),
};

/** Directions divided by the root of the sum of all their squares so far. */
export const scaleByAdagrad = transform(
  "adagrad",
  fields,
  ({ initial }) =>
    eachParameter({
      slots: { total: initial },
      update: (gradient, { number: fed, slot }) => {
        const total = add(slot("total"), multiply(gradient, gradient));
        return { direction: divide(gradient, add(sqrt(total), fed("epsilon"))), total };
      },
    }),
  { help: "directions divided by the root of the sum of all their squares so far", adaptive: true },
);

/** Adagrad: rates that only fall, fastest where gradients are large (Duchi, Hazan, Singer 2011). */
export const adagrad = optimizer(
  "adagrad",
  { rate: rate(0.01, "PyTorch, Keras"), ...fields },
  (options) => [scaleByAdagrad(options)],
  { help: "rates that only fall, fastest where gradients are large" },
);
