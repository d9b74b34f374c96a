/** What a report is about: a run with its data and its model. */
import { compact, type Notice, type Preparation, type Trained, targetUnit } from "nabla";
import type { Diagnosis } from "nabla/diagnose";
import { inspected } from "../experiment/data-checks.ts";
import type { DataWarning } from "../experiment/data-warning.ts";
import type { Parts } from "../experiment/parts.ts";
import { diagnoseRun } from "../runs/diagnose-run.ts";
import { heldOutOf } from "../runs/held-out.ts";
import { loadMeasured } from "../runs/measured-model.ts";
import type { HeldOut } from "../runs/run-events.ts";
import { experimentOf, partsOf } from "../runs/stored-run.ts";
import type { RecipeStep, Run, RunHistory } from "../store/run.ts";
import type { RunStore } from "../store/run-store.ts";
import type { TrainedModel } from "../store/trained-model.ts";
import { type MeasureWords, measureWords } from "../text/measure-words.ts";

/** All that a report says about a run. */
export interface ReportedRun {
  readonly run: RunHistory;
  /** The runs that led to this one, the first first, and those that it led to. */
  readonly ancestors: readonly Run[];
  readonly children: readonly Run[];
  readonly parts: Parts;
  /** Warnings about the data: leaks, repeated rows, parts that differ. */
  readonly suspicions: readonly DataWarning[];
  /** What else should be known about the data. */
  readonly notices: readonly Notice[];
  /** The network that dev measured. */
  readonly trained: Trained;
  /** All rows of train and dev, each by a network that did not learn it, where there are several. */
  readonly heldOut?: HeldOut;
  readonly preparation: Preparation;
  /** What holds the run back, and what to try, the likeliest first. */
  readonly diagnosis: Diagnosis;
  readonly recipe: readonly RecipeStep[];
  /** Fitted on dev; 1 changes nothing. */
  readonly temperature?: number;
}

/** What decided the run, in words. */
export function decidingWords({ run, preparation }: Pick<ReportedRun, "run" | "preparation">): MeasureWords {
  const { measure, targetScale } = experimentOf(run);
  const unit = preparation.target.kind === "several" ? undefined : targetUnit({ target: preparation.target });
  return measureWords(measure, { task: run.task, targetScale, unit });
}

/** What is in memory already right after a training. */
export type Known = Partial<
  Pick<ReportedRun, "parts" | "diagnosis" | "suspicions" | "notices" | "heldOut"> & {
    /** The measured network, with the temperature of what was handed over. */
    readonly model: TrainedModel;
  }
>;

/**
 * Collects what is reported of a run. Throws `store/…`, `run/no-model`, `model/…`, `data/changed` and what reading data
 * throws.
 */
export async function subjectOf(id: string, store: RunStore, known: Known = {}): Promise<ReportedRun> {
  const run = await store.get(id);
  const { trained, preparation, temperature: modelTemperature } = known.model ?? (await loadMeasured(run));
  const parts = known.parts ?? (await partsOf(run));
  const heldOut = known.model === undefined ? await heldOutOf(run, { parts, preparation }) : known.heldOut;
  const temperature = run.outcome?.shipped?.calibration?.temperature ?? modelTemperature;
  const ancestors: Run[] = [];
  for (let parent = run.parent; parent !== undefined && ancestors.length < 50; ) {
    const found: Run = await store.get(parent);
    ancestors.unshift(found);
    parent = found.parent;
  }
  // a training has no time to inspect every row once more
  const found =
    known.diagnosis === undefined
      ? await diagnoseRun(run.id, { store })
      : { diagnosis: known.diagnosis, recipe: run.outcome?.recipe ?? [] };
  const { suspicions, notices } =
    known.suspicions === undefined
      ? await inspected(parts)
      : { suspicions: known.suspicions, notices: known.notices ?? parts.profile.notices };
  const children = await store.list({ parent: run.id });
  return compact({
    run,
    ancestors,
    children,
    parts,
    trained,
    heldOut,
    preparation,
    suspicions,
    notices,
    diagnosis: found.diagnosis,
    recipe: found.recipe,
    temperature,
  });
}
