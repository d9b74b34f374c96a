/** What a regression answers, in the unit of its target. */
import {
  compact,
  type Examples,
  ndarray,
  type Preparation,
  predict,
  type RowResults,
  restoreTargets,
  scaledTarget,
  type Trained,
  targetValues,
  weightsIn,
} from "nabla";
import { weightedMean } from "nabla/statistics";

/** A network with the preparation that its numbers go through. */
export interface PreparedModel {
  readonly trained: Trained;
  readonly preparation: Preparation;
}

/** Answers beside what is true, row by row. */
export interface OwnUnit {
  readonly answers: ArrayLike<number>;
  readonly targets: ArrayLike<number>;
  /** How much each row counts; absent where all count alike. */
  readonly weights?: Float64Array;
}

/** Predicts the examples: both as a file would hold them. */
export async function inOwnUnit({ trained, preparation }: PreparedModel, examples: Examples): Promise<OwnUnit> {
  const { answers } = await predict(trained, examples.inputs);
  return {
    answers: restoreTargets(preparation, answers).data,
    targets: targetValues(preparation, examples.targets).data,
    ...compact({ weights: weightsIn(examples) }),
  };
}

/** What was predicted on the scale that is learned, as a file would hold it. */
export function ownUnitOf(preparation: Preparation, { answers, targets, weights }: RowResults): OwnUnit {
  return {
    answers: restoreTargets(preparation, ndarray(Float32Array.from(answers), targets.shape)).data,
    targets: targetValues(preparation, targets).data,
    ...compact({ weights }),
  };
}

/**
 * The same on the scale that is learned, where predictions end at the bounds of the target too: what is measured is what
 * `predict` gives.
 */
export function onLearnedScale({ target }: Preparation, { answers, targets, ...rest }: OwnUnit): OwnUnit {
  if (target.kind !== "number") return { answers, targets, ...rest };
  const scaled = (values: ArrayLike<number>): Float64Array =>
    Float64Array.from(values, (value) => scaledTarget(target, value));
  return { answers: scaled(answers), targets: scaled(targets), ...rest };
}

/** The mean squared distance. */
export function squaredDistance({ answers, targets, weights }: OwnUnit): number {
  return weightedMean(
    Array.from(targets, (target, row) => (target - (answers[row] ?? Number.NaN)) ** 2),
    weights,
  );
}
