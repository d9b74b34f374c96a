/** Whether a run's probabilities are as sure as they are right, measured on rows that were not learned. */
import {
  compact,
  type Examples,
  type NdArray,
  ndarray,
  predict,
  type StoredExamples,
  type Trained,
  takeExamples,
  weightsIn,
} from "nabla";
import { crossFitTemperature } from "nabla/diagnose";
import type { RowWeights } from "nabla/statistics";
import type { Calibration } from "../store/run.ts";
import type { HeldOut } from "./run-events.ts";

/** One number needs no more rows than these. */
const MOST = 5_000;

/**
 * Of the temperature of single networks an average of several takes the square root: averaging has made it less sure already.
 * Measured on 7 tables for choosing (benchmarks/results) with 2 seeds each: the whole temperature lowers the log loss of
 * new rows by 0.005 in the mean and raises it by 0.003 at most, its root by 0.003 and by 0.001.
 */
const softened = Math.sqrt;

/** What is known of the rows that were not learned. */
export interface CalibrateOptions {
  /** The network that dev measures. */
  readonly trained: Trained;
  readonly dev: Examples | StoredExamples;
  /** In place of dev all rows, where an average of several networks is handed over. */
  readonly heldOut: HeldOut | undefined;
  readonly seed: number;
}

/** The temperature of what is handed over, 1 where none surely helps; nothing for numbers, or without dev rows. */
export async function calibrate({ trained, dev, heldOut, seed }: CalibrateOptions): Promise<Calibration | undefined> {
  if (trained.loss.task !== "classification" || dev.targets.dtype !== "int32" || dev.rows === 0) return undefined;
  const { answers, targets, weights } = heldOut === undefined ? await answersOn(dev, trained) : answersIn(heldOut);
  const options = { seed, ...compact({ weights }), ...(heldOut === undefined ? {} : { softened }) };
  const { kept: _, ...found } = crossFitTemperature(answers, targets, options);
  return found;
}

interface Answered {
  readonly answers: NdArray;
  readonly targets: ArrayLike<number>;
  readonly weights: RowWeights;
}

function answersIn({ dev: { answers, targets, weights } }: HeldOut): Answered {
  const rows = targets.shape[0] ?? 0;
  return { answers: ndarray(answers, [rows, answers.length / rows]), targets: targets.data, weights };
}

async function answersOn(dev: Examples | StoredExamples, trained: Trained): Promise<Answered> {
  const some = Uint32Array.from({ length: Math.min(MOST, dev.rows) }, (_, row) => row);
  const taken = takeExamples(dev, some);
  const { answers } = await predict(trained, taken.inputs);
  return { answers, targets: taken.targets.data, weights: weightsIn(taken) };
}
