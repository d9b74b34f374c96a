import { given } from "../base/described.ts";
import { abs, add, divide, maximum, multiply } from "../graph/elementwise.ts";
import { defaults } from "./defaults.ts";
import { type Optimizer, optimizer } from "./optimizer.ts";
import { BETA, eachParameter, flushed, flushedSquare, type GradientTransform, limited, POSITIVE } from "./transform.ts";

export interface AdamaxOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/** Adam with the largest gradient of late, fading by beta2, in place of the root mean square (Kingma and Ba 2015, algorithm 2). */
export function scaleByAdamax(options: AdamaxOptions = {}): GradientTransform {
  const { beta1, beta2, epsilon } = { ...defaults.adam, ...options };
  return eachParameter({
    kind: "adamax",
    options: { beta1, beta2, epsilon },
    ...limited({ beta1, beta2, epsilon }, { beta1: BETA, beta2: BETA, epsilon: POSITIVE }),
    slots: { first: 0, largest: 0 },
    numbers: ({ beta1: a = 0, beta2: b = 0, epsilon: e = 0 }, step) => {
      return { beta1: a, share1: 1 - a, scale1: 1 / (1 - a ** step), beta2: b, epsilon: e };
    },
    update: (gradient, { number, slot }) => {
      const first = flushed(add(multiply(slot("first"), number("beta1")), multiply(gradient, number("share1"))));
      const faded = flushedSquare(multiply(slot("largest"), number("beta2")));
      const largest = maximum(faded, add(abs(gradient), number("epsilon")));
      return { direction: divide(multiply(first, number("scale1")), largest), first, largest };
    },
  });
}

/** Adamax, Adam by the infinity norm. */
export function adamax({
  rate = defaults.adamax.rate,
  ...options
}: AdamaxOptions & { readonly rate?: number } = {}): Optimizer {
  return optimizer("adamax", { rate, ...given({ ...options }) }, [scaleByAdamax(options)]);
}
