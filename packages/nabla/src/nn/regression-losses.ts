import { given } from "../base/described.ts";
import { NablaError } from "../base/error.ts";
import { inRange } from "../base/fields.ts";
import { abs, minimum, multiply, subtract } from "../graph/elementwise.ts";
import { sum } from "../graph/movement.ts";
import { mean } from "../graph/reduce.ts";
import type { Tensor } from "../graph/tensor.ts";
import { type Loss, sameShapes, varianceOf } from "./loss.ts";

/** Losses of the difference d between output and target, [batch, k] each: the mean over the k numbers of an example. */
function regression(kind: string, options: Loss["options"], of: (difference: Tensor) => Tensor): Loss {
  const difference = (output: Tensor, target: Tensor): Tensor => {
    sameShapes(kind, output.shape, target.shape);
    if (target.dtype === "int32")
      throw new NablaError(
        "loss/dtype",
        `${kind} learns numbers, the targets are class codes (int32)`,
        "use softmaxCrossEntropy() for classes",
      );
    return subtract(output, target);
  };
  return {
    kind,
    options,
    task: "regression",
    loss: (output, target) => perExample(of(difference(output, target)), mean),
    exampleError: (output, target) => perExample(square(difference(output, target)), sum),
    answer: (output) => output,
    // 1 - R²; where targets do not vary there is nothing to explain: 0 when all are met, else 1
    error: (meanMistake, targets) => {
      const variance = varianceOf(targets);
      return variance > 0 ? meanMistake / variance : Number(meanMistake > 0);
    },
    admit: (outputShape, { dtype, shape }) => {
      const [batch = "batch", ...rest] = outputShape;
      sameShapes(kind, [batch, ...rest], [batch, ...shape.slice(1)]);
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

function perExample(x: Tensor, reduce: (x: Tensor, along: { axes: number[] }) => Tensor): Tensor {
  const axes = x.shape.slice(1).map((_, i) => i + 1);
  return axes.length === 0 ? x : reduce(x, { axes });
}

/** d² */
export function squaredError(): Loss {
  return regression("squaredError", {}, square);
}

/** |d| */
export function absoluteError(): Loss {
  return regression("absoluteError", {}, (d) => abs(d));
}

/** d²/2 up to delta, then delta·(|d| - delta/2): outliers pull no harder than delta (Huber 1964). */
export function huber({ delta }: { readonly delta?: number } = {}): Loss {
  const bound = inRange("delta", delta ?? 1, { above: 0 });
  // with c = min(|d|, delta) both branches are c·(|d| - c/2): no condition, and a smooth seam
  return regression("huber", given({ delta }), (d) => {
    const size = abs(d);
    const cut = minimum(size, bound);
    return multiply(cut, subtract(size, multiply(cut, 0.5)));
  });
}
