import { given } from "../base/described.ts";
import { inRange } from "../base/fields.ts";
import { add, divide, multiply, sqrt } from "../graph/elementwise.ts";
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

export interface NAdamOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  /** How soon beta1 rises from its half to its full height: beta1·(1 - 0.96^(t·rise)/2). Default 0.004. */
  readonly rise?: number;
}

/** Adam that looks one step ahead, as Nesterov's momentum does, with a beta1 that rises (Dozat 2016, algorithm 2). */
export function scaleByNAdam(options: NAdamOptions = {}): GradientTransform {
  const { beta1, beta2, epsilon, rise } = { ...defaults.adam, rise: defaults.nadam.rise, ...options };
  inRange("rise", rise, NOT_NEGATIVE);
  return eachParameter({
    kind: "nadam",
    options: { beta1, beta2, epsilon, rise },
    ...limited({ beta1, beta2, epsilon }, { beta1: BETA, beta2: BETA, epsilon: NOT_NEGATIVE }),
    slots: { first: 0, second: 0 },
    numbers: ({ beta1: a = 0, beta2: b = 0, epsilon: e = 0 }, step) => {
      const at = (t: number): number => a * (1 - 0.5 * 0.96 ** (t * rise));
      const all = productUpTo(step, at);
      const [fresh, ahead] = [(1 - at(step)) / (1 - all), at(step + 1) / (1 - all * at(step + 1))];
      return {
        beta1: a,
        share1: 1 - a,
        fresh,
        ahead,
        beta2: b,
        share2: 1 - b,
        scale2: 1 / Math.sqrt(1 - b ** step),
        epsilon: e,
      };
    },
    update: (gradient, { number, slot }) => {
      const first = flushed(add(multiply(slot("first"), number("beta1")), multiply(gradient, number("share1"))));
      const squares = multiply(multiply(gradient, gradient), number("share2"));
      const second = flushedSquare(add(multiply(slot("second"), number("beta2")), squares));
      const divisor = add(multiply(sqrt(second), number("scale2")), number("epsilon"));
      const blend = add(multiply(gradient, number("fresh")), multiply(first, number("ahead")));
      return { direction: divide(blend, divisor), first, second };
    },
  });
}

/** The product of the first factors; below 1e-20 the rest changes nothing that float64 can tell from 0. */
function productUpTo(count: number, factor: (t: number) => number): number {
  let product = 1;
  for (let t = 1; t <= count && product > 1e-20; t++) product *= factor(t);
  return product;
}

/** NAdam, Adam with Nesterov's momentum. */
export function nadam({
  rate = defaults.nadam.rate,
  ...options
}: NAdamOptions & { readonly rate?: number } = {}): Optimizer {
  return optimizer("nadam", { rate, ...given({ ...options }) }, [scaleByNAdam(options)]);
}
