/** Losses: a loss for each example, and what counts as an error. */
import type { NdArray } from "../array/ndarray.ts";
import { type Shape, sameShape, showShape } from "../array/shape.ts";
import type { Described } from "../base/described.ts";
import { NablaError } from "../base/error.ts";
import { family } from "../base/family.ts";
import { kindType } from "../base/value-type.ts";
import type { Task } from "../data/preparation.ts";
import type { TargetScale } from "../data/target-scale.ts";
import type { Tensor } from "../graph/tensor.ts";

/** A loss as data with its functions. */
export interface Loss extends Described {
  /** Whether targets are classes, numbers, or several of either side by side. */
  readonly task: Task;
  /**
   * The loss of each example: [batch], the mean over its positions (those that count in the mask). Throws `loss/shape`,
   * `loss/dtype` or `loss/mask` when outputs, targets and mask do not belong together.
   */
  readonly loss: (output: Tensor, target: Tensor, mask?: Tensor) => Tensor;
  /**
   * The error of each prediction: the fraction of wrong positions for classes, the squared difference for numbers:
   * [batch].
   */
  readonly exampleError: (output: Tensor, target: Tensor, mask?: Tensor) => Tensor;
  /** The prediction: probabilities for classes, the numbers themselves otherwise. */
  readonly answer: (output: Tensor) => Tensor;
  /** The codes of classes that answers mean, where a threshold decides; absent where the likeliest does. */
  readonly decide?: (answers: Tensor) => Tensor;
  /** The inverse of `answer`: an output that gives this prediction; left out where they are the same. */
  readonly outputFor?: (answer: Tensor) => Tensor;
  /** The layer that `answer` is, under its name in files of other tools; absent where the answer is the output itself or no layer. */
  readonly activation?: "softmax" | "sigmoid" | "exponential";
  /**
   * The error of a part from the mean of its examples' errors: the fraction wrong, or 1 - R². `targets` are those of
   * the part.
   */
  readonly error: (meanMistake: number, targets: NdArray, mask?: NdArray) => number;
  /** What the best constant prediction for different targets is, of losses of numbers; absent for classes. */
  readonly learns?: "mean" | "median" | "quantile";
  /** The scale that numbers must be prepared on, as `targetScale` of `prepare.fit`; absent where any will do. */
  readonly learnsOn?: TargetScale;
  /**
   * Rejects targets that this loss cannot use, before training: `loss/shape`, `loss/dtype`, `loss/class`, `loss/mask`.
   */
  readonly admit: (outputShape: Shape, targets: NdArray, mask?: NdArray) => void;
  /** The targets that it is made of, where they are several. */
  readonly heads?: readonly LossHead[];
  /** What is minimized instead while training, with numbers of its own that are learned too; absent where these are none. */
  readonly learned?: LearnedLoss;
}

/** A loss with numbers that are learned beside the network's, and that no prediction depends on. */
export interface LearnedLoss {
  /** What they are called, `loss.` before it, among the weights of a trained model. */
  readonly name: string;
  /** Their first values. */
  readonly initial: NdArray;
  /** The loss of each example: [batch]. */
  readonly loss: (output: Tensor, target: Tensor, learned: Tensor, mask?: Tensor) => Tensor;
  /** What each of several targets then counts, from what was learned; their sum is 1. */
  readonly shares: (learned: ArrayLike<number>) => readonly number[];
}

/** One of several targets that are learned side by side. */
export interface LossHead {
  readonly name: string;
  /** Its part of the whole: its weight divided by all. */
  readonly share: number;
  /** The error of the best constant answer on train, by which its error is divided in that of the whole. */
  readonly usualError: number;
  /** Its outputs are those from `from` up to, not including, `to`. */
  readonly from: number;
  readonly to: number;
  /** The loss of this target alone, on the outputs of all: whoever knows one target measures it so. */
  readonly loss: Loss;
  /** Its part of the targets of all. */
  readonly target: (all: Tensor) => Tensor;
  /** The same of arrays. */
  readonly targets: (all: NdArray) => NdArray;
}

/** Declares a loss. */
export const loss = family<Loss, Omit<Loss, keyof Described>>((body, { kind, options }) => ({
  ...body,
  kind,
  options,
}));

/** The values of an option that holds a loss. */
export const lossType = kindType<Loss>("loss", "loss");

/** Throws `loss/shape` unless output and target have one shape: nothing is broadcast silently. */
export function sameShapes(kind: string, output: Shape, target: Shape): void {
  if (sameShape(output, target)) return;
  const message = `${kind} compares outputs ${showShape(output)} with targets ${showShape(target)}: the shapes must be the same`;
  throw new NablaError("loss/shape", message, "let the last layer have as many units as there are target numbers");
}

/**
 * The sum over rows and columns of the squared distance from each column's mean, divided by the rows; float64. With a
 * mask only what counts is summed and divided by, as if the rest were like it.
 */
export function varianceOf({ data, shape }: NdArray, mask?: NdArray): number {
  const [rows = 1] = shape;
  const width = data.length / Math.max(1, rows);
  const positions = mask === undefined ? 1 : mask.data.length / Math.max(1, rows);
  const inner = width / positions;
  const weight = (i: number): number => (mask === undefined ? 1 : (mask.data[Math.floor(i / inner)] ?? 0));
  const totals = new Float64Array(width);
  for (let i = 0; i < data.length; i++) totals[i % width] = (totals[i % width] ?? 0) + weight(i);
  const means = new Float64Array(width);
  for (let i = 0; i < data.length; i++)
    if (weight(i) > 0)
      means[i % width] = (means[i % width] ?? 0) + (weight(i) * (data[i] ?? 0)) / (totals[i % width] ?? 1);
  let total = 0;
  // the mean of numbers that are all the same need not be one of them after rounding
  const firsts = new Float64Array(width).fill(Number.NaN);
  const varies = new Uint8Array(width);
  for (let i = 0; i < data.length; i++) {
    if (!(weight(i) > 0)) continue;
    const column = i % width;
    if (Number.isNaN(firsts[column])) firsts[column] = data[i] ?? 0;
    else if (firsts[column] !== data[i]) varies[column] = 1;
  }
  for (let i = 0; i < data.length; i++)
    if (weight(i) > 0 && varies[i % width] === 1) total += weight(i) * ((data[i] ?? 0) - (means[i % width] ?? 0)) ** 2;
  const counted = totals.reduce((sum, one) => sum + one, 0) / inner;
  return total / (counted / positions);
}
