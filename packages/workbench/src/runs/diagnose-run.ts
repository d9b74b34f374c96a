/** What holds a stored run back, and what to try: its data and its model are opened again. */
import {
  compact,
  type Examples,
  type Run as Finished,
  type Job,
  type Measures,
  NablaError,
  ndarray,
  type RowResults,
  type StoredExamples,
} from "nabla";
import {
  atFloor,
  type DiagnoseOptions,
  type Diagnosis,
  diagnose,
  type Evidence,
  examine,
  floorCode,
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
import type { RecipeStep, RunHistory } from "../store/run.ts";
import type { RunStore } from "../store/run-store.ts";
import { baselineOf } from "./baseline.ts";
import { humanBesideErrors, measureOfRun } from "./decides.ts";
import { heldOutOf } from "./held-out.ts";
import { loadMeasured } from "./measured-model.ts";
import type { PreparedModel } from "./own-unit.ts";
import { recipeOf } from "./recipe.ts";
import { learningCurveEvent } from "./recorded-curve.ts";
import type { HeldOut } from "./run-events.ts";
import { experimentOf, partsOf } from "./stored-run.ts";

/** Rows beyond which a verdict is made from errors alone: looking at each costs as much as an epoch. */
const MOST_ROWS = 200_000;

/** The verdict on a training that has just ended, by all rows of train and dev where networks held them out in turn. */
export async function diagnosisOf(
  { resolved, prepared: { train, dev, preparation } }: Plan,
  end: Pick<Finished, "train" | "dev" | "trained">,
  heldOut?: HeldOut,
): Promise<Diagnosis> {
  const { human } = resolved;
  const model = { trained: end.trained, preparation };
  const measure = compact({ measure: measureOfRun(resolved) });
  const options = {
    human,
    ...measure,
    ...("read" in train ? {} : { baseline: baselineOf(model, train, dev) }),
  };
  if (heldOut !== undefined) return diagnose(end, { human, ...measure, ...ofNetworks(heldOut, model) });
  if ("read" in train || train.rows > MOST_ROWS || end.dev === undefined)
    return diagnose(end, { ...options, human: humanBesideErrors(resolved) });
  const seen = { train: await rowResults(end.trained, train), dev: await rowResults(end.trained, dev) };
  return diagnose(end, { ...options, rowResults: seen });
}

/** How networks that held rows out in turn are diagnosed: all rows of train and dev count, those of the baseline too. */
function ofNetworks(
  heldOut: HeldOut,
  model: PreparedModel,
): Pick<DiagnoseOptions, "baseline" | "rowResults" | "names"> {
  const targets = (rows: RowResults): Examples => ({
    rows: rows.mistakes.length,
    targets: rows.targets,
    inputs: ndarray([], [0]),
  });
  return {
    baseline: baselineOf(model, targets(heldOut.train), targets(heldOut.dev)),
    rowResults: heldOut,
    names: { train: "error of the networks on rows that they learned", dev: "on rows held out" },
  };
}

/** What is known of a run besides its record. */
export interface EvidenceOptions {
  /** Predictions for rows that were held out in turn; by default those on dev count. */
  readonly heldOut?: HeldOut | undefined;
  readonly clock: () => number;
  /** Seconds that may be spent on causes; without them the search is bounded by its steps, not by the clock. */
  readonly seconds: number | undefined;
}

/** Steps that a search over rates may cost. */
const SEARCH = 120;

/**
 * Everything that a recipe is made from, of a training that has just ended; undefined for rows that are too many to be looked at,
 * of which only errors tell.
 */
export async function evidenceOf(
  { resolved, prepared: { train, dev, preparation, begun } }: Plan,
  end: Finished,
  { heldOut, clock, seconds }: EvidenceOptions,
): Promise<Evidence | undefined> {
  if ("read" in train || train.rows > MOST_ROWS || end.dev === undefined) return undefined;
  const model = { trained: end.trained, preparation };
  const started = clock();
  const left = (): number => (seconds === undefined ? Number.POSITIVE_INFINITY : started + seconds - clock());
  const { time: _, ...job } = jobOfPlan(resolved, { train, dev, ...compact({ begun }) });
  return await examine(
    { ...job, train, dev },
    end,
    compact({
      human: resolved.human,
      ...(heldOut === undefined ? { baseline: baselineOf(model, train, dev) } : ofNetworks(heldOut, model)),
      hurry: () => (SEARCH * end.seconds) / Math.max(1, end.steps) > left(),
      peers: seconds === undefined ? undefined : { seconds, clock },
    }),
  );
}

/** The whole job of a plan, with its data. */
export function jobOfPlan(
  resolved: ResolvedExperiment,
  { train, dev, begun }: Pick<Plan["prepared"], "train" | "dev" | "begun">,
): Job {
  return { ...jobOf(resolved, begun?.weights), train, dev };
}

/** Options of `diagnoseRun`. */
export interface DiagnoseRunOptions {
  readonly store: RunStore;
  /** The human-level error; by default the run's own. */
  readonly human?: number;
  /** Whether to train on growing shares of the rows; not by default. */
  readonly curve?: boolean;
  /** Is called with each training for the curve; nothing is by default. */
  readonly onPoint?: (point: { readonly rows: number; readonly error: number }) => void;
  /** What the record of the curve waits for; nothing by default. */
  readonly beforeCurve?: () => Promise<void>;
}

/** What was found. */
export interface DiagnosedRun {
  readonly run: string;
  readonly diagnosis: Diagnosis;
  readonly recipe: readonly RecipeStep[];
  /** The learning curve; absent where none was asked for. */
  readonly curve?: LearningCurve;
}

/** Verdict and recipe of a stored run; a learning curve is recorded with it. Throws `run/no-model`, `data/changed`, `model/…`, `diagnose/stored`. */
export async function diagnoseRun(id: string, options: DiagnoseRunOptions): Promise<DiagnosedRun> {
  const { store, curve: asked = false, onPoint } = options;
  const run = await store.get(id);
  const resolved = experimentOf(run);
  const human = options.human ?? resolved.human;
  if (run.model === undefined && run.outcome?.reason === "diverged")
    return diverged(run, humanBesideErrors({ ...resolved, human }));
  const { trained, preparation } = await loadMeasured(run);
  const parts = await partsOf(run);
  const prepared = prepareParts(parts, preparation);
  const seen = await heldOutOf(run, { parts, preparation });
  const { time: _, ...job } = jobOfPlan(resolved, prepared);
  const train = inMemory(prepared.train);
  const finished = finishedOf(run, trained);
  const model = { trained, preparation };
  const measured = seen === undefined ? { baseline: baselineOf(model, train, prepared.dev) } : ofNetworks(seen, model);
  // what was recorded holds for the human-level error that it was made with
  const recorded = options.human === undefined ? run.outcome?.recipe : undefined;
  const hurry = (): boolean => recorded !== undefined;
  const evidence = await examine({ ...job, train }, finished, compact({ human, ...measured, hurry }));
  const curve = asked ? await learningCurve({ ...job, train }, onPoint === undefined ? {} : { onPoint }) : undefined;
  if (curve !== undefined) {
    await options.beforeCurve?.();
    await store.append(run.id, { events: [learningCurveEvent(curve)] });
  }
  return {
    run: run.id,
    ...foundBy(evidence, { recorded, resolved, ofData: run.outcome?.recipe?.filter(isOfData) ?? [] }),
    ...(curve === undefined ? {} : { curve }),
  };
}

/** What was recorded of a training that left no weights to look at. */
function diverged({ id, outcome }: RunHistory, human: number): DiagnosedRun {
  const [train, dev] = [outcome?.train, outcome?.dev].map((part) => part ?? UNMEASURED) as [Measures, Measures];
  const diagnosis = diagnose({ train, dev, reason: "diverged" }, { human });
  return { run: id, diagnosis, recipe: outcome?.recipe ?? [] };
}

interface Recorded {
  readonly recorded: readonly RecipeStep[] | undefined;
  readonly resolved: ResolvedExperiment;
  /** The warnings about the data among what was recorded. */
  readonly ofData: readonly RecipeStep[];
}

function foundBy(
  evidence: Evidence,
  { recorded, resolved, ofData }: Recorded,
): Pick<DiagnosedRun, "diagnosis" | "recipe"> {
  const { diagnosis } = evidence;
  if (recorded === undefined) {
    const actions = recipe(diagnosis, evidence);
    return { diagnosis, recipe: [...ofData, ...recipeOf({ resolved, diagnosis, actions })] };
  }
  const floor = recorded.find(({ code }) => code === floorCode);
  return { diagnosis: floor === undefined ? diagnosis : atFloor(diagnosis, floor.because), recipe: recorded };
}

/** Whether a recorded step is a warning about the data, which no change of the job mends. */
function isOfData({ code, try: patch }: RecipeStep): boolean {
  return code.startsWith("data/") && JSON.stringify(patch) === "{}";
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
    baselines: _baselines,
    classes: _classes,
    threshold: _threshold,
    numbers: _numbers,
    unmeasured: _unmeasured,
    failures: _failures,
    warnings: _warnings,
    crossValidation: _crossed,
    verdict: _verdict,
    recipe: _recipe,
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
