/** Diagnosis that acts: one change at a time, bias first, kept only where dev surely or probably becomes better by it. */

import { compact } from "../base/compact.ts";
import { drain } from "../base/drain.ts";
import { known, NablaError } from "../base/error.ts";
import { inRange } from "../base/range.ts";
import { shareText } from "../base/text.ts";
import type { Examples } from "../data/examples.ts";
import { measureFrom } from "../train/deciding/kinds.ts";
import type { Measure } from "../train/deciding/measure.ts";
import { fit } from "../train/fit.ts";
import { examplesFrom, type Job } from "../train/job.ts";
import { type RowResults, rowResults } from "../train/row-results.ts";
import type { Run } from "../train/run.ts";
import { averageRows } from "./average-rows.ts";
import { checkHuman, type DiagnoseOptions, type Diagnosis } from "./diagnose.ts";
import { type DataFinding, type Evidence, type ExamineOptions, examine } from "./evidence.ts";
import { applyPatch, type JobPatch } from "./job-patch.ts";
import { type ChangeVerdict, chanceOfGain, comparedRows, gainOver, judgeChange } from "./judge-change.ts";
import { lookAtParts } from "./look-at-parts.ts";
import { type Effect, relativeEffect } from "./paired.ts";
import { type Action, recipe } from "./recipe.ts";

/** A training run to do: the first one, or one with a change. */
export interface ImprovementAttempt {
  /** The job with all retained changes and this one; its time limit is the time left. */
  readonly job: Job;
  /** All changes that were made to the first job, this one last. */
  readonly patches: readonly JobPatch[];
  /** Why; undefined for the first training. */
  readonly action?: Action;
}

/** A training with the rows that it is judged by, where those are not its dev rows. */
export interface MeasuredRun extends Run {
  /** What the network does with each row; without it there are no bootstrap intervals. */
  readonly rowResults?: DiagnoseOptions["rowResults"];
  /** What it was examined for already. */
  readonly evidence?: Evidence;
}

/** Options of `improve` and `improving`. */
export interface ImproveOptions extends Pick<ExamineOptions, "human" | "look"> {
  /**
   * Seconds for everything, measuring included: a training ends so early that diagnosing its result still fits,
   * judging by how long earlier diagnoses took. Never exceeded by more than a batch, once one result has been
   * inspected. Needs a clock. Not limited by default.
   */
  readonly time?: number;
  /** A clock in seconds, with any origin, which `time` needs. Default: none. */
  readonly clock?: () => number;
  /** Changes to try at most. Default 20. */
  readonly trials?: number;
  /** Trains and, if you like, records. Default `fit`. */
  readonly fit?: (attempt: ImprovementAttempt) => Promise<MeasuredRun>;
}

/** One change that was tried. */
export interface ImprovementStep extends Omit<ChangeVerdict, "outcome"> {
  readonly action: Action;
  readonly diagnosis: Diagnosis;
  /** The step in a sentence. */
  readonly summary: string;
}

/** What it came to. */
export interface Improved {
  readonly job: Job;
  readonly run: Run;
  readonly diagnosis: Diagnosis;
  readonly first: { readonly run: Run; readonly diagnosis: Diagnosis };
  readonly steps: readonly ImprovementStep[];
  /** The changes that were retained. */
  readonly patches: readonly JobPatch[];
  /** The average of the best training and of those that are no worse but for chance, where it errs no more than the best. */
  readonly average?: AveragedTrainings;
  readonly ended: "good" | "time" | "nothing left" | "trials";
}

/** Trainings whose answers are averaged. */
export interface AveragedTrainings {
  /** The changes of each, the best first. */
  readonly patches: readonly (readonly JobPatch[])[];
  /** What the average gains over the best one, on the rows that all of them are judged by. */
  readonly effect: Effect;
}

/**
 * Trains, diagnoses, and runs the recipe until the verdict is good, the time is up or nothing is left to try. The
 * test set is never used: it is not in the job. Throws what training throws before its first step, `train/clock`.
 */
export async function improve(job: Job, options: ImproveOptions = {}): Promise<Improved> {
  return await drain(improving(job, options));
}

/** The share of the time that the first training may take, so that its result can be examined. */
const FIRST = 0.9;

/** Steps that a search over rates may cost. */
const SEARCH = 120;

interface Stand {
  readonly job: Job;
  readonly run: Run;
  readonly evidence: Evidence;
  readonly patches: readonly JobPatch[];
  /** What its own network does with the dev rows, where it is judged by others. */
  readonly onDev?: RowResults;
  /** Seconds that it took, everything included. */
  readonly took: number;
}

/** `improve` step by step: yields each change when it has been tried. */
export async function* improving(
  job: Job,
  { human = 0, look = lookAtParts, time, clock, trials = 20, fit: carryOut }: ImproveOptions = {},
): AsyncGenerator<ImprovementStep, Improved, undefined> {
  checkHuman(human, job.loss.heads === undefined ? job.measure : undefined);
  inRange("trials", trials, { atLeast: 0, whole: true });
  if (time !== undefined) inRange("time", time, { above: 0 });
  if (time !== undefined && clock === undefined) throw new NablaError("train/clock", "a time limit needs a clock");
  const started = clock?.() ?? 0;
  // Overhead of a run besides its steps: evaluation and recording. The search for causes is cut short to save time.
  let closing = 0;
  const left = (): number =>
    time === undefined ? Number.POSITIVE_INFINITY : time - closing - ((clock?.() ?? 0) - started);
  let measured: Measure | undefined;
  let last: { train: Examples; dev: Examples; found: readonly DataFinding[] } | undefined;
  const remembered = async (train: Examples, dev: Examples): Promise<readonly DataFinding[]> => {
    if (last?.train === train && last.dev === dev) return last.found;
    last = { train, dev, found: left() <= 0 ? [] : await look(train, dev) };
    return last.found;
  };
  const attempt = async (asked: ImprovementAttempt): Promise<Stand> => {
    const due = asked.patches.length === 0 ? FIRST * left() : left();
    const limit = Math.min(due, asked.job.time ?? Number.POSITIVE_INFINITY);
    const timed = {
      ...asked,
      job: limit === Number.POSITIVE_INFINITY ? asked.job : { ...asked.job, time: Math.max(limit, 1e-6) },
    };
    const began = clock?.() ?? 0;
    const run: MeasuredRun = await (carryOut ?? ((one) => fit(one.job, compact({ clock }))))(timed);
    // one measure for all, so that errors of two trainings can be compared: a change may repeat the rows of rare classes
    const measure = compact({ measure: measured, rowResults: run.rowResults });
    const options = {
      ...measure,
      human,
      hurry: () => left() <= (SEARCH * run.seconds) / Math.max(1, run.steps),
      look: remembered,
    };
    closing = Math.max(closing, (clock?.() ?? 0) - began - run.seconds);
    const evidence = run.evidence ?? (await examine(asked.job, run, options));
    measured ??= measureFrom(evidence.diagnosis.measure);
    const { dev } = asked.job;
    const onDev =
      run.rowResults === undefined || dev === undefined ? undefined : await rowResults(run.trained, examplesFrom(dev));
    const took = (clock?.() ?? 0) - began;
    return { job: asked.job, run, evidence, patches: asked.patches, took, ...compact({ onDev }) };
  };
  const first = await attempt({ job, patches: [] });
  const steps: ImprovementStep[] = [];
  let now = first;
  let alike: readonly Stand[] = [first];
  let tried = new Set<string>();
  let isShort = false;
  const result = (ended: Improved["ended"]): Improved => ({
    job: now.job,
    run: now.run,
    diagnosis: now.evidence.diagnosis,
    first: { run: first.run, diagnosis: first.evidence.diagnosis },
    steps,
    patches: now.patches,
    ended,
    ...compact({ average: averageOfBest(now, alike) }),
  });
  for (;;) {
    const { diagnosis } = now.evidence;
    const action = recipe(diagnosis, now.evidence).find(
      (one) => Object.keys(one.try).length > 0 && !tried.has(keyOf(one)),
    );
    if (action === undefined) return result(diagnosis.verdict === "good" ? "good" : isShort ? "time" : "nothing left");
    if (left() <= 0) return result("time");
    if (steps.length >= trials) return result("trials");
    tried.add(keyOf(action));
    if (time !== undefined && expectedSeconds(now, action) > left()) {
      isShort = true;
      continue;
    }
    const next = await changed(now, action, attempt);
    if (next === undefined) continue;
    const step = stepOf(now, next, action);
    steps.push(step);
    alike = givesOtherRows(action) ? (step.kept ? [next] : alike) : [...alike, next];
    if (step.kept) [now, tried] = [next, new Set([keyOf(action)])];
    yield step;
  }
}

/** A training that would be cut off is not begun: about how long it would take, judging by the one that it changes. */
function expectedSeconds({ took, run, evidence: { plan } }: Stand, { try: patch }: Action): number {
  // one that was cut off tells only that it would take longer
  if (run.reason === "time") return 0;
  const epochs = typeof patch.epochs === "number" ? patch.epochs / Math.max(1, plan.epochs) : 1;
  const steps = typeof patch.batch === "number" ? Math.max(1, plan.batch / patch.batch) : 1;
  return took * Math.max(1, epochs) * steps * (patch.model === undefined ? 1 : BIGGER);
}

/** A step of a network with another architecture takes about so many times as long. */
const BIGGER = 1.5;

/** The trainings that are averaged, at most. */
const MOST_AVERAGED = 5;
/** One that is better than the best with less than this chance is worse, and no part of an average. */
const WORSE = 0.1;

/** The average of the best training and of those on the same rows that are no worse but for chance, where it is no worse. */
function averageOfBest(best: Stand, alike: readonly Stand[]): AveragedTrainings | undefined {
  const measure = measureFrom(best.evidence.diagnosis.measure);
  const others = alike
    .filter((one) => one !== best && one.run.reason !== "diverged" && one.run.reason !== "time")
    .map((one) => ({ one, effect: gainOver(best, one) }))
    .filter(({ effect }) => chanceOfGain(effect) >= WORSE)
    .sort((a, b) => b.effect.gain - a.effect.gain)
    .slice(0, MOST_AVERAGED - 1);
  const members = [best, ...others.map(({ one }) => one)];
  if (members.length < 2) return undefined;
  const rows = comparedRows(members);
  const effect = relativeEffect(known(rows[0], "rows of the best"), averageRows(rows), { measure });
  return effect.gain >= 0 ? { patches: members.map(({ patches }) => patches), effect } : undefined;
}

/** Trains with the change; undefined where it does not fit the job. */
async function changed(
  { job, patches }: Stand,
  action: Action,
  attempt: (asked: ImprovementAttempt) => Promise<Stand>,
): Promise<Stand | undefined> {
  try {
    return await attempt({ job: applyPatch(job, action.try), patches: [...patches, action.try], action });
  } catch (error) {
    if (error instanceof NablaError) return undefined;
    throw error;
  }
}

function keyOf({ code, try: patch }: Action): string {
  return `${code} ${JSON.stringify(patch)}`;
}

/** Whether a change gives other rows to measure. */
function givesOtherRows({ try: patch }: Action): boolean {
  return patch.mix === true || patch.without !== undefined;
}

function stepOf(before: Stand, after: Stand, action: Action): ImprovementStep {
  const { diagnosis } = after.evidence;
  const { errors } = before.evidence.diagnosis;
  const moved = `train error ${shareText(errors.train, 2)} → ${shareText(diagnosis.errors.train, 2)}, dev error ${shareText(errors.dev, 2)} → ${shareText(diagnosis.errors.dev, 2)}`;
  const rows = { otherRows: givesOtherRows(action), otherTrain: action.try.balance === true };
  const { outcome, ...verdict } = judgeChange(before, after, rows);
  const summary = `${action.because}; tried: ${action.description}; ${moved}; ${outcome}`;
  return { action, ...verdict, diagnosis, summary };
}
