import { wrongArgument } from "../array/check-array.ts";
import { isRecord } from "../base/value-type.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Signal } from "../nn/layer.ts";
import type { Measures } from "./measures.ts";
import type { TrainingRecord, TrainingSummary } from "./record.ts";
import type { Trained } from "./trained.ts";

/** A finished training: its record, its measures even if they are not finite, and the model. */
export interface Run<In extends Signal = Tensor, Out extends Signal = Tensor>
  extends Omit<TrainingRecord, "train" | "dev"> {
  /** The saved weights evaluated on all training rows, and on all dev rows. */
  readonly train: Measures;
  /** Measures on dev with the weights that are given; absent where there is no dev part. */
  readonly dev?: Measures;
  /** The model with the saved weights. */
  readonly trained: Trained<In, Out>;
}

/** Any finished training, whatever its model's inputs and outputs. */
export type AnyRun = Run<Signal, Signal>;

/** The record of a finished training, except its epochs and changes. */
export function summaryOf(run: AnyRun): TrainingSummary {
  if (!isRecord(run) || !isRecord(run.train)) throw wrongArgument("summaryOf", "a run, as fit(job) gives", run);
  const { train, dev, history: _history, journal: _journal, trained: _trained, ...ended } = run;
  return { ...ended, train: finite(train), ...(dev === undefined ? {} : { dev: finite(dev) }) };
}

/** The measures, if all of them are finite. */
export function finite(measures: Measures): Measures | null {
  const { cost, error, mistake } = measures;
  return [cost, error, mistake].every(Number.isFinite) ? measures : null;
}
