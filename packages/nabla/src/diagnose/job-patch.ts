/** A job as plain data, and changes of it: what a recipe proposes, a store records and a command carries out. */
import { compact } from "../base/compact.ts";
import { describe } from "../base/described.ts";
import type { Json } from "../base/json.ts";
import { fork, permutation, seedKey } from "../base/random.ts";
import { augmentationFrom } from "../data/augment/augmentations.ts";
import type { Examples, StoredExamples } from "../data/examples.ts";
import { layerFrom } from "../nn/layers.ts";
import { lossFrom } from "../nn/losses.ts";
import { penaltyFrom } from "../nn/penalty.ts";
import { optimizerFrom } from "../optim/optimizers.ts";
import { scheduleFrom } from "../optim/schedules.ts";
import { defaults } from "../train/defaults.ts";
import { examplesFrom, type Job } from "../train/job.ts";
import { balanced, mixed, without } from "./reshape-data.ts";

/** The part of a job that is plain data. */
export interface JobPlan {
  readonly model: Json;
  readonly loss: Json;
  readonly optimizer: Json;
  readonly penalty?: Json;
  readonly schedule?: Json;
  readonly augment?: readonly Json[];
  readonly mixup?: number;
  readonly batch: number;
  readonly epochs: number;
  readonly patience?: number;
}

/** What a change of a job says: new values by name, null to take one away; plain data. */
export interface JobPatch {
  readonly model?: Json;
  readonly loss?: Json;
  readonly optimizer?: Json;
  readonly penalty?: Json;
  readonly schedule?: Json;
  readonly augment?: readonly Json[];
  readonly mixup?: null;
  readonly batch?: number;
  readonly epochs?: number;
  readonly patience?: number | null;
  /** Shows rows of rare classes as often as those of the most frequent one. */
  readonly balance?: true;
  /** Inputs that are left out, by their place among the features. */
  readonly without?: readonly number[];
  /** Pours train and dev together and deals them out anew, so that both are of one distribution. */
  readonly mix?: true;
}

/** What of a job can be written down. */
export function planOf(job: Job): JobPlan {
  const { penalty, schedule, augment, mixup, patience } = job;
  return compact({
    model: describe(job.model),
    loss: describe(job.loss),
    optimizer: describe(job.optimizer),
    penalty: penalty === undefined ? undefined : describe(penalty),
    schedule: schedule === undefined ? undefined : describe(schedule),
    augment: augment?.map(describe),
    mixup,
    patience,
    batch: job.batch ?? defaults.batch,
    epochs: job.epochs ?? defaults.epochs,
  });
}

/** The job with a change made; the job itself stays. Throws the `options/…` errors of layers, optimizers and the like. */
export function applyPatch(job: Job, patch: JobPatch): Job {
  const { model, loss, optimizer, penalty, schedule, augment, mixup, patience, balance, without: left, mix } = patch;
  const kept: Record<string, unknown> = { ...job };
  if (penalty === null) delete kept.penalty;
  if (schedule === null) delete kept.schedule;
  if (mixup === null) delete kept.mixup;
  if (patience === null) delete kept.patience;
  const changed: Job = {
    ...(kept as unknown as Job),
    ...compact({
      model: model === undefined ? undefined : layerFrom(model, "model"),
      loss: loss === undefined ? undefined : lossFrom(loss),
      optimizer: optimizer === undefined ? undefined : optimizerFrom(optimizer),
      penalty: penalty === undefined || penalty === null ? undefined : penaltyFrom(penalty),
      schedule: schedule === undefined || schedule === null ? undefined : scheduleFrom(schedule),
      augment: augment?.map((change) => augmentationFrom(change)),
      patience: patience ?? undefined,
      batch: patch.batch,
      epochs: patch.epochs,
    }),
  };
  return withData(changed, compact({ balance, without: left, mix }));
}

function withData(job: Job, { balance, without: left, mix }: JobPatch): Job {
  const reshape = (data: Examples): Examples => (left === undefined ? data : without(data, left));
  if (balance === undefined && left === undefined && mix === undefined) return job;
  const train = inMemory(job.train);
  if (train === undefined) return job;
  const dev = job.dev === undefined ? undefined : examplesFrom(job.dev);
  if (mix === true && dev !== undefined) {
    const order = permutation(fork(seedKey(job.seed ?? defaults.seed), "mix"), train.rows + dev.rows);
    const parts = mixed(train, dev, order);
    return { ...job, train: parts.train, dev: parts.dev };
  }
  const shown = balance === true ? balanced(reshape(train)) : reshape(train);
  return { ...job, train: shown, ...(dev === undefined ? {} : { dev: reshape(dev) }) };
}

/** Examples in memory; undefined for those that are read from where they are. */
export function inMemory(data: Job["train"]): Examples | undefined {
  return "read" in data ? undefined : examplesFrom(data as Exclude<Job["train"], StoredExamples>);
}
