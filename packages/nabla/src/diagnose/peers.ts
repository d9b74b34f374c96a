/** What other models reach on the same rows: a linear one, nearest neighbors, and a bigger network. */
import { compact } from "../base/compact.ts";
import { seedKey } from "../base/random.ts";
import type { Examples } from "../data/examples.ts";
import { initModel } from "../nn/model.ts";
import { type Measure, relativeError } from "../train/deciding/measure.ts";
import { fit } from "../train/fit.ts";
import type { Job } from "../train/job.ts";
import { byLinearModel, byNeighbors, MOST_NEIGHBORS, type TimeLimit } from "./baselines.ts";
import { linear, looksUp, resized } from "./change-model.ts";
import { applyPatch, type JobPatch, planOf, strongerPenalty } from "./job-patch.ts";
import { areFlat } from "./neighbors.ts";
import { type NoiseFloor, noiseFloor } from "./noise-floor.ts";
import { type Effect, relativeEffect } from "./paired.ts";
import { type RowResults, rowResults } from "./row-results.ts";

/** Another model on the dev rows. */
export interface Peer {
  readonly kind: "linearModel" | "neighbors" | "bigger";
  /** What it is, as `a linear model`. */
  readonly name: string;
  readonly error: number;
  /** What it gains over the network; below 0 it errs more. */
  readonly effect: Effect;
}

/** Other models, and what rows that are alike say of noise; plain data. */
export interface Peers {
  /** The network's own error on the dev rows. */
  readonly error: number;
  readonly others: readonly Peer[];
  /** The network itself with a stronger penalty on its weights, where there was time to try it. */
  readonly penalized?: Pick<Peer, "error" | "effect">;
  /** What is known of the noise floor; absent where it could not be estimated. */
  readonly noise?: NoiseFloor;
}

/** What other methods learn and are measured on, beside the network. */
export interface ComparedParts {
  readonly train: Examples;
  readonly dev: Examples;
  /** What the network does with the dev rows. */
  readonly own: RowResults;
  /** By what they are compared. */
  readonly measure: Measure;
}

/** Epochs that a linear model is trained at most. */
const LINEAR_EPOCHS = 60;
/** Products of a weight and a row that one model may cost: some seconds, whatever the clock says. */
const MOST_WORK = 2e9;
/** A network that is cut short to so few steps says nothing. */
const FEWEST_STEPS = 200;
/** A bigger network has so many times the hidden units, and at least so many. */
const [TIMES, FRESH] = [4, 32];

/** The linear one, where it was tried. */
export function linearPeer({ others }: Peers): Peer | undefined {
  return others.find(({ kind }) => kind === "linearModel");
}

/** Trains and measures the other models; undefined for inputs that are no lists of numbers. */
export async function comparePeers(job: Job, parts: ComparedParts, limit?: TimeLimit): Promise<Peers | undefined> {
  const { train, dev, own, measure } = parts;
  if (!areFlat(train) || (train.targets.shape[1] ?? 1) > 1 || job.loss.heads !== undefined || train.rows < 20)
    return undefined;
  const errorOf = (rows: RowResults): number => relativeError(measure, rows);
  const effectOn = (rows: RowResults): Effect => relativeEffect(own, rows, { measure });
  const peer = (kind: Peer["kind"], name: string, rows: RowResults | undefined): readonly Peer[] =>
    rows === undefined ? [] : [{ kind, name, error: errorOf(rows), effect: effectOn(rows) }];
  const until = limit === undefined ? Number.POSITIVE_INFINITY : limit.clock() + limit.seconds;
  const trained = async (patch: JobPatch): Promise<RowResults | undefined> => {
    const left = until - (limit?.clock() ?? 0);
    if (left <= 0) return undefined;
    const timed = limit === undefined ? {} : { time: left };
    const run = await fit({ ...applyPatch(job, patch), ...timed }, compact({ clock: limit?.clock }));
    return run.reason === "time" || run.reason === "diverged"
      ? undefined
      : await rowResults(run.trained, dev, compact({ engine: job.engine }));
  };
  const plan = planOf(job);
  // codes that are near to each other mean nothing alike
  const coded = looksUp(plan.model);
  const alone = linear(plan.model);
  const left = until - (limit?.clock() ?? 0);
  const straight =
    alone === undefined || left <= 0
      ? undefined
      : await byLinearModel(job, dev, {
          epochs: Math.min(plan.epochs, LINEAR_EPOCHS, affordable(applyPatch(job, { model: alone }), train)),
          limit: limit === undefined ? undefined : { ...limit, seconds: left },
        });
  const large = resized(plan.model, TIMES, FRESH);
  const epochs = Math.min(plan.epochs, affordable(applyPatch(job, { model: large }), train));
  const steps = epochs * Math.ceil(train.rows / Math.min(plan.batch, train.rows));
  const isShort = epochs < plan.epochs && steps < FEWEST_STEPS;
  const bigger = isShort ? undefined : await trained({ model: large, epochs });
  const held = await trained({ ...strongerPenalty(plan), epochs: Math.min(plan.epochs, affordable(job, train)) });
  const penalized = held && { error: errorOf(held), effect: effectOn(held) };
  return {
    error: errorOf(own),
    ...compact({ penalized }),
    others: [
      ...peer("linearModel", "a linear model", straight),
      ...(coded ? [] : peer("neighbors", "nearest neighbors", byNeighbors(train, dev))),
      ...peer("bigger", `a network of ${TIMES} times the hidden units`, bigger),
    ],
    ...compact({ noise: coded ? undefined : noiseFloor(train, { rows: MOST_NEIGHBORS }) }),
  };
}

/** Epochs that the network can be trained for within `MOST_WORK`; at least one. */
function affordable({ model }: Pick<Job, "model">, { inputs, rows }: Examples): number {
  const { parameters } = initModel(model, inputs.shape.slice(1), seedKey(1));
  const weights = [...parameters.values()].reduce((sum, { data }) => sum + data.length, 0);
  return Math.max(1, Math.floor(MOST_WORK / (weights * rows)));
}
