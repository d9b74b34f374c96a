import { number } from "../base/field.ts";
import { add, divide, maximum, multiply, sqrt } from "../graph/elementwise.ts";
import { mean } from "../graph/reduce.ts";
import type { Tensor } from "../graph/tensor.ts";
import { decay, decayed } from "./decay.ts";
import { optimizer, rate } from "./optimizer.ts";
import { eachParameter, transform } from "./transform.ts";

const source = "Shazeer and Stern 2018";

const fields = {
  fading: number({
    above: 0,
    below: 1,
    default: 0.8,
    source: `${source}, section 7.2`,
    adjustable: true,
    help: "how the average of squared gradients lengthens: its share of the past is 1 - step^-fading",
  }),
  clip: number({
    above: 0,
    default: 1,
    source: `${source}, section 6`,
    adjustable: true,
    help: "the largest root mean square of a parameter's direction",
  }),
  epsilon: number({
    above: 0,
    default: 1e-15,
    source: `${source}: 1e-30 is its square`,
    adjustable: true,
    help: "the smallest root mean square of gradients that is divided by",
  }),
  smallest: number({
    above: 0,
    default: 1e-3,
    source,
    adjustable: true,
    help: "the root mean square that a parameter counts as having at least",
  }),
};

function rootMeanSquare(x: Tensor): Tensor {
  return sqrt(mean(multiply(x, x)));
}

/**
 * Adafactor's directions (Shazeer and Stern 2018, algorithms 4 and 5): of the squared gradients of a matrix only the means
 * of its rows and columns are kept, so that a matrix of n times m numbers needs n + m instead of n·m. A direction is as
 * long as its parameter.
 */
export const scaleByAdafactor = transform(
  "adafactor",
  fields,
  () => ({
    ...eachParameter<
      "row" | "column",
      { readonly fading: number; readonly clip: number; readonly epsilon: number; readonly smallest: number }
    >({
      slots: { row: 0, column: 0 },
      numbers: ({ fading, clip, epsilon, smallest }, step) => {
        const share = step ** -fading;
        return { past: 1 - share, share, clip, epsilon, square: epsilon ** 2, smallest };
      },
      update: (gradient, { parameter, number: fed, slot }) => {
        const toward = (old: Tensor, fresh: Tensor): Tensor =>
          add(multiply(old, fed("past")), multiply(fresh, fed("share")));
        const squares = multiply(gradient, gradient);
        const rank = gradient.shape.length;
        const isMatrix = rank > 1;
        const along = (axis: number) => ({ axes: rank + axis, keep: true });
        const row = toward(slot("row"), isMatrix ? mean(squares, along(-1)) : squares);
        const column = isMatrix ? toward(slot("column"), mean(squares, along(-2))) : slot("column");
        const estimate = isMatrix ? divide(multiply(row, column), maximum(mean(row, along(-2)), fed("epsilon"))) : row;
        const scaled = divide(gradient, sqrt(maximum(estimate, fed("square"))));
        const bounded = divide(scaled, maximum(divide(rootMeanSquare(scaled), fed("clip")), 1));
        const length = maximum(rootMeanSquare(parameter), fed("smallest"));
        return { direction: multiply(bounded, length), row, column };
      },
    }),
    // a vector keeps all of its squares in place of rows
    slotShape: (slot, shape) => {
      if (shape.length < 2) return slot === "row" ? shape : [];
      return shape.with(slot === "row" ? -1 : -2, 1);
    },
  }),
  { help: "directions as long as their parameters, by means of rows and columns of squared gradients", adaptive: true },
);

/** Adafactor, whose state of a matrix is one row and one column. Its paper lets the rate fall as 1 / sqrt(step). */
export const adafactor = optimizer(
  "adafactor",
  { rate: rate(0.01, `${source}; PyTorch`), ...fields, ...decayed(0, "PyTorch") },
  ({ decay: strength, except, ...options }) => [
    scaleByAdafactor(options),
    ...(strength === 0 ? [] : [decay({ strength, except })]),
  ],
  { help: "Adam-like steps with the memory of rows and columns" },
);
