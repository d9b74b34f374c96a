/** What holds a stored run back, and what to try: its data and its model are opened again. */
import {
  compact,
  type Examples,
  type Run as Finished,
  type Job,
  type Measures,
  NablaError,
  type StoredExamples,
} from "nabla";
import {
  type Action,
  type Diagnosis,
  diagnose,
  examine,
  type LearningCurve,
  learningCurve,
  recipe,
  rowResults,
} from "nabla/diagnose";
import type { ResolvedExperiment } from "../experiment/fields.ts";
import { prepareParts } from "../experiment/parts.ts";
import type { Plan } from "../experiment/plan.ts";
import { jobOf } from "../experiment/resolve.ts";
import { replayJournal } from "../live/journal.ts";
import type { RunHistory } from "../store/run.ts";
import type { RunStore } from "../store/run-store.ts";
import { baselineError } from "./baseline.ts";
import { heldOutOf } from "./held-out.ts";
import { loadMeasured } from "./measured-model.ts";
import type { HeldOut } from "./run-events.ts";
import { experimentOf, partsOf } from "./stored-run.ts";

/** Rows beyond which a verdict is made from errors alone: looking at each costs as much as an epoch. */
const MOST_ROWS = 200_000;

/** The verdict on a training that has just ended, by all rows of train and dev where networks held them out in turn. */
export async function diagnosisOf(
  { resolved: { human }, prepared: { train, dev } }: Plan,
  end: Pick<Finished, "train" | "dev" | "trained">,
  heldOut?: HeldOut,
): Promise<Diagnosis> {
  const options = {
    human,
    ...("read" in train ? {} : { baseline: baselineError(train, dev) }),
  };
  if (heldOut !== undefined) return diagnose(end, { ...options, rowResults: heldOut });
  if ("read" in train || train.rows > MOST_ROWS || end.dev === undefined) return diagnose(end, options);
  const seen = { train: await rowResults(end.trained, train), dev: await rowResults(end.trained, dev) };
  return diagnose(end, { ...options, rowResults: seen });
}

/** The whole job of a plan, with its data. */
export function jobOfPlan(resolved: ResolvedExperiment, { train, dev }: Plan["prepared"]): Job {
  return { ...jobOf(resolved), train, dev };
}

export interface DiagnoseRunOptions {
  readonly store: RunStore;
  /** The human-level error, in place of the run's own. */
  readonly human?: number;
  /** Whether to train on growing shares of the rows. */
  readonly curve?: boolean;
  /** Is called with each training for the curve. */
  readonly onPoint?: (point: { readonly rows: number; readonly error: number }) => void;
}

/** What was found. */
export interface DiagnosedRun {
  readonly run: string;
  readonly diagnosis: Diagnosis;
  readonly recipe: readonly Action[];
  readonly curve?: LearningCurve;
}

/** Verdict and recipe of a stored run. Throws `run/no-model`, `data/changed`, `model/…`, `diagnose/stored`. */
export async function diagnoseRun(id: string, options: DiagnoseRunOptions): Promise<DiagnosedRun> {
  const { store, curve: asked = false, onPoint } = options;
  const run = await store.get(id);
  const resolved = experimentOf(run);
  const human = options.human ?? resolved.human;
  const { trained, preparation } = await loadMeasured(run);
  const parts = await partsOf(run);
  const prepared = prepareParts(parts, preparation);
  const seen = await heldOutOf(run, { parts, preparation });
  const { time: _, ...job } = jobOfPlan(resolved, prepared);
  const train = inMemory(prepared.train);
  const finished = finishedOf(run, trained);
  const baseline = baselineError(train, prepared.dev);
  const evidence = await examine({ ...job, train }, finished, compact({ human, baseline, rowResults: seen }));
  const curve = asked ? await learningCurve({ ...job, train }, onPoint === undefined ? {} : { onPoint }) : undefined;
  return {
    run: run.id,
    diagnosis: evidence.diagnosis,
    recipe: recipe(evidence.diagnosis, evidence),
    ...(curve === undefined ? {} : { curve }),
  };
}

/** Examples in memory. Throws `diagnose/stored`. */
function inMemory(examples: Examples | StoredExamples): Examples {
  if (!("read" in examples)) return examples;
  throw new NablaError(
    "diagnose/stored",
    "the rows of this run do not fit in memory",
    "diagnose a run on some of them",
  );
}

/** A finished training from its stored record. Throws `run/no-outcome` for one that has not ended. */
export function finishedOf(run: RunHistory, trained: Finished["trained"]): Finished {
  const { id, epochs, outcome } = run;
  if (outcome === undefined)
    throw new NablaError("run/no-outcome", `the run ${id} has not ended`, `nabla resume ${id} resumes it`);
  const {
    train,
    dev,
    rmse: _rmse,
    baseline: _baseline,
    unmeasured: _unmeasured,
    failures: _failures,
    warnings: _warnings,
    crossValidation: _crossed,
    verdict: _verdict,
    shipped: _shipped,
    ...ended
  } = outcome;
  const measured = (measures: Measures | null): Measures => measures ?? UNMEASURED;
  return {
    ...ended,
    history: epochs,
    journal: replayJournal(run),
    trained,
    train: measured(train),
    ...(dev === undefined ? {} : { dev: measured(dev) }),
  };
}

/** What was measured gave no finite numbers. */
const UNMEASURED: Measures = { cost: Number.NaN, error: Number.NaN, mistake: Number.NaN, rows: 0 };
