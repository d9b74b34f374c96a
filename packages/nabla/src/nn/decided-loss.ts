/** Losses whose errors go by a threshold. */
import { ndarray } from "../array/ndarray.ts";
import type { ClassThreshold } from "../data/class-threshold.ts";
import { equal, lessEqual, multiply, not, subtract } from "../graph/elementwise.ts";
import { constant } from "../graph/leaf.ts";
import { cast, reshape, sum } from "../graph/movement.ts";
import type { Tensor } from "../graph/tensor.ts";
import { isCodes } from "./classification-losses.ts";
import type { Loss } from "./loss.ts";
import { meanPerExample } from "./mask.ts";

/**
 * The same loss of two classes, by which a row counts as wrong when the threshold decides it so; what is minimized stays.
 * Without a threshold, or for anything but the codes of two classes, the loss as it is.
 */
export function decidedLoss(loss: Loss, threshold: ClassThreshold | undefined): Loss {
  if (threshold === undefined || loss.task !== "classification") return loss;
  const { positive, from } = threshold;
  const decide = (answers: Tensor): Tensor => {
    const width = Number(answers.shape.at(-1));
    // one output for two classes is the probability of the second
    const share =
      width === 2
        ? sum(multiply(answers, constant(ndarray(positive === 1 ? [0, 1] : [1, 0], [2], answers.dtype))), { axes: -1 })
        : reshape(positive === 1 ? answers : subtract(1, answers), { shape: answers.shape.slice(0, -1) });
    const found = cast(lessEqual(from, share), { dtype: "int32" });
    return positive === 1 ? found : subtract(1, found);
  };
  return {
    ...loss,
    decide,
    exampleError: (output, target, mask) => {
      if (!isCodes(target) || Number(output.shape.at(-1)) > 2) return loss.exampleError(output, target, mask);
      const wrong = cast(not(equal(decide(loss.answer(output)), target)), { dtype: output.dtype });
      return meanPerExample(wrong, mask);
    },
  };
}
