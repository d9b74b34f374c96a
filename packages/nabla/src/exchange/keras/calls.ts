/** How a layer is called in a model's graph: on which outputs, and with what else. */
import { type NdArray, ndarray } from "../../array/ndarray.ts";
import { elementsOf } from "../../array/shape.ts";
import { NablaError } from "../../base/error.ts";
import { isRecord } from "../../base/value-type.ts";
import { quoted } from "../quoted.ts";
import type { JsonRecord } from "./record.ts";

/** An output of a call of a layer. */
export interface Reference {
  readonly layer: string;
  readonly call: number;
  readonly output: number;
}

/** Whether an argument is what another layer gives. */
export function isReference(argument: KerasCall["inputs"][number]): argument is Reference {
  return typeof argument !== "number" && "layer" in argument;
}

/** One call of a layer. */
export interface KerasCall {
  /** What it is called on, in order; plain numbers and arrays of the file are only for operations. */
  readonly inputs: readonly (Reference | number | NdArray)[];
  /** All arguments in order, as the file writes them. */
  readonly args: readonly unknown[];
  /** Its other arguments by name, those that say nothing left out. */
  readonly options: JsonRecord;
}

const MOST_INPUTS = 1000;
const MOST_CALLS = 1000;
const DEEPEST = 8;

/**
 * Keras 3: `[{ args: [{ config: { keras_history: [name, 0, 0] } }], kwargs }]`; Keras 2, TensorFlow.js:
 * `[[[name, 0, 0, kwargs]]]`; each item is a call. Throws `keras/graph`.
 */
export function callsOf(nodes: unknown, name: string): readonly KerasCall[] {
  if (nodes === undefined || nodes === null) return [];
  if (!Array.isArray(nodes) || nodes.length > MOST_CALLS)
    throw new NablaError("keras/graph", `the inbound_nodes of layer ${quoted(name)} cannot be read`);
  return nodes.map((node: unknown) => (isRecord(node) ? keras3Call(node, name) : keras2Call(node, name)));
}

function keras3Call({ args, kwargs }: JsonRecord, name: string): KerasCall {
  const inputs: (Reference | number | NdArray)[] = [];
  const given = Array.isArray(args) ? args : [args];
  for (const argument of given) collect(argument, { into: inputs, name, depth: 0 });
  return { inputs, args: given, options: stated(isRecord(kwargs) ? kwargs : {}) };
}

function keras2Call(node: unknown, name: string): KerasCall {
  const inputs: Reference[] = [];
  let options: JsonRecord = {};
  const visit = (value: unknown, depth: number): void => {
    if (depth > DEEPEST || inputs.length > MOST_INPUTS) throw unreadable(name);
    if (!Array.isArray(value)) throw unreadable(name);
    if (typeof value[0] !== "string") {
      for (const item of value) visit(item, depth + 1);
      return;
    }
    inputs.push(referenceOf(value, name));
    if (isRecord(value[3])) options = { ...options, ...stated(value[3]) };
  };
  visit(node, 0);
  return { inputs, args: [], options };
}

/** Arguments that are not left at nothing. */
function stated(options: JsonRecord): JsonRecord {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null && value !== undefined));
}

interface Collecting {
  readonly into: (Reference | number | NdArray)[];
  readonly name: string;
  readonly depth: number;
}

function collect(value: unknown, { into, name, depth }: Collecting): void {
  if (depth > DEEPEST || into.length > MOST_INPUTS) throw unreadable(name);
  if (value === null || value === undefined) return;
  if (typeof value === "number") into.push(value);
  else if (Array.isArray(value)) for (const item of value) collect(item, { into, name, depth: depth + 1 });
  else if (isRecord(value) && isRecord(value.config) && Array.isArray(value.config.keras_history))
    into.push(referenceOf(value.config.keras_history, name));
  else if (
    isRecord(value) &&
    (value.class_name === "__tensor__" || value.class_name === "__numpy__") &&
    isRecord(value.config)
  )
    into.push(arrayOf(value.config, name));
  else if (isRecord(value) && value.class_name === "__slice__") return;
  else throw unreadable(name, `it is called with ${quoted(JSON.stringify(value) ?? "something")}`);
}

/** An array that is written in the configuration: nested lists of numbers. */
function arrayOf({ value, dtype }: JsonRecord, name: string): NdArray {
  const shape: number[] = [];
  for (let list = value; Array.isArray(list); list = list[0]) shape.push(list.length);
  const numbers = (Array.isArray(value) ? value.flat(DEEPEST) : [value]).map(Number);
  const fits = shape.length < DEEPEST && numbers.length === elementsOf(shape) && !numbers.some(Number.isNaN);
  if (!fits) throw unreadable(name, "an array that it is called with cannot be read");
  if (dtype === "bool") return ndarray(Uint8Array.from(numbers), shape, "bool");
  if (/^u?int/.test(String(dtype))) return ndarray(Int32Array.from(numbers), shape);
  return ndarray(Float32Array.from(numbers), shape);
}

function referenceOf([layer, call, output]: readonly unknown[], name: string): Reference {
  if (typeof layer === "string" && isIndex(call) && isIndex(output)) return { layer, call, output };
  throw unreadable(name);
}

function isIndex(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}

function unreadable(name: string, why = "what it is called on cannot be read"): NablaError {
  return new NablaError("keras/graph", `layer ${quoted(name)}: ${why}`);
}

/** The outputs that `input_layers` or `output_layers` name: `["x", 0, 0]`, a list of such, or a record. Throws `keras/graph`. */
export function referencesIn(value: unknown): readonly Reference[] {
  const found: Reference[] = [];
  const visit = (item: unknown, depth: number): void => {
    if (depth > DEEPEST || found.length > MOST_INPUTS) throw unreadable("of the model's ends");
    if (isRecord(item)) for (const inner of Object.values(item)) visit(inner, depth + 1);
    else if (Array.isArray(item) && typeof item[0] === "string") found.push(referenceOf(item, item[0]));
    else if (Array.isArray(item)) for (const inner of item) visit(inner, depth + 1);
  };
  visit(value, 0);
  return found;
}
