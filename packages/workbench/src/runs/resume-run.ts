/** Resumes a run that was interrupted or stopped, to the same weights as without the interruption. */
import { join, resolve } from "node:path";
import { type Checkpoint, NablaError } from "nabla";
import type { ResolvedExperiment } from "../experiment/fields.ts";
import type { Plan } from "../experiment/plan.ts";
import { changesOf, type LiveChange, matchesChanges } from "../live/journal.ts";
import { loadCheckpoint } from "../store/checkpoint.ts";
import { checkOutput } from "../store/model-output.ts";
import type { Run } from "../store/run.ts";
import type { RunStore } from "../store/run-store.ts";
import { homeBeside } from "../store/store-place.ts";
import { plannedEvent, type RunEvent, type RunResult } from "./run-events.ts";
import { runTraining } from "./run-training.ts";
import { experimentOf, planOf } from "./stored-run.ts";

/** Options of `resumeRun`. */
export interface ResumeOptions {
  readonly store: RunStore;
  /** Another folder for the model; by default the one that was planned. */
  readonly output?: string;
  /** Whether `adjustRun` can change it from another process while it trains; not by default. */
  readonly live?: boolean;
  /**
   * Settings to change before its first step, by the names that `nabla adjust` uses; needs `live`. None by default.
   */
  readonly set?: Readonly<Record<string, number>>;
  /** Ends the training after the epoch that is going on, with everything saved; by default nothing does. */
  readonly signal?: AbortSignal;
  /** Where `.nabla` with checkpoints and models lies; default beside the store. */
  readonly folder?: string;
}

/**
 * The same events as `trainFile`, from the run's last checkpoint on, or from the start where there is none. Throws
 * `run/finished` for a run that has nothing left to do, `store/running` for one that is going on, `data/changed`.
 */
export async function* resumeRun(id: string, options: ResumeOptions): AsyncGenerator<RunEvent, RunResult, undefined> {
  const { store, signal, live = false, set: first = {}, folder } = options;
  const run = await store.get(id);
  refuseFinished(run);
  const resolved = experimentOf(run);
  const output = options.output ?? resolved.output;
  if (output !== undefined) await checkOutput(output);
  const home = folder === undefined ? homeBeside(store.place, output) : join(folder, ".nabla");
  const checkpoint = run.checkpoint ?? join(home, "checkpoints", `${run.id}.safetensors`);
  const changes = changesOf(run.events);
  await store.resume(run.id);
  const { plan, resume } = await reopen(run, resolved, { checkpoint, changes }).catch(async (error: unknown) => {
    // Whatever prevented the run from resuming may be fixed, so it can be resumed again.
    await store.update(run.id, { status: "stopped" }).catch(() => {});
    throw error;
  });
  yield plannedEvent(plan);
  yield { kind: "created", run: run.id, store: store.place };
  const model = resolve(output ?? run.model ?? join(home, "models", run.id));
  return yield* runTraining(plan, {
    store,
    run: run.id,
    checkpoint,
    model,
    journal: changes.map(({ step, settings: changed }) => ({ step, settings: changed })),
    ...(live ? { live: { changes, first } } : {}),
    ...(resume === undefined ? {} : { resume }),
    ...(signal === undefined ? {} : { signal }),
  });
}

async function reopen(
  run: Run,
  resolved: ResolvedExperiment,
  { checkpoint, changes }: { readonly checkpoint: string; readonly changes: readonly LiveChange[] },
): Promise<{ plan: Plan; resume: Checkpoint | undefined }> {
  const plan = await planOf(run, resolved);
  const resume = await lastCheckpoint(checkpoint);
  // one that knows of changes that were undone belongs to another past: then the seed makes everything again
  return { plan, resume: resume !== undefined && matchesChanges(resume, changes) ? resume : undefined };
}

function refuseFinished({ id, status, outcome }: Run): void {
  if (status === "finished") {
    throw new NablaError("run/finished", `the run ${id} is finished: there is nothing to resume`, `nabla show ${id}`);
  }
  if (status === "failed" && outcome?.reason === "diverged") {
    throw new NablaError(
      "run/finished",
      `the run ${id} diverged, and would again`,
      "train again with a lower learning rate",
    );
  }
}

async function lastCheckpoint(path: string): Promise<Checkpoint | undefined> {
  try {
    return await loadCheckpoint(path);
  } catch (error) {
    // Killed before the first one: the seed gives the same initial weights again.
    if (error instanceof NablaError && error.code === "checkpoint/missing") return undefined;
    throw error;
  }
}
