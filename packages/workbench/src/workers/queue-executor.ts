/** Trains by workers of any machine: trials go into the queue, and their results are read from the store. */
import { setTimeout } from "node:timers/promises";
import type { StoredStudy, StoredTrial } from "../store/study.ts";
import type { StudyStore } from "../store/study-store.ts";
import { endOf, type TrialEnd, type TrialStop } from "../studies/trial.ts";
import type { TrialExecutor, TrialTask } from "../studies/trial-executor.ts";
import type { TrialData } from "./shared-data.ts";
import type { TrialQueue } from "./trial-queue.ts";
import { work } from "./worker.ts";

/** Milliseconds between two polls of the store. */
const PACE = 200;

/** How trials are handed to a queue. */
export interface QueueExecutorOptions {
  readonly studies: StudyStore;
  readonly queue: TrialQueue;
  /** Threads of this process that take trials too; 0 leaves all to others. */
  readonly slots: number;
  /** What those threads train on. */
  readonly prepared: TrialData;
}

interface Pending extends TrialTask {
  readonly resolve: (end: TrialEnd | TrialStop) => void;
  readonly reject: (error: unknown) => void;
  /** The attempt and the number of reports already passed on. */
  heardOf: string;
}

/** The threads of this process at work. */
interface Own {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/** The workers of one study, who come and go. It closes the queue, and leaves the store open. */
export class QueueExecutor implements TrialExecutor {
  readonly #options: QueueExecutorOptions;
  readonly #pending = new Map<string, Pending>();
  #fresh: Pending[] = [];
  #study: Promise<StoredStudy> | undefined;
  #watching: Promise<void> | undefined;
  #halting: Promise<void> = Promise.resolve();
  #own: Own | undefined;

  constructor(options: QueueExecutorOptions) {
    this.#options = options;
  }

  /** Of those elsewhere nothing is known. */
  get size(): number {
    return Math.max(1, this.#options.slots);
  }

  submit(order: TrialTask): Promise<TrialEnd | TrialStop> {
    return new Promise((resolve, reject) => {
      const pending = { ...order, resolve, reject, heardOf: "" };
      this.#pending.set(keyOf(order), pending);
      this.#fresh.push(pending);
      this.#watching ??= this.#watch(order.study);
    });
  }

  stop(): void {
    this.#fresh = [];
    const own = this.#own;
    this.#own = undefined;
    own?.stop.abort();
    const stopped = this.#take([...this.#pending.keys()]);
    this.#halting = this.#halting.then(async () => await this.#halt(stopped, own));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await this.#halting;
    await this.#watching;
    await this.#options.queue[Symbol.asyncDispose]();
  }

  /** Takes trials out of the queue and waits until the threads here have given theirs back. */
  async #halt(stopped: readonly Pending[], own: Own | undefined): Promise<void> {
    try {
      if (this.#study !== undefined) await this.#options.queue.cancel(await this.#study, stopped);
      await own?.ended;
      for (const { resolve } of stopped) resolve({ state: "stopped" });
    } catch (error) {
      for (const { reject } of stopped) reject(error);
    }
  }

  /** Submits new trials and polls for finished ones, as long as anything is pending. */
  async #watch(name: string): Promise<void> {
    const { studies, queue } = this.#options;
    try {
      this.#study ??= studies.getStudy(name);
      const study = await this.#study;
      while (this.#pending.size > 0) {
        const fresh = this.#fresh;
        this.#fresh = [];
        await queue.put(
          study,
          fresh.map(({ number, repeat, task }) => ({ number, repeat, task })),
        );
        this.#work(name);
        const first = Math.min(...[...this.#pending.values()].map(({ number }) => number));
        for (const trial of await studies.trials(name, first)) this.#see(trial);
        await queue.findSilent(study);
        // What has just ended may be followed by new orders, which do not wait.
        await setTimeout(0);
        if (this.#fresh.length === 0 && this.#pending.size > 0) await setTimeout(PACE);
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#watching = undefined;
    }
  }

  /** Sets this process's own threads to work. */
  #work(study: string): void {
    const { slots, ...options } = this.#options;
    if (slots === 0 || this.#own !== undefined || this.#pending.size === 0) return;
    const stop = new AbortController();
    const ended = work({ ...options, slots, study, signal: stop.signal }).catch((error: unknown) => this.#fail(error));
    this.#own = { stop, ended };
  }

  #see(trial: StoredTrial): void {
    const pending = this.#pending.get(keyOf(trial));
    if (pending === undefined) return;
    const { status, attempt, reports } = trial;
    if (status === "waiting") return;
    const end = endOf(trial);
    if (end !== undefined) {
      for (const { resolve } of this.#take([keyOf(trial)])) resolve(end);
      return;
    }
    const heardOf = `${attempt} ${reports.length}`;
    if (pending.heardOf === heardOf) return;
    pending.heardOf = heardOf;
    pending.onChange({ reports, share: (reports.at(-1)?.step ?? 0) / pending.task.settled.epochs });
  }

  #fail(error: unknown): void {
    for (const { reject } of this.#take([...this.#pending.keys()])) reject(error);
  }

  #take(keys: readonly string[]): readonly Pending[] {
    const taken = keys.flatMap((key) => this.#pending.get(key) ?? []);
    for (const key of keys) this.#pending.delete(key);
    return taken;
  }
}

function keyOf({ number, repeat }: Pick<StoredTrial, "number" | "repeat">): string {
  return `${number}.${repeat}`;
}
