/** The model that a run hands over, once its training was measured: that network, one that learned more, or an average. */
import { setImmediate } from "node:timers/promises";
import {
  applyPreparation,
  compact,
  count,
  defaultThreads,
  type Run as Ended,
  type Examples,
  joinExamples,
  type Members,
  NablaError,
  type PoolJob,
  refit,
  type Trained,
  trainMembers,
} from "nabla";
import { weightedMean } from "nabla/statistics";
import { foldsOf } from "../experiment/folds.ts";
import type { Plan } from "../experiment/plan.ts";
import { jobOf } from "../experiment/resolve.ts";
import { prefetch } from "../sources/prefetch.ts";
import type { ExtraFailure, Shipped } from "../store/run.ts";
import { duration } from "../text/duration.ts";
import { outOfFoldScore } from "./held-out.ts";
import { looksPerEpoch } from "./looks-per-epoch.ts";
import { trainOnThreads } from "./member-threads.ts";
import { type MembersTask, membersPlan } from "./members-task.ts";
import { extraFailure } from "./outcome.ts";
import type { HeldOut, RunEvent } from "./run-events.ts";
import { shownRows } from "./shown-rows.ts";

/** What is handed over. */
export interface Shipment {
  readonly trained: Trained;
  readonly shipped: Shipped;
  /** What single networks do with all rows of train and dev, where there are several. */
  readonly heldOut?: HeldOut;
  /** What was tried and failed, so that the measured network is handed over. */
  readonly failure?: ExtraFailure;
}

/** What decides about the model that is handed over. */
export interface ShipOptions {
  readonly clock: () => number;
  /** Ends further trainings; by default nothing does. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Trains what the experiment asks for beside the network that was measured. Whatever prevents that costs the result
 * nothing: the measured network is handed over, and why is said.
 */
export async function* ship(
  plan: Plan,
  end: Ended,
  options: ShipOptions,
): AsyncGenerator<RunEvent, Shipment, undefined> {
  const { resolved } = plan;
  const measured = (because?: string): Shipment => ({ trained: end.trained, shipped: measuredShipped(plan, because) });
  const asked = resolved.members > 1 ? "members" : "refit";
  if (resolved.members === 1 && resolved.refit === "none") return measured();
  const hindrance = hindranceOf(plan, end);
  if (hindrance !== undefined) return measured(hindrance);
  try {
    const found = yield* asked === "members" ? members(plan, end, options) : again(plan, end, options);
    return found ?? measured("you stopped it before that was trained");
  } catch (error) {
    const failure = extraFailure(asked, error);
    return { ...measured(failure.message), failure };
  }
}

/** The measured network alone. */
export function measuredShipped({ parts }: Pick<Plan, "parts">, because?: string): Shipped {
  return compact({
    kind: "measured" as const,
    networks: 1,
    rows: parts.rows.train,
    parts: ["train" as const],
    because,
  });
}

/** What is handed over, its out-of-fold error by what was decided since. */
export function decidedShipped(
  shipped: Shipped,
  { plan, heldOut }: { readonly plan: Plan; readonly heldOut: HeldOut | undefined },
): Shipped {
  const { outOfFold } = shipped;
  if (outOfFold === undefined || heldOut === undefined) return shipped;
  const { dev } = heldOut;
  const error = weightedMean(dev.mistakes, dev.weights);
  const measures = { cost: outOfFold.cost, rows: outOfFold.rows, error, mistake: error };
  return compact({ ...shipped, outOfFold: outOfFoldScore(dev, { plan, measures }) });
}

/** Why nothing more is trained, where that is so. */
function hindranceOf({ resolved: { members, time } }: Plan, { reason, journal, seconds }: Ended): string | undefined {
  if (reason === "stopped") return "you stopped the training";
  if (reason === "time") return "the time was up";
  if (reason === "diverged") return "the training diverged";
  if (journal.length > 0) return "it was changed while it trained, which no other network repeats";
  const needed = seconds * Math.max(1, members - 1);
  if (time === undefined || seconds + needed <= time) return undefined;
  const [left, takes] = [Math.max(0, time - seconds), needed].map((value) => duration(value));
  return `of the time ${left} were left, and more would take about ${takes}`;
}

async function* members(
  plan: Plan,
  end: Ended,
  { clock, signal }: ShipOptions,
): AsyncGenerator<RunEvent, Shipment | undefined, undefined> {
  const { resolved, parts } = plan;
  const { train, dev, begun } = plan.prepared;
  const folds = foldsOf(resolved, parts);
  const test = resolved.refit === "all" ? testOf(plan) : undefined;
  const task = {
    resolved,
    folds,
    train,
    dev,
    ...compact({ test, time: timeLeft(plan, end), weights: begun?.weights }),
  };
  const threads = threadsFor(task, end);
  const elsewhere = threads > 1 ? yield* trainOnThreads(task, { first: end, threads, signal }) : [];
  const { job, options } = membersPlan(task);
  const training = trainMembers(job, { ...options, finished: [end, ...elsewhere], clock, prefetch });
  let trained: Members | undefined;
  while (trained === undefined) {
    const next = await training.next();
    await setImmediate();
    if (signal?.aborted === true) {
      await training.return(undefined as never);
      return undefined;
    }
    if (next.done === true) trained = next.value;
    else yield next.value;
  }
  const heldOut: HeldOut = { train: trained.learned, dev: trained.heldOut, heldBy: trained.heldBy };
  const shipped: Shipped = compact({
    kind: "members" as const,
    networks: folds.length,
    rows: job.train.rows + (test?.rows ?? 0),
    parts: partsLearned(test),
    outOfFold: outOfFoldScore(heldOut.dev, { plan, measures: trained.dev }),
  });
  return { trained: trained.trained, shipped, heldOut };
}

/** Seconds of training for which threads pay, each of which takes about one to begin. */
const WORTH_THREADS = 8;
/** The most numbers of examples that each thread is handed its own copy of. */
const MOST_COPIED = 2 ** 24;

/** How many threads train the networks beside the first: one where they would gain nothing. */
function threadsFor({ folds, train, dev }: MembersTask, { seconds }: Ended): number {
  const others = folds.length - 1;
  const isWorth = seconds * others >= WORTH_THREADS && train.inputs.data.length + dev.inputs.data.length <= MOST_COPIED;
  return isWorth ? Math.min(defaultThreads(), others) : 1;
}

async function* again(
  plan: Plan,
  end: Ended,
  { clock, signal }: ShipOptions,
): AsyncGenerator<RunEvent, Shipment | undefined, undefined> {
  const { train, dev } = plan.prepared;
  const test = plan.resolved.refit === "all" ? testOf(plan) : undefined;
  const held = test === undefined ? dev : joinExamples(dev, test);
  const all = joinExamples(train, held);
  const { epochs = 0 } = end.best === undefined ? {} : { epochs: end.best.epoch };
  const job = { ...timed(plan, end), train: shownRows(plan.resolved, all) };
  const progress = looksPerEpoch(all.rows, plan.resolved.batch);
  const training = refit(job, { epochs, clock, prefetch, progress });
  for await (const event of training) {
    await setImmediate();
    if (signal?.aborted === true) return undefined;
    if (event.kind === "end") break;
    yield { kind: "refit", event };
  }
  const run = await training.result();
  if (run.failure !== undefined) throw new NablaError("members/diverged", run.failure.message, run.failure.hint);
  if (run.epochs < epochs)
    throw new NablaError("members/time", `the time was up after ${count(run.epochs, "epoch")} of ${epochs}`);
  const shipped: Shipped = {
    kind: "refit",
    networks: 1,
    epochs,
    rows: train.rows + held.rows,
    parts: partsLearned(test),
  };
  return { trained: run.trained, shipped };
}

/** The job of a plan, with the time that is left. */
function timed(plan: Plan, end: Ended): Omit<PoolJob, "train"> {
  const { time: _, ...job } = jobOf(plan.resolved, plan.prepared.begun?.weights);
  return { ...job, ...compact({ time: timeLeft(plan, end) }) };
}

/** The seconds that are left of the time; undefined without a limit. */
function timeLeft({ resolved: { time } }: Plan, { seconds }: Ended): number | undefined {
  return time === undefined ? undefined : Math.max(time - seconds, 0.001);
}

/** The test rows, which nothing can measure from now on. */
function testOf({ parts, prepared }: Plan): Examples | undefined {
  return parts.rows.test === 0 ? undefined : applyPreparation(prepared.preparation, parts.openTest());
}

function partsLearned(test: Examples | undefined): Shipped["parts"] {
  return test === undefined ? ["train", "dev"] : ["train", "dev", "test"];
}
