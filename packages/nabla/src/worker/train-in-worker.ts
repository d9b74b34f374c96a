import type { NdArray } from "../array/ndarray.ts";
import { NablaError } from "../base/error.ts";
import type { ByPath } from "../nn/model.ts";
import type { Checkpoint } from "../train/checkpoint.ts";
import type { Change, TrainingEvent } from "../train/events.ts";
import {
  errorFrom,
  messageOf,
  type RemoteOptions,
  type Reply,
  type Request,
  type TrainingPort,
  type TrainingQuestion,
} from "./messages.ts";

/** Options of a training in a worker. */
export interface WorkerTrainingOptions extends RemoteOptions {
  /**
   * How many events the worker may be ahead of the page. Default 16, so that a page that draws holds up no step; with 0 a
   * change applies right after the event at which it was made.
   */
  readonly ahead?: number;
}

const AHEAD = 16;

/** After these a worker answers no more. */
const FAILURES = ["error", "messageerror"] as const;

/** How many trainings began on each port: messages carry the number of theirs. */
const begun = new WeakMap<TrainingPort, number>();

type RequestBody = Request extends infer R ? (R extends Request ? Omit<R, "nabla"> : never) : never;

/** Waits for one answer. */
interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Trains in a worker, so that the page stays responsive: `for await (const event of trainInWorker(worker, input)) …`, with the
 * events of `train`. `input` is whatever the worker's `serveTrainings` makes its job of; it is copied as `structuredClone`
 * does. Leaving the loop ends the training; the worker stays for others until `worker.terminate()`.
 *
 * ```ts
 * const worker = new Worker(new URL("./digits-worker.ts", import.meta.url), { type: "module" });
 * const training = trainInWorker(worker, "digits.csv");
 * for await (const event of training) if (event.kind === "epoch") draw(event);
 * const weights = await training.weights("best");
 * ```
 */
export function trainInWorker(
  worker: TrainingPort,
  input?: unknown,
  options: WorkerTrainingOptions = {},
): WorkerTraining {
  return new WorkerTraining(worker, input, options);
}

/**
 * A training in a worker: its events, and what may be asked on the way and after the last one, until the loop is left or
 * `return` is called.
 */
export class WorkerTraining implements AsyncIterableIterator<TrainingEvent, undefined, undefined>, AsyncDisposable {
  readonly #port: TrainingPort;
  readonly #number: number;
  readonly #events: TrainingEvent[] = [];
  readonly #calls = new Map<number, Waiting>();
  #lastCall = 0;
  #next:
    | { readonly resolve: (event: TrainingEvent | undefined) => void; readonly reject: (error: Error) => void }
    | undefined;
  #failure: Error | undefined;
  /** Whether the last event was given; questions are answered still. */
  #isComplete = false;
  /** Whether nothing more comes. */
  #isOver = false;
  readonly #listen = (event: object): void => this.#take(messageOf<Reply>(event));
  readonly #fail = (event: object): void => this.#end(workerFailure(event));

  constructor(port: TrainingPort, input: unknown, { ahead = AHEAD, ...options }: WorkerTrainingOptions) {
    this.#port = port;
    this.#number = (begun.get(port) ?? 0) + 1;
    begun.set(port, this.#number);
    port.addEventListener("message", this.#listen);
    for (const name of FAILURES) port.addEventListener(name, this.#fail);
    port.start?.();
    this.#send({ kind: "begin", input, options, ahead });
  }

  /** Continues to the next event. Throws what `train` throws, and `worker/failed` where the worker could not run. */
  async next(): Promise<IteratorResult<TrainingEvent, undefined>> {
    const value = this.#isComplete ? undefined : (this.#events.shift() ?? (await this.#nextEvent()));
    if (value === undefined) return { done: true, value };
    if (value.kind === "end") this.#isComplete = true;
    else if (!this.#isOver) this.#send({ kind: "more" });
    return { done: false, value };
  }

  #nextEvent(): Promise<TrainingEvent | undefined> {
    return new Promise((resolve, reject) => {
      this.#next = { resolve, reject };
      if (this.#isOver) this.#settle();
    });
  }

  /** Changes settings, goes back to a checkpoint or stops, at the event that the worker is at. Throws what `train` throws. */
  async change(change: Change): Promise<void> {
    await this.#ask({ name: "change", args: [change] });
  }

  /** A checkpoint of the state the worker is at. */
  async checkpoint(): Promise<Checkpoint> {
    return (await this.#ask({ name: "checkpoint", args: [] })) as Checkpoint;
  }

  /** Parameters and buffers by path: the best so far, or the latest; after the last event too. */
  async weights(which: "best" | "last" = "best"): Promise<ByPath<NdArray>> {
    return (await this.#ask({ name: "weights", args: [which] })) as ByPath<NdArray>;
  }

  /** Ends the training. */
  async return(): Promise<IteratorResult<TrainingEvent, undefined>> {
    if (!this.#isOver) this.#send({ kind: "leave" });
    this.#end();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #ask(question: TrainingQuestion): Promise<unknown> {
    if (this.#isOver) return Promise.reject(this.#failure ?? left(question.name));
    const call = ++this.#lastCall;
    return new Promise((resolve, reject) => {
      this.#calls.set(call, { resolve, reject });
      this.#send({ kind: "ask", call, question });
    });
  }

  #send(body: RequestBody): void {
    this.#port.postMessage({ nabla: this.#number, ...body });
  }

  #take(reply: Reply | undefined): void {
    if (reply?.nabla !== this.#number) return;
    if (reply.kind === "event") this.#push(reply.event);
    else if (reply.kind === "done") this.#end();
    else if (reply.kind === "answer") this.#answered(reply.call)?.resolve(reply.value);
    else if (reply.call === undefined) this.#end(errorFrom(reply.error));
    else this.#answered(reply.call)?.reject(errorFrom(reply.error));
  }

  #push(event: TrainingEvent): void {
    const next = this.#next;
    this.#next = undefined;
    if (next === undefined) this.#events.push(event);
    else next.resolve(event);
  }

  #answered(call: number): Waiting | undefined {
    const waiting = this.#calls.get(call);
    this.#calls.delete(call);
    return waiting;
  }

  #end(failure?: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#failure = failure;
    this.#port.removeEventListener("message", this.#listen);
    for (const name of FAILURES) this.#port.removeEventListener(name, this.#fail);
    for (const { reject } of this.#calls.values()) reject(failure ?? left("an answer"));
    this.#calls.clear();
    this.#settle();
  }

  /** Tells who waits for an event that there is none. */
  #settle(): void {
    if (this.#failure === undefined) this.#next?.resolve(undefined);
    else this.#next?.reject(this.#failure);
    this.#next = undefined;
  }
}

function left(asked: string): NablaError {
  return new NablaError(
    "train/left",
    `${asked} was asked of a training that was left`,
    "ask within the loop, or after its last event",
  );
}

/** The failure of a script that could not be loaded or run, as the event tells it. */
function workerFailure(event: object): NablaError {
  const message = "message" in event ? String(event.message) : "";
  return new NablaError(
    "worker/failed",
    `the worker could not run${message === "" ? "" : `: ${message}`}`,
    'start it as a module: new Worker(new URL("./worker.ts", import.meta.url), { type: "module" })',
  );
}
