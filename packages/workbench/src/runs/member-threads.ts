/** Networks that are trained on threads, each on one of them: they know nothing of each other. */
import type { Worker } from "node:worker_threads";
import type { MemberEvent, Run } from "nabla";
import { startThread } from "../host/thread.ts";
import type { MemberReply, MemberRequest, MemberThreadData } from "./member-thread.ts";
import type { MembersTask } from "./members-task.ts";

/** Options of `trainOnThreads`. */
export interface MemberThreadsOptions {
  /** The training of the first network, which has ended. */
  readonly first: Run;
  readonly threads: number;
  /** Ends all trainings; by default nothing does. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Trains the second network and those after it, and yields how each goes on when it is its turn. Returns their trainings up to
 * the first that did not come to a good end, for whatever reason: the bits are those of any thread, so that whoever trains it again
 * meets the same.
 */
export async function* trainOnThreads(
  task: MembersTask,
  { first, threads, signal }: MemberThreadsOptions,
): AsyncGenerator<MemberEvent, readonly Run[], undefined> {
  const members = task.folds.length;
  const runs: Run[] = [];
  await using crew = new MemberThreads(task, threads);
  const stop = (): void => crew.stop();
  signal?.addEventListener("abort", stop, { once: true });
  if (signal?.aborted === true) stop();
  try {
    for (let member = 2; member <= members; member++) {
      let reply = await crew.next(member);
      for (; reply.kind === "event"; reply = await crew.next(member)) {
        yield { kind: "member", member, members, event: reply.event };
      }
      const { trained } = reply;
      if (trained === undefined || trained.run.failure !== undefined || trained.run.reason === "time") break;
      runs.push({ ...trained.run, trained: { ...first.trained, weights: trained.weights } });
    }
  } finally {
    signal?.removeEventListener("abort", stop);
  }
  return runs;
}

const NOTHING: MemberReply = { kind: "ended" };

/** What is known of a network: what was not told of yet, and who waits for it. */
class Progress {
  #start: MemberReply | undefined;
  #latest: MemberReply | undefined;
  #end: MemberReply | undefined;
  #wake: () => void = () => {};

  /** Takes a reply; epochs that nobody has taken in between are forgotten. */
  put(reply: MemberReply): void {
    if (reply.kind === "ended") this.#end ??= reply;
    else if (reply.event.kind === "start") this.#start = reply;
    else this.#latest = reply;
    this.#wake();
  }

  async next(): Promise<MemberReply> {
    for (;;) {
      const found = this.#start ?? this.#latest ?? this.#end;
      if (found !== undefined) {
        if (found === this.#start) this.#start = undefined;
        else if (found === this.#latest) this.#latest = undefined;
        return found;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** Threads that take the next network when they have trained one. */
class MemberThreads implements AsyncDisposable {
  readonly #words = new Int32Array(new SharedArrayBuffer(4));
  readonly #progress = new Map<number, Progress>();
  readonly #waiting: number[] = [];
  readonly #exits: Promise<unknown>[] = [];
  readonly #workers = new Set<Worker>();

  constructor(task: MembersTask, threads: number) {
    for (let member = 2; member <= task.folds.length; member++) {
      this.#progress.set(member, new Progress());
      this.#waiting.push(member);
    }
    for (let i = 0; i < Math.min(threads, task.folds.length - 1); i++) this.#start(task);
  }

  /** What comes next of a network: nothing at last where its thread died, or where all were stopped. */
  async next(member: number): Promise<MemberReply> {
    return (await this.#progress.get(member)?.next()) ?? NOTHING;
  }

  /** Ends every training; none comes to anything from now on. */
  stop(): void {
    Atomics.store(this.#words, 0, 1);
    this.#waiting.length = 0;
    for (const progress of this.#progress.values()) progress.put(NOTHING);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    for (const worker of this.#workers) worker.postMessage({ kind: "end" } satisfies MemberRequest);
    await Promise.all(this.#exits);
  }

  #start(task: MembersTask): void {
    const control = this.#words.buffer as SharedArrayBuffer;
    const worker = startThread("./member-thread", import.meta.url, { task, control } satisfies MemberThreadData);
    this.#workers.add(worker);
    let member: number | undefined;
    const put = (reply: MemberReply): void => this.#progress.get(member ?? 0)?.put(reply);
    const next = (): void => {
      member = this.#waiting.shift();
      if (member !== undefined) worker.postMessage({ kind: "train", member } satisfies MemberRequest);
    };
    worker.on("message", (reply: MemberReply) => {
      put(reply);
      if (reply.kind === "ended") next();
    });
    // the exit that follows says all that matters here
    worker.on("error", () => {});
    const { promise, resolve } = Promise.withResolvers();
    worker.on("exit", () => {
      put(NOTHING);
      this.#workers.delete(worker);
      if (this.#workers.size === 0) this.stop();
      resolve(undefined);
    });
    this.#exits.push(promise);
    next();
  }
}
