/** From a file to a trained, stored network: what `nabla train` does, as a generator of events. */
import { basename, join, resolve } from "node:path";
import type { JournalEntry, Json } from "nabla";
import { libraryVersion } from "../files/version.ts";
import type { RunStore } from "../store/run-store.ts";
import { foldsOf } from "./cross-validate.ts";
import { defaults } from "./defaults.ts";
import { divisionOf } from "./division.ts";
import type { Plan, RunEvent } from "./events.ts";
import type { Experiment } from "./experiment.ts";
import { checkOutput } from "./output.ts";
import { openParts, prepareParts } from "./parts.ts";
import { resolveExperiment } from "./resolve.ts";
import { runTraining } from "./run-training.ts";

/** What training a file needs beside the experiment. */
export interface TrainFileOptions {
  readonly store: RunStore;
  /** Ends the training after the epoch that is going on, with everything saved. */
  readonly signal?: AbortSignal;
  /** Where `.nabla` lies; default the working folder. */
  readonly folder?: string;
  /** The run whose diagnosis led to this one, and what it said. */
  readonly parent?: string;
  readonly notes?: string;
  /** Whether `adjustRun` can change it from another process while it trains. */
  readonly live?: boolean;
  /** Changes to make on the way. */
  readonly journal?: readonly JournalEntry[];
}

/** Reads, divides and prepares the data of an experiment and decides what it leaves open. Nothing is written. */
export async function planExperiment(experiment: Experiment): Promise<Plan> {
  const { target, task, split, seed = defaults.seed, splitSeed, image, scaling } = experiment;
  const chosen = {
    ...(task === undefined ? {} : { task }),
    ...(split === undefined ? {} : { split }),
    ...(splitSeed === undefined ? {} : { splitSeed }),
    ...divisionOf(experiment),
    ...(image === undefined ? {} : { image }),
    ...(scaling === undefined ? {} : { scaling }),
  };
  if (experiment.output !== undefined) await checkOutput(experiment.output);
  const parts = await openParts({ data: experiment.data, target, seed, ...chosen });
  const prepared = prepareParts(parts);
  const { classes, inputs } = prepared.train;
  const resolved = resolveExperiment(
    { ...experiment, data: resolve(experiment.data) },
    {
      task: parts.task,
      split: parts.policy.fractions,
      rows: parts.rows.train,
      outputs: classes?.length ?? 1,
      shape: inputs.shape.slice(1),
    },
  );
  if (resolved.folds !== undefined) foldsOf(resolved, parts, resolved.folds);
  const suspicions = await parts.inspect();
  return { resolved, parts, prepared, notices: parts.profile.notices, suspicions };
}

/**
 * As `planExperiment`, without the columns that alone give the answer away; a notice names them. Where all inputs do, all
 * of them stay, and the suspicion with them.
 */
export async function planWithoutLeaks(experiment: Experiment): Promise<Plan> {
  const plan = await planExperiment(experiment);
  const leak = plan.suspicions?.find(({ columns }) => columns !== undefined);
  const { columns = [] } = leak ?? {};
  if (leak === undefined || columns.length === plan.parts.train.columns.length) return plan;
  const without = await planExperiment({ ...experiment, ignore: [...(experiment.ignore ?? []), ...columns] });
  const message = `${leak.message}: left out`;
  return { ...without, notices: [...without.notices, { code: "data/ignored", message }] };
}

/**
 * Trains an experiment and stores the run: `for await (const event of trainFile(experiment, { store })) …`; the last
 * event is `done`. What fails before the first step leaves nothing behind. Throws what reading, planning and saving throw.
 */
export async function* trainFile(
  experiment: Experiment,
  options: TrainFileOptions,
): AsyncGenerator<RunEvent, void, undefined> {
  yield* trainPlan(await planExperiment(experiment), options);
}

/** Trains what was planned, as `trainFile` does. */
export async function* trainPlan(
  plan: Plan,
  { store, signal, folder = process.cwd(), parent, notes, live = false, journal = [] }: TrainFileOptions,
): AsyncGenerator<RunEvent, void, undefined> {
  yield { kind: "planned", plan };
  const { resolved, parts } = plan;
  const { id: run } = await store.create({
    name: basename(resolved.data).replace(/\..*$/, ""),
    job: resolved as unknown as Json,
    data: { path: resolved.data, sha256: parts.sha256 },
    seed: resolved.seed,
    version: await libraryVersion(),
    task: resolved.task,
    target: resolved.target,
    rows: parts.rows,
    parameters: 0,
    ...(parent === undefined ? {} : { parent }),
    ...(notes === undefined ? {} : { notes }),
  });
  const home = join(folder, ".nabla");
  const checkpoint = join(home, "checkpoints", `${run}.safetensors`);
  await store.update(run, { checkpoint });
  yield { kind: "created", run, store: store.place };
  const model = resolve(resolved.output ?? join(home, "models", run));
  yield* runTraining(plan, {
    ...{ store, run, checkpoint, model, journal },
    ...(live ? { live: { changes: [] } } : {}),
    ...(signal === undefined ? {} : { signal }),
  });
}
