/** Runs in the order of what decided them. */
import { decidingError, type Json } from "nabla";
import { type Run, wholeScoreIn } from "../store/run.ts";
import { measureInRecord } from "../text/measure-words.ts";

/**
 * The best first, by what decided them on dev. Runs of other data, of another target or by another measure cannot be compared, so
 * that they come in groups: that of the latest run first. Those that measured nothing come last.
 */
export function bestFirst(runs: readonly Run[]): readonly Run[] {
  const measured = runs.filter(({ outcome }) => wholeScoreIn(outcome) !== undefined);
  const groups = Map.groupBy(measured, groupOf);
  const sorted = [...groups.values()].flatMap((group) => group.toSorted((a, b) => errorOf(a) - errorOf(b)));
  return [...sorted, ...runs.filter((run) => !measured.includes(run))];
}

function groupOf({ data, target, job, outcome }: Run): string {
  const { deciding } = wholeScoreIn(outcome) ?? {};
  const measure: Json = (deciding === undefined ? undefined : measureInRecord(job)) ?? "error";
  return JSON.stringify([data.sha256, target, measure]);
}

function errorOf({ outcome }: Run): number {
  const score = wholeScoreIn(outcome);
  const error = score === undefined ? Number.NaN : decidingError(score);
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
}
