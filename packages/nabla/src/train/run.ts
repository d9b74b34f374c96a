import type { Tensor } from "../graph/tensor.ts";
import type { Signal } from "../nn/layer.ts";
import type { Measures } from "./measures.ts";
import type { TrainingRecord } from "./record.ts";
import type { Trained } from "./trained.ts";

/** A finished training: what is recorded of it, its measures whatever they are, and the model. */
export interface Run<In extends Signal = Tensor, Out extends Signal = Tensor>
  extends Omit<TrainingRecord, "train" | "dev"> {
  /** The kept weights measured on all training rows, and on all dev rows. */
  readonly train: Measures;
  readonly dev?: Measures;
  /** The model with the kept weights. */
  readonly trained: Trained<In, Out>;
}

/** Any finished training, whatever its model takes and gives. */
export type AnyRun = Run<Signal, Signal>;
