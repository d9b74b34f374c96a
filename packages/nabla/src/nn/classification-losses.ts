import { type NdArray, ndarray } from "../array/ndarray.ts";
import { elementsOf, type Shape, sameShape, showShape } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { number, numbers } from "../base/field.ts";
import { add, equal, lessEqual, log, maximum, multiply, not, sigmoid, subtract } from "../graph/elementwise.ts";
import { constant } from "../graph/leaf.ts";
import { broadcast, cast, reshape } from "../graph/movement.ts";
import { argmax, max, mean } from "../graph/reduce.ts";
import type { Tensor } from "../graph/tensor.ts";
import {
  binaryCrossEntropy,
  centeredLogits,
  logSumExpOfCentered,
  type SideWeights,
  weightedLogits,
} from "./cross-entropy.ts";
import { pick, softmaxOf } from "./functions.ts";
import { loss, sameShapes } from "./loss.ts";
import { admitMask, meanPerExample, targetsThatCount } from "./mask.ts";

/**
 * Cross-entropy of the softmax of logits [batch, …, classes] with class codes int32 [batch, …], or with shares of the
 * classes [batch, …, classes] that sum to 1. `smoothing` s gives s of the target's weight to all classes in equal parts
 * (Szegedy et al. 2016, section 7). `weights` multiply the part of each class: rare ones may count more; the mean is still
 * one over examples.
 */
export const softmaxCrossEntropy = loss(
  "softmaxCrossEntropy",
  {
    smoothing: number({
      atLeast: 0,
      below: 1,
      default: 0,
      source: "off",
      help: "the share of a target's weight that goes to all classes in equal parts (label smoothing)",
    }),
    weights: numbers({
      atLeast: 0,
      optional: true,
      help: "what the loss of each class counts, in the order of the codes; left out, all count 1",
    }),
  },
  ({ smoothing, weights }) => ({
    task: "classification",
    loss: (output, target, mask) => {
      admitClasses(output.shape, target);
      const z = centeredLogits(output);
      const total = logSumExpOfCentered(z);
      const weighed = weights === undefined ? undefined : weightsOf(weights, output);
      const q = weighed === undefined ? z : multiply(z, weighed);
      const right = isCodes(target) ? pick(q, target) : weightedLogits(q, targetsThatCount(like(z, target), mask));
      const aim = smoothed(right, smoothing, () => mean(q, { axes: -1 }));
      if (weighed === undefined) return meanPerExample(subtract(total, aim), mask);
      const all = broadcast(weighed, { shape: output.shape });
      const own = isCodes(target) ? pick(all, target) : weightedLogits(all, targetsThatCount(like(z, target), mask));
      const counts = smoothed(own, smoothing, () => mean(weighed));
      return meanPerExample(subtract(multiply(total, counts), aim), mask);
    },
    exampleError: (output, target, mask) => {
      admitClasses(output.shape, target);
      const right = isCodes(target) ? target : argmax(target, { axis: -1 });
      return meanPerExample(cast(not(equal(argmax(output, { axis: -1 }), right)), { dtype: output.dtype }), mask);
    },
    answer: softmaxOf,
    activation: "softmax",
    outputFor: logOf,
    error: (meanMistake) => meanMistake,
    admit: (outputShape, targets, mask) => {
      admitClasses(outputShape, {
        shape: [outputShape[0] ?? "batch", ...targets.shape.slice(1)],
        dtype: targets.dtype,
      });
      if (weights !== undefined) checkWeights(weights, outputShape);
      if (mask !== undefined) admitMask(outputShape.slice(0, -1), mask);
      if (isCodes(targets)) admitCodes(outputShape, targets, mask);
      else admitShares(targets, mask);
    },
  }),
  {
    help: "cross-entropy of the softmax of one output per class",
    elsewhere: ["crossEntropy", "categoricalCrossentropy", "sparseCategoricalCrossentropy", "logLoss"],
  },
);

/** A share of what one value holds goes to another, evenly. */
function smoothed(right: Tensor, smoothing: number, evenly: () => Tensor): Tensor {
  return smoothing === 0 ? right : add(multiply(right, 1 - smoothing), multiply(evenly(), smoothing));
}

/** The weights of classes as a tensor [classes]. Throws `loss/weights` unless each output has one. */
export function weightsOf(given: number | readonly number[], { shape, dtype }: Tensor): Tensor {
  checkWeights(given, shape);
  const weights = typeof given === "number" ? [given] : given;
  return constant(ndarray(weights, [weights.length], dtype));
}

function checkWeights(given: number | readonly number[], output: Shape): void {
  const count = typeof given === "number" ? 1 : given.length;
  if (count === output.at(-1)) return;
  throw new NablaError(
    "loss/weights",
    `the loss has ${count} weights, and the model ${output.at(-1)} outputs, one for each class or label`,
    "give one weight for each, in the order of the outputs",
  );
}

/** Whether targets are class codes. */
export function isCodes({ dtype }: Pick<Tensor, "dtype">): boolean {
  return dtype === "int32";
}

/** Throws `loss/dtype` or `loss/shape` unless targets are codes or shares of the classes of the output. */
export function admitClasses(output: Shape, target: Pick<Tensor, "shape" | "dtype">): void {
  const { shape, dtype } = target;
  if (output.length >= 2 && !isCodes(target) && dtype !== "bool" && sameShape(output, shape)) return;
  if (!isCodes(target)) {
    const message = `softmaxCrossEntropy takes class codes (int32), or shares of the classes in the shape of the logits, which is ${showShape(output)}; the targets are ${dtype} ${showShape(shape)}`;
    const hint = "for number targets use squaredError(); for classes make the target a category column";
    throw new NablaError("loss/dtype", message, dtype === "float32" ? hint : undefined);
  }
  if (output.length >= 2 && sameShape(output.slice(0, -1), shape)) return;
  const message = `softmaxCrossEntropy takes logits [batch, …, classes] and codes [batch, …], received ${showShape(output)} and ${showShape(shape)}`;
  const deep = output.length > shape.length + 1;
  throw new NablaError("loss/shape", message, deep ? "put flatten() before the last layers" : undefined);
}

function admitCodes(outputShape: Shape, { data, shape }: NdArray, mask: NdArray | undefined): void {
  const classes = Number(outputShape.at(-1));
  const at = data.findIndex((code: number, i: number) => (code < 0 || code >= classes) && counts(mask, data.length, i));
  if (at < 0 && classes > 1) return;
  const row = Math.floor(at / elementsOf(shape.slice(1)));
  const found = at < 0 ? "a single class" : `the class code ${data[at]} in row ${row}`;
  throw new NablaError(
    "loss/class",
    `the model has ${classes} outputs, one for each class from 0 to ${classes - 1}, but the targets hold ${found}`,
    "let the last layer have as many units as there are classes",
  );
}

/** How far from 1 shares may sum. */
const SLACK = 1e-4;

function admitShares({ data, shape }: NdArray, mask: NdArray | undefined): void {
  const classes = shape.at(-1) ?? 1;
  for (let from = 0; from < data.length; from += classes) {
    if (!counts(mask, data.length, from)) continue;
    let [total, least] = [0, 0];
    for (let i = from; i < from + classes; i++) {
      total += data[i] ?? 0;
      least = Math.min(least, data[i] ?? 0);
    }
    if (least >= 0 && Math.abs(total - 1) <= SLACK) continue;
    const message = `shares of the classes are from 0 and sum to 1, those of position ${from / classes} are ${least < 0 ? `as low as ${least}` : `${Number(total.toPrecision(6))} together`}`;
    throw new NablaError("loss/class", message);
  }
}

/** Whether the number i of targets counts. */
function counts(mask: NdArray | undefined, length: number, i: number): boolean {
  return mask === undefined || (mask.data[Math.floor((i * mask.data.length) / length)] ?? 0) > 0;
}

const SIGMOID = "sigmoidCrossEntropy";

/** What the two answers of yes-no questions count. */
export const sideFields = {
  positive: numbers({
    above: 0,
    default: 1,
    source: "off",
    help: "what the loss of positive targets counts, one number or one for each output: above 1 fewer of them are missed",
  }),
  negative: numbers({
    above: 0,
    default: 1,
    source: "off",
    help: "what the loss of negative targets counts, one number or one for each output",
  }),
};

/** The same for a tensor of outputs. Throws `loss/weights` where there is not one number for each. */
export function sidesOf(
  given: { readonly [side in keyof SideWeights]: number | readonly number[] },
  output: Tensor,
): SideWeights {
  const of = (one: number | readonly number[]): number | Tensor =>
    typeof one === "number" ? one : weightsOf(one, output);
  return { positive: of(given.positive), negative: of(given.negative) };
}

function checkSides(
  { positive, negative }: { readonly [side in keyof SideWeights]: number | readonly number[] },
  output: Shape,
): void {
  for (const one of [positive, negative]) if (typeof one !== "number") checkWeights(one, output);
}

/**
 * Cross-entropy of the sigmoid of logits with targets of 0 to 1, both [batch, …, k]: the mean over k independent
 * questions. Class codes int32 [batch, …] of two classes go with outputs [batch, …, 1].
 */
export const sigmoidCrossEntropy = loss(
  "sigmoidCrossEntropy",
  {
    positive: sideFields.positive,
    negative: sideFields.negative,
  },
  (sides) => ({
    task: "classification",
    loss: (output, target, mask) =>
      meanPerExample(binaryCrossEntropy(output, likeOutput(output, target, mask), sidesOf(sides, output)), mask),
    // a position counts as wrong when any of its labels is predicted wrong, unless the mask distinguishes labels
    exampleError: (output, target, mask) => {
      const wrong = not(
        equal(
          cast(lessEqual(0, output), { dtype: "int32" }),
          cast(lessEqual(0.5, likeOutput(output, target, mask)), { dtype: "int32" }),
        ),
      );
      const each = cast(wrong, { dtype: output.dtype });
      const alone = each.shape.length === 1 || mask?.shape.length === each.shape.length;
      return meanPerExample(alone ? each : max(each, { axes: -1 }), mask);
    },
    answer: (output) => sigmoid(output),
    activation: "sigmoid",
    outputFor: (answer) => subtract(logOf(answer), logOf(subtract(1, answer))),
    error: (meanMistake) => meanMistake,
    admit: (outputShape, targets, mask) => {
      const shape = [outputShape[0] ?? "batch", ...targets.shape.slice(1)];
      sameShapes(SIGMOID, outputShape, isTwoClasses(outputShape, { ...targets, shape }) ? [...shape, 1] : shape);
      checkSides(sides, outputShape);
      if (mask !== undefined) admitMask(outputShape, mask);
      const { data } = targets;
      const at = data.findIndex((y: number, i: number) => !(y >= 0 && y <= 1) && counts(mask, data.length, i));
      if (at >= 0)
        throw new NablaError("loss/class", `${SIGMOID} takes targets from 0 to 1, number ${at} of them is ${data[at]}`);
    },
  }),
  {
    help: "cross-entropy of the sigmoid of each output",
    elsewhere: ["binaryCrossentropy", "bce", "bceWithLogits"],
  },
);

// shares that round to 0 in float32 stay finite
function logOf(share: Tensor): Tensor {
  return log(maximum(share, 1e-30));
}

/** Class codes have no axis of questions. */
function isTwoClasses(output: Shape, target: Pick<Tensor, "shape" | "dtype">): boolean {
  return isCodes(target) && target.shape.length === Math.max(1, output.length - 1);
}

/** Targets from 0 to 1 in shape and dtype of the output. Throws `loss/shape`. */
export function likeOutput(output: Tensor, target: Tensor, mask: Tensor | undefined): Tensor {
  const y = isTwoClasses(output.shape, target) ? reshape(target, { shape: [...target.shape, 1] }) : target;
  sameShapes(SIGMOID, output.shape, y.shape);
  return targetsThatCount(like(output, y), mask);
}

/** Targets in the dtype of the output. */
export function like({ dtype }: Tensor, y: Tensor): Tensor {
  return y.dtype === dtype ? y : cast(y, { dtype });
}
