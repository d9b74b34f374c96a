import { boolean, number, word } from "../base/field.ts";
import { add, divide, maximum, multiply, sqrt, subtract } from "../graph/elementwise.ts";
import type { Tensor } from "../graph/tensor.ts";
import { scaleByMomentum } from "./momentum.ts";
import { optimizer, rate } from "./optimizer.ts";
import { betaRange, eachParameter, flushed, flushedSquare, transform } from "./transform.ts";

const source = "Tieleman and Hinton 2012, lecture 6e";
const fields = {
  beta: number({
    ...betaRange,
    default: 0.9,
    source,
    adjustable: true,
    help: "the share of the past in the mean of squared gradients",
  }),
  epsilon: number({
    atLeast: 0,
    default: 1e-8,
    source: "PyTorch; Keras 1e-7",
    adjustable: true,
    help: "added to the divisor, so that it is never 0",
  }),
  place: word(["outside", "inside"], {
    default: "outside",
    source: "PyTorch",
    help: "where epsilon stands: g / (sqrt(s) + epsilon) as PyTorch, or g / sqrt(s + epsilon) as TensorFlow 1",
  }),
  centered: boolean({
    default: false,
    source: "PyTorch",
    help: "subtracts the square of the averaged gradient: the variance instead of the second moment (Graves 2013)",
  }),
};

/** Directions divided by their running root mean square. */
export const scaleByRms = transform(
  "rms",
  fields,
  ({ place, centered }) =>
    eachParameter<string, { readonly beta: number; readonly epsilon: number }>({
      slots: centered ? { square: 0, average: 0 } : { square: 0 },
      numbers: ({ beta, epsilon }) => ({ beta, share: 1 - beta, epsilon }),
      update: (gradient, { number: fed, slot }) => {
        const blend = (old: Tensor, fresh: Tensor): Tensor =>
          add(multiply(old, fed("beta")), multiply(fresh, fed("share")));
        const square = flushedSquare(blend(slot("square"), multiply(gradient, gradient)));
        const average = centered ? flushed(blend(slot("average"), gradient)) : gradient;
        // rounding takes a variance of 0 below 0, where it has no root
        const s = centered ? maximum(subtract(square, multiply(average, average)), 0) : square;
        const divisor = place === "inside" ? sqrt(add(s, fed("epsilon"))) : add(sqrt(s), fed("epsilon"));
        return { direction: divide(gradient, divisor), square, average };
      },
    }),
  { help: "directions divided by their running root mean square", adaptive: true },
);

/** RMSprop (Tieleman and Hinton 2012, Coursera lecture 6e); `momentum` adds a heavy ball after it, as in PyTorch. */
export const rmsprop = optimizer(
  "rmsprop",
  {
    rate: rate(0.001, source),
    ...fields,
    momentum: number({ ...betaRange, optional: true, help: "the beta of a heavy ball after it; left out, none" }),
  },
  ({ momentum: beta, ...options }) => [
    scaleByRms(options),
    ...(beta === undefined ? [] : [scaleByMomentum({ beta, form: "heavyBall" })]),
  ],
  { help: "gradients divided by their running root mean square" },
);
