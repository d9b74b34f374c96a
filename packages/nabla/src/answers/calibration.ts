/** Probabilities made honest by the temperature that a model holds. */
import type { NdArray } from "../array/ndarray.ts";
import { NablaError } from "../base/error.ts";
import { temperedTarget } from "../data/class-threshold.ts";
import type { Preparation } from "../data/preparation.ts";
import type { ExchangedModel } from "../exchange/model-json.ts";
import { classProbabilities, temper } from "../train/probabilities.ts";

/**
 * What is done to a network's answers before they are read: nothing, or temperature scaling. Throws `predict/uncalibrated`
 * where that is asked for and the model holds no temperature.
 */
export function calibration(
  { preparation, temperature }: Pick<ExchangedModel, "preparation" | "temperature">,
  calibrated = temperature !== undefined,
): (answers: NdArray) => NdArray {
  if (!calibrated) return (answers) => answers;
  if (temperature !== undefined) return (answers) => temper(classProbabilities(answers), temperature);
  const why = preparation?.task === "regression" ? "it predicts numbers" : "it was saved without";
  const message = `the model holds no temperature to calibrate its probabilities: ${why}`;
  throw new NablaError("predict/uncalibrated", message, "leave out --calibrated, or train a classifier again");
}

/**
 * The preparation for answers as `calibration` gives them: a threshold is stored for the network's own probabilities, and moves
 * with them, so that no prediction changes.
 */
export function calibratedPreparation(
  preparation: Preparation,
  temperature: number | undefined,
  calibrated = temperature !== undefined,
): Preparation {
  const { target } = preparation;
  if (!calibrated || temperature === undefined || target.kind !== "classes") return preparation;
  return { ...preparation, target: temperedTarget(target, temperature) };
}

/** Numbers in an answer. Throws `predict/shape` where an answer is no row of numbers, as a network from elsewhere may give. */
export function outputsOf(shape: readonly number[]): number {
  const [outputs] = shape;
  if (shape.length === 1 && outputs !== undefined) return outputs;
  const message = `the model answers with numbers of shape [${shape.join(", ")}] for each row, which no table holds`;
  throw new NablaError("predict/shape", message, "ask it in a program: predict(trained, inputs)");
}
