/**
 * Population based training, after Jaderberg et al. 2017 (arXiv:1711.09846): several members train side by side, and
 * now and then the worst take over weights and settings of the best and change the settings a little. What comes out is
 * not one value for each setting but a schedule of values, found within the time of one training.
 */
import type { Domain } from "../base/domain.ts";
import { invariant, known, NablaError } from "../base/error.ts";
import { fork, type Key, seedKey, uniform53 } from "../base/random.ts";
import { inRange } from "../base/range.ts";
import type { Checkpoint } from "../train/checkpoint.ts";
import { defaults } from "../train/defaults.ts";
import type { Job } from "../train/job.ts";
import { decidingError } from "../train/measures.ts";
import type { Run } from "../train/run.ts";
import { train } from "../train/train.ts";
import type { Training } from "../train/training.ts";

/** Options of `population`. */
export interface PopulationOptions {
  /** Domains of settings by the names in the start event of the training: `{ rate: logUniform(1e-4, 0.1) }`. */
  readonly space: { readonly [setting: string]: Domain<number> };
  /** The population size. Default 8. */
  readonly members?: number;
  /** Epochs between two comparisons. Default 1. */
  readonly every?: number;
  /** Which share takes over, and which is taken over. Default 0.25, the paper's. */
  readonly share?: number;
  /** Decides the settings, and who takes over whom. Default 1. */
  readonly seed?: number;
}

/** The state of one member when the population was compared. */
export interface MemberState {
  readonly member: number;
  /** Dev error of the epoch; NaN where the training diverged. */
  readonly error: number;
  readonly settings: Readonly<Record<string, number>>;
  /** The member whose weights and settings it took over then. */
  readonly from?: number;
}

/** What a population came to. */
export interface Population {
  /** The result of the best member; its journal is the schedule: `train(job, { journal })` trains it again. */
  readonly best: Run;
  /** Every comparison, first to last. */
  readonly generations: readonly (readonly MemberState[])[];
}

/** How far a value moves along its domain when it is changed, and how often it is redrawn instead. */
const STEP = 0.1;
const ANEW = 0.25;

/**
 * Trains a population for the job's epochs, member by member in this thread. All start from the same weights and see
 * the same batches, so that they differ only in hyperparameters. Throws `tune/metric` without a dev set, `tune/failing`
 * where all diverge, and what `train` throws, as for a setting that there is not.
 */
export async function population(job: Job, options: PopulationOptions): Promise<Population> {
  const { space, members: count = 8, every = 1, share = 0.25, seed = 1 } = options;
  inRange("members", count, { atLeast: 2, whole: true });
  inRange("every", every, { atLeast: 1, whole: true });
  inRange("share", share, { above: 0, atMost: 0.5 });
  if (job.dev === undefined)
    throw new NablaError("tune/metric", "trainings are compared by dev, and there is no dev part");
  // one that waits in vain is taken over, and need not end by itself
  const { patience: _, ...patient } = job;
  const key = fork(seedKey(seed), "population");
  const members = Array.from(
    { length: count },
    (_member, i) => new Member(patient, drawn(space, fork(key, `member ${i}`))),
  );
  const generations: (readonly MemberState[])[] = [];
  try {
    for (;;) {
      for (const member of members) await member.advance(every);
      const ranked = [...members.keys()].toSorted((a, b) => errorOf(members[a]) - errorOf(members[b]) || a - b);
      if (members[ranked[0] ?? 0]?.stood === undefined)
        throw new NablaError("tune/failing", `all ${count} trainings diverged`, "search lower rates");
      const states = members.map(({ settings, stood }, member): MemberState => {
        return { member, error: stood?.error ?? Number.NaN, settings };
      });
      generations.push(states);
      if (members.some(({ isOver }) => isOver)) return { best: await bestOf(members), generations };
      const part = Math.max(1, Math.floor(count * share));
      const dead = members.filter(({ stood }) => stood === undefined).length;
      for (const loser of ranked.slice(-Math.max(part, dead))) {
        const own = fork(key, `generation ${generations.length} member ${loser}`);
        const [draw = 0] = uniform53(fork(own, "from"), 1);
        const from = known(ranked[Math.floor(draw * Math.min(part, count - dead))], "a better member");
        const { stood, settings } = known(members[from], "a member");
        const state = states[loser];
        if (stood === undefined || state === undefined) continue;
        await members[loser]?.take(stood.checkpoint, explored(settings, space, own));
        states[loser] = { ...state, from };
      }
    }
  } finally {
    for (const member of members) await member.close();
  }
}

function errorOf(member: Member | undefined): number {
  return member?.stood?.error ?? Number.POSITIVE_INFINITY;
}

async function bestOf(members: readonly Member[]): Promise<Run> {
  const ends: Run[] = [];
  for (const member of members) if (member.stood !== undefined) ends.push(await member.end());
  const error = ({ best }: Run): number =>
    best?.dev === undefined ? Number.POSITIVE_INFINITY : decidingError(best.dev);
  return ends.reduce((best, end) => (error(end) < error(best) ? end : best));
}

function drawn(space: PopulationOptions["space"], key: Key): Record<string, number> {
  const names = Object.keys(space);
  const units = uniform53(key, names.length);
  return Object.fromEntries(Object.entries(space).map(([name, domain], i) => [name, domain.at(known(units[i], name))]));
}

/** Each setting a step up or down its domain, or redrawn. */
function explored(
  settings: Readonly<Record<string, number>>,
  space: PopulationOptions["space"],
  key: Key,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(space).map(([name, domain]) => {
      const [anew = 0, other = 0, side = 0] = uniform53(fork(key, name), 3);
      const now = domain.unitOf(settings[name] ?? Number.NaN);
      if (anew < ANEW || now === undefined) return [name, domain.at(other)];
      return [name, domain.at(Math.min(1, Math.max(0, now + (side < 0.5 ? -STEP : STEP))))];
    }),
  );
}

/** One member of a population. */
class Member {
  settings: Readonly<Record<string, number>>;
  /** Its state when it was last compared; undefined once it has diverged. */
  stood: { readonly error: number; readonly checkpoint: Checkpoint } | undefined;
  /** Whether all its epochs are done. */
  isOver = false;
  readonly #job: Job;
  #training: Training;
  /** Whether its settings must still be made at its first event. */
  #isNew = true;

  constructor(job: Job, settings: Readonly<Record<string, number>>) {
    this.#job = job;
    this.settings = settings;
    this.#training = train(job);
  }

  /** Trains so many epochs on, fewer at the end. */
  async advance(epochs: number): Promise<void> {
    for (let done = 0; done < epochs && !this.isOver; ) {
      const { value: event } = await this.#training.next();
      invariant(event !== undefined, "a training ended without a last event");
      if (event.kind === "end") {
        this.stood = undefined;
        return;
      }
      if (this.#isNew) await this.#training.change({ settings: this.settings });
      this.#isNew = false;
      if (event.kind !== "epoch") continue;
      done += 1;
      this.isOver = event.epoch === (this.#job.epochs ?? defaults.epochs);
      if ((done === epochs || this.isOver) && event.dev !== undefined)
        this.stood = { error: decidingError(event.dev), checkpoint: await this.#training.checkpoint() };
    }
  }

  /** Continues from another member's weights and state, with hyperparameters of its own. */
  async take(checkpoint: Checkpoint, settings: Readonly<Record<string, number>>): Promise<void> {
    this.settings = settings;
    if (this.stood !== undefined) return await this.#training.change({ restore: checkpoint, settings });
    // a training that diverged has ended: another one in its place
    this.#training = train(this.#job, { resume: checkpoint });
    this.#isNew = true;
  }

  /** After the last epoch: the best weights, evaluated. */
  async end(): Promise<Run> {
    return await this.#training.result();
  }

  async close(): Promise<void> {
    await this.#training.return();
  }
}
