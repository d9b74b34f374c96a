/**
 * A model is a folder: `model.json` describes it and `weights.safetensors` holds its numbers. The first names the hash
 * of the second and of itself, so that halves of two models are never taken for one, and nothing is changed in secret.
 */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Json, NablaError, type NdArray } from "nabla";
import { readSafetensors, writeSafetensors } from "nabla/exchange";
import { isRecord } from "nabla/fields";
import { recoverFolder, writeFolder } from "../host/atomic-files.ts";
import { fileFailure, systemCode } from "../host/file-failure.ts";
import { sha256 } from "../host/hash.ts";
import { libraryVersion } from "../host/version.ts";
import { fromJsonText, toJsonText } from "./json-text.ts";

const format = "nabla-model";
const formatVersion = 1;
const description = "model.json";
const weightsFile = "weights.safetensors";

/** What makes a model: its layers, preparation and classes as data, and its numbers under their paths. */
export interface SavedModel {
  readonly model: Json;
  readonly weights: ReadonlyMap<string, NdArray>;
}

/** A model that was read, with the version of nabla that saved it and the hash of its weights, which identifies it. */
export interface LoadedModel extends SavedModel {
  readonly library: string;
  readonly sha256: string;
}

/** Writes a model folder in one step: what was there before stays until all of it is on the disk. Throws `files/…`. */
export async function saveModel(path: string, { model, weights }: SavedModel): Promise<void> {
  const bytes = writeSafetensors(weights, { format: `${format}/${formatVersion}` });
  const content = {
    format: `${format}/${formatVersion}`,
    library: await libraryVersion(),
    weights: { file: weightsFile, sha256: sha256(bytes) },
    model,
  };
  const envelope: Json = { ...content, sha256: contentHash(content) };
  const text = new TextEncoder().encode(`${toJsonText(envelope, 2)}\n`);
  await writeFolder(
    path,
    new Map([
      [weightsFile, bytes],
      [description, text],
    ]),
    // Names, classes and levels of a model are those of its data.
    "owner",
  );
}

/** The hash of all that a description says but for this hash; how its text is laid out does not count. */
function contentHash(content: Json): string {
  return sha256(toJsonText(content));
}

/**
 * Reads a model folder and proves it whole; a folder of an older nabla, whose description has no hash, as far as it can. Throws `model/missing` (no folder), `model/not-a-folder`, `model/no-model`
 * (no model.json), `model/damaged` (model.json is no JSON), `model/foreign` (not nabla's), `model/newer`,
 * `model/no-weights`, `model/hash`, `model/weights`, and `files/…`.
 */
export async function loadModel(path: string): Promise<LoadedModel> {
  await recoverFolder(path);
  const state = await stat(path).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") throw new NablaError("model/missing", `there is no model at ${path}`);
    throw fileFailure(error, "read", path);
  });
  if (!state.isDirectory()) throw new NablaError("model/not-a-folder", `${path} is a file, and a model is a folder`);
  const text = new TextDecoder().decode(
    await readPart(
      path,
      description,
      new NablaError("model/no-model", `${path} holds no ${description}, so it is no model`),
    ),
  );
  const envelope = readEnvelope(path, text);
  const lost = new NablaError(
    "model/no-weights",
    `the model ${path} has lost its ${weightsFile}`,
    "save it again, or take a copy",
  );
  const bytes = await readPart(path, weightsFile, lost);
  const found = sha256(bytes);
  if (found !== envelope.weights.sha256) {
    throw new NablaError(
      "model/hash",
      `${weightsFile} of the model ${path} was changed or damaged: its SHA-256 is ${found.slice(0, 12)}…, not ${envelope.weights.sha256.slice(0, 12)}…`,
      "save it again, or take a copy",
    );
  }
  const weights = readWeights(path, bytes);
  if (!envelope.intact)
    throw new NablaError(
      "model/hash",
      `${description} of the model ${path} was changed or damaged: its content does not have the hash that it names`,
      "save it again, or take a copy",
    );
  return { model: envelope.model, weights, library: envelope.library, sha256: found };
}

async function readPart(path: string, name: string, missing: NablaError): Promise<Uint8Array> {
  try {
    return await readFile(join(path, name));
  } catch (error) {
    throw systemCode(error) === "ENOENT" ? missing : fileFailure(error, "read", join(path, name));
  }
}

interface Envelope {
  /** Whether the description has the hash that it names, or names none. */
  readonly intact: boolean;
  readonly library: string;
  readonly weights: { readonly sha256: string };
  readonly model: Json;
}

function readEnvelope(path: string, text: string): Envelope {
  const file = join(path, description);
  let parsed: Json;
  try {
    parsed = fromJsonText(text);
  } catch {
    throw new NablaError(
      "model/damaged",
      `${file} is damaged: it is not valid JSON`,
      "save the model again, or take a copy",
    );
  }
  // First the format alone: of a newer one, nothing else can be expected to fit.
  const record = isRecord(parsed) ? parsed : {};
  const [, version] = /^nabla-model\/(\d+)$/.exec(String(record.format)) ?? [];
  if (version === undefined)
    throw new NablaError(
      "model/foreign",
      `${file} is not a model of nabla: it does not say "format": "${format}/${formatVersion}"`,
    );
  if (Number(version) > formatVersion) {
    throw new NablaError(
      "model/newer",
      `the model ${path} is of format ${version}, and this nabla knows formats up to ${formatVersion}`,
      "update nabla",
    );
  }
  const { sha256: expected, ...content } = record;
  const { library, model } = content;
  const hash = isRecord(record.weights) ? record.weights.sha256 : undefined;
  const hashed = typeof hash === "string" && /^[0-9a-f]{64}$/.test(hash);
  if (typeof library === "string" && hashed && model !== undefined)
    return {
      intact: expected === undefined || contentHash(content as Json) === expected,
      library,
      weights: { sha256: hash },
      model: model as Json,
    };
  const places = [
    ...(typeof library === "string" ? [] : ["library"]),
    ...(hashed ? [] : ["weights.sha256"]),
    ...(model === undefined ? ["model"] : []),
  ];
  throw new NablaError(
    "model/damaged",
    `${file} is damaged: ${places.join(", ")} is missing or malformed`,
    "save the model again, or take a copy",
  );
}

function readWeights(path: string, bytes: Uint8Array): ReadonlyMap<string, NdArray> {
  try {
    return readSafetensors(bytes).tensors;
  } catch (error) {
    if (!(error instanceof NablaError)) throw error;
    throw new NablaError(
      "model/weights",
      `${weightsFile} of the model ${path} cannot be read: ${error.message}`,
      error.hint,
    );
  }
}

/** Model folders on this machine's disk, as savers of nabla/tf1 want them: `tf.train.saver({ folders: modelFolders })`. */
export const modelFolders = { save: saveModel, load: loadModel } as const;
