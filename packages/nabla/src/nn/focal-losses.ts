/** Focal losses: what is already predicted with a high probability counts little, so that rare and hard examples decide. */
import { number, numbers } from "../base/field.ts";
import { add, exp, maximum, multiply, negate, power, sigmoid, subtract } from "../graph/elementwise.ts";
import { broadcast, reshape } from "../graph/movement.ts";
import type { Tensor } from "../graph/tensor.ts";
import {
  admitClasses,
  isCodes,
  like,
  likeOutput,
  sideFields,
  sidesOf,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  weightsOf,
} from "./classification-losses.ts";
import { binaryCrossEntropy, centeredLogits, logSumExpOfCentered, weightedLogits } from "./cross-entropy.ts";
import { pick } from "./functions.ts";
import { loss } from "./loss.ts";
import { meanPerExample, targetsThatCount } from "./mask.ts";

const gamma = number({
  atLeast: 0,
  default: 2,
  source: "Lin et al. 2017",
  help: "how much less well predicted examples count: 0 is the cross-entropy",
});

/**
 * Σ target · weight · (1 - p)^gamma · -log p over the classes, p the softmax of logits [batch, …, classes] (Lin et al. 2017,
 * for more than two classes). Targets are class codes int32 [batch, …], or shares [batch, …, classes].
 */
export const focal = loss(
  "focal",
  {
    gamma,
    weights: numbers({
      atLeast: 0,
      optional: true,
      help: "what the loss of each class counts, in the order of the codes; left out, all count 1",
    }),
  },
  ({ gamma, weights }) => ({
    ...softmaxCrossEntropy(weights === undefined ? {} : { weights }),
    loss: (output, target, mask) => {
      admitClasses(output.shape, target);
      const z = centeredLogits(output);
      const total = logSumExpOfCentered(z);
      const logs = subtract(z, reshape(total, { shape: [...total.shape, 1] }));
      const focused = multiply(logs, focus(subtract(1, exp(logs)), gamma));
      const weighed =
        weights === undefined
          ? focused
          : multiply(focused, broadcast(weightsOf(weights, output), { shape: output.shape }));
      const right = isCodes(target)
        ? pick(weighed, target)
        : weightedLogits(weighed, targetsThatCount(like(z, target), mask));
      return meanPerExample(negate(right), mask);
    },
  }),
  {
    help: "cross-entropy of the softmax in which well predicted examples count little",
    elsewhere: ["categoricalFocalCrossentropy", "focalLoss"],
  },
);

/**
 * The cross-entropy of the sigmoid of each logit times (1 - p)^gamma, p the probability of what is true (Lin et al. 2017);
 * outputs and targets as for `sigmoidCrossEntropy`.
 */
export const sigmoidFocal = loss(
  "sigmoidFocal",
  {
    gamma,
    positive: sideFields.positive,
    negative: sideFields.negative,
  },
  ({ gamma, ...sides }) => ({
    ...sigmoidCrossEntropy(sides),
    loss: (output, target, mask) => {
      const y = likeOutput(output, target, mask);
      const missed = add(multiply(y, sigmoid(negate(output))), multiply(subtract(1, y), sigmoid(output)));
      return meanPerExample(
        multiply(binaryCrossEntropy(output, y, sidesOf(sides, output)), focus(missed, gamma)),
        mask,
      );
    },
  }),
  {
    help: "cross-entropy of the sigmoid of each output in which well predicted examples count little",
    elsewhere: ["binaryFocalCrossentropy", "sigmoidFocalLoss"],
  },
);

/** What is missed to the power of gamma. Below the least of float32 the slope is 0: that of a root at 0 has no bound. */
function focus(missed: Tensor, gamma: number): Tensor {
  return power(maximum(missed, 1e-30), gamma);
}
