/** The same experiment once more: same data, same seed, and so the same numbers to the last bit. */
import type { Run, RunOutcome } from "../store/run.ts";
import type { RunEvent, RunResult } from "./run-events.ts";
import { planToRepeat } from "./stored-run.ts";
import { type TrainFileOptions, trainPlan } from "./train-file.ts";

/**
 * Trains what a run records, as a run of its own whose parent it is; the events of `trainFile`. Throws `data/changed`,
 * `run/foreign` and what training throws.
 */
export async function* rerun(run: Run, options: TrainFileOptions): AsyncGenerator<RunEvent, RunResult, undefined> {
  return yield* trainPlan(await planToRepeat(run), { ...options, parent: run.id, notes: `the same as ${run.id}` });
}

/** What differs between the outcomes of a run and its repetition, by name; empty when all bits are the same. */
export function differences(first: RunOutcome | undefined, second: RunOutcome): readonly string[] {
  const told = (outcome: RunOutcome | undefined): Readonly<Record<string, number | undefined>> => ({
    "train cost": outcome?.train?.cost,
    "train error": outcome?.train?.error,
    "dev cost": outcome?.dev?.cost,
    "dev error": outcome?.dev?.error,
    epochs: outcome?.epochs,
  });
  const [a, b] = [told(first), told(second)];
  return Object.keys(a).flatMap((name) =>
    Object.is(a[name], b[name]) ? [] : [`${name} ${a[name]}then, ${b[name]} now`],
  );
}
