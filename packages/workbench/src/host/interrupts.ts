/** Ctrl-C while something runs that is to end well: the first asks for it, the second quits. */
import { startThread } from "./thread.ts";

/** What both threads count: the signals so far. Another number is never written, and is there to wait on. */
export type SignalCounter = Int32Array<SharedArrayBuffer>;

/** What is done when the user or the system asks to end. */
export interface InterruptHandlers {
  /** The first SIGINT or SIGTERM. */
  readonly first: () => void;
  /** Every further one; it is expected to end the process. */
  readonly again: () => void;
}

/**
 * Calls handlers at SIGINT and SIGTERM until the promise of the function that it returns is fulfilled. SIGINT arrives on a thread of its
 * own, for a step of training or a loop of this thread calls no handlers: a second one that this thread does not answer
 * ends the process as the system does.
 */
export function onInterrupt({ first, again }: InterruptHandlers): () => Promise<void> {
  const counter: SignalCounter = new Int32Array(new SharedArrayBuffer(8));
  let handled = 0;
  const handle = (): void => {
    handled += 1;
    if (handled === 1) first();
    else again();
  };
  const count = (): void => {
    Atomics.add(counter, 0, 1);
    handle();
  };
  // until the thread has begun, signals arrive here
  process.on("SIGINT", count);
  process.on("SIGTERM", count);
  const thread = startThread("./interrupt-thread", import.meta.url, counter);
  thread.unref();
  thread.on("message", handle);
  // where no thread can be had, this one listens alone
  thread.on("error", () => undefined);
  return async () => {
    process.off("SIGINT", count);
    process.off("SIGTERM", count);
    thread.off("message", handle);
    await thread.terminate();
  };
}
