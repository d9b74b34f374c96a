import { number } from "../base/field.ts";
import { isPenalized } from "../base/parameter-path.ts";
import { divide, less, multiply, select, sqrt } from "../graph/elementwise.ts";
import { sum } from "../graph/movement.ts";
import type { Tensor } from "../graph/tensor.ts";
import { adamFields, scaleByAdam } from "./adam.ts";
import { decay, decayed, except } from "./decay.ts";
import { optimizer, rate } from "./optimizer.ts";
import { eachParameter, transform } from "./transform.ts";

/** Gives each parameter's direction the length of the parameter itself (You, Gitman, Ginsburg 2017); where either is 0 it stays. */
export const trust = transform(
  "trust",
  { except },
  (options) => {
    const length = (x: Tensor): Tensor => sqrt(sum(multiply(x, x)));
    return eachParameter({
      update: (direction, { path, parameter }) => {
        if (!isPenalized(path, options.except)) return { direction };
        const [own, its] = [length(parameter), length(direction)];
        const ratio = select(less(0, own), select(less(0, its), divide(own, its), 1), 1);
        return { direction: multiply(direction, ratio) };
      },
    });
  },
  { help: "directions as long as their parameters", adaptive: true },
);

const source = "You et al. 2020, their code";

/** LAMB: AdamW whose steps are as long as their parameters, for very large batches (You et al. 2020, algorithm 2). */
export const lamb = optimizer(
  "lamb",
  {
    rate: rate(0.001, source),
    ...adamFields,
    epsilon: number({ atLeast: 0, default: 1e-6, source, help: "added to the divisor, so that it is never 0" }),
    ...decayed(0.01, "PyTorch"),
  },
  ({ decay: strength, except: left, ...options }) => [
    scaleByAdam(options),
    decay({ strength, except: left }),
    trust({ except: left }),
  ],
  { help: "AdamW for very large batches" },
);
