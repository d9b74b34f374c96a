/** Trainings that start from existing weights: of another training, of another framework. */
import { castArray, type NdArray, zeros } from "../array/ndarray.ts";
import { sameShape, showShape } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { listing, nearest } from "../base/text.ts";
import type { Signal } from "../nn/layer.ts";
import type { ByPath, ModelVariables } from "../nn/model.ts";

/**
 * The initial weights of a model when some of them are given. A bias that is given beside weights is the model's, though it
 * would have none of its own before batch norm. Throws `train/weights` for a path that the model does not have and for a
 * shape that is not the model's, so that nothing is loaded partially without an error.
 */
export function initFrom<Out extends Signal>(
  initial: ModelVariables<Out>,
  weights: ByPath<NdArray>,
): ModelVariables<Out> {
  if (weights.size === 0) return initial;
  const drawn = withGivenBiases(initial, weights);
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

/**
 * Variables with the biases that weights have and they lack: other frameworks have them straight before batch norm too,
 * and what the network computes with its statistics depends on them.
 */
export function withGivenBiases<Out extends Signal>(
  variables: ModelVariables<Out>,
  weights: ByPath<NdArray>,
): ModelVariables<Out> {
  const parameters = [...variables.parameters].flatMap(([path, array]) => {
    const [, layer] = /^(.*\.|)weights$/.exec(path) ?? [];
    const bias = layer === undefined ? undefined : `${layer}bias`;
    const given = bias === undefined || variables.parameters.has(bias) ? undefined : weights.get(bias);
    const own = [path, array] as const;
    if (bias === undefined || given === undefined || !sameShape(given.shape, array.shape.slice(-1))) return [own];
    return [own, [bias, zeros(given.shape, array.dtype)] as const];
  });
  return { ...variables, parameters: new Map(parameters) };
}
