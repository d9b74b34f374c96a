/** From a file to a trained, stored network: what `nabla train` does, as a generator of events. */

import { basename, join, resolve } from "node:path";
import { compact, type JournalEntry, type Json } from "nabla";
import { targetText } from "nabla/tables";
import type { Experiment } from "../experiment/fields.ts";
import { type Plan, planExperiment } from "../experiment/plan.ts";
import { libraryVersion } from "../host/version.ts";
import { changeEvent, type LiveChange } from "../live/journal.ts";
import { checkCheckpoints } from "../store/model-output.ts";
import type { RunStore } from "../store/run-store.ts";
import { homeBeside } from "../store/store-place.ts";
import { plannedEvent, type RunEvent, type RunResult } from "./run-events.ts";
import { runTraining } from "./run-training.ts";

/** What training a file needs in addition to the experiment. */
export interface TrainFileOptions {
  readonly store: RunStore;
  /** Ends the training after the epoch that is going on, with everything saved. By default nothing does. */
  readonly signal?: AbortSignal;
  /** Where `.nabla` with checkpoints and models lies; default beside the store. */
  readonly folder?: string;
  /** The run whose diagnosis led to this one, and its summary. By default it stands alone. */
  readonly parent?: string;
  /** The study whose trial it trains again; none by default. */
  readonly study?: string;
  /** What the user notes down about the run; nothing by default. */
  readonly notes?: string;
  /** Whether `adjustRun` can change it from another process while it trains; not by default. */
  readonly live?: boolean;
  /** Changes to make on the way. None by default. */
  readonly journal?: readonly JournalEntry[];
  /** The same as the lines of an earlier run's journal, to be written down in this one's. None by default. */
  readonly changes?: readonly LiveChange[];
}

/**
 * Trains an experiment and stores the run: `for await (const event of trainFile(experiment, { store })) …`; the last
 * event is `done`, and the generator returns the `RunResult`, as `drain` gives it. What fails before the
 * first step leaves no files. Throws what reading, planning and saving throw.
 */
export async function* trainFile(
  experiment: Experiment,
  options: TrainFileOptions,
): AsyncGenerator<RunEvent, RunResult, undefined> {
  return yield* trainPlan(await planExperiment(experiment), options);
}

/** Trains what was planned, as `trainFile` does. */
export async function* trainPlan(
  plan: Plan,
  { store, signal, folder, parent, study, notes, live = false, journal = [], changes = [] }: TrainFileOptions,
): AsyncGenerator<RunEvent, RunResult, undefined> {
  yield plannedEvent(plan);
  const { resolved, parts } = plan;
  const home = folder === undefined ? homeBeside(store.place, resolved.output) : join(folder, ".nabla");
  await checkCheckpoints(join(home, "checkpoints"));
  const { id: run } = await store.create(
    compact({
      name: basename(resolved.data).replace(/\..*$/, ""),
      job: resolved as unknown as Json,
      data: { path: resolved.data, sha256: parts.sha256 },
      seed: resolved.seed,
      version: await libraryVersion(),
      task: resolved.task,
      target: parts.profile.target ?? targetText(resolved.target),
      rows: parts.rows,
      parameters: 0,
      parent,
      study,
      notes,
    }),
  );
  const checkpoint = join(home, "checkpoints", `${run}.safetensors`);
  await store.update(run, { checkpoint });
  if (changes.length > 0) await store.append(run, { events: changes.map(changeEvent) });
  yield { kind: "created", run, store: store.place };
  const model = resolve(resolved.output ?? join(home, "models", run));
  return yield* runTraining(plan, {
    ...{ store, run, checkpoint, model, journal },
    ...(live ? { live: { changes: [] } } : {}),
    ...(signal === undefined ? {} : { signal }),
  });
}
