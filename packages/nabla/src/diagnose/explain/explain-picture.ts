/**
 * Where a network looks in a picture: occlusion (Zeiler and Fergus 2014). One patch after the other is covered, by what other
 * pictures hold there on average, so that a cover is no shape of its own; what the answer falls by is what that patch was worth.
 */
import { type NdArray, ndarray } from "../../array/ndarray.ts";
import { type ClassThreshold, decidedClass } from "../../data/class-threshold.ts";
import type { AnswerInputs } from "./column-groups.ts";

/** What patches are worth, by their places. */
export interface PatchMap {
  /** The side of a patch in pixels; those at the right and at the bottom may be smaller. */
  readonly side: number;
  /** By row of patches, from the top, and by column: what the answer falls by where the patch is covered; below 0 it rises. */
  readonly drops: readonly (readonly number[])[];
}

/** A picture's prediction, and what its patches are worth. */
export interface ExplainedPicture extends PatchMap {
  /** The output that is explained: the code of the predicted class, or 0 for a number. */
  readonly output: number;
  /** The probability of that class, or the number. */
  readonly value: number;
}

/** Options of `explainPicture`. */
export interface PatchOptions {
  /** How many patches the longer side is cut into. Default 8. */
  readonly patches?: number;
  /** What decides between two classes, of which the answer is explained. Default: the likelier is. */
  readonly threshold?: ClassThreshold | undefined;
}

/** Explains one picture, [1, height, width, channels], as the network takes it; `cover` has its shape, as `meanPicture` gives it. */
export async function explainPicture(
  answer: AnswerInputs,
  { picture, cover }: { readonly picture: NdArray; readonly cover: NdArray },
  { patches = 8, threshold }: PatchOptions = {},
): Promise<ExplainedPicture> {
  const [, height = 1, width = 1, channels = 1] = picture.shape;
  const side = Math.max(1, Math.ceil(Math.max(height, width) / patches));
  const [down, across] = [Math.ceil(height / side), Math.ceil(width / side)];
  const size = height * width * channels;
  const covered = new Float32Array((down * across + 1) * size);
  for (let at = 0; at <= down * across; at++) covered.set(picture.data, at * size);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * channels;
      const patch = Math.floor(y / side) * across + Math.floor(x / side);
      covered.set(cover.data.subarray(from, from + channels), (patch + 1) * size + from);
    }
  const { data, shape } = await answer(ndarray(covered, [down * across + 1, height, width, channels]));
  const outputs = shape[1] ?? 1;
  const output = decidedClass(data, { threshold }, { classes: outputs });
  const value = data[output] ?? Number.NaN;
  const drop = (patch: number): number => value - (data[(patch + 1) * outputs + output] ?? Number.NaN);
  const drops = Array.from({ length: down }, (_row, y) =>
    Array.from({ length: across }, (_patch, x) => drop(y * across + x)),
  );
  return { output, value, side, drops };
}

/** The mean of pictures [rows, height, width, channels], pixel by pixel: [1, height, width, channels]. */
export function meanPicture({ data, shape: [rows = 0, ...shape] }: NdArray): NdArray {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const mean = new Float64Array(size);
  for (let i = 0; i < data.length; i++) mean[i % size] = (mean[i % size] ?? 0) + (data[i] ?? 0) / rows;
  return ndarray(Float32Array.from(mean), [1, ...shape]);
}
