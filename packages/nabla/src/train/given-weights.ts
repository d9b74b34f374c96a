/** Trainings that start from existing weights: of another training, of another framework. */
import { castArray, type NdArray } from "../array/ndarray.ts";
import { sameShape, showShape } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { listing, nearest } from "../base/text.ts";
import type { ByPath, ModelVariables } from "../nn/model.ts";

/**
 * The initial weights of a model when some of them are given. Throws `train/weights` for a path that the model does not
 * have and for a shape that is not the model's, so that nothing is loaded partially without an error.
 */
export function initFrom(drawn: ModelVariables, weights: ByPath<NdArray>): ModelVariables {
  if (weights.size === 0) return drawn;
  const known = new Map([...drawn.parameters, ...drawn.buffers]);
  for (const [path, { shape }] of weights) {
    const expected = known.get(path)?.shape;
    if (expected === undefined) {
      const hint = `did you mean ${listing(nearest(path, [...known.keys()]), "or")}?`;
      throw new NablaError(
        "train/weights",
        `the model has no parameter "${path}"`,
        known.size === 0 ? undefined : hint,
      );
    }
    if (!sameShape(shape, expected)) {
      const message = `"${path}" is given with the shape ${showShape(shape)}, the model has ${showShape(expected)} there`;
      throw new NablaError("train/weights", message, "give weights of the same network, or leave this one out");
    }
  }
  const taken = (arrays: ByPath<NdArray>): ByPath<NdArray> =>
    new Map([...arrays].map(([path, array]) => [path, castArray(weights.get(path) ?? array, array.dtype)]));
  return { ...drawn, parameters: taken(drawn.parameters), buffers: taken(drawn.buffers) };
}
