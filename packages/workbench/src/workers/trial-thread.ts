/** A thread that trains one trial after the other until it is signaled to end. */
import { parentPort, workerData } from "node:worker_threads";
import type { ThreadReply, ThreadRequest } from "./messages.ts";
import type { TrialData } from "./shared-data.ts";
import { trainTrial } from "./train-trial.ts";

/** What a thread starts with. */
export interface ThreadData {
  readonly data: TrialData;
  /** One int32: 1 once the trial that is going on should stop. */
  readonly control: SharedArrayBuffer;
}

const { data, control } = workerData as ThreadData;
const words = new Int32Array(control);
const say = (answer: ThreadReply, bytes?: Uint8Array): void =>
  parentPort?.postMessage(answer, bytes === undefined ? [] : [bytes.buffer as ArrayBuffer]);

parentPort?.on("message", async (order: ThreadRequest) => {
  // A thread that is stopped from outside while it loads a native library takes the process with it, so it ends by itself.
  if (order.kind === "end") {
    parentPort?.close();
    return;
  }
  const end = await trainTrial(order.task, data, {
    clock: () => performance.now() / 1000,
    stopped: () => Atomics.load(words, 0) === 1,
    signal: (signal) => say({ kind: "signal", signal }, signal.checkpoint),
  });
  say({ kind: "end", end }, "checkpoint" in end ? end.checkpoint : undefined);
});
