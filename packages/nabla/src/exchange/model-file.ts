/** A model as one file, `.nabla`: a zip archive of the two files of a model folder, for pages and for sending. */
import { NablaError } from "../base/error.ts";
import type { Json } from "../base/json.ts";
import { type ExchangedModel, modelFromJson, modelToJson } from "./model-json.ts";
import { modelFromParts, modelPartNames, modelParts } from "./model-parts.ts";
import { quoted } from "./quoted.ts";
import { readDirectory } from "./zip/directory.ts";
import { writeZip } from "./zip/write-zip.ts";
import { type Inflate, isZip, readZip } from "./zip/zip.ts";

/** Options of `readModelFile`. */
export interface ReadModelFileOptions {
  /** What the file is called in errors. Default: "the model file". */
  readonly name?: string;
  /** Unpacks compressed entries. Default: none, since `writeModelFile` compresses nothing; compressed files are refused. */
  readonly inflate?: Inflate;
}

/**
 * A model as the bytes of a `.nabla` file: `new Blob([writeModelFile({ trained, preparation })])` is one to download, which
 * the command reads where it expects a model. `library` is the version of nabla that saves. Default: "unknown".
 */
export function writeModelFile(
  model: ExchangedModel,
  { library = "unknown" }: { readonly library?: string } = {},
): Uint8Array<ArrayBuffer> {
  return writeZip(modelParts({ model: modelToJson(model), weights: model.trained.weights }, { library }));
}

/**
 * The model of a `.nabla` file: `readModelFile(new Uint8Array(await file.arrayBuffer()))`, with the SHA-256 of its weights. Throws
 * `model/foreign` for another file, `zip/…` for a damaged archive, and `model/…` for what it holds.
 */
export function readModelFile(
  bytes: Uint8Array,
  { name = "the model file", inflate }: ReadModelFileOptions = {},
): ExchangedModel & { readonly sha256: string } {
  const { model, weights, sha256 } = modelFromParts(modelFileParts(bytes, { name, ...(inflate && { inflate }) }), {
    place: name,
  });
  try {
    return { ...modelFromJson(model as Json, weights), sha256 };
  } catch (error) {
    throw error instanceof NablaError ? error.withContext(name) : error;
  }
}

/** The files of a model in an archive by their own names, also where they lie in a folder of it. Throws `model/foreign` and `zip/…`. */
export function modelFileParts(
  bytes: Uint8Array,
  { name, inflate }: { readonly name: string; readonly inflate?: Inflate },
): ReadonlyMap<string, Uint8Array> {
  if (!isZip(bytes))
    throw new NablaError(
      "model/foreign",
      `${name} is no model of nabla: a .nabla file is a zip archive, and this is none`,
      "write one with nabla export MODEL --format nabla",
    );
  try {
    if (inflate === undefined) refuseCompressed(bytes);
    const { names, read } = readZip(bytes, { inflate: inflate ?? ((packed) => packed) });
    const { description } = modelPartNames;
    const found = names.find((one) => one === description || one.endsWith(`/${description}`)) ?? description;
    const folder = found.slice(0, -description.length);
    return new Map(
      Object.values(modelPartNames).flatMap((part) =>
        names.includes(folder + part) ? [[part, read(folder + part)] as const] : [],
      ),
    );
  } catch (error) {
    throw error instanceof NablaError ? error.withContext(name) : error;
  }
}

/** Throws `zip/method`. */
function refuseCompressed(bytes: Uint8Array): void {
  const compressed = readDirectory(bytes).find(({ method }) => method !== 0);
  if (compressed === undefined) return;
  const message = `${quoted(compressed.name)} is compressed, and models are stored as they are`;
  throw new NablaError("zip/method", message, "write it without compression (zip -0), or give { inflate }");
}
