import { given } from "../base/described.ts";
import { oneOf } from "../base/fields.ts";
import { add, divide, multiply, sqrt, subtract } from "../graph/elementwise.ts";
import type { Tensor } from "../graph/tensor.ts";
import { defaults } from "./defaults.ts";
import { scaleByMomentum } from "./momentum.ts";
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

export const PLACES = ["outside", "inside"] as const;

export interface RmsOptions {
  readonly beta?: number;
  readonly epsilon?: number;
  /** Where epsilon stands: g / (sqrt(s) + epsilon) as PyTorch (default), or g / sqrt(s + epsilon) as TensorFlow 1. */
  readonly place?: (typeof PLACES)[number];
  /** Subtracts the square of the averaged gradient from s: the variance instead of the second moment (Graves 2013). */
  readonly centered?: boolean;
}

/** Directions divided by their running root mean square. */
export function scaleByRms({
  beta = defaults.rmsprop.beta,
  epsilon = defaults.rmsprop.epsilon,
  place = "outside",
  centered = false,
}: RmsOptions = {}): GradientTransform {
  oneOf("place", place, PLACES);
  return eachParameter<string>({
    kind: "rms",
    options: { beta, epsilon, place, centered },
    ...limited({ beta, epsilon }, { beta: BETA, epsilon: NOT_NEGATIVE }),
    slots: centered ? { square: 0, average: 0 } : { square: 0 },
    numbers: ({ beta: b = 0, epsilon: e = 0 }) => ({ beta: b, share: 1 - b, epsilon: e }),
    update: (gradient, { number, slot }) => {
      const blend = (old: Tensor, fresh: Tensor): Tensor =>
        add(multiply(old, number("beta")), multiply(fresh, number("share")));
      const square = flushedSquare(blend(slot("square"), multiply(gradient, gradient)));
      const average = centered ? flushed(blend(slot("average"), gradient)) : gradient;
      const s = centered ? subtract(square, multiply(average, average)) : square;
      const divisor = place === "inside" ? sqrt(add(s, number("epsilon"))) : add(sqrt(s), number("epsilon"));
      return { direction: divide(gradient, divisor), square, average };
    },
  });
}

/** RMSprop (Tieleman and Hinton 2012, Coursera lecture 6e); `momentum` adds a heavy ball behind it, as in PyTorch. */
export function rmsprop({
  rate = defaults.rmsprop.rate,
  momentum,
  ...options
}: RmsOptions & { readonly rate?: number; readonly momentum?: number } = {}): Optimizer {
  const ball = momentum === undefined ? [] : [scaleByMomentum({ beta: momentum, form: "heavyBall" })];
  return optimizer("rmsprop", { rate, ...given({ ...options, momentum }) }, [scaleByRms(options), ...ball]);
}
