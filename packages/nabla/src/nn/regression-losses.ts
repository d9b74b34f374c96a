import type { Described } from "../base/described.ts";
import { NablaError } from "../base/error.ts";
import { number } from "../base/field.ts";
import { abs, maximum, minimum, multiply, subtract } from "../graph/elementwise.ts";
import { cast, sum } from "../graph/movement.ts";
import { countOf } from "../graph/reduce.ts";
import type { Tensor } from "../graph/tensor.ts";
import { type Loss, loss, sameShapes, varianceOf } from "./loss.ts";
import { admitMask, meanPerExample, targetsThatCount } from "./mask.ts";

/** Losses of the difference d between output and target, [batch, …] each: the mean over the numbers of an example. */
function regression(kind: string, of: (difference: Tensor) => Tensor): Omit<Loss, keyof Described> {
  const difference = (output: Tensor, target: Tensor, mask: Tensor | undefined): Tensor => {
    sameShapes(kind, output.shape, target.shape);
    if (target.dtype === "int32")
      throw new NablaError(
        "loss/dtype",
        `${kind} learns numbers, the targets are class codes (int32)`,
        "use softmaxCrossEntropy() for classes",
      );
    return subtract(output, targetsThatCount(target, mask));
  };
  return {
    task: "regression",
    loss: (output, target, mask) => meanPerExample(of(difference(output, target, mask)), mask),
    exampleError: (output, target, mask) => sumPerExample(square(difference(output, target, mask)), mask),
    answer: (output) => output,
    // 1 - R²; where targets do not vary there is nothing to explain: 0 when all are met, else 1
    error: (meanMistake, targets, mask) => {
      const variance = varianceOf(targets, mask);
      return variance > 0 ? meanMistake / variance : Number(meanMistake > 0);
    },
    admit: (outputShape, { dtype, shape }, mask) => {
      const [batch = "batch", ...rest] = outputShape;
      sameShapes(kind, [batch, ...rest], [batch, ...shape.slice(1)]);
      if (mask !== undefined) admitMask(outputShape, mask);
      if (dtype === "int32")
        throw new NablaError(
          "loss/dtype",
          `${kind} learns numbers, the targets are class codes (int32)`,
          "use softmaxCrossEntropy() for classes",
        );
    },
  };
}

function square(x: Tensor): Tensor {
  return multiply(x, x);
}

/** The sum of each example over its numbers, as if what does not count were like what does: a mask of ones changes nothing. */
function sumPerExample(x: Tensor, mask: Tensor | undefined): Tensor {
  const shape = x.shape.slice(1);
  if (mask === undefined) return shape.length === 0 ? x : sum(x, { axes: shape.map((_, i) => i + 1) });
  return multiply(meanPerExample(x, mask), cast(countOf({ shape }), { dtype: x.dtype }));
}

/** d² */
export const squaredError = loss(
  "squaredError",
  {},
  () => ({ ...regression("squaredError", square), learns: "mean" }),
  {
    help: "the square of the difference",
    elsewhere: ["mse", "meanSquaredError", "l2Loss"],
  },
);

/** |d| */
export const absoluteError = loss(
  "absoluteError",
  {},
  () => ({ ...regression("absoluteError", abs), learns: "median" }),
  {
    help: "the size of the difference",
    elsewhere: ["mae", "meanAbsoluteError", "l1Loss"],
  },
);

/** d²/2 up to delta, then delta·(|d| - delta/2): outliers pull no harder than delta (Huber 1964). */
export const huber = loss(
  "huber",
  {
    delta: number({ above: 0, default: 1, source: "PyTorch, Keras", help: "how large a difference is still squared" }),
  },
  // with c = d held to ±delta both branches are c·(d - c/2): no condition, a smooth seam, and curvature 1 at 0 too
  ({ delta }) => ({
    ...regression("huber", (d) => {
      const held = maximum(minimum(d, delta), -delta);
      return multiply(held, subtract(d, multiply(held, 0.5)));
    }),
    learns: "median",
  }),
  { help: "squared up to delta, then linear: outliers pull less" },
);

/**
 * level·(y - f) where the prediction f is too low, (1 - level)·(f - y) where it is too high: learns the value that `level`
 * of the targets stay below (Koenker and Bassett 1978).
 */
export const quantile = loss(
  "quantile",
  {
    level: number({
      above: 0,
      below: 1,
      default: 0.5,
      source: "scikit-learn",
      help: "the share of targets that stay below the prediction; 0.5 is the median",
    }),
  },
  ({ level }) => ({
    ...regression("quantile", (d) => maximum(multiply(d, -level), multiply(d, 1 - level))),
    learns: level === 0.5 ? "median" : "quantile",
  }),
  {
    help: "learns the value that a share of the targets stays below",
    elsewhere: ["pinball", "pinballLoss", "quantileLoss"],
  },
);
