/** What a model is judged by beside the plain error: how its classes are found, and how far its numbers are off. */
import { compact, decidedCodes, type Examples, predict, weightsIn } from "nabla";
import { type ClassMeasures, classMeasures, classProbabilities } from "nabla/diagnose";
import { weightedMean, weightedVariance } from "nabla/statistics";
import type { NumberScore } from "../store/dev-measures.ts";
import { inOwnUnit, type PreparedModel, squaredDistance } from "./own-unit.ts";

/** The measures of one target of classes, of two classes for the positive one; undefined for any other, and without rows. */
export async function classScore(
  { trained, preparation }: PreparedModel,
  examples: Examples,
  positive?: string,
): Promise<ClassMeasures | undefined> {
  const { target } = preparation;
  if (target.kind !== "classes" || examples.rows === 0) return undefined;
  const { answers } = await predict(trained, examples.inputs);
  const probabilities = classProbabilities(answers);
  const named = positive === undefined ? -1 : target.classes.indexOf(positive);
  const code = named < 0 ? target.threshold?.positive : named;
  return classMeasures(
    probabilities,
    examples.targets.data,
    target.classes,
    compact({ positive: code, predicted: decidedCodes(probabilities, target), weights: weightsIn(examples) }),
  );
}

/** How far the predictions of a number are off, in its own unit; undefined for any other target, and without rows. */
export async function numberScore(model: PreparedModel, examples: Examples): Promise<NumberScore | undefined> {
  if (model.preparation.target.kind !== "number" || examples.rows === 0) return undefined;
  const own = await inOwnUnit(model, examples);
  const square = squaredDistance(own);
  const variance = weightedVariance(own.targets, own.weights);
  const distances = Float64Array.from(own.targets, (truth, row) => Math.abs(truth - (own.answers[row] ?? Number.NaN)));
  return {
    r2: variance > 0 ? 1 - square / variance : Number.NaN,
    rmse: Math.sqrt(square),
    mae: weightedMean(distances, own.weights),
  };
}
