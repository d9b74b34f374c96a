import { add, divide, multiply, sqrt } from "../graph/elementwise.ts";
import { adamFields } from "./adam.ts";
import { optimizer, rate } from "./optimizer.ts";
import { eachParameter, flushed, flushedSquare, type Numbers, transform } from "./transform.ts";

const { beta1, beta2, epsilon } = adamFields;
const fields = { beta1, beta2, epsilon };

/** Below this length of the approximated average, its variance does not exist. */
const TRACTABLE = 5;

/** The factors of momentum alone and of its quotient by the root mean square, one of which is 0, at a step from 1. */
function rectified(beta: number, step: number): { readonly plain: number; readonly adapted: number } {
  const correction = 1 - beta ** step;
  const most = 2 / (1 - beta) - 1;
  const length = most - (2 * step * beta ** step) / correction;
  if (length <= TRACTABLE) return { plain: 1, adapted: 0 };
  const ratio = ((length - 4) * (length - 2) * most) / ((most - 4) * (most - 2) * length);
  return { plain: 0, adapted: Math.sqrt(ratio * correction) };
}

/**
 * Adam whose adaptive rate is rectified by its own variance: momentum alone in the first steps, in which the root mean
 * square is of too few gradients (Liu et al. 2020, algorithm 2).
 */
export const scaleByRAdam = transform(
  "radam",
  fields,
  () =>
    eachParameter<"first" | "second", { readonly beta1: number; readonly beta2: number; readonly epsilon: number }>({
      slots: { first: 0, second: 0 },
      numbers: ({ beta1, beta2, epsilon }, step): Numbers => ({
        beta1,
        share1: 1 - beta1,
        scale1: 1 / (1 - beta1 ** step),
        beta2,
        share2: 1 - beta2,
        epsilon,
        ...rectified(beta2, step),
      }),
      update: (gradient, { number: fed, slot }) => {
        const first = flushed(add(multiply(slot("first"), fed("beta1")), multiply(gradient, fed("share1"))));
        const second = flushedSquare(
          add(multiply(slot("second"), fed("beta2")), multiply(multiply(gradient, gradient), fed("share2"))),
        );
        const factor = add(fed("plain"), divide(fed("adapted"), add(sqrt(second), fed("epsilon"))));
        return { direction: multiply(multiply(first, fed("scale1")), factor), first, second };
      },
    }),
  { help: "Adam's directions, rectified by the variance of their divisor", adaptive: true },
);

/** Rectified Adam, which needs no warmup. */
export const radam = optimizer(
  "radam",
  { rate: rate(0.001, "Liu et al. 2020; PyTorch"), ...fields },
  (options) => [scaleByRAdam(options)],
  { help: "rectified Adam, which needs no warmup" },
);
