/** Reads `experiment.yaml`, with errors that name the file, the line and the key. */
import {
  activationFrom,
  augmentationFrom,
  averagingFrom,
  type Json,
  layerFrom,
  listing,
  lossFrom,
  NablaError,
  nearest,
  optimizerFrom,
  penaltyFrom,
  scheduleFrom,
} from "nabla";
import type { core } from "zod";
import type { PartialExperiment } from "./experiment.ts";
import { parseYaml, readYaml, type Yaml, type YamlPath } from "./yaml-file.ts";

/**
 * What an experiment file says. Throws `files/…`, `experiment/syntax` for what is no YAML, `experiment/unknown-key` with
 * the nearest key, `experiment/value` for a value of the wrong sort, and the `options/…` errors of layers and the like.
 */
export async function readExperiment(path: string): Promise<PartialExperiment> {
  return experimentFrom(await readYaml(path));
}

/** What the text of an experiment file says; `name` is the file's, for errors. */
export async function parseExperiment(text: string, name: string): Promise<PartialExperiment> {
  return experimentFrom(await parseYaml(text, name));
}

/** Checks an experiment that no file holds, as one with searched values. Throws what reading a file throws. */
export async function checkerOfExperiments(): Promise<(experiment: PartialExperiment) => void> {
  const { keys, schema } = await import("./schema.ts");
  return (content) => {
    const checked = schema.safeParse(content);
    if (!checked.success) throw failureOf(innermost(checked.error.issues[0]), { placeOf: () => "", content, keys });
  };
}

async function experimentFrom({ content, placeOf }: Yaml): Promise<PartialExperiment> {
  const { keys, schema } = await import("./schema.ts");
  const checked = schema.safeParse(content);
  if (!checked.success) throw failureOf(innermost(checked.error.issues[0]), { placeOf, content, keys });
  // absent keys are absent, not undefined
  const present = Object.fromEntries(Object.entries(checked.data).filter(([, value]) => value !== undefined));
  checkParts(present, placeOf);
  return present;
}

/** Of a value that may be of several sorts, what the sort that got furthest has to say. */
function innermost(issue: core.$ZodIssue | undefined): core.$ZodIssue | undefined {
  if (issue?.code !== "invalid_union") return issue;
  const inner = issue.errors.flat().find(({ code }) => code !== "invalid_type");
  return inner === undefined ? issue : innermost({ ...inner, path: [...issue.path, ...inner.path] });
}

interface Reading {
  readonly placeOf: (path: YamlPath) => string;
  readonly content: unknown;
  readonly keys: readonly string[];
}

function failureOf(issue: core.$ZodIssue | undefined, { placeOf, content, keys }: Reading): NablaError {
  if (issue?.code === "unrecognized_keys") {
    const [key = ""] = issue.keys;
    const path = [...issue.path, key];
    const names = issue.path.length === 0 ? keys : ["train", "dev", "test"];
    const message = `${placeOf(path)}: there is no key "${show(path)}"`;
    return new NablaError("experiment/unknown-key", message, `did you mean ${listing(nearest(key, names, 2), "or")}?`);
  }
  const path = issue?.path ?? [];
  const value = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)?.[key], content);
  const key = path.length === 0 ? "" : `${show(path)}: `;
  const place = placeOf(path);
  return new NablaError("experiment/value", `${place === "" ? "" : `${place}: `}${key}${messageOf(issue, value)}`);
}

/** A zod issue in our words: what was expected, and what was received. */
function messageOf(issue: core.$ZodIssue | undefined, value: unknown): string {
  const received = value === undefined ? "nothing" : JSON.stringify(value);
  if (issue === undefined) return `received ${received}`;
  if (issue.code === "invalid_union") return `expected another sort of value, received ${received}`;
  if (issue.code === "invalid_type") return `expected ${article(issue.expected)}, received ${received}`;
  if (issue.code === "invalid_value")
    return `expected ${listing(issue.values.map(String), "or")}, received ${received}`;
  if (issue.code === "too_small")
    return `must be ${issue.inclusive ? "at least" : "above"} ${issue.minimum}, received ${received}`;
  if (issue.code === "too_big")
    return `must be ${issue.inclusive ? "at most" : "below"} ${issue.maximum}, received ${received}`;
  return issue.message.includes("received") || issue.message.includes("got")
    ? issue.message
    : `${issue.message}, received ${received}`;
}

const articles: Readonly<Record<string, string>> = {
  array: "a list",
  object: "keys with values",
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
};

function article(expected: string): string {
  return articles[expected] ?? expected;
}

function show(path: YamlPath): string {
  return path.map((key, i) => (typeof key === "number" ? `[${key}]` : `${i === 0 ? "" : "."}${String(key)}`)).join("");
}

/** Lets the makers of nabla read what is theirs, so that a typo is found before any data is read. */
function checkParts(partial: PartialExperiment, placeOf: (path: YamlPath) => string): void {
  const attempt = (path: YamlPath, make: (data: Json, place: string) => unknown, data: Json | undefined): void => {
    if (data === undefined) return;
    try {
      make(data, show(path));
    } catch (error) {
      if (!(error instanceof NablaError)) throw error;
      throw new NablaError(error.code, `${placeOf(path)}: ${error.message}`, error.hint);
    }
  };
  for (const [i, layer] of (partial.layers ?? []).entries()) attempt(["layers", i], layerFrom, layer);
  for (const [i, change] of (partial.augment ?? []).entries()) attempt(["augment", i], augmentationFrom, change);
  attempt(["activation"], activationFrom, partial.activation);
  attempt(["loss"], lossFrom, partial.loss);
  attempt(["penalty"], penaltyFrom, partial.penalty);
  attempt(["optimizer"], optimizerFrom, partial.optimizer);
  attempt(["schedule"], scheduleFrom, partial.schedule);
  attempt(["average"], averagingFrom, partial.average);
}
