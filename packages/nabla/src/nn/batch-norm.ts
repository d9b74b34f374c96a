import { filled, zeros } from "../array/ndarray.ts";
import { type Shape, showShape } from "../array/shape.ts";
import { given } from "../base/described.ts";
import { NablaError } from "../base/error.ts";
import { inRange, type Range } from "../base/fields.ts";
import { add, divide, multiply, sqrt, subtract } from "../graph/elementwise.ts";
import { cast } from "../graph/movement.ts";
import { countOf, mean } from "../graph/reduce.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Layer, Scope } from "./layer.ts";

export interface BatchNormOptions {
  /** The share of the newest batch in the running statistics. Default 0.1, as in PyTorch. */
  readonly momentum?: number;
  /** Added to the variance under the root. Default 1e-5, as in PyTorch. */
  readonly epsilon?: number;
}

const MOMENTUM: Range = { above: 0, atMost: 1 };
const EPSILON: Range = { above: 0 };

/**
 * Gives each feature (the last axis) zero mean and unit variance over the batch, then a learned scale and shift (Ioffe
 * and Szegedy 2015, algorithm 1). Predicting uses running statistics; the running variance is the unbiased one.
 * Learning from a batch of one row is refused: it has no variance.
 */
export function batchNorm({ momentum, epsilon }: BatchNormOptions = {}): Layer {
  const share = inRange("momentum", momentum ?? 0.1, MOMENTUM);
  const small = inRange("epsilon", epsilon ?? 1e-5, EPSILON);
  return {
    kind: "batchNorm",
    options: given({ momentum, epsilon }),
    initHints: { bias: false },
    perUnit: true,
    minBatchSize: 2,
    init: (shape) => {
      const features = shape.at(-1);
      if (features === undefined)
        throw new NablaError(
          "nn/rank",
          `batchNorm takes examples with features, received the shape ${showShape(shape)}`,
        );
      const one = filled([features], 1);
      return {
        parameters: { scale: one, shift: zeros([features]) },
        buffers: { mean: zeros([features]), variance: one },
        shape,
      };
    },
    apply: (x, scope) => {
      const bounded = (variance: Tensor): Tensor => sqrt(add(variance, scope.number("epsilon", small, EPSILON)));
      const finish = (centred: Tensor, variance: Tensor): Tensor =>
        add(multiply(centred, divide(scope.parameter("scale"), bounded(variance))), scope.parameter("shift"));
      if (scope.mode === "predict") {
        return { output: finish(subtract(x, scope.buffer("mean")), scope.buffer("variance")), buffers: new Map() };
      }
      const axes = x.shape.slice(0, -1).map((_, axis) => axis);
      const average = mean(x, { axes }); // [features]
      const centred = subtract(x, average);
      const variance = mean(multiply(centred, centred), { axes }); // [features]
      const output = finish(centred, variance);
      return { output, buffers: observed(scope, { average, variance, counted: x.shape.slice(0, -1) }, share) };
    },
  };
}

interface Observed {
  readonly average: Tensor;
  readonly variance: Tensor;
  readonly counted: Shape;
}

function observed(scope: Scope, { average, variance, counted }: Observed, share: number): ReadonlyMap<string, Tensor> {
  const rate = scope.number("momentum", share, MOMENTUM);
  const towards = (name: string, newest: Tensor): Tensor =>
    add(scope.buffer(name), multiply(subtract(newest, scope.buffer(name)), rate));
  const n = cast(countOf({ shape: counted }), { dtype: scope.dtype });
  const unbiased = multiply(variance, divide(n, subtract(n, 1)));
  return new Map([
    [scope.pathOf("mean"), towards("mean", average)],
    [scope.pathOf("variance"), towards("variance", unbiased)],
  ]);
}
