import { given } from "../base/described.ts";
import { isPenalized } from "../base/parameter-path.ts";
import { divide, less, multiply, select, sqrt } from "../graph/elementwise.ts";
import { sum } from "../graph/movement.ts";
import type { Tensor } from "../graph/tensor.ts";
import { type AdamWOptions, scaleByAdam } from "./adam.ts";
import { decay } from "./decay.ts";
import { defaults } from "./defaults.ts";
import { type Optimizer, optimizer } from "./optimizer.ts";
import { eachParameter, type GradientTransform } from "./transform.ts";

export interface TrustOptions {
  /** Last names of parameters that are left as they are. Default: bias, scale and shift; `[]` scales all. */
  readonly except?: readonly string[];
}

/** Gives each parameter's direction the length of the parameter itself (You, Gitman, Ginsburg 2017); where either is 0 it stays. */
export function trust({ except }: TrustOptions = {}): GradientTransform {
  const length = (x: Tensor): Tensor => sqrt(sum(multiply(x, x)));
  return eachParameter({
    kind: "trust",
    options: given({ except }),
    update: (direction, { path, parameter }) => {
      if (!isPenalized(path, except)) return { direction };
      const [own, its] = [length(parameter), length(direction)];
      const ratio = select(less(0, own), select(less(0, its), divide(own, its), 1), 1);
      return { direction: multiply(direction, ratio) };
    },
  });
}

/** LAMB: AdamW whose steps are as long as their parameters, for very large batches (You et al. 2020, algorithm 2). */
export function lamb({
  rate = defaults.lamb.rate,
  decay: strength = defaults.adamW.decay,
  epsilon = defaults.lamb.epsilon,
  except,
  ...options
}: AdamWOptions = {}): Optimizer {
  const alone = except === undefined ? {} : { except };
  const transforms = [scaleByAdam({ epsilon, ...options }), decay({ strength, ...alone }), trust(alone)];
  return optimizer("lamb", { rate, decay: strength, epsilon, ...given({ except, ...options }) }, transforms);
}
