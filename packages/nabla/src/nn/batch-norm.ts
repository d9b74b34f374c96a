import { filled, zeros } from "../array/ndarray.ts";
import { type Shape, showShape } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { number } from "../base/field.ts";
import { add, divide, multiply, sqrt, subtract } from "../graph/elementwise.ts";
import { cast } from "../graph/movement.ts";
import { countOf, mean } from "../graph/reduce.ts";
import type { Tensor } from "../graph/tensor.ts";
import { type FieldScope, layer } from "./layer.ts";
import { NORM_EPSILON } from "./option-defaults.ts";

/** The epsilon of layers that normalize. */
export const normEpsilon = number({
  above: 0,
  default: NORM_EPSILON,
  source: "PyTorch",
  adjustable: true,
  help: "added to the variance under the root",
});

/**
 * Gives each feature (the last axis) zero mean and unit variance over the batch, then a learned scale and shift (Ioffe
 * and Szegedy 2015, algorithm 1). Inference uses the running mean and variance; the running variance is the unbiased
 * one. Learning from a batch of one row is refused: it has no variance.
 */
export const batchNorm = layer(
  "batchNorm",
  {
    momentum: number({
      above: 0,
      atMost: 1,
      default: 0.1,
      source: "PyTorch",
      adjustable: true,
      help: "the share of the newest batch in the running statistics",
    }),
    epsilon: normEpsilon,
  },
  () => ({
    initHints: { bias: false },
    role: { is: "norm", over: "batch" },
    perUnit: true,
    minBatchSize: 2,
    shapeOf: (shape) => {
      if (shape.length > 0) return shape;
      const message = `batchNorm takes examples with features, received the shape ${showShape(shape)}`;
      throw new NablaError("nn/rank", message);
    },
    init: (shape) => {
      const features = shape.at(-1) ?? 1;
      const one = filled([features], 1);
      return {
        parameters: { scale: one, shift: zeros([features]) },
        buffers: { mean: zeros([features]), variance: one },
      };
    },
    apply: (x, scope) => {
      const bounded = (variance: Tensor): Tensor => sqrt(add(variance, scope.setting("epsilon")));
      const finish = (centered: Tensor, variance: Tensor): Tensor =>
        add(multiply(centered, divide(scope.parameter("scale"), bounded(variance))), scope.parameter("shift"));
      if (scope.mode === "predict") {
        return { output: finish(subtract(x, scope.buffer("mean")), scope.buffer("variance")), buffers: new Map() };
      }
      const axes = x.shape.slice(0, -1).map((_, axis) => axis);
      const average = mean(x, { axes }); // [features]
      const centered = subtract(x, average);
      const variance = mean(multiply(centered, centered), { axes }); // [features]
      const output = finish(centered, variance);
      return { output, buffers: observed(scope, { average, variance, counted: x.shape.slice(0, -1) }) };
    },
  }),
  { help: "normalizes each feature over the batch" },
);

interface Observed {
  readonly average: Tensor;
  readonly variance: Tensor;
  readonly counted: Shape;
}

function observed(scope: FieldScope, { average, variance, counted }: Observed): ReadonlyMap<string, Tensor> {
  const rate = scope.setting("momentum");
  const toward = (name: string, newest: Tensor): Tensor =>
    add(scope.buffer(name), multiply(subtract(newest, scope.buffer(name)), rate));
  const n = cast(countOf({ shape: counted }), { dtype: scope.dtype });
  const unbiased = multiply(variance, divide(n, subtract(n, 1)));
  return new Map([
    [scope.pathOf("mean"), toward("mean", average)],
    [scope.pathOf("variance"), toward("variance", unbiased)],
  ]);
}
