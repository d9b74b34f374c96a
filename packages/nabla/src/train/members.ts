/** Networks that rotate over folds: together they learn every row, and each row is answered by one that did not. */
import { wrongArgument } from "../array/check-array.ts";
import { NablaError } from "../base/error.ts";
import { isNamed, namedValue } from "../base/named.ts";
import { fork, seedKey } from "../base/random.ts";
import { weightedMean } from "../base/statistics/weighted.ts";
import { count } from "../base/text.ts";
import { isRecord } from "../base/value-type.ts";
import { type AnyExamples, type Examples, type StoredExamples, takeExamples } from "../data/examples.ts";
import type { Fold } from "../data/folds.ts";
import type { Table } from "../data/table.ts";
import { checkExamples, checkFoldList } from "./check-job.ts";
import { ensembleOf } from "./ensembles.ts";
import type { TrainingEvent } from "./events.ts";
import { examplesFrom, type Job } from "./job.ts";
import type { Measures } from "./measures.ts";
import { type OutOfFold, outOfFold } from "./out-of-fold.ts";
import type { Run } from "./run.ts";
import { type TrainOptions, train } from "./train.ts";
import type { Trained } from "./trained.ts";

/** A job whose rows are all learned, by some of its members each. */
export type PoolJob = Omit<Job, "train" | "dev"> & { readonly train: Examples | Table };

/** Options of `trainMembers`. */
export interface MembersOptions extends Pick<TrainOptions, "clock" | "prefetch" | "progress"> {
  /** What each member learns, and holds out as its dev set: `foldRows`. */
  readonly folds: readonly Fold[];
  /** The trainings of the first folds, where they have ended already. Default: none have. */
  readonly finished?: readonly Run[];
  /** What a member is shown of the rows that it learns, such as `balanced` rows. Default: the rows themselves. */
  readonly shown?: (learned: Examples) => Examples;
}

/** An event of the training of one member. */
export interface MemberEvent {
  readonly kind: "member";
  /** Which one, from 1. */
  readonly member: number;
  readonly members: number;
  readonly event: TrainingEvent;
}

/** Trained members and what they are together. */
export interface Members extends OutOfFold {
  readonly runs: readonly Run[];
  /** The mean of their predictions: it has learned all rows. */
  readonly trained: Trained;
  /**
   * The out-of-fold measures: each row of the pool as the one member does it that held it out. They are an estimate for
   * single members; the mean of them all errs less.
   */
  readonly dev: Measures;
}

/**
 * The job of one member, from 1, as `trainMembers` trains it: its rows, its dev set, and a seed of its own; that of the first is the
 * job's. For callers who train members elsewhere and hand their trainings over as `finished`. Throws `members/folds`.
 */
export function memberJob(pooled: PoolJob, given: Pick<MembersOptions, "folds" | "shown">, member: number): Job {
  if (!isRecord(pooled)) throw wrongArgument("memberJob › job", "a job", pooled);
  checkExamples(pooled.train, "job › train");
  checkFoldList("memberJob › options › folds", isRecord(given) ? given.folds : undefined);
  const { train: pool, seed = 0, ...job } = pooled;
  const { folds, shown = (learned: Examples) => learned } = given;
  const rows = poolOf(pool);
  const fold = folds[member - 1];
  if (fold === undefined)
    throw new NablaError("members/folds", `there is no member ${member} of ${count(folds.length, "fold")}`);
  return {
    ...job,
    seed: memberSeed(seed, member),
    train: shown(takeExamples(rows, fold.learn)),
    dev: takeExamples(rows, fold.held),
  };
}

/** The seed of a member: the job's own for the first, and one that is forked from it for each other. */
function memberSeed(seed: number, member: number): number {
  return member === 1 ? seed : fork(seedKey(seed), `member ${member}`).seed[0];
}

/**
 * Trains a network for each fold, one after another, on the rows that the fold does not hold out: every row is learned
 * by all members but one, and that one answers it (Breiman 1996, "Stacked regressions", and van der Laan et al. 2007,
 * "Super learner", use such answers; Caruana et al. 2004 and AutoGluon average the networks). Yields the events of each
 * training and returns the members. Throws what `train` throws, `members/diverged` and `members/time` for a member
 * that did not end well, `members/folds` where the folds do not hold out each row once.
 */
export async function* trainMembers(
  job: PoolJob,
  given: MembersOptions,
): AsyncGenerator<MemberEvent, Members, undefined> {
  if (!isRecord(job)) throw wrongArgument("trainMembers › job", "a job", job);
  checkExamples(job.train, "job › train");
  checkFoldList("trainMembers › options › folds", isRecord(given) ? given.folds : undefined);
  const { folds, finished = [], shown, ...options } = given;
  const pool = poolOf(job.train);
  checkFolds(folds, pool.rows);
  const runs = [...finished];
  const members = folds.length;
  while (runs.length < members) {
    const member = runs.length + 1;
    const training = train(memberJob(job, shown === undefined ? { folds } : { folds, shown }, member), options);
    for await (const event of training) {
      yield { kind: "member", member, members, event };
      if (event.kind === "end") break;
    }
    runs.push(endedWell(await training.result(), { member, members }));
  }
  const rows = await outOfFold(
    runs.map(({ trained }) => trained),
    { pool, folds, engine: job.engine },
  );
  const trained = ensembleOf(runs.map((run) => run.trained));
  return { ...rows, runs, trained, dev: measuresOf(rows, { loss: trained.loss, pool }) };
}

/** The measures of a part by its rows. */
function measuresOf(
  { heldOut }: OutOfFold,
  { loss, pool }: Pick<Trained, "loss"> & { readonly pool: Examples },
): Measures {
  const { mistakes, losses, weights } = heldOut;
  const mistake = weightedMean(mistakes, weights);
  const error = loss.error(mistake, pool.targets, namedValue(pool.mask, undefined));
  return { cost: weightedMean(losses, weights), error, mistake, rows: pool.rows };
}

function endedWell(run: Run, { member, members }: Pick<MemberEvent, "member" | "members">): Run {
  const place = `member ${member} of ${members}`;
  if (run.failure !== undefined)
    throw new NablaError("members/diverged", `${place} diverged: ${run.failure.message}`, run.failure.hint);
  if (run.reason !== "time") return run;
  throw new NablaError("members/time", `${place} was cut off by the time limit`, "give more time, or fewer members");
}

function poolOf(given: Examples | StoredExamples | AnyExamples | Table): Examples {
  if ("read" in given)
    throw new NablaError("members/stored", "only rows in memory can be divided among members", "take a sample of them");
  const pool = examplesFrom(given);
  const { mask, inputs, targets } = pool;
  const isPlain = mask === undefined || (!isNamed(mask) && mask.shape.length === 1);
  if (isPlain && "shape" in inputs && "shape" in targets) return pool as Examples;
  const message = "members are trained on one input and one target, without a mask of positions";
  throw new NablaError("members/examples", message, "train them one by one, and average them with ensembleOf");
}

function checkFolds(folds: readonly Fold[], rows: number): void {
  const times = new Uint8Array(rows);
  for (const { held } of folds) for (const row of held) times[row] = (times[row] ?? 0) + 1;
  const wrong = times.findIndex((one) => one !== 1);
  const most = Math.max(-1, ...folds.map(({ held }) => held.at(-1) ?? -1));
  if (folds.length >= 2 && wrong < 0 && most < rows) return;
  const what =
    wrong < 0 ? `${count(folds.length, "fold")} for ${count(rows, "row")}` : `row ${wrong} in ${times[wrong]}`;
  const message = `each row is held out by one of at least two folds, received ${what}`;
  throw new NablaError("members/folds", message, "divide the rows with foldRows");
}
