/** Threads that train, one trial each at a time. */
import type { Worker } from "node:worker_threads";
import { compact, NablaError } from "nabla";
import { startThread } from "../host/thread.ts";
import type { TrainingTask, TrialEnd, TrialSignal, TrialStop } from "../studies/trial.ts";
import type { ThreadReply, ThreadRequest } from "./messages.ts";
import type { TrialData } from "./shared-data.ts";
import type { ThreadData } from "./trial-thread.ts";

/** How often a trial is started again whose thread has died under it, and how many threads may die without a trial. */
const MOST_DEATHS = 2;

interface Work {
  readonly task: TrainingTask;
  readonly onChange: (signal: TrialSignal) => void;
  readonly resolve: (end: TrialEnd | TrialStop) => void;
  readonly deaths: number;
}

interface Thread {
  /** From 0; one that takes the place of another has its number. */
  readonly number: number;
  readonly worker: Worker;
  readonly words: Int32Array;
  work?: Work;
}

/**
 * A pool of threads on the same data. If a thread dies, nothing is lost: its trial resumes elsewhere from its last
 * checkpoint, and fails only when that has happened time and again.
 */
export class TrialPool implements AsyncDisposable {
  readonly size: number;
  readonly #data: TrialData;
  readonly #threads = new Set<Thread>();
  readonly #waiting: Work[] = [];
  #closing = false;
  /** Threads that died without a trial, and why the last one did. */
  #idleDeaths = 0;
  #reason = "";

  /** Starts the threads; `data` should lie in shared memory. */
  constructor({ size, data }: { readonly size: number; readonly data: TrialData }) {
    this.size = size;
    this.#data = data;
    for (let i = 0; i < size; i++) this.#start();
  }

  /** Trains as soon as a thread is free; `heard` gets signals from the start on. */
  train(task: TrainingTask, onChange: (signal: TrialSignal) => void = () => {}): Promise<TrialEnd | TrialStop> {
    return new Promise((resolve) => {
      this.#waiting.push({ task, onChange, resolve, deaths: 0 });
      this.#dispatch();
    });
  }

  /** Lets trials that are going on end where they can be resumed, and those that wait end unbegun; others may follow. */
  stop(): void {
    for (const { words } of this.#threads) Atomics.store(words, 0, 1);
    for (const { task, resolve } of this.#waiting.splice(0)) resolve(stopOf(task));
  }

  /** Stops, and waits for the threads to end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing = true;
    this.stop();
    const ends = [...this.#threads].map(({ worker }) => {
      worker.postMessage({ kind: "end" } satisfies ThreadRequest);
      return new Promise((resolve) => worker.once("exit", resolve));
    });
    await Promise.all(ends);
  }

  #start(): void {
    const control = new SharedArrayBuffer(4);
    const worker = startThread("./trial-thread", import.meta.url, { data: this.#data, control } satisfies ThreadData);
    const taken = [...this.#threads].map(({ number }) => number);
    const number = Array.from({ length: this.size }, (_, i) => i).find((i) => !taken.includes(i)) ?? 0;
    const thread: Thread = { number, worker, words: new Int32Array(control) };
    let reason = "it ended";
    worker.on("message", (answer: ThreadReply) => this.#receive(thread, answer));
    worker.on("error", (error) => {
      reason = error instanceof Error ? error.message : String(error);
    });
    worker.on("exit", () => this.#lost(thread, reason));
    this.#threads.add(thread);
  }

  #receive(thread: Thread, answer: ThreadReply): void {
    const { work } = thread;
    if (work === undefined) return;
    if (answer.kind === "signal") {
      const { checkpoint } = answer.signal;
      if (checkpoint !== undefined) thread.work = { ...work, task: { ...work.task, checkpoint } };
      work.onChange(answer.signal);
      return;
    }
    delete thread.work;
    // The thread gets its next trial before this one's result is handled.
    this.#dispatch();
    work.resolve(answer.end);
  }

  #lost(thread: Thread, reason: string): void {
    this.#threads.delete(thread);
    const { work } = thread;
    if (work !== undefined) {
      if (this.#closing || Atomics.load(thread.words, 0) === 1) work.resolve(stopOf(work.task));
      else if (work.deaths < MOST_DEATHS) this.#waiting.unshift({ ...work, deaths: work.deaths + 1 });
      else work.resolve(failedOf(reason));
    } else this.#idleDeaths += 1;
    this.#reason = reason;
    // Threads that die without a trial cannot even be started: no use in going on forever.
    if (!this.#closing && this.#idleDeaths <= MOST_DEATHS) this.#start();
    this.#dispatch();
  }

  #dispatch(): void {
    if (this.#threads.size === 0) {
      for (const { task, resolve } of this.#waiting.splice(0))
        resolve(this.#closing ? stopOf(task) : failedOf(this.#reason));
    }
    for (const thread of this.#threads) {
      if (thread.work !== undefined) continue;
      const work = this.#waiting.shift();
      if (work === undefined) return;
      thread.work = work;
      Atomics.store(thread.words, 0, 0);
      work.onChange({ reports: [], share: 0, thread: thread.number });
      thread.worker.postMessage({ kind: "train", task: work.task } satisfies ThreadRequest);
    }
  }
}

function stopOf({ checkpoint }: TrainingTask): TrialStop {
  return compact({ state: "stopped", checkpoint });
}

function failedOf(reason: string): TrialEnd {
  const { message } = new NablaError("workers/died", `its thread died: ${reason}`);
  return { state: "failed", reports: [], reason: message, seconds: 0 };
}
