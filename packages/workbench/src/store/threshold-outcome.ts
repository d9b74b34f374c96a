/** Where one of two classes begins, as a run records it. */
import { read } from "nabla";
import type { ThresholdFacts } from "../text/shipped.ts";

/** Reads a threshold. Throws `record/field`. */
export const readThreshold: read.Reader<ThresholdFacts> = read.record<ThresholdFacts>({
  class: read.text,
  from: read.number,
  chosen: read.flag,
  rows: read.whole,
  measure: read.text,
  error: read.optional(read.number),
  half: read.optional(read.number),
});
