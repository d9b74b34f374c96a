/** How a trial's end is stored, and read again. */
import { NablaError } from "nabla";
import type { StoredTrial, TrialResult } from "../store/study.ts";
import type { TrialEnd, TrialMeasures } from "./trial.ts";

/** What the store keeps of a trial's end. */
export function resultOf({ measures, rowErrors, ...end }: TrialEnd): TrialResult {
  const kept = {
    ...measures,
    ...(rowErrors === undefined ? {} : { marks: Buffer.from(rowErrors).toString("base64") }),
  };
  return measures === undefined ? end : { ...end, measures: kept };
}

/** The end of a trial that the store has been told of. Throws `tune/unfinished` for another. */
export function endOf({ status, value, reports, reason, seconds = 0, measures, number }: StoredTrial): TrialEnd {
  if (status === "waiting" || status === "running")
    throw new NablaError("tune/unfinished", `trial ${number} is ${status}: it has not ended`);
  const { marks, ...plain } = (measures ?? {}) as unknown as Partial<TrialMeasures> & { readonly marks?: string };
  return {
    state: status,
    ...(value === undefined ? {} : { value }),
    reports,
    ...(reason === undefined ? {} : { reason }),
    seconds,
    ...(measures === undefined ? {} : { measures: plain as TrialMeasures }),
    ...(marks === undefined ? {} : { rowErrors: new Uint8Array(Buffer.from(marks, "base64")) }),
  };
}
