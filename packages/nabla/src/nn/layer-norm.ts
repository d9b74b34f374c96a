import { filled, zeros } from "../array/ndarray.ts";
import { given } from "../base/described.ts";
import { inRange, type Range } from "../base/fields.ts";
import { add, divide, multiply, sqrt, subtract } from "../graph/elementwise.ts";
import { mean } from "../graph/reduce.ts";
import { type Layer, stateless } from "./layer.ts";

const EPSILON: Range = { above: 0 };

/**
 * Gives each example zero mean and unit variance over its last axis, then a learned scale and shift (Ba, Kiros, Hinton
 * 2016). Training and predicting are the same, and the size of the batch does not matter.
 */
export function layerNorm({ epsilon }: { readonly epsilon?: number } = {}): Layer {
  const small = inRange("epsilon", epsilon ?? 1e-5, EPSILON);
  return {
    kind: "layerNorm",
    options: given({ epsilon }),
    init: (shape) => {
      const features = shape.at(-1) ?? 1;
      return { parameters: { scale: filled([features], 1), shift: zeros([features]) }, buffers: {}, shape };
    },
    apply: (x, scope) => {
      const centred = subtract(x, mean(x, { axes: -1, keep: true }));
      const variance = mean(multiply(centred, centred), { axes: -1, keep: true });
      const standard = divide(centred, sqrt(add(variance, scope.number("epsilon", small, EPSILON))));
      return stateless(add(multiply(standard, scope.parameter("scale")), scope.parameter("shift")));
    },
  };
}
