/** What holds a stored run back, and what to try: its data and its model are opened again. */
import type { Examples, Run as Finished, Job, StoredExamples } from "nabla";
import { NablaError } from "nabla";
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
import { prepareParts } from "../experiment/parts.ts";
import type { Plan } from "../experiment/plan.ts";
import { jobOf, type ResolvedExperiment } from "../experiment/resolve.ts";
import type { EpochRecord, RunHistory } from "../store/run.ts";
import type { RunStore } from "../store/run-store.ts";
import { loadTrained } from "../store/trained-model.ts";
import { baselineError } from "./baseline.ts";
import { experimentOf, modelOf, partsOf } from "./stored-run.ts";

/** Rows beyond which a verdict is made from errors alone: looking at each costs as much as an epoch. */
const MOST_ROWS = 200_000;

/** The verdict on a training that has just ended. */
export async function diagnosisOf(
  { resolved: { human }, prepared: { train, dev } }: Plan,
  end: Pick<Finished, "train" | "dev" | "trained">,
): Promise<Diagnosis> {
  const options = {
    ...(human === undefined ? {} : { human }),
    ...("read" in train ? {} : { baseline: baselineError(train, dev) }),
  };
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
  /** The human error, in place of the run's own. */
  readonly human?: number;
  /** Whether to train on growing shares of the rows. */
  readonly curve?: boolean;
  /** Hears of each training for the curve. */
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
  const { trained } = await loadTrained(modelOf(run));
  const prepared = prepareParts(await partsOf(run));
  const { time: _, ...job } = jobOfPlan(resolved, prepared);
  const train = inMemory(prepared.train);
  const finished = finishedOf(run, { trained, rows: { train: train.rows, dev: prepared.dev.rows } });
  const evidence = await examine({ ...job, train }, finished, human === undefined ? {} : { human });
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

/** A finished training from what the store knows of it. */
function finishedOf(
  { epochs, outcome, seed }: RunHistory,
  {
    trained,
    rows,
  }: { readonly trained: Finished["trained"]; readonly rows: { readonly train: number; readonly dev: number } },
): Finished {
  const history = epochs.map((record) => epochOf(record, rows, record.epoch === outcome?.bestEpoch));
  const last = history.at(-1);
  const best = history.find((record) => record.best);
  const nothing = { cost: Number.NaN, error: Number.NaN, mistake: Number.NaN, rows: 0 };
  return {
    reason: reasonOf(outcome?.reason),
    history,
    journal: [],
    ...(best === undefined ? {} : { best }),
    trained,
    train: last?.train ?? nothing,
    ...(last?.dev === undefined ? {} : { dev: last.dev }),
    epochs: history.length,
    steps: last?.step ?? 0,
    seconds: last?.seconds ?? 0,
    seed,
  };
}

function reasonOf(text: string | undefined): Finished["reason"] {
  return (["time", "patience", "diverged", "stopped"] as const).find((reason) => reason === text) ?? "epochs";
}

function epochOf(
  { epoch, steps, cost, trainError, devCost, devError, rate, seconds }: EpochRecord,
  rows: { readonly train: number; readonly dev: number },
  best: boolean,
): Finished["history"][number] {
  const train = { cost, error: trainError, mistake: trainError, rows: rows.train };
  const dev =
    devCost === undefined || devError === undefined
      ? {}
      : { dev: { cost: devCost, error: devError, mistake: devError, rows: rows.dev } };
  return { epoch, step: steps, cost, train, ...dev, rate, best, seconds };
}
