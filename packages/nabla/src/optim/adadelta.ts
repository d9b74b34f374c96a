import { given } from "../base/described.ts";
import { add, divide, multiply, sqrt } from "../graph/elementwise.ts";
import type { Tensor } from "../graph/tensor.ts";
import { defaults } from "./defaults.ts";
import { type Optimizer, optimizer } from "./optimizer.ts";
import { BETA, eachParameter, flushedSquare, type GradientTransform, limited, POSITIVE } from "./transform.ts";

export interface AdadeltaOptions {
  readonly beta?: number;
  /** Under both roots. */
  readonly epsilon?: number;
}

/** Directions in the unit of the parameters: the root mean square of past steps over that of gradients (Zeiler 2012, algorithm 1). */
export function scaleByAdadelta(options: AdadeltaOptions = {}): GradientTransform {
  const { beta, epsilon } = { ...defaults.adadelta, ...options };
  return eachParameter({
    kind: "adadelta",
    options: { beta, epsilon },
    ...limited({ beta, epsilon }, { beta: BETA, epsilon: POSITIVE }),
    slots: { square: 0, moved: 0 },
    numbers: ({ beta: b = 0, epsilon: e = 0 }) => ({ beta: b, share: 1 - b, epsilon: e }),
    update: (gradient, { number, slot }) => {
      const blend = (old: Tensor, x: Tensor): Tensor =>
        flushedSquare(add(multiply(old, number("beta")), multiply(multiply(x, x), number("share"))));
      const size = (mean: Tensor): Tensor => sqrt(add(mean, number("epsilon")));
      const square = blend(slot("square"), gradient);
      const direction = multiply(divide(size(slot("moved")), size(square)), gradient);
      return { direction, square, moved: blend(slot("moved"), direction) };
    },
  });
}

/** Adadelta: at its rate of 1 there is nothing to tune. */
export function adadelta({
  rate = defaults.adadelta.rate,
  ...options
}: AdadeltaOptions & { readonly rate?: number } = {}): Optimizer {
  return optimizer("adadelta", { rate, ...given({ ...options }) }, [scaleByAdadelta(options)]);
}
