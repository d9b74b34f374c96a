/**
 * Checks the parts of a job at run time, for callers without a type checker: errors name the wrong part before it is
 * used.
 */
import { arrayHint, checkArray, wrongArgument } from "../array/check-array.ts";
import { NablaError } from "../base/error.ts";
import { listing, nearest } from "../base/text.ts";
import { isRecord, mismatch } from "../base/value-type.ts";
import { trainingFields } from "./job-fields.ts";

/** What a part of a job is, and the members that identify it; options that are fields are checked as fields. */
interface Part {
  readonly expected: string;
  readonly required?: true;
  readonly members?: readonly string[];
}

const examples = { expected: "examples { rows, inputs, targets } or a table" };

const parts = {
  model: { expected: "what nabla's layer functions give", required: true, members: ["shapeOf", "init", "apply"] },
  loss: { expected: "a loss, or losses by name", required: true },
  optimizer: { expected: "what nabla's optimizer functions give", required: true, members: ["transforms"] },
  train: { ...examples, required: true },
  dev: examples,
  engine: { expected: "an engine, as reference or wasm", members: ["open"] },
  weights: { expected: "arrays by path" },
} satisfies { readonly [name: string]: Part };

/** The options of a job that are neither listed here nor fields: a type that has any is no job's. */
type Unlisted<J> = { readonly [K in Exclude<keyof J, keyof typeof parts | keyof typeof trainingFields>]: never };

/** Throws `options/type`, `options/missing` and `options/unknown` with the name of the wrong option. */
export function checkJob<J extends object>(given: J & Unlisted<J>): void {
  const job: unknown = given;
  if (!isRecord(job)) throw mismatch("a record with model, loss, optimizer and train", job, at("job"));
  const names = [...Object.keys(parts), ...Object.keys(trainingFields)];
  const unknown = Object.keys(job).find((name) => !names.includes(name) && job[name] !== undefined);
  if (unknown !== undefined) {
    const hint = `did you mean ${listing(nearest(unknown, names), "or")}?`;
    throw new NablaError("options/unknown", `a job has no option "${unknown}"`, hint);
  }
  for (const [name, part] of Object.entries<Part>(parts)) {
    const value = job[name];
    if (part.required === true && value === undefined)
      throw new NablaError("options/missing", `a job needs the option "${name}": ${part.expected}`);
    if (value !== undefined) checkPart(value, name, part);
  }
  checkLosses(job.loss);
  checkExamples(job.train, "job › train");
  if (job.dev !== undefined) checkExamples(job.dev, "job › dev");
  if (job.weights !== undefined) checkWeights("job › weights", job.weights);
}

/** A loss, or by name losses and what holds one with its weight. */
function checkLosses(losses: unknown): void {
  const loss: Part = { expected: "what nabla's loss functions give", members: ["admit"] };
  if (!isRecord(losses) || typeof losses.kind === "string") checkPart(losses, "loss", loss);
  else
    for (const [name, one] of Object.entries(losses))
      checkPart(
        isRecord(one) && "loss" in one && typeof one.kind !== "string" ? one.loss : one,
        `loss › ${name}`,
        loss,
      );
}

function checkPart(value: unknown, name: string, { expected, members = [] }: Part): void {
  if (isRecord(value) && members.every((member) => value[member] !== undefined)) return;
  throw mismatch(expected, value, at(`job › ${name}`));
}

/** Arrays of examples, and which are sequences; a table has columns in their place. Throws `options/type`. */
export function checkExamples(given: unknown, place: string): void {
  if (!isRecord(given) || (!("columns" in given) && given.rows === undefined))
    throw wrongArgument(place, examples.expected, given, EXAMPLES_HINT);
  if ("columns" in given) return;
  const { rows, inputs, targets, mask, sequences = [] } = given;
  if (typeof rows !== "number" || !Number.isInteger(rows) || rows < 0)
    throw wrongArgument(`${place} › rows`, "the number of rows", rows);
  // inputs that are read on demand have no data yet
  if (!("read" in given)) checkArrays(`${place} › inputs`, inputs);
  else if (!isRecord(inputs)) throw wrongArgument(`${place} › inputs`, "{ dtype, shape }", inputs);
  checkArrays(`${place} › targets`, targets);
  if (mask !== undefined) checkArrays(`${place} › mask`, mask);
  if (!Array.isArray(sequences)) throw mismatch("a list of inputs", sequences, at(`${place} › sequences`));
}

const EXAMPLES_HINT =
  "give { rows: 2, inputs: ndarray(rows.flat(), [2, 3]), targets: ndarray(numbers, [2, 1]) }, or a table";

/** Throws `options/type` unless a value is a list of folds, as `foldRows` gives them. */
export function checkFoldList(place: string, folds: unknown): void {
  if (Array.isArray(folds) && folds.every((fold) => isRecord(fold) && "learn" in fold && "held" in fold)) return;
  throw wrongArgument(place, "a list of folds { learn, held }, as foldRows gives", folds);
}

/** An array, or several by name. */
export function checkArrays(place: string, value: unknown): void {
  if (!isRecord(value)) throw wrongArgument(place, "an array, or arrays by name", value, arrayHint(value));
  if ("dtype" in value || ArrayBuffer.isView(value)) checkArray(place, value);
  else for (const [name, array] of Object.entries(value)) checkArray(`${place} › ${name}`, array);
}

/** Throws `options/type` unless a value is a trained model: what `fit` gives as `trained`. */
export function checkTrained(place: string, value: unknown): void {
  const expected = "a trained model { model, loss, weights, shape }, as fit(job) gives under `trained`";
  const hint = isRecord(value) && isRecord(value.trained) ? "give its `trained`" : undefined;
  if (!isRecord(value) || !isRecord(value.model) || !isRecord(value.loss))
    throw wrongArgument(place, expected, shortened(value), hint);
  checkWeights(`${place} › weights`, value.weights);
}

/** Runs hold weights and histories, which no message should. */
function shortened(value: unknown): unknown {
  return isRecord(value) && !ArrayBuffer.isView(value)
    ? `a record of ${Object.keys(value).join(", ") || "nothing"}`
    : value;
}

function checkWeights(place: string, value: unknown): void {
  if (!(value instanceof Map)) throw wrongArgument(place, "a Map of arrays by path", shortened(value));
  for (const [path, array] of value) checkArray(`${place} › ${path}`, array);
}

const at = (place: string) => ({ place, keys: [], families: {} });
