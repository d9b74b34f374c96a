/** What models without hidden layers make of the same rows: a linear one, and the nearest training rows. */

import { elementsOf } from "../array/shape.ts";
import { compact } from "../base/compact.ts";
import { describe } from "../base/described.ts";
import type { Json } from "../base/json.ts";
import { meanOf } from "../base/statistics/summary.ts";
import type { Examples, StoredExamples } from "../data/examples.ts";
import { adam } from "../optim/adam.ts";
import { cosine } from "../optim/schedule.ts";
import { fit } from "../train/fit.ts";
import type { Job } from "../train/job.ts";
import { hiddenUnits, linear, looksUp } from "./change-model.ts";
import { applyPatch, inMemory, planOf } from "./job-patch.ts";
import { answersByNeighbors, areFlat, nearestRows, thinnedRows } from "./neighbors.ts";
import { type RowResults, rowResults } from "./row-results.ts";

/** Steps that a linear model is trained at most, which is where its error settles, and at least, however short the job is. */
const STEPS = { most: 1500, least: 300 };
/** The most where codes are looked up, whose tables make a step dear and are learned by heart soon. */
const LOOKED_UP = 600;
/** Training rows among which neighbors are sought. */
export const MOST_NEIGHBORS = 2000;
/** Numbers of neighbors that answer; the one with the least error within train is taken. */
const NEIGHBOR_COUNTS = [1, 5, 15, 31] as const;
/** Differences of two numbers that the neighbors of all rows may cost: some tenths of a second. */
const MOST_DIFFERENCES = 5e8;
/** Fewer training rows teach a linear model nothing that could be compared with. */
const FEWEST_ROWS = 20;

/** How long a training may take, by whose clock. */
export interface TimeLimit {
  readonly seconds: number;
  readonly clock: () => number;
}

/** What each baseline does with the dev rows; absent where it says nothing of the job. */
export interface BaselineResults {
  /** Of a linear model; absent for a network without hidden layers, which is one, and where it was not trained to its end. */
  readonly linear?: RowResults;
  /** Of the nearest training rows; absent where these are many, or no lists of numbers. */
  readonly neighbors?: RowResults;
}

/**
 * Trains a linear model on the inputs of a job, and looks up the nearest training rows where these are few. A network without
 * hidden layers is itself the linear model, codes that are near to each other mean nothing alike, and where a row has
 * several targets, nothing is compared.
 */
export async function baselineResults(job: Job, dev: Examples, limit?: TimeLimit): Promise<BaselineResults> {
  const train = inMemory(job.train);
  const { rows, targets } = train ?? (job.train as StoredExamples);
  const { model, batch, epochs } = planOf(job);
  if (rows < FEWEST_ROWS || targets.shape.length > 2 || (targets.shape[1] ?? 1) > 1 || job.loss.heads !== undefined)
    return {};
  const perEpoch = Math.ceil(rows / Math.min(batch, rows));
  const most = looksUp(model) ? LOOKED_UP : STEPS.most;
  const passes = Math.max(Math.min(epochs, Math.ceil(most / perEpoch)), Math.ceil(STEPS.least / perEpoch));
  return compact({
    linear: hiddenUnits(model) === 0 ? undefined : await byLinearModel(job, dev, { epochs: passes, limit }),
    neighbors: train === undefined || looksUp(model) || !areNear(train, dev) ? undefined : byNeighbors(train, dev),
  });
}

function areNear(train: Examples, dev: Examples): boolean {
  const differences = train.rows * (train.rows + dev.rows) * elementsOf(train.inputs.shape.slice(1));
  return areFlat(train) && train.rows <= MOST_NEIGHBORS && differences <= MOST_DIFFERENCES;
}

/** The layers of a linear model on the same inputs. */
function linearOn(model: Json, { inputs }: Examples): Json | undefined {
  const { layers } = (linear(model) ?? {}) as { readonly layers?: readonly Json[] };
  if (layers === undefined || inputs.shape.length === 2) return linear(model);
  return { kind: "chain", layers: [...layers.slice(0, -1), { kind: "flatten" }, ...layers.slice(-1)] };
}

/** How a linear model is trained, whatever the job says. */
const linearTraining = {
  optimizer: describe(adam({ rate: 0.03 })),
  schedule: describe(cosine()),
  penalty: null,
  augment: [],
  mixup: null,
} as const;

/** How long a linear model is trained. */
export interface LinearOptions {
  /** Epochs that it is trained, at most. */
  readonly epochs: number;
  /** Without one it is trained as long as it takes. */
  readonly limit?: TimeLimit | undefined;
}

/**
 * What a linear model makes of the dev rows, trained by the loss of the job; undefined where the time was up, the training
 * failed, or the outputs of the network have no width.
 */
export async function byLinearModel(
  { weights: _, ...job }: Job,
  dev: Examples,
  { epochs, limit }: LinearOptions,
): Promise<RowResults | undefined> {
  const model = linearOn(planOf(job).model, dev);
  if (model === undefined) return undefined;
  const patched = applyPatch(job, { ...linearTraining, model, epochs });
  const timed = limit === undefined ? {} : { time: limit.seconds };
  const run = await fit({ ...patched, ...timed }, compact({ clock: limit?.clock }));
  if (run.reason === "time" || run.reason === "diverged") return undefined;
  return await rowResults(run.trained, dev, compact({ engine: job.engine }));
}

/** What the nearest training rows make of the dev rows. */
export function byNeighbors(train: Examples, dev: Examples): RowResults {
  const known = thinnedRows(train, MOST_NEIGHBORS);
  const most = NEIGHBOR_COUNTS.at(-1) ?? 1;
  const within = nearestRows(known, known, most);
  const errors = NEIGHBOR_COUNTS.map((k) => meanOf(answersByNeighbors(within, { asked: known, known, k }).mistakes));
  const k = NEIGHBOR_COUNTS[errors.indexOf(Math.min(...errors))] ?? most;
  return answersByNeighbors(nearestRows(dev, known, k), { asked: dev, known, k });
}
