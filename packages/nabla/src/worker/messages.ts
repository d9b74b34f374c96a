/** What a page and a worker that trains for it tell each other: plain data, as structured clones carry it. */
import type { NdArray } from "../array/ndarray.ts";
import { NablaError } from "../base/error.ts";
import type { ByPath } from "../nn/model.ts";
import type { Checkpoint } from "../train/checkpoint.ts";
import type { Change, TrainingEvent } from "../train/events.ts";
import type { TrainOptions } from "../train/train.ts";

/** What a port tells: a message, one that could not be copied, and a script that could not be run. */
export type PortEventName = "message" | "messageerror" | "error";

/** One end of a channel: a `Worker`, a worker's own scope, or a `MessagePort`. */
export interface TrainingPort {
  postMessage(message: unknown): void;
  addEventListener(type: PortEventName, listener: (event: object) => void): void;
  removeEventListener(type: PortEventName, listener: (event: object) => void): void;
  /** A `MessagePort` delivers nothing before it is started. */
  start?(): void;
}

/** Options of a training that a worker can be told. */
export type RemoteOptions = Pick<TrainOptions, "resume" | "journal" | "progress">;

/** What may be asked of a training on the way, with what each gives. */
export interface Questions {
  readonly change: (change: Change) => undefined;
  readonly checkpoint: () => Checkpoint;
  readonly weights: (which: "best" | "last") => ByPath<NdArray>;
}

/** A question with its arguments. */
export type TrainingQuestion = {
  readonly [Name in keyof Questions]: { readonly name: Name; readonly args: Parameters<Questions[Name]> };
}[keyof Questions];

/** From the page: a new training, permission for more events, a question, or the end. */
export type Request = { readonly nabla: number } & (
  | { readonly kind: "begin"; readonly input: unknown; readonly options: RemoteOptions; readonly ahead: number }
  | { readonly kind: "more" }
  | { readonly kind: "ask"; readonly call: number; readonly question: TrainingQuestion }
  | { readonly kind: "leave" }
);

/** From the worker: an event, the answer to a question, an error of one or of the training, or its end. */
export type Reply = { readonly nabla: number } & (
  | { readonly kind: "event"; readonly event: TrainingEvent }
  | { readonly kind: "answer"; readonly call: number; readonly value: unknown }
  | { readonly kind: "failed"; readonly call?: number; readonly error: ErrorData }
  | { readonly kind: "done" }
);

/** An error as plain data. */
export interface ErrorData {
  /** Absent for an error that is none of nabla. */
  readonly code?: string;
  readonly sentence: string;
  /** Absent where nothing is advised. */
  readonly hint?: string;
  /** Where it happened, the outermost first; absent where that is not known. */
  readonly where?: readonly string[];
}

/** An error as it is sent; what is no error of nabla keeps its message alone. */
export function errorAsData(error: unknown): ErrorData {
  if (error instanceof NablaError) {
    const { code, sentence, hint, where } = error;
    return { code, sentence, where, ...(hint === undefined ? {} : { hint }) };
  }
  return { sentence: error instanceof Error ? error.message : String(error) };
}

/** The error that was sent. */
export function errorFrom({ code, sentence, hint, where }: ErrorData): Error {
  return code === undefined ? new Error(sentence) : new NablaError(code, sentence, hint, where);
}

/** The message of an event as one of this protocol; undefined for any other that goes through the same port. */
export function messageOf<M extends Request | Reply>(event: object): M | undefined {
  if (!("data" in event) || typeof event.data !== "object" || event.data === null) return undefined;
  return "nabla" in event.data ? (event.data as M) : undefined;
}
