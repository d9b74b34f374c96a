/** What a network is to learn: a loss for each example, and what counts as a mistake. */
import type { NdArray } from "../array/ndarray.ts";
import { type Shape, sameShape, showShape } from "../array/shape.ts";
import type { Described } from "../base/described.ts";
import { NablaError } from "../base/error.ts";
import type { Tensor } from "../graph/tensor.ts";

/** A loss as data with its functions. */
export interface Loss extends Described {
  /** Whether targets are classes or numbers. */
  readonly task: "classification" | "regression";
  /** The loss of each example: [batch]. Throws `loss/shape` or `loss/dtype` when outputs and targets do not belong together. */
  readonly loss: (output: Tensor, target: Tensor) => Tensor;
  /** How wrong each answer is: 0 or 1 for classes, the squared difference for numbers: [batch]. */
  readonly exampleError: (output: Tensor, target: Tensor) => Tensor;
  /** The network's answer: probabilities for classes, the numbers themselves otherwise. */
  readonly answer: (output: Tensor) => Tensor;
  /** An output that `answer` would make into this answer; left out where they are the same. */
  readonly outputFor?: (answer: Tensor) => Tensor;
  /** The error of a part from the mean of its mistakes: the fraction wrong, or 1 - R². `targets` are those of the part. */
  readonly error: (meanMistake: number, targets: NdArray) => number;
  /** Refuses targets that this loss cannot learn, before training: `loss/shape`, `loss/dtype`, `loss/class`. */
  readonly admit: (outputShape: Shape, targets: NdArray) => void;
}

/** Throws `loss/shape` unless output and target have one shape: nothing is stretched in silence. */
export function sameShapes(loss: string, output: Shape, target: Shape): void {
  if (sameShape(output, target)) return;
  const message = `${loss} compares outputs ${showShape(output)} with targets ${showShape(target)}: the shapes must be the same`;
  throw new NablaError("loss/shape", message, "let the last layer have as many units as there are target numbers");
}

/** The sum over rows and columns of the squared distance from each column's mean, divided by the rows; float64. */
export function varianceOf({ data, shape }: NdArray): number {
  const [rows = 1] = shape;
  const width = data.length / Math.max(1, rows);
  const means = new Float64Array(width);
  for (let i = 0; i < data.length; i++) means[i % width] = (means[i % width] ?? 0) + (data[i] ?? 0) / rows;
  let total = 0;
  for (let i = 0; i < data.length; i++) total += ((data[i] ?? 0) - (means[i % width] ?? 0)) ** 2;
  return total / rows;
}
