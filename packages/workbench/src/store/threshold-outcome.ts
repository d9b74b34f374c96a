/** Where one of two classes begins, as a run records it. */
import { read } from "nabla";

/** Where the positive one of two classes begins. */
export interface ThresholdOutcome {
  /** The positive class. */
  readonly class: string;
  /** Its probability, as it is predicted, from which it is the answer. */
  readonly from: number;
  /** Whether rows chose it that were not learned. */
  readonly chosen: boolean;
  /** How many rows measure it. */
  readonly rows: number;
  /** The kind of the measure that it is told by. */
  readonly measure: string;
  /** The error by the measure with this threshold; absent where it cannot be measured. */
  readonly error?: number;
  /** The same with a half; absent where it cannot be measured. */
  readonly half?: number;
}

/** Reads a threshold. Throws `record/field`. */
export const readThreshold: read.Reader<ThresholdOutcome> = read.record<ThresholdOutcome>({
  class: read.text,
  from: read.number,
  chosen: read.flag,
  rows: read.whole,
  measure: read.text,
  error: read.optional(read.number),
  half: read.optional(read.number),
});
