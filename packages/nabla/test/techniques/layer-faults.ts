/** Layers, penalties, losses and optimizers with a fault each. */
import type { Shape } from "../../src/array/shape.ts";
import { matmul } from "../../src/graph/contraction.ts";
import { anyDType } from "../../src/graph/dtype-rule.ts";
import { add, divide, exp, less, maximum, multiply, select, sqrt, subtract } from "../../src/graph/elementwise.ts";
import { reshape, stopGradient, sum, transpose } from "../../src/graph/movement.ts";
import { make, op } from "../../src/graph/op.ts";
import * as operations from "../../src/graph/ops.ts";
import { max, mean } from "../../src/graph/reduce.ts";
import type { AnyOp, Op, Tensor } from "../../src/graph/tensor.ts";
import { leakyRelu, relu, softmax } from "../../src/nn/activations.ts";
import { batchNorm } from "../../src/nn/batch-norm.ts";
import { softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { conv2d } from "../../src/nn/convolution.ts";
import { dense } from "../../src/nn/dense.ts";
import { dropout } from "../../src/nn/dropout.ts";
import { oneHot, softmaxOf } from "../../src/nn/functions.ts";
import { type Layer, type Scope, stateless } from "../../src/nn/layer.ts";
import { layerNorm } from "../../src/nn/layer-norm.ts";
import type { Loss } from "../../src/nn/loss.ts";
import { l2, type Penalty } from "../../src/nn/penalty.ts";
import { squaredError } from "../../src/nn/regression-losses.ts";
import { adam } from "../../src/optim/adam.ts";
import { gradientDescent } from "../../src/optim/gradient-descent.ts";
import { momentum } from "../../src/optim/momentum.ts";
import type { Optimizer } from "../../src/optim/optimizer.ts";
import { rmsprop } from "../../src/optim/rmsprop.ts";
import { eachParameter, type Numbers, type TransformedParameter } from "../../src/optim/transform.ts";

/** As many rows as units, so that a wrong axis or transpose is no shape error. */
export const SQUARE = 5;

/** The same value with another gradient; it borrows a kernel that copies. */
function bend(gradient: (up: Tensor, x: Tensor) => Tensor): Op<1> {
  const rule = (up: Tensor, { inputs: [x] }: { inputs: [Tensor] }): Tensor[] => [gradient(up, x)];
  return op("stopGradient", {
    arity: 1,
    dtypes: { takes: anyDType },
    shape: ([x]) => x.shape,
    gradient: rule,
    trials: [],
  });
}

function swap(x: Tensor): Tensor {
  return transpose(x, { order: [1, 0] });
}

/** A layer with one parameter seen through a bent gradient. */
function bent(layer: Layer, parameter: string, gradient: (up: Tensor, x: Tensor) => Tensor): Layer {
  const wrong = bend(gradient);
  const through = (scope: Scope): Scope => ({
    ...scope,
    parameter: (name) => (name === parameter ? wrong(scope.parameter(name)) : scope.parameter(name)),
  });
  return { ...layer, apply: (x, scope) => layer.apply(x, through(scope)) };
}

/** A layer whose graph is written anew. */
function rewritten(layer: Layer, of: (x: Tensor, scope: Scope) => Tensor): Layer {
  return { ...layer, apply: (x, scope) => stateless(of(x, scope)) };
}

/** A product whose gradient rule is another. */
function product(rule: (up: Tensor, x: Tensor, w: Tensor) => readonly Tensor[]): (x: Tensor, w: Tensor) => Tensor {
  const wrong: AnyOp = {
    opName: "matmul",
    definition: {
      ...(matmul as unknown as AnyOp).definition,
      gradient: (up, { inputs }) => rule(up, inputs[0] as Tensor, inputs[1] as Tensor),
    },
  };
  return (x, w) => make(wrong, [x, w], {});
}

function denseBy(multiplied: (x: Tensor, w: Tensor) => Tensor): Layer {
  return rewritten(dense(SQUARE), (x, scope) =>
    add(multiplied(x, scope.parameter("weights")), scope.parameter("bias")),
  );
}

/** [units] to [batch, units], with the sum of the gradient taken along the units. */
const wrongAxis: Op<1, { readonly shape: Shape }> = op("broadcast", {
  arity: 1,
  dtypes: { takes: anyDType },
  shape: (_, { shape }) => shape,
  gradient: (up) => [sum(up, { axes: 1 })],
  trials: [],
});

function normed(centered: Tensor, variance: Tensor, scope: Scope): Tensor {
  const divisor = sqrt(add(variance, scope.number("epsilon", 1e-5)));
  return add(multiply(divide(centered, divisor), scope.parameter("scale")), scope.parameter("shift"));
}

function squares(x: Tensor, axes: number): Tensor {
  return mean(multiply(x, x), { axes, keep: true });
}

/** Faults that the gradient check of a model finds. `at` is what the worst parameter must be. */
export const modelFaults: readonly { readonly description: string; readonly layer: Layer; readonly at: RegExp }[] = [
  {
    description: "dense: the bias's sign flipped",
    layer: bent(dense(SQUARE), "bias", (up) => multiply(up, -1)),
    at: /^dense2\.bias/,
  },
  {
    description: "dense: 1/m missing in dW",
    layer: bent(dense(SQUARE), "weights", (up) => multiply(up, SQUARE)),
    at: /^dense2\.weights/,
  },
  { description: "dense: dW transposed", layer: bent(dense(SQUARE), "weights", swap), at: /^dense2\.weights/ },
  {
    description: "dense: the bias summed along the wrong axis",
    layer: rewritten(dense(SQUARE), (x, scope) =>
      add(matmul(x, scope.parameter("weights")), wrongAxis(scope.parameter("bias"), { shape: ["batch", SQUARE] })),
    ),
    at: /^dense2\.bias/,
  },
  {
    description: "dense: dW by another input than the forward pass had",
    layer: denseBy(product((up, x, w) => [matmul(up, swap(w)), matmul(swap(maximum(x, 0)), up)])),
    at: /^dense2\.weights/,
  },
  {
    description: "dense: dX with W in place of its transpose",
    layer: denseBy(product((up, x, w) => [matmul(up, w), matmul(swap(x), up)])),
    at: /^dense1\./,
  },
  {
    description: "batch norm: no gradient through the mean",
    layer: rewritten(batchNorm(), (x, scope) => {
      const centered = subtract(x, stopGradient(mean(x, { axes: 0, keep: true })));
      return normed(centered, squares(centered, 0), scope);
    }),
    at: /^dense1\./,
  },
  {
    description: "batch norm: no gradient through the variance",
    layer: rewritten(batchNorm(), (x, scope) => {
      const centered = subtract(x, mean(x, { axes: 0, keep: true }));
      return normed(centered, stopGradient(squares(centered, 0)), scope);
    }),
    at: /^dense1\./,
  },
  {
    description: "batch norm: the scale's gradient halved",
    layer: bent(batchNorm(), "scale", (up) => divide(up, 2)),
    at: /^batchNorm1\.scale/,
  },
  {
    description: "layer norm: no gradient through the mean",
    layer: rewritten(layerNorm(), (x, scope) => {
      const centered = subtract(x, stopGradient(mean(x, { axes: 1, keep: true })));
      return normed(centered, squares(centered, 1), scope);
    }),
    at: /^dense1\./,
  },
  {
    description: "layer norm: the shift's gradient forgotten",
    layer: bent(layerNorm(), "shift", (up) => multiply(up, 0)),
    at: /^layerNorm1\.shift/,
  },
  {
    description: "dropout: the mask forgotten on the way back",
    layer: rewritten(dropout({ keep: 0.5 }), (x, scope) => straight(x, dropout({ keep: 0.5 }).apply(x, scope).output)),
    at: /^dense1\./,
  },
  {
    description: "dropout: 1/keep forgotten on the way back",
    layer: rewritten(dropout({ keep: 0.5 }), (x, scope) => {
      const less = bend((up) => multiply(up, 0.5))(x);
      return dropout({ keep: 0.5 }).apply(less, scope).output;
    }),
    at: /^dense1\./,
  },
  {
    description: "rectifier: lets every gradient through",
    layer: rewritten(relu(), (x, scope) => straight(x, relu().apply(x, scope).output)),
    at: /^dense1\./,
  },
  {
    description: "softmax: only the diagonal of its Jacobian",
    layer: rewritten(softmax(), (x) => {
      const powers = exp(subtract(x, stopGradient(max(x, { axes: -1, keep: true }))));
      const share = stopGradient(divide(powers, sum(powers, { axes: -1, keep: true })));
      return carry(x, share, (up) => multiply(up, multiply(share, subtract(1, share))));
    }),
    at: /^dense1\./,
  },
  {
    description: "a stack of layers: the input's path counted twice",
    layer: rewritten(relu(), (x) => add(bend((up) => multiply(up, 2))(x), maximum(x, 0))),
    at: /^dense1\./,
  },
];

/** The value of `y` with the gradient of `x` straight through. */
function straight(x: Tensor, y: Tensor): Tensor {
  return carry(x, stopGradient(y), (up) => up);
}

/** The value of `value` with a gradient by `x` of one's own. */
function carry(x: Tensor, value: Tensor, gradient: (up: Tensor) => Tensor): Tensor {
  return add(value, bend(gradient)(subtract(x, stopGradient(x))));
}

/** Faults in what is computed, which gradients agree with: the kit finds them. `at` is what the complaint must say. */
export const meaningFaults: readonly { readonly description: string; readonly layer: Layer; readonly at: RegExp }[] = [
  {
    description: "dropout: 1/keep forgotten",
    layer: masked((x, kept) => select(kept, x, 0)),
    at: /in training the output is not that of dropout/,
  },
  {
    description: "dropout: keeps what should go",
    layer: masked((x, kept, keep) => select(kept, 0, divide(x, keep))),
    at: /not that of dropout/,
  },
  {
    description: "dropout: randn in place of rand (D2)",
    // P(normal < .6) = .726: the uniform draw is compared with that
    layer: rewritten(dropout({ keep: 0.6 }), (x, scope) =>
      scope.mode === "predict" ? x : select(less(scope.uniform("mask", x.shape), 0.7257), divide(x, 0.6), 0),
    ),
    at: /in training the output is not that of dropout/,
  },
  {
    description: "dropout: goes on when predicting",
    layer: {
      ...dropout({ keep: 0.6 }),
      apply: (x, scope) => dropout({ keep: 0.6 }).apply(x, { ...scope, mode: "train", dropoutActive: true }),
    },
    at: /when predicting the output is not that of dropout/,
  },
  {
    description: "batch norm: running statistics in training",
    layer: { ...batchNorm(), apply: (x, scope) => batchNorm().apply(x, { ...scope, mode: "predict" }) },
    at: /in training the output is not that of batchNorm/,
  },
  {
    description: "batch norm: batch statistics when predicting",
    layer: rewritten(batchNorm(), (x, scope) => batchNorm().apply(x, { ...scope, mode: "train" }).output),
    at: /when predicting the output is not that of batchNorm/,
  },
  {
    description: "batch norm: epsilon outside the root",
    layer: batchNormBy(({ variance, small }) => add(sqrt(variance), small)),
    at: /in training the output is not that of batchNorm/,
  },
  {
    description: "batch norm: the unbiased variance in the batch",
    layer: batchNormBy(({ variance, small }) => sqrt(add(multiply(variance, 6 / 5), small))),
    at: /in training the output is not that of batchNorm/,
  },
  {
    description: "batch norm: the variance not rooted (G3)",
    layer: batchNormBy(({ variance, small }) => add(variance, small)),
    at: /in training the output is not that of batchNorm/,
  },
  {
    description: "batch norm: the running variance biased",
    layer: observing((name, next, old) =>
      name === "variance" ? add(multiply(old, 0.9), multiply(subtract(next, multiply(old, 0.9)), 5 / 6)) : next,
    ),
    at: /in training the variance is not that of batchNorm/,
  },
  {
    description: "batch norm: old and new swapped in the running mean",
    layer: { ...batchNorm(), apply: (x, scope) => batchNorm({ momentum: 0.9 }).apply(x, scope) },
    at: /in training the mean is not that of batchNorm/,
  },
  {
    description: "batch norm: the running mean never moves",
    layer: observing((name, next, old) => (name === "mean" ? old : next)),
    at: /in training the mean is not that of batchNorm/,
  },
  {
    description: "layer norm: along the batch",
    layer: rewritten(layerNorm(), (x, scope) => {
      const centered = subtract(x, mean(x, { axes: 0, keep: true }));
      return normed(centered, squares(centered, 0), scope);
    }),
    at: /the output is not that of layerNorm/,
  },
  {
    description: "softmax: along the batch",
    layer: rewritten(softmax(), (x) => divide(exp(x), sum(exp(x), { axes: 0, keep: true }))),
    at: /the output is not that of softmax/,
  },
  {
    description: "dense: times the transpose of W",
    layer: denseBy((x, w) => matmul(x, swap(w))),
    at: /the output is not that of dense/,
  },
  {
    description: "dense: the bias taken away",
    layer: rewritten(dense(SQUARE), (x, scope) =>
      subtract(matmul(x, scope.parameter("weights")), scope.parameter("bias")),
    ),
    at: /the output is not that of dense/,
  },
  {
    description: "dense: the bias per row, not per unit",
    layer: rewritten(dense(SQUARE), (x, scope) =>
      add(matmul(x, scope.parameter("weights")), reshape(sum(scope.parameter("bias")), { shape: [1, 1] })),
    ),
    at: /the output is not that of dense/,
  },
  {
    description: "leaky rectifier: the slope on the wrong side",
    layer: rewritten(leakyRelu(), (x, scope) => select(less(x, 0), x, multiply(x, scope.number("slope", 0.01)))),
    at: /the output is not that of leakyRelu/,
  },
  {
    description: "rectifier: min in place of max",
    layer: rewritten(relu(), (x) => subtract(x, maximum(x, 0))),
    at: /the output is not that of relu/,
  },
];

function masked(of: (x: Tensor, kept: Tensor, keep: Tensor) => Tensor): Layer {
  return rewritten(dropout({ keep: 0.6 }), (x, scope) => {
    if (scope.mode === "predict") return x;
    const keep = scope.number("keep", 0.6);
    return of(x, less(scope.uniform("mask", x.shape), keep), keep);
  });
}

/** Batch norm with another divisor in training. */
function batchNormBy(divisor: (of: { readonly variance: Tensor; readonly small: Tensor }) => Tensor): Layer {
  // an epsilon that can be seen in the result
  const right = batchNorm({ epsilon: 0.01 });
  return {
    ...right,
    apply: (x, scope) => {
      const applied = right.apply(x, scope);
      if (scope.mode === "predict") return applied;
      const centered = subtract(x, mean(x, { axes: 0, keep: true }));
      const by = divisor({ variance: squares(centered, 0), small: scope.number("epsilon", 0.01) });
      return {
        ...applied,
        output: add(multiply(divide(centered, by), scope.parameter("scale")), scope.parameter("shift")),
      };
    },
  };
}

/** Batch norm with other next statistics. */
function observing(of: (name: string, next: Tensor, old: Tensor) => Tensor): Layer {
  return {
    ...batchNorm(),
    apply: (x, scope) => {
      const applied = batchNorm().apply(x, scope);
      const buffers = new Map([...applied.buffers].map(([name, next]) => [name, of(name, next, scope.buffer(name))]));
      return { ...applied, buffers };
    },
  };
}

/** Faults in costs. */
export const lossFaults: readonly { readonly description: string; readonly loss: Loss; readonly at: RegExp }[] = [
  {
    description: "cross-entropy: a minus too many (S7)",
    loss: lossBy(softmaxCrossEntropy(), (right) => multiply(right, -1)),
    at: /softmaxCrossEntropy/,
  },
  {
    description: "squared error: the sum in place of the mean",
    loss: lossBy(squaredError(), (right) => multiply(right, 3)),
    at: /squaredError/,
  },
  {
    description: "cross-entropy: the gradient is yhat, without - y",
    loss: {
      ...softmaxCrossEntropy(),
      loss: (z, y) =>
        add(
          stopGradient(softmaxCrossEntropy().loss(z, y)),
          rest(z, () => softmaxOf(z)),
        ),
    },
    at: /the gradients of softmaxCrossEntropy are wrong:[\s\S]*outputs/,
  },
  {
    description: "cross-entropy: the gradient's sign flipped",
    loss: {
      ...softmaxCrossEntropy(),
      loss: (z, y) =>
        add(
          stopGradient(softmaxCrossEntropy().loss(z, y)),
          rest(z, () => subtract(oneHot(y, z), softmaxOf(z))),
        ),
    },
    at: /the gradients of softmaxCrossEntropy are wrong:[\s\S]*outputs/,
  },
];

/** Zero, with a gradient by z of one's own. */
function rest(z: Tensor, slope: () => Tensor): Tensor {
  return sum(multiply(subtract(z, stopGradient(z)), stopGradient(slope())), { axes: 1 });
}

function lossBy(loss: Loss, of: (right: Tensor) => Tensor): Loss {
  return { ...loss, loss: (z, y) => of(loss.loss(z, y)) };
}

const right = l2(0.7, { reduction: "examples" });
export const penaltyFaults: readonly {
  readonly description: string;
  readonly penalty: Penalty;
  readonly at: RegExp;
}[] = [
  {
    description: "L2: forgotten in the gradient",
    penalty: { ...right, cost: (p, fed) => stopGradient(right.cost(p, fed)) },
    at: /the gradients of l2 are wrong:[\s\S]*dense1\.weights/,
  },
  {
    description: "L2: sum(W) in place of squares (I7)",
    penalty: { ...right, cost: (p, fed) => multiply(fed("strength"), sum(p.get("dense1.weights") as Tensor)) },
    at: /the cost is not that of l2/,
  },
  {
    description: "L2: the bias too",
    penalty: { ...right, cost: l2(0.7, { except: [] }).cost },
    at: /the cost is not that of l2/,
  },
  {
    description: "L2: 1/m forgotten",
    penalty: { ...right, fed: (strength) => strength / 2 },
    at: /the cost is not that of l2/,
  },
  {
    description: "L2: the norm, not its square (C9)",
    penalty: {
      ...right,
      cost: (p, fed) =>
        multiply(
          fed("strength"),
          sqrt(sum(multiply(p.get("dense1.weights") as Tensor, p.get("dense1.weights") as Tensor))),
        ),
    },
    at: /the cost is not that of l2/,
  },
];

interface Walked {
  readonly description: string;
  readonly optimizer: Optimizer;
  readonly at: RegExp;
}

/** An optimizer whose only transform is another. */
function by(
  right: Optimizer,
  slots: readonly string[],
  update: (g: Tensor, part: TransformedParameter) => Readonly<Record<string, Tensor>> & { readonly direction: Tensor },
): Optimizer {
  const [own] = right.transforms;
  const { kind, options, settings, numbers } = own ?? { kind: "own", options: {}, settings: {}, numbers: () => ({}) };
  const rule = { slots: Object.fromEntries(slots.map((name) => [name, 0])), numbers, update };
  return { ...right, transforms: [{ kind, options, settings, ...eachParameter<string, Numbers>(rule) }] };
}

const moments = ["first", "second"];
const blend = (old: Tensor, fresh: Tensor, beta: Tensor, share: Tensor): Tensor =>
  add(multiply(old, beta), multiply(fresh, share));

function adamBy(
  of: (
    g: Tensor,
    part: TransformedParameter,
    first: Tensor,
    second: Tensor,
  ) => Readonly<Record<string, Tensor>> & { readonly direction: Tensor },
): Optimizer {
  return by(adam({ rate: 0.1 }), moments, (g, part) => {
    const { number, slot } = part;
    const first = blend(slot("first"), g, number("beta1"), number("share1"));
    const second = blend(slot("second"), multiply(g, g), number("beta2"), number("share2"));
    return of(g, part, first, second);
  });
}

export const optimizerFaults: readonly Walked[] = [
  {
    description: "gradient descent: uphill",
    optimizer: by(gradientDescent({ rate: 0.01 }), [], (g) => ({ direction: multiply(g, -1) })),
    at: /gradientDescent/,
  },
  {
    description: "momentum: the two forms mixed",
    optimizer: by(momentum({ rate: 0.01 }), ["velocity"], (g, { number, slot }) =>
      both(add(multiply(slot("velocity"), number("beta")), g)),
    ),
    at: /momentum is at/,
  },
  {
    description: "momentum: beta and 1 - beta swapped",
    optimizer: by(momentum({ rate: 0.01 }), ["velocity"], (g, { number, slot }) =>
      both(blend(slot("velocity"), g, number("share"), number("beta"))),
    ),
    at: /momentum is at/,
  },
  {
    description: "momentum: the slope before in place of the velocity",
    optimizer: by(momentum({ rate: 0.01 }), ["velocity"], (g, { number, slot }) => ({
      direction: blend(slot("velocity"), g, number("beta"), number("share")),
      velocity: g,
    })),
    at: /momentum is at/,
  },
  {
    description: "RMSprop: not rooted",
    optimizer: by(rmsprop({ rate: 0.01 }), ["square"], (g, { number, slot }) => {
      const square = blend(slot("square"), multiply(g, g), number("beta"), number("share"));
      return { direction: divide(g, add(square, number("epsilon"))), square };
    }),
    at: /rmsprop is at/,
  },
  {
    description: "RMSprop: epsilon inside the root",
    optimizer: by(rmsprop({ rate: 0.01, epsilon: 0.1 }), ["square"], (g, { number, slot }) => {
      const square = blend(slot("square"), multiply(g, g), number("beta"), number("share"));
      return { direction: divide(g, sqrt(add(square, number("epsilon")))), square };
    }),
    at: /rmsprop is at/,
  },
  {
    description: "Adam: beta1·dW in place of beta1·VdW (L8)",
    optimizer: by(adam({ rate: 0.1 }), moments, (g, { number, slot }) => {
      const first = blend(g, g, number("beta1"), number("share1"));
      const second = blend(slot("second"), multiply(g, g), number("beta2"), number("share2"));
      return { direction: adamDirection(first, second, number), first, second };
    }),
    at: /adam is at/,
  },
  {
    description: "Adam: no bias correction",
    optimizer: adamBy((_, { number }, first, second) => ({
      direction: divide(first, add(sqrt(second), number("epsilon"))),
      first,
      second,
    })),
    at: /adam is at/,
  },
  {
    description: "Adam: one correction for both moments",
    optimizer: adamBy((_, { number }, first, second) => ({
      direction: divide(
        multiply(first, number("scale1")),
        add(multiply(sqrt(second), sqrt(number("scale1"))), number("epsilon")),
      ),
      first,
      second,
    })),
    at: /adam is at/,
  },
  {
    description: "Adam: the corrected moment is kept",
    optimizer: adamBy((_, { number }, first, second) => ({
      direction: adamDirection(first, second, number),
      first: multiply(first, number("scale1")),
      second,
    })),
    at: /adam is at/,
  },
  {
    description: "Adam: epsilon before the correction",
    optimizer: adamBy((_, { number }, first, second) => ({
      direction: divide(multiply(first, number("scale1")), multiply(add(sqrt(second), 1e-3), number("scale2"))),
      first,
      second,
    })),
    at: /adam is at/,
  },
];

function both(velocity: Tensor): { readonly direction: Tensor; readonly velocity: Tensor } {
  return { direction: velocity, velocity };
}

function adamDirection(first: Tensor, second: Tensor, number: (name: string) => Tensor): Tensor {
  return divide(multiply(first, number("scale1")), add(multiply(sqrt(second), number("scale2")), number("epsilon")));
}

/** A convolution whose weights are seen through a bent gradient, for images. */
export const convolutionFaults: readonly {
  readonly description: string;
  readonly layer: Layer;
  readonly at: RegExp;
}[] = [
  {
    description: "convolution: the bias's gradient averaged",
    layer: bent(conv2d(3), "bias", (up) => divide(up, 16)),
    at: /^conv2d1\.bias/,
  },
  {
    description: "convolution: the kernel's gradient flipped",
    layer: bent(conv2d(3, { size: 2 }), "weights", flipped),
    at: /^conv2d1\.weights/,
  },
];

/** The rows of a kernel in the other order. */
function flipped(x: Tensor): Tensor {
  const shape = x.shape.map(Number);
  const matrix = reshape(x, { shape: [2, x.shape.slice(1).reduce<number>((all, n) => all * Number(n), 1)] });
  const exchange = make(matmul as unknown as AnyOp, [exchangeMatrix(x), matrix], {});
  return reshape(exchange, { shape });
}

function exchangeMatrix(like: Tensor): Tensor {
  const { equal, iota, cast } = operations;
  const rows = iota({ shape: [2, 2], axis: 0 });
  const columns = iota({ shape: [2, 2], axis: 1 });
  return cast(equal(add(rows, columns), 1), { dtype: like.dtype });
}
