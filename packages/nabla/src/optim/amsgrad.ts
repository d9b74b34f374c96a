import { add, divide, maximum, multiply, sqrt } from "../graph/elementwise.ts";
import { adamBetas, adamNumbers } from "./adam.ts";
import { optimizer, rate } from "./optimizer.ts";
import { adamEpsilon, eachParameter, flushed, flushedSquare, transform } from "./transform.ts";

const fields = { ...adamBetas, epsilon: adamEpsilon };

/** Adam that divides by the largest second moment so far, so that steps never grow again (Reddi, Kale, Kumar 2018). */
export const scaleByAmsgrad = transform(
  "amsgrad",
  fields,
  () =>
    eachParameter({
      slots: { first: 0, second: 0, largest: 0 },
      numbers: (settings, step) => adamNumbers(settings, step, true),
      update: (gradient, { number: fed, slot }) => {
        const first = flushed(add(multiply(slot("first"), fed("beta1")), multiply(gradient, fed("share1"))));
        const squares = multiply(multiply(gradient, gradient), fed("share2"));
        const second = flushedSquare(add(multiply(slot("second"), fed("beta2")), squares));
        const largest = maximum(slot("largest"), second); // of moments before bias correction, as in PyTorch
        const divisor = add(multiply(sqrt(largest), fed("scale2")), fed("epsilon"));
        return { direction: divide(multiply(first, fed("scale1")), divisor), first, second, largest };
      },
    }),
  { help: "Adam that divides by the largest second moment so far", adaptive: true },
);

/** AMSGrad. */
export const amsgrad = optimizer(
  "amsgrad",
  { rate: rate(0.001, "Kingma and Ba 2015, algorithm 1"), ...fields },
  (options) => [scaleByAmsgrad(options)],
  { help: "Adam whose steps never grow again" },
);
