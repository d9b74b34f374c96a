/** One trial: a training that reports its status, ends early where it would not win, and can be stopped and resumed. */
import { type Checkpoint, compact, decidingError, type EpochEvent, NablaError, type Run, train } from "nabla";
import { type Pruning, prunes, type Report, reasonOf } from "nabla/tune";
import { jobOf } from "../experiment/resolve.ts";
import { looksPerEpoch } from "../runs/looks-per-epoch.ts";
import { shownRows } from "../runs/shown-rows.ts";
import { checkpointBytes, checkpointFrom } from "../store/checkpoint.ts";
import { comparedRows, packRowErrors } from "../studies/row-errors.ts";
import type { TrainingTask, TrialEnd, TrialSignal, TrialStop } from "../studies/trial.ts";
import type { TrialData } from "./shared-data.ts";

/** What a trial needs of where it runs. */
export interface TrialHost {
  /** Seconds from an arbitrary origin. */
  readonly clock: () => number;
  /** Whether it should stop as soon as it can be resumed. */
  readonly stopped: () => boolean;
  readonly signal: (signal: TrialSignal) => void;
}

/** Reports of one trial: enough for any pruner, and few enough for thousands of trials. */
const MOST_REPORTS = 100;

/** Seconds between two heartbeats of life, and between two checkpoints: what a kill may cost. */
const PACE = { signal: 0.1, checkpoint: 2 } as const;

/** A checkpoint may take this part of the time at most. */
const CHECKPOINT_SHARE = 0.05;

/**
 * Trains to the end; what goes wrong is the reason of a failed trial, never thrown. The result follows from the task and
 * the data alone, however often the training was stopped or killed on the way.
 */
export async function trainTrial(task: TrainingTask, data: TrialData, host: TrialHost): Promise<TrialEnd | TrialStop> {
  const reports: Report[] = [];
  const started = host.clock();
  try {
    return await follow(task, data, { host, reports });
  } catch (error) {
    return { state: "failed", reports, reason: reasonOf(error), seconds: host.clock() - started };
  }
}

interface Following {
  readonly host: TrialHost;
  readonly reports: Report[];
}

async function follow(
  task: TrainingTask,
  data: TrialData,
  { host, reports }: Following,
): Promise<TrialEnd | TrialStop> {
  const { settled: resolved, pruning, checkpoint: kept } = task;
  const resume = kept === undefined ? undefined : checkpointFrom(kept, "of the trial");
  const training = train(
    { ...jobOf(resolved, data.begun?.weights), train: shownRows(resolved, data.train), dev: data.dev },
    compact({ clock: host.clock, progress: looksPerEpoch(data.train.rows, resolved.batch), resume }),
  );
  const stride = Math.ceil(resolved.epochs / MOST_REPORTS);
  const told = (epoch: number): boolean => epoch % stride === 0 || epoch === resolved.epochs;
  for (const { epoch, dev } of resume?.position.history ?? []) if (told(epoch)) reports.push(reportOf(epoch, dev));
  const judge = pruning === undefined ? undefined : judgeBy(pruning);
  const pace = paceOf(host);
  let parameters = 0;
  for await (const event of training) {
    if (event.kind === "start") {
      ({ parameters } = event);
      continue;
    }
    if (event.kind === "end") break;
    if (event.kind === "epoch" && told(event.epoch)) {
      reports.push(reportOf(event.epoch, event.dev));
      const reason = judge?.(reports);
      if (reason !== undefined) return { state: "pruned", reports, reason, seconds: event.seconds };
    }
    if (host.stopped()) return { state: "stopped", checkpoint: checkpointBytes(await training.checkpoint()) };
    const share = (event.kind === "epoch" ? event.epoch : event.epoch - 1) / resolved.epochs;
    await pace(
      () => ({ reports: [...reports], share }),
      () => training.checkpoint(),
    );
  }
  return await ended(await training.result(), { task, data, reports, parameters });
}

function reportOf(epoch: number, dev: EpochEvent["dev"]): Report {
  if (dev === undefined) throw noMetric();
  return { step: epoch, value: decidingError(dev) };
}

function noMetric(): NablaError {
  return new NablaError("tune/no-metric", "without a dev set there is no dev error to compare by");
}

/** Checks each pruning threshold once, when it is reached: those that were met need no second check. */
function judgeBy(pruning: Pruning): (reports: readonly Report[]) => string | undefined {
  let looked = Number.NEGATIVE_INFINITY;
  return (reports) => {
    const step = reports.at(-1)?.step ?? looked;
    const due = pruning.standards.filter((standard) => standard.step > looked && standard.step <= step);
    looked = step;
    return due.length === 0 ? undefined : prunes({ ...pruning, standards: due }, reports);
  };
}

/** Periodic signals and checkpoints, at a rate that costs the training next to nothing. */
function paceOf({
  clock,
  signal,
}: TrialHost): (say: () => TrialSignal, checkpoint: () => Promise<Checkpoint>) => Promise<void> {
  let [signaled, saved, cost] = [clock(), clock(), 0];
  return async (say, checkpoint) => {
    const now = clock();
    if (now - saved >= Math.max(PACE.checkpoint, cost / CHECKPOINT_SHARE)) {
      signal({ ...say(), checkpoint: checkpointBytes(await checkpoint()) });
      cost = clock() - now;
      [signaled, saved] = [now, now];
    } else if (now - signaled >= PACE.signal) {
      signal(say());
      signaled = now;
    }
  };
}

interface Ended {
  readonly task: TrainingTask;
  readonly data: TrialData;
  readonly reports: readonly Report[];
  readonly parameters: number;
}

async function ended(run: Run, { task, data, reports, parameters }: Ended): Promise<TrialEnd> {
  const { best, seconds, train: own, failure } = run;
  if (failure !== undefined) return { state: "failed", reports, reason: failure.message, seconds };
  if (best?.dev === undefined) throw noMetric();
  const { cost: devCost } = best.dev;
  const value = decidingError(best.dev);
  const { measure } = jobOf(task.settled);
  const measures = {
    parameters,
    epochs: run.epochs,
    steps: run.steps,
    bestEpoch: best.epoch,
    trainError: own.error,
    trainCost: own.cost,
    devCost,
    ...(value <= (task.marksUpTo ?? Number.NEGATIVE_INFINITY)
      ? { rowErrors: await packRowErrors(run.trained, comparedRows(data.dev, task.settled.task), measure) }
      : {}),
  };
  return { state: "done", value, reports, seconds, measures };
}
