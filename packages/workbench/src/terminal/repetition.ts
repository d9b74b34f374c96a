/** Whether retraining a run gave the same result, bit for bit. */
import { count } from "nabla";
import type { LoadedModel } from "nabla/exchange";
import { changesOf } from "../live/journal.ts";
import type { RunHistory, RunOutcome } from "../store/run.ts";

/** A run, its replay, and the models of both. */
export interface Replayed {
  readonly first: RunHistory;
  readonly run: string;
  readonly expected: LoadedModel;
  /** Absent where the replay left no model. */
  readonly found: LoadedModel | undefined;
}

/** Whether both have the same weights. */
export function sameWeights({ expected, found }: Replayed): boolean {
  return found?.sha256 === expected.sha256;
}

/** The one document that `nabla replay --json` prints. */
export function replayDocument(replayed: Replayed): object {
  const { first, run, expected, found } = replayed;
  const weights = { expected: expected.sha256, found: found?.sha256 ?? null };
  return { run, parent: first.id, changes: changesOf(first.events).length, same: sameWeights(replayed), weights };
}

/** Whether the weights are the same, with both hashes where they are not. */
export function replayText(replayed: Replayed): string {
  const { first, run, expected, found } = replayed;
  const same = sameWeights(replayed);
  const changes = changesOf(first.events).length;
  const made = changes === 0 ? "" : `, with ${count(changes, "change")} on the way`;
  const hash = `(SHA-256 ${found?.sha256.slice(0, 12) ?? "none"}…)`;
  if (same) return `${run}: the same weights as ${first.id} to the last bit${made} ${hash}`;
  const other = first.version === expected.library ? "" : ` under nabla ${expected.library}`;
  return `${run}: not the same weights as ${first.id}${made} ${hash}\n${first.id} has ${expected.sha256.slice(0, 12)}…${other}`;
}

/** A run, the result of its repetition, and the differences. */
export interface Rerun {
  readonly first: RunHistory;
  readonly run: string;
  readonly outcome: RunOutcome;
  readonly different: readonly string[];
}

/** The one document that `nabla rerun --json` prints. */
export function rerunDocument({ first, run, outcome, different }: Rerun): object {
  const { cost, error } = outcome.dev ?? outcome.train ?? { cost: null, error: null };
  return { run, parent: first.id, same: different.length === 0, different, cost, error };
}

/** Whether the numbers are the same; where they are not, which, and why that may be. */
export function rerunText({ first, run, outcome, different }: Rerun): string {
  const { cost, error } = outcome.dev ?? outcome.train ?? { cost: null, error: null };
  if (different.length === 0) return `${run}: the same as ${first.id} to the last bit (cost ${cost}, error ${error})`;
  const clock = ["time", "stopped"].includes(first.outcome?.reason ?? "stopped");
  const touched = changesOf(first.events).length > 0;
  const cause = touched ? "was changed while training" : clock ? "was ended by a time limit or by you" : undefined;
  const why = cause === undefined ? "" : `; ${first.id} ${cause}, which \`nabla replay ${first.id}\` repeats`;
  return `${run}: not the same as ${first.id}: ${different.join(", ")}${why}`;
}
