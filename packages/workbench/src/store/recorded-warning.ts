/** What was found about the data of a run before its first step, as it is recorded. */
import { type Json, read } from "nabla";

/** How much a warning weighs: `warning` is what `--strict` refuses and no verdict stands without, `advice` is not. */
const SEVERITIES = ["warning", "advice"] as const;

/** A warning about the data; the remedy is options of an experiment. */
export interface RecordedWarning {
  readonly code: string;
  readonly message: string;
  readonly severity: (typeof SEVERITIES)[number];
  readonly hint: string;
  /** A change of the experiment that mends it; absent where there is none. */
  readonly remedy?: Json;
}

/** Reads a recorded warning. Throws `record/field`. */
export const readRecordedWarning: read.Reader<RecordedWarning> = read.record<RecordedWarning>({
  code: read.text,
  message: read.text,
  severity: read.word(SEVERITIES),
  hint: read.text,
  remedy: read.optional((value) => value as Json),
});
