/** What a worker does, a line each. */
import { printError, printOut } from "../host/output.ts";
import type { WorkerEvent } from "../workers/worker.ts";

/** An event as one line of JSON. */
export function workerEventDocument(event: WorkerEvent): object {
  if (event.kind === "refused") return { ...event, error: { code: event.error.code, message: event.error.message } };
  if (event.kind !== "told") return event;
  const { result, ...rest } = event;
  const { state, value, seconds: took } = result;
  return { ...rest, state, ...(value === undefined ? {} : { value }), seconds: took };
}

/** Prints an event as one line; trials that a worker leaves to others go to stderr. */
export function printWorkerEvent(event: WorkerEvent): void {
  if (event.kind === "refused") {
    const hint = event.error.hint === undefined ? "" : `\nhint: ${event.error.hint}`;
    printError(`leaves ${event.study} to others: ${event.error.message}${hint}\n`);
    return;
  }
  const { study, number, repeat } = event;
  const name = `${study} trial ${number}${repeat === 0 ? "" : `, repeat ${repeat}`}`;
  printOut(`${name}: ${words(event)}\n`);
}

function words(event: Exclude<WorkerEvent, { kind: "refused" }>): string {
  if (event.kind === "began") return event.attempt === 1 ? "started" : `resumed, attempt ${event.attempt}`;
  if (event.kind === "lost") return "another worker has it now";
  if (event.kind === "returned") return "returned to the queue, with its checkpoint";
  const { state, value, reason, seconds: took } = event.result;
  const what = value === undefined ? (reason ?? state) : `error ${value.toPrecision(3)}`;
  return `${state} after ${took.toFixed(1)} s, ${what}`;
}
