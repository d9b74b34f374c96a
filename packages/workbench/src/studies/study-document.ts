import type { StudyResult } from "./study-events.ts";

/** The one document that `nabla tune --json` prints. */
export interface StudyDocument {
  readonly study: string;
  /** SHA-256 of the definition and of all trials with their reports: equal for any number of workers. */
  readonly hash: string;
  /** How many were done, pruned or failed. */
  readonly trials: number;
  readonly pruned: number;
  readonly failed: number;
  /** Null when no trial was finished. */
  readonly best: {
    readonly trial: number;
    readonly values: unknown;
    /** The mean dev error over its seeds, with its 95% interval. */
    readonly error: number;
    readonly interval: readonly [number, number];
    readonly seeds: number;
    /** The error of the best trial on rows that were not used to choose it; null for fewer than two trials. */
    readonly honest: number | null;
    readonly run: string | null;
    /** The model's folder; null when the study was stopped before. */
    readonly model: string | null;
  } | null;
  /** What was handed over; null when the study was stopped before. */
  readonly shipped: {
    /** The trials whose networks are averaged; 0 is what training does by default. */
    readonly trials: readonly number[];
    /** On rows that were not learned by the networks that answered them. */
    readonly rows: number;
    readonly error: number;
    /** The error of the defaults on the same rows; null where the study did not begin with them. */
    readonly defaults: number | null;
    /** How much lower the error is than theirs, with its 95% interval. */
    readonly gain: readonly [error: number, from: number, to: number];
    readonly because: string;
  } | null;
  readonly seconds: number;
}

/** A result as plain data for programs. */
export function studyDocumentOf({
  plan,
  hash,
  counts,
  decision,
  handed,
  optimism,
  run,
  model,
  seconds,
}: StudyResult): StudyDocument {
  const { winner } = decision ?? {};
  return {
    study: plan.name,
    hash,
    trials: counts.done + counts.pruned + counts.failed,
    pruned: counts.pruned,
    failed: counts.failed,
    best:
      winner === undefined
        ? null
        : {
            trial: winner.number,
            values: winner.values,
            error: winner.error,
            interval: [winner.interval.from, winner.interval.to],
            seeds: winner.errors.length,
            honest: optimism?.honest ?? null,
            run: run ?? null,
            model: model ?? null,
          },
    shipped:
      handed === undefined
        ? null
        : {
            trials: handed.numbers,
            rows: handed.rows,
            error: handed.error,
            defaults: handed.start ?? null,
            gain: [handed.gain.error, handed.gain.interval.from, handed.gain.interval.to],
            because: handed.summary,
          },
    seconds,
  };
}
