/** Waits for SIGINT in place of the main thread, which calls no handlers while it computes. */
import { writeSync } from "node:fs";
import { isatty } from "node:tty";
import { runInThisContext } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";
import type { SignalCounter } from "./interrupts.ts";

const counter: SignalCounter = workerData;

/** Milliseconds that the main thread has to end the process itself. */
const PATIENCE = 300;

const SHOW_CURSOR = "\u001b[?25h";

// A thread is given no signals; but a script may be ended by SIGINT, whose handler then is no JavaScript.
Object.assign(globalThis, { waitForever: () => Atomics.wait(counter, 1, 0) });

for (let signals = 0; signals < 2; ) {
  try {
    runInThisContext("waitForever()", { breakOnSigint: true });
  } catch {
    signals = Atomics.add(counter, 0, 1) + 1;
    parentPort?.postMessage("SIGINT");
  }
}
Atomics.wait(counter, 1, 0, PATIENCE);
if (isatty(2)) writeSync(2, SHOW_CURSOR);
// no script waits for it now, so that it ends the process
process.kill(process.pid, "SIGINT");
Atomics.wait(counter, 1, 0);
