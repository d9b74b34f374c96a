/** The loss of counts, whose spread grows with their size. */
import type { NdArray } from "../array/ndarray.ts";
import { NablaError } from "../base/error.ts";
import { exp, expm1, less, log, maximum, multiply, select, subtract } from "../graph/elementwise.ts";
import { stopGradient } from "../graph/movement.ts";
import type { Tensor } from "../graph/tensor.ts";
import { loss } from "./loss.ts";
import { meanPerExample, targetsThatCount } from "./mask.ts";
import { squaredError } from "./regression-losses.ts";

/** Targets below this are 0, whose logarithm has no bound. */
const LEAST = 1e-30;

/**
 * The Poisson deviance 2·(y·log(y / μ) - (y - μ)) of counts y from 0, or of others whose variance is as large as their mean, where
 * the output is log μ (McCullagh and Nelder 1989, section 2.3): predictions are never negative, and effects multiply. Outputs
 * and targets are [batch, …] each. The prediction is the mean; learned on the scale `mean`, its outputs begin near it.
 */
export const poisson = loss(
  "poisson",
  {},
  () => {
    const plain = squaredError();
    return {
      ...plain,
      loss: (output, target, mask) => {
        plain.loss(output, target, mask); // shapes and dtypes
        return meanPerExample(deviance(output, targetsThatCount(target, mask)), mask);
      },
      exampleError: (output, target, mask) => plain.exampleError(exp(output), target, mask),
      answer: (output) => exp(output),
      outputFor: (answer) => log(maximum(answer, LEAST)),
      activation: "exponential",
      learns: "mean",
      learnsOn: "mean",
      admit: (shape, targets, mask) => {
        plain.admit(shape, targets, mask);
        const at = belowZero(targets, mask);
        if (at < 0) return;
        const message = `poisson learns numbers from 0, number ${at} of the targets is ${targets.data[at]}`;
        throw new NablaError("loss/range", message, "learn them on the scale of their mean (--target-scale mean)");
      },
    };
  },
  {
    help: "the Poisson deviance of counts: the prediction is e to the output, and never negative",
    elsewhere: ["poissonNllLoss", "poissonNLL", "meanPoissonDeviance"],
  },
);

/** Of y above 0 with u = z - log y it is 2·y·(e^u - 1 - u), and of 0 it is 2·e^z. */
function deviance(z: Tensor, y: Tensor): Tensor {
  const isAbove = less(LEAST, y);
  const own = select(isAbove, y, 1);
  const u = subtract(z, stopGradient(log(own)));
  const above = multiply(own, subtract(expm1(u), u));
  return multiply(select(isAbove, above, exp(z)), 2);
}

/** The first target that counts and is below 0; -1 where none is. */
function belowZero({ data }: NdArray, mask: NdArray | undefined): number {
  const each = mask === undefined ? 1 : data.length / Math.max(1, mask.data.length);
  for (let i = 0; i < data.length; i++)
    if ((data[i] ?? 0) < 0 && (mask === undefined || (mask.data[Math.floor(i / each)] ?? 0) > 0)) return i;
  return -1;
}
