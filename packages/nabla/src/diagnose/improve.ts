/** Diagnosis that acts: one change at a time, bias first, retained only when it helps by more than noise. */

import { compact } from "../base/compact.ts";
import { drain } from "../base/drain.ts";
import { NablaError } from "../base/error.ts";
import { inRange } from "../base/range.ts";
import { shareText } from "../base/text.ts";
import type { Examples } from "../data/examples.ts";
import { fit } from "../train/fit.ts";
import type { Job } from "../train/job.ts";
import type { Run } from "../train/run.ts";
import type { Diagnosis } from "./diagnose.ts";
import { type DataFinding, type Evidence, type ExamineOptions, examine } from "./evidence.ts";
import { applyPatch, type JobPatch } from "./job-patch.ts";
import { lookAtParts } from "./look-at-parts.ts";
import { type Effect, effectOf } from "./paired.ts";
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

export interface ImproveOptions extends Pick<ExamineOptions, "human" | "look"> {
  /**
   * Seconds for everything, measuring included: a training ends so early that diagnosing its result still fits, judging
   * by how long earlier diagnoses took. Never exceeded by more than a batch, once one result has been inspected. Needs
   * a clock.
   */
  readonly time?: number;
  readonly clock?: () => number;
  /** Changes to try at most. Default 20. */
  readonly trials?: number;
  /** Trains and, if you like, records. Default `fit`. */
  readonly fit?: (attempt: ImprovementAttempt) => Promise<Run>;
}

/** One change that was tried. */
export interface ImprovementStep {
  readonly action: Action;
  /** What the errors did; undefined where the change gave other rows to measure. */
  readonly effect?: { readonly train?: Effect; readonly dev: Effect };
  readonly kept: boolean;
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
  readonly ended: "good" | "time" | "nothing left" | "trials";
}

/**
 * Trains, diagnoses, and runs the recipe until the verdict is good, the time is up or nothing is left to try. The
 * test set is never used: it is not in the job. Throws what training throws before its first step, `train/clock`.
 */
export async function improve(job: Job, options: ImproveOptions = {}): Promise<Improved> {
  return await drain(improving(job, options));
}

/** The last share of the time goes to a single training run. */
const LAST = 0.1;

/** Steps that a search over rates may cost. */
const SEARCH = 120;

interface Stand {
  readonly job: Job;
  readonly run: Run;
  readonly evidence: Evidence;
  readonly patches: readonly JobPatch[];
}

/** `improve` step by step: yields each change when it has been tried. */
export async function* improving(
  job: Job,
  { human = 0, look = lookAtParts, time, clock, trials = 20, fit: carryOut }: ImproveOptions = {},
): AsyncGenerator<ImprovementStep, Improved, undefined> {
  inRange("human", human, { atLeast: 0, below: 1 });
  inRange("trials", trials, { atLeast: 0, whole: true });
  if (time !== undefined) inRange("time", time, { above: 0 });
  if (time !== undefined && clock === undefined) throw new NablaError("train/clock", "a time limit needs a clock");
  const started = clock?.() ?? 0;
  // Overhead of a run besides its steps: evaluation and recording. The search for causes is cut short to save time.
  let closing = 0;
  const left = (): number =>
    time === undefined ? Number.POSITIVE_INFINITY : time - closing - ((clock?.() ?? 0) - started);
  let measured: boolean | undefined;
  let last: { train: Examples; dev: Examples; found: readonly DataFinding[] } | undefined;
  const remembered = async (train: Examples, dev: Examples): Promise<readonly DataFinding[]> => {
    if (last?.train === train && last.dev === dev) return last.found;
    last = { train, dev, found: left() <= 0 ? [] : await look(train, dev) };
    return last.found;
  };
  const attempt = async (asked: ImprovementAttempt): Promise<Stand> => {
    // half of the time left, so that no run uses up the time of changes that might help more
    const due = time !== undefined && left() > LAST * time ? left() / 2 : left();
    const limit = Math.min(due, asked.job.time ?? Number.POSITIVE_INFINITY);
    const timed = {
      ...asked,
      job: limit === Number.POSITIVE_INFINITY ? asked.job : { ...asked.job, time: Math.max(limit, 1e-6) },
    };
    const began = clock?.() ?? 0;
    const run = await (carryOut ?? ((one) => fit(one.job, compact({ clock }))))(timed);
    // one measure for all, so that errors of two trainings can be compared: a change may repeat the rows of rare classes
    const measure = compact({ balanced: measured });
    const options = {
      ...measure,
      human,
      hurry: () => left() <= (SEARCH * run.seconds) / Math.max(1, run.steps),
      look: remembered,
    };
    closing = Math.max(closing, (clock?.() ?? 0) - began - run.seconds);
    const evidence = await examine(asked.job, run, options);
    measured ??= evidence.diagnosis.balanced;
    return { job: asked.job, run, evidence, patches: asked.patches };
  };
  const first = await attempt({ job, patches: [] });
  const steps: ImprovementStep[] = [];
  let now = first;
  let tried = new Set<string>();
  const result = (ended: Improved["ended"]): Improved => ({
    job: now.job,
    run: now.run,
    diagnosis: now.evidence.diagnosis,
    first: { run: first.run, diagnosis: first.evidence.diagnosis },
    steps,
    patches: now.patches,
    ended,
  });
  for (;;) {
    const { diagnosis } = now.evidence;
    const action = recipe(diagnosis, now.evidence).find(
      (one) => Object.keys(one.try).length > 0 && !tried.has(keyOf(one)),
    );
    if (action === undefined) return result(diagnosis.verdict === "good" ? "good" : "nothing left");
    if (left() <= 0) return result("time");
    if (steps.length >= trials) return result("trials");
    tried.add(keyOf(action));
    const next = await changed(now, action, attempt);
    if (next === undefined) continue;
    const step = stepOf(now, next, action);
    steps.push(step);
    if (step.kept) [now, tried] = [next, new Set([keyOf(action)])];
    yield step;
  }
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

function stepOf(before: Stand, after: Stand, action: Action): ImprovementStep {
  const { diagnosis } = after.evidence;
  const { errors } = before.evidence.diagnosis;
  const moved = `train error ${shareText(errors.train, 2)} → ${shareText(diagnosis.errors.train, 2)}, dev error ${shareText(errors.dev, 2)} → ${shareText(diagnosis.errors.dev, 2)}`;
  const tell = (outcome: string): string => `${action.because}; tried: ${action.description}; ${moved}; ${outcome}`;
  if (action.try.mix === true || action.try.without !== undefined) {
    const kept = after.run.reason !== "diverged";
    return {
      action,
      kept,
      diagnosis,
      summary: tell(kept ? "accepted, since the errors before were measured on other data" : "rejected"),
    };
  }
  const { balanced } = before.evidence.diagnosis;
  const [own, others] = [before.evidence.rowResults, after.evidence.rowResults];
  const sameTrain = own.train.mistakes.length === others.train.mistakes.length && action.try.balance !== true;
  const train = sameTrain ? effectOf(own.train, others.train, { balanced }) : undefined;
  const dev = effectOf(own.dev ?? own.train, others.dev ?? others.train, { balanced });
  const fitted = before.evidence.diagnosis.bias !== "low" && train !== undefined && sure(train) && dev.interval.to >= 0;
  const kept = fitted || sure(dev);
  const worse = dev.interval.to < 0;
  const [least, most] = [-dev.interval.to, -dev.interval.from];
  const range = `by ${shareText(dev.interval.from, 2)} to ${shareText(dev.interval.to, 2)} on dev`;
  const lost = worse
    ? `worse by ${shareText(least, 2)} to ${shareText(most, 2)} on dev`
    : `the change ${range} could be noise`;
  const outcome = kept ? `accepted (better ${range})` : `rejected (${lost})`;
  return {
    action,
    effect: compact({ train, dev }),
    kept,
    diagnosis,
    summary: tell(outcome),
  };
}

function sure({ interval }: Effect): boolean {
  return interval.from > 0;
}
