/**
 * tf.summary: numbers that a run gives beside its result. They are plain data: `mergeAll` is a record of tensors to fetch,
 * and a writer passes what was fetched on as events. Files of events are written by whoever takes them.
 */
import type { NdArray } from "../array/ndarray.ts";
import { NablaError } from "../base/error.ts";
import type { Fetched } from "./fetches.ts";
import { getDefaultGraph, type Named, shown, type Tensor } from "./graph.ts";
import { define, type Operand } from "./operands.ts";

/** What one run gave for its summaries. */
export interface SummaryEvent {
  readonly kind: "summary";
  /** The step that it belongs to. */
  readonly step: number;
  /** Numbers, and arrays of histograms, by name. */
  readonly values: Readonly<Record<string, number | NdArray>>;
}

function recorded(kind: string, x: Operand, name: string): Tensor {
  const named: Named = { name };
  const made = define(kind, [x], (node) => node, named);
  made.graph.summaries.push(made);
  return made;
}

/** A number to look at. Throws `tf1/shape` for what is no single number. */
export function scalar(name: string, x: Operand): Tensor {
  const made = define("scalar", [x], (node) => {
    if (node.shape.length === 0) return node;
    throw new NablaError(
      "tf1/shape",
      `a scalar summary is a single number, received ${shown(node.shape)}`,
      "take its mean",
    );
  });
  return recorded("scalarSummary", made, name);
}

/** All numbers of a tensor, to look at how they are distributed. */
export function histogram(name: string, x: Operand): Tensor {
  return recorded("histogramSummary", x, name);
}

/** All summaries of the default graph by name: a record to fetch. */
export function mergeAll(): Readonly<Record<string, Tensor>> {
  return merge(getDefaultGraph().summaries);
}

/** Some summaries by name: a record to fetch. */
export function merge(tensors: readonly Tensor[]): Readonly<Record<string, Tensor>> {
  return Object.fromEntries(tensors.map((tensor) => [tensor.name, tensor]));
}

/** Takes what was fetched of `mergeAll` and passes it on. */
export interface SummaryWriter {
  readonly addSummary: (values: Readonly<Record<string, Fetched>>, step: number) => void;
}

/** A writer: `onEvent` gets each summary, to print, to keep or to send. */
export function writer(onEvent: (event: SummaryEvent) => void): SummaryWriter {
  if (typeof onEvent !== "function")
    throw new NablaError(
      "tf1/summary",
      "a writer takes a function, to which it passes events",
      "tf.summary.writer((event) => …)",
    );
  return { addSummary: (values, step) => onEvent({ kind: "summary", step, values }) };
}
