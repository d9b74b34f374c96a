/** A job as plain data, and changes of it: what a recipe proposes, a store records and a command runs. */
import { compact } from "../base/compact.ts";
import { readGiven, writeFields } from "../base/field.ts";
import { fork, permutation, seedKey } from "../base/random.ts";
import type { Examples, StoredExamples } from "../data/examples.ts";
import { defaults } from "../train/defaults.ts";
import { examplesFrom, type Job } from "../train/job.ts";
import { type DataOfFields, jobFields } from "../train/job-fields.ts";
import { kindFamilies } from "../train/kind-tables.ts";
import { recordOf } from "./change-model.ts";
import { balanced, mixed, without } from "./reshape-data.ts";

/** The part of a job that is plain data. */
export type JobPlan = DataOfFields<typeof jobFields> &
  Required<Pick<DataOfFields<typeof jobFields>, "model" | "loss" | "optimizer" | "batch" | "epochs">>;

/** A change of a job: new values by name, null to remove one; plain data. */
export type JobPatch = { readonly [K in keyof JobPlan]?: JobPlan[K] | null } & {
  /** Shows rows of rare classes as often as those of the most frequent one. */
  readonly balance?: true;
  /** Inputs that are left out, by their place among the features. */
  readonly without?: readonly number[];
  /** Pours train and dev together and deals them out anew, so that both are of one distribution. */
  readonly mix?: true;
};

/** What of a job can be written down. */
export function planOf(job: Job): JobPlan {
  const { batch = defaults.batch, epochs = defaults.epochs } = job;
  return writeFields(jobFields, { ...job, batch, epochs }) as JobPlan;
}

/** The job with a change made; the job itself stays. Throws the `options/…` errors of layers, optimizers and the like. */
export function applyPatch(job: Job, patch: JobPatch): Job {
  const { balance, without: left, mix, ...changes } = patch;
  const stated = Object.entries(changes).filter(([, value]) => value !== undefined);
  const kept = Object.fromEntries(
    Object.entries(job).filter(([name]) => !stated.some(([changed]) => changed === name)),
  );
  const given = Object.fromEntries(stated.filter(([, value]) => value !== null));
  const changed = { ...kept, ...readGiven(jobFields, given, { place: "", keys: [], families: kindFamilies }) } as Job;
  const { weights: _, freeze: _f, ...fresh } = changed;
  // a network of other layers, or for other inputs, has no use for weights that this one learned
  const isOther = changes.model !== undefined || left !== undefined;
  return withData(isOther ? fresh : changed, compact({ balance, without: left, mix }));
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

/** The change to a stronger L2 penalty: four times what there is, or a first one. */
export function strongerPenalty({ penalty }: Pick<JobPlan, "penalty">): JobPatch {
  const { strength: own = 0 } = recordOf(penalty ?? "none");
  const strength = Number(own);
  return { penalty: { kind: "l2", strength: Math.min(0.3, strength > 0 ? strength * 4 : 0.01) } };
}
