import { number } from "../base/field.ts";
import { add, divide, multiply, sqrt } from "../graph/elementwise.ts";
import { adamBetas } from "./adam.ts";
import { optimizer, rate } from "./optimizer.ts";
import { adamEpsilon, eachParameter, flushed, flushedSquare, transform } from "./transform.ts";

const fields = {
  ...adamBetas,
  epsilon: adamEpsilon,
  rise: number({
    atLeast: 0,
    default: 0.004,
    source: "PyTorch",
    help: "how soon beta1 rises from its half to its full height: beta1·(1 - 0.96^(t·rise)/2)",
  }),
};

/** Adam that looks one step ahead, as Nesterov's momentum does, with a beta1 that rises (Dozat 2016, algorithm 2). */
export const scaleByNAdam = transform(
  "nadam",
  fields,
  ({ rise }) =>
    eachParameter({
      slots: { first: 0, second: 0 },
      numbers: ({ beta1, beta2, epsilon }, step) => {
        const at = (t: number): number => beta1 * (1 - 0.5 * 0.96 ** (t * rise));
        const all = productUpTo(step, at);
        return {
          beta1,
          share1: 1 - beta1,
          fresh: (1 - at(step)) / (1 - all),
          ahead: at(step + 1) / (1 - all * at(step + 1)),
          beta2,
          share2: 1 - beta2,
          scale2: 1 / Math.sqrt(1 - beta2 ** step),
          epsilon,
        };
      },
      update: (gradient, { number: fed, slot }) => {
        const first = flushed(add(multiply(slot("first"), fed("beta1")), multiply(gradient, fed("share1"))));
        const squares = multiply(multiply(gradient, gradient), fed("share2"));
        const second = flushedSquare(add(multiply(slot("second"), fed("beta2")), squares));
        const divisor = add(multiply(sqrt(second), fed("scale2")), fed("epsilon"));
        const blend = add(multiply(gradient, fed("fresh")), multiply(first, fed("ahead")));
        return { direction: divide(blend, divisor), first, second };
      },
    }),
  { help: "Adam that looks one step ahead", adaptive: true },
);

/** The product of the first factors; below 1e-20 the rest changes nothing that is visible in float64. */
function productUpTo(count: number, factor: (t: number) => number): number {
  let product = 1;
  for (let t = 1; t <= count && product > 1e-20; t++) product *= factor(t);
  return product;
}

/** NAdam, Adam with Nesterov's momentum. */
export const nadam = optimizer(
  "nadam",
  { rate: rate(0.002, "PyTorch"), ...fields },
  (options) => [scaleByNAdam(options)],
  { help: "Adam with Nesterov's momentum" },
);
