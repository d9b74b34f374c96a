/** The host API needed to run threads. Declared here, so that the package compiles without Node's types. */

/** A thread, as the one that started it sees it. */
export interface HostThread {
  on(event: "error" | "exit", listener: () => void): void;
  /** Lets the process exit while the thread runs. */
  unref(): void;
}

/** One end of a channel. Messages are copied, but modules and shared memories are shared. */
export interface HostPort {
  postMessage(message: unknown): void;
  close(): void;
}

/** The host's threads: Node's module `worker_threads`, as far as it is used. */
export interface HostThreads {
  readonly isMainThread: boolean;
  readonly workerData: unknown;
  readonly Worker: new (file: object, options: object) => HostThread;
  readonly MessageChannel: new () => { readonly port1: HostPort; readonly port2: HostPort };
  receiveMessageOnPort(port: HostPort): { readonly message: unknown } | undefined;
}

interface HostProcess {
  readonly env: Readonly<Record<string, string | undefined>>;
  getBuiltinModule?(name: string): unknown;
  once(event: "exit", listener: () => void): void;
  off(event: "exit", listener: () => void): void;
}

declare const process: HostProcess | undefined;
declare const URL: new (path: string, base: string) => object;
declare const performance: { now(): number };

/** The initial data of a worker. */
export interface WorkerStart {
  readonly signals: Int32Array<SharedArrayBuffer>;
  /** Which thread of the pool it is, from 1. */
  readonly number: number;
  /** The native library that all must use, if one is in use. */
  readonly library: string | null;
}

/** What starts threads for a pool. */
export interface ThreadHost {
  /** How many threads a program may have by default, the one that begins it included. */
  readonly most: number;
  /** Starts a thread that serves `signals`; what is posted to its mailbox it gets in order. Throws where none can start. */
  start(start: WorkerStart): { readonly thread: HostThread; readonly mailbox: HostPort };
}

/** What starts threads in Node; undefined elsewhere. */
export function nodeThreads(): ThreadHost | undefined {
  const host = hostThreads();
  if (host === undefined) return undefined;
  return {
    get most() {
      return defaultThreads();
    },
    start: (start) => {
      const { port1, port2 } = new host.MessageChannel();
      const thread = new host.Worker(threadFile(), {
        name: `nabla ${start.number}`,
        workerData: { ...start, mailbox: port2 },
        transferList: [port2],
        execArgv: [],
      });
      thread.unref();
      return { thread, mailbox: port1 };
    },
  };
}

/** Node's threads; browsers have others. */
export function hostThreads(): HostThreads | undefined {
  if (typeof process !== "object") return undefined;
  return process.getBuiltinModule?.("node:worker_threads") as HostThreads | undefined;
}

/**
 * The default number of threads: `NABLA_THREADS`, else the number of cores of this process; one inside a thread, since
 * a caller that runs trainings in parallel has one core for each.
 */
export function defaultThreads(): number {
  const threads = hostThreads();
  if (threads === undefined || typeof process !== "object") return 1;
  const chosen = Number(process.env.NABLA_THREADS);
  if (Number.isInteger(chosen) && chosen > 0) return chosen;
  if (!threads.isMainThread) return 1;
  const system = process.getBuiltinModule?.("node:os") as { availableParallelism?(): number } | undefined;
  return system?.availableParallelism?.() ?? 1;
}

/** The file that a thread runs: from sources as they are, or compiled. */
function threadFile(): object {
  const { url } = import.meta as unknown as { readonly url: string };
  return new URL(url.endsWith(".ts") ? "./worker.ts" : "./worker.js", url);
}

/** Calls `listener` when the process is about to exit; the returned function removes it. */
export function beforeExit(listener: () => void): () => void {
  if (typeof process !== "object") return () => undefined;
  process.once("exit", listener);
  return () => process?.off("exit", listener);
}

/** A clock in milliseconds. */
export function now(): number {
  return performance.now();
}

/** Tells the processor that this is a spin loop. */
export const pause: () => void = (Atomics as { pause?(): void }).pause ?? (() => undefined);
