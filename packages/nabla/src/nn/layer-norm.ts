import { filled, zeros } from "../array/ndarray.ts";
import { add, divide, multiply, sqrt, subtract } from "../graph/elementwise.ts";
import { mean } from "../graph/reduce.ts";
import { normEpsilon } from "./batch-norm.ts";
import { layer, stateless } from "./layer.ts";

/**
 * Gives each example zero mean and unit variance over its last axis, then a learned scale and shift (Ba, Kiros, Hinton
 * 2016). Training and predicting are the same, and the size of the batch does not matter.
 */
export const layerNorm = layer(
  "layerNorm",
  {
    epsilon: normEpsilon,
  },
  () => ({
    role: { is: "norm", over: "example" },
    init: (shape) => {
      const features = shape.at(-1) ?? 1;
      return { parameters: { scale: filled([features], 1), shift: zeros([features]) }, buffers: {} };
    },
    apply: (x, scope) => {
      const centered = subtract(x, mean(x, { axes: -1, keep: true }));
      const variance = mean(multiply(centered, centered), { axes: -1, keep: true });
      const standard = divide(centered, sqrt(add(variance, scope.setting("epsilon"))));
      return stateless(add(multiply(standard, scope.parameter("scale")), scope.parameter("shift")));
    },
  }),
  { help: "normalizes each example over its last axis" },
);
