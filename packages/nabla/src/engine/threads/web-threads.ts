/**
 * Threads in browsers: workers of the same script as the one that trains, which find by their names what they are. A worker of a
 * browser gets no message while it blocks, so that each returns to receive what it was sent.
 */
import { known } from "../../base/error.ts";
import { hostScope } from "../../base/host-scope.ts";
import type { Mail } from "./dispatch.ts";
import type { ThreadHost, WorkerStart } from "./host.ts";
import { countMail, MOST_WORKERS, sentMail, serve } from "./signals.ts";
import { ThreadPrograms } from "./thread-programs.ts";

interface WebWorker {
  postMessage(message: unknown): void;
  addEventListener(type: "error" | "message", listener: (event: { readonly data?: unknown }) => void): void;
}

/** A worker's own scope, as far as it is needed here; pages and Node have parts of it. */
interface WorkerScope extends WebWorker {
  readonly name?: string;
  readonly crossOriginIsolated?: boolean;
  readonly WorkerGlobalScope?: unknown;
  readonly location?: { readonly href: string };
  readonly navigator?: { readonly hardwareConcurrency?: number };
  readonly Worker?: new (address: string, options: { readonly type: "module"; readonly name: string }) => WebWorker;
  close(): void;
}

const THREAD_NAME = "nabla thread";

const ownScope = (): WorkerScope => hostScope<WorkerScope>();

/** Whether this is a worker of a browser, which may share memory with others: undefined elsewhere, as in pages and in Node. */
export function sharesMemory(): boolean | undefined {
  const { WorkerGlobalScope, crossOriginIsolated } = ownScope();
  return WorkerGlobalScope === undefined ? undefined : crossOriginIsolated === true;
}

/** What starts threads in a worker of a browser; undefined where memory cannot be shared. */
export function webThreads(): ThreadHost | undefined {
  const { Worker, location, navigator } = ownScope();
  if (sharesMemory() !== true || Worker === undefined || location === undefined) return undefined;
  return {
    most: Math.min(MOST_WORKERS, navigator?.hardwareConcurrency ?? 1),
    start: (start) => {
      const worker = new Worker(location.href, { type: "module", name: THREAD_NAME });
      worker.postMessage(start);
      return {
        thread: {
          on: (event, listener) => {
            if (event === "error") worker.addEventListener("error", listener);
          },
          unref: () => undefined,
        },
        mailbox: {
          postMessage: (message) => {
            countMail(start.signals, start.number);
            worker.postMessage(message);
          },
          close: () => undefined,
        },
      };
    },
  };
}

/** Whether this script was started to be a thread of another one. */
export function isWebThread(): boolean {
  return ownScope().name === THREAD_NAME && sharesMemory() === true;
}

/** Works for the pool that started this thread, until that ends it. */
export function serveWebThread(): void {
  const scope = ownScope();
  const received: unknown[] = [];
  let arrived = (): void => undefined;
  scope.addEventListener("message", ({ data }) => {
    received.push(data);
    arrived();
  });
  const next = async (): Promise<unknown> => {
    while (received.length === 0)
      await new Promise<void>((resolve) => {
        arrived = resolve;
      });
    return received.shift();
  };
  const run = async (): Promise<void> => {
    const start = (await next()) as WorkerStart;
    const { signals, number } = known(start, "the start of a thread");
    const programs = new ThreadPrograms(start, undefined);
    for (let taken = 0; ; ) {
      // whatever was sent is taken before the thread blocks again
      while (taken < sentMail(signals, number)) {
        const mail = (await next()) as Mail | null;
        taken++;
        if (mail === null) return;
        programs.take(mail);
      }
      const isRead = (): boolean => taken >= sentMail(signals, number);
      serve(signals, (program, stage) => programs.find(program, stage), isRead);
    }
  };
  void run().finally(() => scope.close());
}
