/**
 * A model as two files: `model.json` describes it and `weights.safetensors` holds its numbers. The first names the hash
 * of the second and of itself, so that halves of two models are never taken for one, and nothing is changed in secret.
 */
import type { NdArray } from "../array/ndarray.ts";
import { NablaError } from "../base/error.ts";
import type { Json } from "../base/json.ts";
import { fromJsonText, toJsonText } from "../base/json-text.ts";
import { isRecord } from "../base/value-type.ts";
import { readSafetensors, writeSafetensors } from "./safetensors.ts";
import { sha256 as ownSha256 } from "./sha256.ts";
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

const format = "nabla-model";
const formatVersion = 1;
const again = "save the model again, or take a copy";

/** How the two files of a model are called. */
export const modelPartNames = { description: "model.json", weights: "weights.safetensors" } as const;

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

/** The SHA-256 of bytes, or of a text's UTF-8, in hexadecimal. */
export type Sha256 = (content: string | Uint8Array) => string;

/** The two files by their names. `library` is the version of nabla that saves, `sha256` the host's if it has a faster one. */
export function modelParts(
  { model, weights }: SavedModel,
  { library, sha256 = ownSha256 }: { readonly library: string; readonly sha256?: Sha256 },
): ReadonlyMap<string, Uint8Array> {
  const bytes = writeSafetensors(weights, { format: `${format}/${formatVersion}` });
  const content = {
    format: `${format}/${formatVersion}`,
    library,
    weights: { file: modelPartNames.weights, sha256: sha256(bytes) },
    model,
  };
  const envelope: Json = { ...content, sha256: contentHash(content, sha256) };
  return new Map([
    [modelPartNames.weights, bytes],
    [modelPartNames.description, encodeUtf8(`${toJsonText(envelope, 2)}\n`)],
  ]);
}

/** The hash of all that a description says but for this hash; how its text is laid out does not count. */
function contentHash(content: Json, sha256: Sha256): string {
  return sha256(toJsonText(content));
}

/**
 * The model of the two files, proved whole; one of an older nabla, whose description has no hash, as far as it can be. `place` is what the
 * model is called in errors. Throws `model/no-model` (no model.json), `model/damaged` (model.json is no JSON),
 * `model/foreign` (not nabla's), `model/newer`, `model/no-weights`, `model/hash` and `model/weights`.
 */
export function modelFromParts(
  parts: ReadonlyMap<string, Uint8Array>,
  { place, sha256 = ownSha256 }: { readonly place: string; readonly sha256?: Sha256 },
): LoadedModel {
  const { description, weights: weightsFile } = modelPartNames;
  const text = parts.get(description);
  if (text === undefined) throw new NablaError("model/no-model", `${place} holds no ${description}, so it is no model`);
  const envelope = readEnvelope(place, text, sha256);
  const bytes = parts.get(weightsFile);
  if (bytes === undefined)
    throw new NablaError(
      "model/no-weights",
      `the model ${place} has lost its ${weightsFile}`,
      "save it again, or take a copy",
    );
  const found = sha256(bytes);
  if (found !== envelope.weights.sha256)
    throw new NablaError(
      "model/hash",
      `${weightsFile} of the model ${place} was changed or damaged: its SHA-256 is ${found.slice(0, 12)}…, not ${envelope.weights.sha256.slice(0, 12)}…`,
      "save it again, or take a copy",
    );
  const weights = readWeights(place, bytes);
  if (!envelope.intact)
    throw new NablaError(
      "model/hash",
      `${description} of the model ${place} was changed or damaged: its content does not have the hash that it names`,
      "save it again, or take a copy",
    );
  return { model: envelope.model, weights, library: envelope.library, sha256: found };
}

interface Envelope {
  /** Whether the description has the hash that it names, or names none. */
  readonly intact: boolean;
  readonly library: string;
  readonly weights: { readonly sha256: string };
  readonly model: Json;
}

function readEnvelope(place: string, text: Uint8Array, sha256: Sha256): Envelope {
  const file = `${place.replace(/\/+$/, "")}/${modelPartNames.description}`;
  const record = recordIn(file, text);
  // First the format alone: of a newer one, nothing else can be expected to fit.
  const [, version] = /^nabla-model\/(\d+)$/.exec(String(record.format)) ?? [];
  if (version === undefined)
    throw new NablaError(
      "model/foreign",
      `${file} is not a model of nabla: it does not say "format": "${format}/${formatVersion}"`,
    );
  if (Number(version) > formatVersion)
    throw new NablaError(
      "model/newer",
      `the model ${place} is of format ${version}, and this nabla knows formats up to ${formatVersion}`,
      "update nabla",
    );
  const { sha256: expected, ...content } = record;
  const { library, model } = content;
  const hash = isRecord(record.weights) ? record.weights.sha256 : undefined;
  const hashed = typeof hash === "string" && /^[0-9a-f]{64}$/.test(hash);
  if (typeof library === "string" && hashed && model !== undefined)
    return {
      intact: expected === undefined || contentHash(content as Json, sha256) === expected,
      library,
      weights: { sha256: hash },
      model: model as Json,
    };
  const places = [
    ...(typeof library === "string" ? [] : ["library"]),
    ...(hashed ? [] : ["weights.sha256"]),
    ...(model === undefined ? ["model"] : []),
  ];
  throw new NablaError("model/damaged", `${file} is damaged: ${places.join(", ")} is missing or malformed`, again);
}

function recordIn(file: string, text: Uint8Array): { readonly [name: string]: unknown } {
  try {
    const parsed = fromJsonText(decodeUtf8(text) ?? "");
    return isRecord(parsed) ? parsed : {};
  } catch {
    throw new NablaError("model/damaged", `${file} is damaged: it is not valid JSON`, again);
  }
}

function readWeights(place: string, bytes: Uint8Array): ReadonlyMap<string, NdArray> {
  try {
    return readSafetensors(bytes).tensors;
  } catch (error) {
    if (!(error instanceof NablaError)) throw error;
    const message = `${modelPartNames.weights} of the model ${place} cannot be read: ${error.message}`;
    throw new NablaError("model/weights", message, error.hint);
  }
}
