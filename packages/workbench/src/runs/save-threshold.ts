/** Another threshold for a model that is trained: saved into it and into the record of its run, and the way back. */
import { type ClassThreshold, compact, type Json, NablaError, type Preparation, read, thresholdOf } from "nabla";
import { recipe } from "nabla/diagnose";
import { prepareParts } from "../experiment/parts.ts";
import type { Plan } from "../experiment/plan.ts";
import { type Run, type RunHistory, type RunOutcome, readOutcome, type StoredRunEvent } from "../store/run.ts";
import { modelOf } from "../store/run-model.ts";
import type { RunStore } from "../store/run-store.ts";
import { loadTrained, saveTrained } from "../store/trained-model.ts";
import { besideBaselines } from "./beside-baselines.ts";
import { withThreshold } from "./decide-threshold.ts";
import { diagnosisOf, evidenceOf, finishedOf } from "./diagnose-run.ts";
import { heldOutOf } from "./held-out.ts";
import { loadMeasured, saveMeasured } from "./measured-model.ts";
import { runOutcomeOf } from "./outcome.ts";
import { recipeOf, verdictWord } from "./recipe.ts";
import { decidedShipped } from "./ship.ts";
import { experimentOf, partsOf } from "./stored-run.ts";

/** Kinds of events about thresholds that were saved after a training. */
const kinds = { saved: "threshold", undone: "threshold-undo" } as const;

/** What a run was before a threshold was saved into it. */
interface Before {
  /** The threshold that its experiment asked for. */
  readonly asked: Json;
  /** That of its model; null where the likelier class was the answer. */
  readonly threshold: ClassThreshold | null;
  readonly outcome: RunOutcome;
}

/** A threshold that was saved into a model, as its run records it. */
export interface SavedThreshold {
  /** The positive class. */
  readonly class: string;
  /** Its probability, as it is predicted, from which it is the answer. */
  readonly from: number;
}

interface Saved extends SavedThreshold {
  readonly was: Before;
}

const readSaved = read.record<Saved>({
  class: read.text,
  from: read.number,
  was: read.record<Before>({
    asked: (value) => value as Json,
    threshold: read.orNull(read.record<ClassThreshold>({ positive: read.whole, from: read.number })),
    outcome: readOutcome,
  }),
});

/** The thresholds that were saved into a model and not undone, first to last. Throws `record/field`. */
function savedIn(events: readonly StoredRunEvent[]): readonly Saved[] {
  const saved: Saved[] = [];
  for (const { kind, data } of events) {
    if (kind === kinds.saved) saved.push(readSaved(data, "a threshold of the run"));
    else if (kind === kinds.undone) saved.pop();
  }
  return saved;
}

/** The threshold that was saved last and can be undone; undefined where there is none. Throws `record/field`. */
export function lastSavedThreshold(events: readonly StoredRunEvent[]): SavedThreshold | undefined {
  return savedIn(events).at(-1);
}

/**
 * Saves a probability of the positive class into the model of a run that has ended, as a training with `threshold` would have:
 * answers, errors, verdict and the experiment of the run are then those of that threshold, and the event says what was before.
 * Throws `train/threshold` for anything but one target of two classes, `store/running`, `run/no-model`, `data/changed`,
 * `model/…` and `files/…`.
 */
export async function saveThreshold(id: string, from: number, store: RunStore): Promise<SavedThreshold> {
  const run = await endedRun(id, store);
  const resolved = { ...experimentOf(run), threshold: from };
  const { sha256: _, ...model } = await loadTrained(modelOf(run));
  const measured = await loadMeasured(run);
  const parts = await partsOf(run);
  const { preparation } = measured;
  const heldOut = await heldOutOf(run, { parts, preparation });
  const plan: Plan = { resolved, parts, prepared: prepareParts(parts, preparation), notices: [] };
  const decided = await withThreshold({
    plan,
    end: finishedOf(run, measured.trained),
    trained: model.trained,
    heldOut,
    temperature: model.temperature,
  });
  const outcome = await outcomeWith(run, decided);
  const was = {
    asked: askedOf(run),
    threshold: thresholdOf(preparation) ?? null,
    outcome: run.outcome,
  };
  const { class: name, from: begins } = decided.threshold;
  await writeModels(run, thresholdOf(decided.plan.prepared.preparation));
  await store.append(run.id, {
    events: [{ kind: kinds.saved, data: { class: name, from: begins, was: was as unknown as Json } }],
  });
  await store.update(run.id, { outcome, job: jobWith(run, from) });
  return { class: name, from: begins };
}

/**
 * Takes back the threshold that was saved last: model and record are what they were before it. Throws `run/no-threshold`
 * where none was saved, `store/running`, `run/no-model`, `model/…` and `files/…`.
 */
export async function undoThreshold(id: string, store: RunStore): Promise<SavedThreshold> {
  const run = await endedRun(id, store);
  const last = savedIn(run.events).at(-1);
  if (last === undefined)
    throw new NablaError("run/no-threshold", `no threshold was saved into the model of ${run.id} after its training`);
  const { was } = last;
  await writeModels(run, was.threshold ?? undefined);
  await store.append(run.id, { events: [{ kind: kinds.undone, data: {} }] });
  await store.update(run.id, { outcome: was.outcome, job: jobWith(run, was.asked) });
  return { class: last.class, from: last.from };
}

async function endedRun(id: string, store: RunStore): Promise<RunHistory> {
  const run = await store.get(id);
  if (run.status !== "running") return run;
  throw new NablaError(
    "store/running",
    `the run ${run.id} still trains`,
    "its threshold can be changed when it has ended",
  );
}

function askedOf({ job }: Run): Json {
  return (job as { readonly threshold?: Json }).threshold ?? "none";
}

function jobWith({ job }: Run, threshold: Json): Json {
  return { ...(job as { readonly [name: string]: Json }), threshold };
}

/** Writes a threshold, or none, into the model of a run and into the network that dev measured. */
async function writeModels(run: Run, threshold: ClassThreshold | undefined): Promise<void> {
  const path = modelOf(run);
  const { sha256: _, ...model } = await loadTrained(path);
  if (run.outcome?.shipped?.kind === "refit" && run.checkpoint !== undefined) {
    const measured = await loadMeasured(run);
    const { trained, preparation } = measured;
    await saveMeasured(run.checkpoint, { trained, preparation: decidedBy(preparation, threshold), run: run.id });
  }
  await saveTrained(path, { ...model, preparation: decidedBy(model.preparation, threshold) });
}

function decidedBy(preparation: Preparation, threshold: ClassThreshold | undefined): Preparation {
  const { target } = preparation;
  if (target.kind !== "classes") return preparation;
  const { threshold: _, ...rest } = target;
  return { ...preparation, target: { ...rest, ...compact({ threshold }) } };
}

/** Everything that the outcome says by a threshold; what does not depend on it stays. */
async function outcomeWith(
  { outcome: before }: RunHistory,
  { plan, end, heldOut, threshold }: Awaited<ReturnType<typeof withThreshold>>,
): Promise<RunOutcome> {
  const found = await diagnosisOf(plan, end);
  const measured = await runOutcomeOf(plan, end, found);
  const diagnosis = heldOut === undefined ? found : await diagnosisOf(plan, end, heldOut);
  const baselines = before?.baselines && (await besideBaselines(plan, end, clock));
  const outcome = { ...before, ...measured, threshold, ...compact({ baselines }) };
  const shipped = before?.shipped && decidedShipped(before.shipped, { plan, heldOut });
  const verdict = verdictWord(
    diagnosis,
    before?.warnings?.filter(({ severity }) => severity !== "advice"),
  );
  if (before?.verdict === verdict) return { ...outcome, ...compact({ shipped }), verdict };
  // what warns of the data says so with any threshold
  const ofData = before?.recipe?.filter(({ code }) => code.startsWith("data/")) ?? [];
  const evidence = await evidenceOf(plan, end, { heldOut, clock, seconds: 0 });
  const actions = recipe(diagnosis, evidence);
  const steps = [...ofData, ...recipeOf({ resolved: plan.resolved, diagnosis, actions })];
  return { ...outcome, ...compact({ shipped }), verdict, recipe: steps };
}

const clock = (): number => performance.now() / 1000;
