/** The training of a run, first or resumed: its events go into the record, its weights into a model folder. */
import { setImmediate } from "node:timers/promises";
import { type Checkpoint, compact, type Run as Ended, type JournalEntry, NablaError, train } from "nabla";
import { type Diagnosis, recipe } from "nabla/diagnose";
import type { DataWarning } from "../experiment/data-warning.ts";
import type { Plan } from "../experiment/plan.ts";
import { jobOf } from "../experiment/resolve.ts";
import type { LiveChange } from "../live/journal.ts";
import { LiveSession } from "../live/session.ts";
import { removeUndoCheckpoints } from "../live/undo-checkpoints.ts";
import { prefetch } from "../sources/prefetch.ts";
import { removeCheckpoint } from "../store/checkpoint.ts";
import type { ExtraFailure, RecipeStep, RunState } from "../store/run.ts";
import { RunRecorder } from "../store/run-recorder.ts";
import type { RunStore } from "../store/run-store.ts";
import { saveTrained } from "../store/trained-model.ts";
import { besideBaselines } from "./beside-baselines.ts";
import { calibrate } from "./calibrate.ts";
import { curveTrend } from "./curve-trend.ts";
import { asksThreshold, withThreshold } from "./decide-threshold.ts";
import { diagnosisOf, evidenceOf } from "./diagnose-run.ts";
import { withForecastErrors } from "./forecast-score.ts";
import { healthWatch } from "./health-watch.ts";
import { heldOutRanges } from "./held-out-ranges.ts";
import { saveMeasured } from "./measured-model.ts";
import { orderWarning } from "./ordered-residuals.ts";
import { extraFailure, recordedWarning, runOutcomeOf } from "./outcome.ts";
import { recipeOf, verdictWord } from "./recipe.ts";
import { doneEvent, type HeldOut, type RunEvent, type RunResult } from "./run-events.ts";
import { decidedShipped, measuredShipped, ship } from "./ship.ts";
import { shownRows } from "./shown-rows.ts";
import { snapshotKeeper } from "./snapshots.ts";

/** Options of `runTraining`. */
export interface RunTrainingOptions {
  readonly store: RunStore;
  readonly run: string;
  /** The file of the checkpoint. */
  readonly checkpoint: string;
  /** The folder of the model. */
  readonly model: string;
  /** Where to go on; from the start without it. */
  readonly resume?: Checkpoint;
  /** Changes to make at the steps where they were made before. Default: none. */
  readonly journal?: readonly JournalEntry[];
  /** What changes the training from elsewhere; nothing by default. */
  readonly live?: LiveTraining;
  /** Ends the training after the epoch that is going on, with everything saved; by default nothing does. */
  readonly signal?: AbortSignal;
}

/** A training that can be adjusted from elsewhere. */
export interface LiveTraining {
  /** What was changed in this run already. */
  readonly changes: readonly LiveChange[];
  /** Settings to change before the first step, by the names that people use. */
  readonly first?: Readonly<Record<string, number>>;
}

/** Seconds between two progress events that are passed on, where the training reports every step. */
const SHOWN = 0.05;

const clock = (): number => performance.now() / 1000;

/** Trains, records, saves. What fails is recorded as failed and thrown. */
export async function* runTraining(
  plan: Plan,
  options: RunTrainingOptions,
): AsyncGenerator<RunEvent, RunResult, undefined> {
  const { store, run } = options;
  try {
    const { parameters, end } = yield* follow(plan, options);
    const result = yield* finish(plan, { ...options, parameters, end });
    yield doneEvent(result);
    return result;
  } catch (error) {
    const notes = error instanceof NablaError ? error.message : String(error);
    // An invalid live change is not a failure of the run, which has not taken a step.
    const refused = error instanceof NablaError && error.code === "live/set";
    // A store that was waited for in vain would be waited for once more; a run whose process has ended can be resumed.
    if (!isUnreachable(error))
      await store.update(run, refused ? { status: "stopped" } : { status: "failed", notes }).catch(() => {});
    throw resumable(error, run);
  }
}

function isUnreachable(error: unknown): boolean {
  return error instanceof NablaError && ["store/away", "store/locked", "store/lost"].includes(error.code);
}

/** What prevented writing a file or the record can be fixed, and the last checkpoint is still there. */
function resumable(error: unknown, run: string): unknown {
  if (!(error instanceof NablaError) || !/^(files|store)\//.test(error.code)) return error;
  const mend = error.hint === undefined ? "" : `${error.hint}; then `;
  return new NablaError(
    error.code,
    error.sentence,
    `${mend}\`nabla resume ${run}\` resumes from the last checkpoint`,
    error.where,
  );
}

async function* follow(
  { resolved, prepared }: Plan,
  { store, run, checkpoint, model, resume, journal = [], live, signal }: RunTrainingOptions,
): AsyncGenerator<RunEvent, { parameters: number; end: Ended }, undefined> {
  const { train: rows, dev, begun } = prepared;
  const known = compact({ resume, signal });
  const recorder = new RunRecorder({ store, run, checkpoint, clock, isWatched: live !== undefined });
  const health = healthWatch({ resolved, train: rows }, { checkpoint, clock });
  const told = { store, run, checkpoint, recorder, onWatch: health.begin };
  const session = live === undefined ? undefined : await LiveSession.open({ ...told, ...live, ...known });
  const job = {
    ...jobOf(resolved, begun?.weights),
    train: shownRows(resolved, rows),
    dev,
  };
  const training = train(job, {
    // the time that a training is paused for is none of its own, nor that of looking at it
    clock: () => clock() - (session?.pausedSeconds ?? 0) - health.seconds,
    prefetch,
    journal,
    ...(resume === undefined ? {} : { resume }),
    ...(session === undefined ? {} : { progress: Number.POSITIVE_INFINITY }),
  });
  const keep = snapshotKeeper({ resolved, prepared }, model);
  let [parameters, shown] = [0, 0];
  try {
    for await (const event of training) {
      if (event.kind === "end") break;
      // The training never waits for anything, so signals, drawing and adjusters get their turn here.
      await setImmediate();
      if (event.kind === "start") {
        ({ parameters } = event);
        await store.update(run, { parameters });
        await session?.start(event, training);
        if (session !== undefined) yield { kind: "live", run };
      } else {
        const stop = event.kind === "epoch" && signal?.aborted === true;
        if (event.kind === "progress") await recorder.checkpoint(training);
        else {
          await health.look(event, training);
          await recorder.epoch(event, training, stop);
          await keep(event, training);
        }
        if (session?.isAsked(event) === true) yield* session.receive(event, training);
        if (stop) await training.change({ stop });
      }
      if (session !== undefined && event.kind === "progress") {
        if (clock() - shown < SHOWN) continue;
        shown = clock();
      }
      yield event;
    }
    await recorder.flush();
    return { parameters, end: await training.result() };
  } finally {
    await session?.close();
  }
}

interface Finished extends RunTrainingOptions {
  readonly parameters: number;
  readonly end: Ended;
}

async function* finish(
  planned: Plan,
  { store, run, checkpoint, model, parameters, end: ended, signal }: Finished,
): AsyncGenerator<RunEvent, RunResult, undefined> {
  let [plan, end] = [planned, ended];
  const state = stateOf(end);
  const { dev } = plan.prepared;
  let preparation = end.best === undefined ? plan.prepared.preparation : await withForecastErrors(plan, end.trained);
  let found = await diagnosisOf(plan, end);
  const failures: ExtraFailure[] = [];
  let measured = { ...(await runOutcomeOf(plan, end, found)), shipped: measuredShipped(plan) };
  if (end.best !== undefined) await saveTrained(model, { trained: end.trained, preparation, run });
  const saved = end.best === undefined ? {} : { model };
  // now, so that nothing that comes after the training can cost its result
  await store.update(run, { outcome: measured, ...saved });
  let { trained, shipped, heldOut, failure } = yield* ship(plan, end, { clock, signal });
  if (failure !== undefined) failures.push(failure);
  const { seed } = plan.resolved;
  const calibration =
    end.best === undefined
      ? undefined
      : await attempt("calibration", failures, calibrate({ trained: end.trained, dev, heldOut, seed }));
  const temperature = calibration?.temperature === 1 ? {} : compact({ temperature: calibration?.temperature });
  const ranges =
    end.best === undefined
      ? undefined
      : await attempt("intervals", failures, heldOutRanges({ trained: end.trained, preparation, dev, heldOut }));
  const decided =
    end.best === undefined || !asksThreshold(plan)
      ? undefined
      : await attempt("threshold", failures, withThreshold({ plan, end, trained, heldOut, ...temperature }));
  if (decided !== undefined) {
    ({ plan, end, trained, heldOut } = decided);
    ({ preparation } = plan.prepared);
    found = await diagnosisOf(plan, end);
    measured = {
      ...(await runOutcomeOf(plan, end, found)),
      shipped: measuredShipped(plan),
      threshold: decided.threshold,
    };
    shipped = decidedShipped(shipped, { plan, heldOut });
  }
  const ordered =
    end.best === undefined
      ? undefined
      : await attempt("order", failures, orderWarning(plan, compact({ end, heldOut })));
  if (ordered !== undefined) {
    plan = withWarning(plan, ordered);
    measured = { ...measured, warnings: [...(measured.warnings ?? []), recordedWarning(ordered)] };
  }
  const isWhole = end.best !== undefined && state === "finished";
  const baselines = isWhole ? await attempt("baselines", failures, besideBaselines(plan, end, clock)) : undefined;
  const extras = { ...temperature, ...compact({ ranges }) };
  if (end.best !== undefined) {
    if (shipped.epochs !== undefined) await saveMeasured(checkpoint, { trained: end.trained, preparation, run });
    await saveTrained(model, { trained, preparation, run, ...extras });
  }
  const { diagnosis, recipe, evidence } = await advised(plan, end, { heldOut, found, failures });
  const verdict = verdictWord(diagnosis, plan.suspicions);
  const handed = compact({ ...shipped, calibration });
  const outcome = compact({
    ...measured,
    ...{ verdict, recipe, shipped: handed, baselines },
    failures: failures.length === 0 ? undefined : failures,
  });
  await store.update(run, { status: state, outcome });
  // A training that the user stopped may be resumed; any other does not need its last checkpoint.
  // What went wrong by a change can be undone.
  if (state === "finished" || (state === "failed" && end.journal.length === 0)) {
    await removeCheckpoint(checkpoint);
    await removeUndoCheckpoints(checkpoint);
  }
  const result = { run, store: store.place, state, plan, outcome, parameters, end, trained, diagnosis };
  return { ...result, ...compact({ heldOut, evidence }), ...extras, ...saved };
}

function withWarning(plan: Plan, warning: DataWarning): Plan {
  const { suspicions = [], warnings = [] } = plan;
  return { ...plan, suspicions: [...suspicions, warning], warnings: [...warnings, warning] };
}

interface Advised extends Pick<RunResult, "diagnosis" | "evidence"> {
  readonly recipe: readonly RecipeStep[];
}

/** The diagnosis with its recipe, for which causes are looked for as long as that is worth beside the training. */
async function advised(
  plan: Plan,
  end: Ended,
  about: { readonly heldOut: HeldOut | undefined; readonly found: Diagnosis; readonly failures: ExtraFailure[] },
): Promise<Advised> {
  const { heldOut, found, failures } = about;
  const { resolved, suspicions: warnings = [] } = plan;
  const advice = plan.warnings?.filter(({ severity, remedy }) => severity === "advice" && remedy !== undefined);
  const seconds = resolved.time === undefined ? undefined : secondsForCauses(resolved.time, end.seconds);
  const looking = evidenceOf(plan, end, { heldOut, clock, seconds });
  const evidence = await attempt("recipe", failures, looking);
  const diagnosis = evidence?.diagnosis ?? (heldOut === undefined ? found : await diagnosisOf(plan, end, heldOut));
  const actions = recipe(diagnosis, evidence);
  const trend = curveTrend(end, diagnosis, resolved)?.advice ?? [];
  return {
    diagnosis,
    recipe: recipeOf({ resolved, diagnosis, actions, warnings, trend, end, ...compact({ advice }) }),
    ...compact({ evidence }),
  };
}

/** With a time limit the least and the most seconds that causes are looked for; in between as long as the training took. */
const [LEAST_SECONDS, MOST_SECONDS] = [3, 15];

function secondsForCauses(time: number, took: number): number {
  return Math.max(0, Math.min(MOST_SECONDS, Math.max(LEAST_SECONDS, took), time - took));
}

/** What an extra gives; where it fails, nothing, and the failure is added to the others. */
async function attempt<T>(
  extra: ExtraFailure["extra"],
  failures: ExtraFailure[],
  result: Promise<T>,
): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    failures.push(extraFailure(extra, error));
    return undefined;
  }
}

function stateOf({ reason }: Ended): Exclude<RunState, "running"> {
  if (reason === "stopped") return "stopped";
  return reason === "diverged" ? "failed" : "finished";
}
