/** What the store keeps of a study's result. */
import type { Json } from "nabla";
import type { AxisImportance, Optimism } from "nabla/tune";
import type { Finalist, StudyResult } from "./study-events.ts";

/** What the store keeps of a study's result. */
export interface StudyOutcome {
  readonly hash: string;
  readonly seconds: number;
  /** Null when no trial came to its end. */
  readonly best: {
    readonly number: number;
    readonly values: unknown;
    readonly error: number;
    readonly interval: { readonly from: number; readonly to: number };
    readonly run: string | null;
    readonly model: string | null;
    readonly said: string;
  } | null;
  readonly finalists: readonly Finalist[];
  readonly optimism: Optimism | null;
  readonly importance: readonly AxisImportance[];
}

/** A result as it is stored. */
export function studyOutcomeOf({ hash, seconds, decision, optimism, importance, run, model }: StudyResult): Json {
  const { winner, finalists = [], summary = "" } = decision ?? {};
  const found = winner && {
    number: winner.number,
    values: winner.values,
    error: winner.error,
    interval: winner.interval,
  };
  const outcome: StudyOutcome = {
    hash,
    seconds,
    best: found === undefined ? null : { ...found, run: run ?? null, model: model ?? null, said: summary },
    finalists,
    optimism: optimism ?? null,
    importance,
  };
  return outcome as unknown as Json;
}
