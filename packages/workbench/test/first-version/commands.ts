/** Runs command lines in a folder, and takes from what they print what must never change: numbers, hashes, names of kinds. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Command lines for the program whose entry is `main`. */
export interface Order {
  readonly main: string;
  readonly lines: readonly (readonly string[])[];
}

/** What one command came to. */
export interface Answer {
  readonly words: readonly string[];
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Plain data, as JSON gives it. */
export type Data = null | boolean | number | string | readonly Data[] | { readonly [name: string]: Data };

/** Runs command lines one after the other in a folder, in one process. */
export async function runCommands(order: Order, folder: string): Promise<readonly Answer[]> {
  const place = mkdtempSync(join(tmpdir(), "nabla-commands-"));
  const [orderFile, answersFile] = [join(place, "order.json"), join(place, "answers.json")];
  writeFileSync(orderFile, JSON.stringify(order));
  const child = fileURLToPath(new URL("run-commands.ts", import.meta.url));
  const { NABLA_STORE: _store, npm_command: _npm, npm_lifecycle_event: _event, ...environment } = process.env;
  try {
    await promisify(execFile)(process.execPath, ["--conditions=nabla-source", child, orderFile, answersFile], {
      cwd: folder,
      env: { ...environment, NO_COLOR: "1" },
    });
    return JSON.parse(readFileSync(answersFile, "utf8")) as readonly Answer[];
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** The lines of a command that printed CSV, or the facts of one that printed a document; null of any other. */
export function factsOf({ stdout }: Answer, folder: string): Data {
  const text = stdout.trim();
  if (/^[[{]/.test(text)) {
    const document = JSON.parse(text) as Data;
    return { document: factsIn(document, folder), weights: weightsOf(document) };
  }
  return /^(file,)?prediction/.test(text) ? { csv: text.split("\n").map((line) => line.split(",").map(cell)) } : null;
}

function cell(text: string): Data {
  return text === "" || Number.isNaN(Number(text)) ? text : Number(text);
}

/** The hash of the weights that a document names the folder of. */
function weightsOf(document: Data): Data {
  if (typeof document !== "object" || document === null || !("model" in document)) return null;
  const file = join(String(document.model), "weights.safetensors");
  return existsSync(file) ? hashOf(file) : null;
}

/** The SHA-256 of a file. */
function hashOf(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

/** Words for people, times, and what has a new name in every repetition. */
const passing: ReadonlySet<string> = new Set([
  ...["said", "because", "notes", "verdict", "message", "summary", "notices", "title", "hint", "try", "label", "text"],
  ...[
    "seconds",
    "created",
    "updated",
    "at",
    "version",
    "library",
    "address",
    "machine",
    "run",
    "id",
    "report",
    "checkpoint",
  ],
]);

/** Where a word alone stands for a kind without options. */
const kinds: ReadonlySet<string> = new Set([
  ...["loss", "optimizer", "schedule", "average", "init", "layer", "penalty", "sampler", "pruner"],
  ...["layers", "augment", "links", "members"],
]);

/** Names in documents that were other ones in the first version. */
const renamed: Readonly<Record<string, string>> = {
  peeks: "testEvaluations",
  marks: "rowErrors",
  links: "transforms",
};

/** A document without what may change: a later version may add to it, and may not take away. */
export function factsIn(value: Data, folder: string, key = ""): Data {
  if (typeof value === "string") return kinds.has(key) ? { kind: value } : value.replaceAll(folder, "{folder}");
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Data) => factsIn(item, folder, key));
  const kept = Object.entries(asRecorded(value as { readonly [name: string]: Data })).filter(
    ([name, inner]) => !passing.has(name) && !(name === "model" && typeof inner === "string"),
  );
  return Object.fromEntries(kept.map(([name, inner]) => [renamed[name] ?? name, factsIn(inner, folder, name)]));
}

/** An epoch or an outcome as the first version printed it, in the form that records have now; anything else as it is. */
function asRecorded(value: { readonly [name: string]: Data }): { readonly [name: string]: Data } {
  if ("epoch" in value && "trainError" in value) {
    const { trainError = null, devCost, devError, steps = null, ...same } = value;
    const dev = devCost === undefined || devError === undefined ? {} : { dev: { cost: devCost, error: devError } };
    return { ...same, step: steps, train: { error: trainError }, ...dev };
  }
  if (!("bestEpoch" in value && "train" in value)) return value;
  const {
    bestEpoch = null,
    train,
    dev,
    ...same
  } = value as {
    readonly [name: string]: Data;
    readonly train: Readonly<Record<string, number | null>>;
    readonly dev?: Readonly<Record<string, number | null>>;
  };
  const parts = Object.entries({ train, dev }).flatMap(([name, part]) =>
    part === undefined ? [] : [[name, part] as const],
  );
  const measured = parts.map(([name, { cost = null, error = null }]) => [
    name,
    cost === null || error === null ? null : { cost, error },
  ]);
  const rmse = parts.flatMap(([name, part]) =>
    part.rmse === undefined || part.rmse === null ? [] : [[name, part.rmse] as const],
  );
  return {
    ...same,
    ...Object.fromEntries(measured),
    ...(rmse.length === 0 ? {} : { rmse: Object.fromEntries(rmse) }),
    ...(bestEpoch === 0 ? {} : { best: { epoch: bestEpoch } }),
  };
}
