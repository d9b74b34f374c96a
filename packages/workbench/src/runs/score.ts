/** How well a model does on examples, in the terms that are recorded and printed. */
import { type Examples, type Measures, type NdArray, type StoredExamples, targetBounds } from "nabla";
import { populationVariance, weightedVariance } from "nabla/statistics";
import type { Score } from "../store/run.ts";
import { inOwnUnit, type OwnUnit, onLearnedScale, type PreparedModel, squaredDistance } from "./own-unit.ts";

/**
 * Cost and error; for numbers also the root mean squared error in the target's own unit. Both are those of the predictions
 * themselves, which end at the bounds of the target, where the model has any: 1 - R² is that of the target's own unit, whatever
 * scale it was learned on.
 */
export async function scoreOf(
  { cost, error, mistake }: Measures,
  model: PreparedModel,
  examples: Examples,
): Promise<Score> {
  const { target } = model.preparation;
  if (target.kind !== "number") return { cost, error };
  const measured = { cost, error, rmse: Math.sqrt(mistake) * target.deviation };
  const bounds = targetBounds(target);
  if (bounds === undefined) return measured;
  const own = await inOwnUnit(model, examples);
  const rmse = Math.sqrt(squaredDistance(own));
  if (target.scale !== undefined) return { cost, error: unexplained(own), rmse };
  const ended = Array.from(own.answers).some((answer) => answer === bounds.from || answer === bounds.to);
  // what the training measured is exact where no prediction ends at a bound
  if (!ended) return measured;
  const learned = squaredDistance(onLearnedScale(model.preparation, own));
  return { cost, error: model.trained.loss.error(learned, examples.targets, maskOf(examples)), rmse };
}

/** 1 - R²: 0 where there is nothing to explain and all is met, 1 where it is not. */
function unexplained(own: OwnUnit): number {
  const [missed, variance] = [squaredDistance(own), weightedVariance(own.targets, own.weights)];
  return variance > 0 ? missed / variance : Number(missed > 0);
}

/** How much rows of a table count. */
function maskOf({ mask }: Examples): NdArray | undefined {
  return mask !== undefined && "dtype" in mask ? (mask as NdArray) : undefined;
}

/** Whether numbers to be predicted are all the same, so that there is no 1 - R² of them. */
export function isConstant({ targets }: Pick<Examples | StoredExamples, "targets">): boolean {
  return targets.dtype !== "int32" && !(populationVariance(targets.data) > 0);
}
