/** A run once more with everything that was done to it on the way, to the same weights. */
import { NablaError } from "nabla";
import type { ResolvedExperiment } from "../experiment/fields.ts";
import { changesOf, replayJournal } from "../live/journal.ts";
import type { RunHistory } from "../store/run.ts";
import { modelOf } from "../store/run-model.ts";
import type { RunEvent, RunResult } from "./run-events.ts";
import { planToRepeat } from "./stored-run.ts";
import { type TrainFileOptions, trainPlan } from "./train-file.ts";

/** Options of `replay`. */
export interface ReplayOptions extends Omit<TrainFileOptions, "live" | "journal" | "changes" | "parent" | "notes"> {
  /** What is asked for beside the training, which changes none of its bits; as the run had it by default. */
  readonly beside?: Partial<Pick<ResolvedExperiment, "watch" | "members" | "refit">>;
}

/**
 * Trains what a run records from its start, makes the changes of its journal at the same steps, leaves out what was
 * undone, and ends where it ended; a run of its own whose parent it is, with the events of `trainFile`. Pauses, resumptions
 * and the fork that a run came from leave no trace in the weights. Throws `run/no-model`, `run/running` for a run that has not
 * ended, `data/changed`, `run/foreign` and what training throws.
 */
export async function* replay(
  run: RunHistory,
  { beside, ...options }: ReplayOptions,
): AsyncGenerator<RunEvent, RunResult, undefined> {
  modelOf(run);
  if (run.status === "running" || run.status === "interrupted") {
    const hint = run.status === "running" ? "replay it when it has ended" : `\`nabla resume ${run.id}\` resumes it`;
    throw new NablaError("run/running", `the run ${run.id} is ${run.status} and has not ended`, hint);
  }
  // what ended by the clock is in the journal
  const plan = await planToRepeat(run, beside);
  const journal = replayJournal(run);
  const lineage = { parent: run.id, notes: `a replay of ${run.id}` };
  const changes = changesOf(run.events).filter(({ step, settings }) =>
    journal.some((entry) => entry.step === step && JSON.stringify(entry.settings) === JSON.stringify(settings)),
  );
  return yield* trainPlan(plan, { ...options, journal, changes, ...lineage });
}
