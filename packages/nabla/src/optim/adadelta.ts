import { number } from "../base/field.ts";
import { add, divide, multiply, sqrt } from "../graph/elementwise.ts";
import type { Tensor } from "../graph/tensor.ts";
import { optimizer, rate } from "./optimizer.ts";
import { betaRange, eachParameter, flushedSquare, transform } from "./transform.ts";

const source = "Zeiler 2012, section 4; PyTorch";
const fields = {
  beta: number({ ...betaRange, default: 0.9, source, adjustable: true, help: "the share of the past in both means" }),
  epsilon: number({ above: 0, default: 1e-6, source, adjustable: true, help: "added under both roots" }),
};

/** Directions in the unit of the parameters: the root mean square of past steps over that of gradients (Zeiler 2012, algorithm 1). */
export const scaleByAdadelta = transform(
  "adadelta",
  fields,
  () =>
    eachParameter({
      slots: { square: 0, moved: 0 },
      numbers: ({ beta, epsilon }) => ({ beta, share: 1 - beta, epsilon }),
      update: (gradient, { number: fed, slot }) => {
        const blend = (old: Tensor, x: Tensor): Tensor =>
          flushedSquare(add(multiply(old, fed("beta")), multiply(multiply(x, x), fed("share"))));
        const size = (mean: Tensor): Tensor => sqrt(add(mean, fed("epsilon")));
        const square = blend(slot("square"), gradient);
        const direction = multiply(divide(size(slot("moved")), size(square)), gradient);
        return { direction, square, moved: blend(slot("moved"), direction) };
      },
    }),
  { help: "directions in the unit of the parameters", adaptive: true },
);

/** Adadelta: at its rate of 1 there is nothing to tune. */
export const adadelta = optimizer(
  "adadelta",
  { rate: rate(1, source), ...fields },
  (options) => [scaleByAdadelta(options)],
  { help: "steps from the sizes of past steps; nothing to tune" },
);
