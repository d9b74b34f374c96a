/** A worker: takes trials of any study from the queue, trains them on threads, and writes what becomes of them. */
import { NablaError } from "nabla";
import type { StoredStudy, TrialPlace } from "../store/study.ts";
import type { StudyStore } from "../store/study-store.ts";
import type { TrialEnd } from "../studies/trial.ts";
import { runClaimedTrial } from "./claimed-trial.ts";
import { pausing } from "./heartbeats.ts";
import { TrialPool } from "./pool.ts";
import type { TrialData } from "./shared-data.ts";
import { type DataPlaces, studyData } from "./study-data.ts";
import type { TakenTrial, TrialQueue } from "./trial-queue.ts";

/** Why a worker leaves a study to others. */
export interface RefusalReason {
  readonly code: string;
  readonly message: string;
  /** What to do about it; absent where nothing is known. */
  readonly hint?: string;
}

/** An event of a worker: plain data. */
export type WorkerEvent =
  | ({ readonly kind: "began"; readonly study: string; readonly attempt: number } & TrialPlace)
  | ({ readonly kind: "told"; readonly study: string; readonly result: TrialEnd } & TrialPlace)
  /** Another has the trial now. */
  | ({ readonly kind: "lost"; readonly study: string } & TrialPlace)
  /** The trial is `waiting` again, from its checkpoint. */
  | ({ readonly kind: "returned"; readonly study: string } & TrialPlace)
  /** The study's data is not here: its trials are left to others. */
  | { readonly kind: "refused"; readonly study: string; readonly error: RefusalReason };

/** Options of `work`. */
export interface WorkOptions extends DataPlaces {
  readonly studies: StudyStore;
  readonly queue: TrialQueue;
  /** Trials at a time, a thread each. */
  readonly slots: number;
  /** Only the trials of this study, and no longer than it lasts. Default: those of any, until it is stopped. */
  readonly study?: string;
  /** Seconds without a trial after which it ends; without it, it waits forever. */
  readonly idle?: number;
  /** The data of its study, where it is at hand. By default it is read. */
  readonly prepared?: TrialData;
  /** Ends the work: running trials are released with their checkpoints. */
  readonly signal: AbortSignal;
  /** Is called with what happens; nothing is by default. */
  readonly onEvent?: (event: WorkerEvent) => void;
}

/** Milliseconds between two polls of an empty queue, and between two of the list of studies. */
const PACE = { shortest: 100, longest: 2000, studies: 1000 } as const;

/**
 * Works until stopped, until its study has ended, or until it has been idle for too long. Throws what the store
 * throws, and for a worker of one study why its data cannot be had.
 */
export async function work(options: WorkOptions): Promise<void> {
  const worker = new Worker(options);
  // A slot that fails ends them all, each with its trial given back.
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const slots = Array.from({ length: options.slots }, async () => {
    try {
      await worker.slot(signal);
    } catch (error) {
      failed.abort();
      throw error;
    }
  });
  const [failure] = (await Promise.allSettled(slots)).filter((slot) => slot.status === "rejected");
  if (failure !== undefined) throw failure.reason;
}

/** What a slot trains with: a thread on the data of one study. */
interface Bench {
  readonly study: string;
  readonly pool: TrialPool;
}

class Worker {
  readonly #options: WorkOptions;
  readonly #refused = new Set<string>();
  #data: { readonly study: string; readonly prepared: Promise<TrialData> } | undefined;
  #listed: { readonly at: number; readonly studies: readonly StoredStudy[] } | undefined;
  #taken = performance.now();
  #busy = 0;

  constructor(options: WorkOptions) {
    this.#options = options;
  }

  /** One trial after the other. */
  async slot(signal: AbortSignal): Promise<void> {
    let bench: Bench | undefined;
    try {
      for (let pause: number = PACE.shortest; !signal.aborted; ) {
        const next = await this.#next();
        if (next !== undefined) {
          bench = await this.#turn(next, bench, signal);
          pause = PACE.shortest;
        } else if (await this.#over()) return;
        else {
          await pausing(pause, signal);
          pause = Math.min(2 * pause, PACE.longest);
        }
      }
    } finally {
      await bench?.pool[Symbol.asyncDispose]();
    }
  }

  async #turn({ study, taken }: Next, before: Bench | undefined, signal: AbortSignal): Promise<Bench | undefined> {
    const { studies, queue, onEvent = () => {} } = this.#options;
    const { number, repeat } = taken;
    const named = { study: study.name, number, repeat };
    const key = keyOf(study);
    let bench = before;
    this.#busy += 1;
    try {
      const pool = async (): Promise<TrialPool> => {
        if (bench?.study === key) return bench.pool;
        const data = await this.#dataOf(study);
        await bench?.pool[Symbol.asyncDispose]();
        bench = { study: key, pool: new TrialPool({ size: 1, data }) };
        return bench.pool;
      };
      const began = ({ attempt }: { readonly attempt: number }): void => onEvent({ kind: "began", ...named, attempt });
      const { end, result } = await runClaimedTrial({ studies, queue, study, taken, pool, signal, began });
      if (end === "stored" && result !== undefined) onEvent({ kind: "told", ...named, result });
      else if (end !== "stored") onEvent({ kind: end, ...named });
    } catch (error) {
      this.#refuse(study, error);
    } finally {
      this.#busy -= 1;
      this.#taken = performance.now();
    }
    return bench;
  }

  /** A study whose data cannot be had is left to others; where it is the only one, that is the end. */
  #refuse(study: StoredStudy, error: unknown): void {
    const ours = error instanceof NablaError && !error.code.startsWith("store/") && this.#options.study === undefined;
    if (!ours) throw error;
    if (this.#refused.has(keyOf(study))) return;
    this.#refused.add(keyOf(study));
    const { code, message, hint } = error;
    const reason = { code, message, ...(hint === undefined ? {} : { hint }) };
    this.#options.onEvent?.({ kind: "refused", study: study.name, error: reason });
  }

  #dataOf(study: StoredStudy): Promise<TrialData> {
    const key = keyOf(study);
    if (this.#options.prepared !== undefined) return Promise.resolve(this.#options.prepared);
    if (this.#data?.study !== key) this.#data = { study: key, prepared: studyData(study, this.#options) };
    return this.#data.prepared;
  }

  /** The trial that has waited longest, of the study that started first. */
  async #next(): Promise<Next | undefined> {
    for (const study of await this.#open()) {
      const taken = await this.#options.queue.take(study);
      if (taken !== undefined) return { study, taken };
      await this.#options.queue.findSilent(study);
    }
    return undefined;
  }

  /** The studies that may have trials, also those whose process has died: a successor can use the results. */
  async #open(): Promise<readonly StoredStudy[]> {
    const { studies, study: only } = this.#options;
    const now = performance.now();
    if (this.#listed === undefined || now - this.#listed.at > PACE.studies) {
      const found = only === undefined ? await studies.listStudies() : [await studies.getStudy(only)];
      this.#listed = { at: now, studies: found.toReversed() };
    }
    return this.#listed.studies.filter((study) => isOpen(study) && !this.#refused.has(keyOf(study)));
  }

  async #over(): Promise<boolean> {
    const { study, idle = Number.POSITIVE_INFINITY } = this.#options;
    if (study !== undefined && this.#listed?.studies.every((listed) => !isOpen(listed)) === true) return true;
    return this.#busy === 0 && (performance.now() - this.#taken) / 1000 >= idle;
  }
}

interface Next {
  readonly study: StoredStudy;
  readonly taken: TakenTrial;
}

function isOpen({ status }: StoredStudy): boolean {
  return status === "running" || status === "interrupted";
}

/** A study that was made again under the same name is another one. */
function keyOf({ name, created }: StoredStudy): string {
  return JSON.stringify([name, created]);
}
