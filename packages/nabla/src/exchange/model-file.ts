/** A model as one file, `.nabla`: a zip archive of the two files of a model folder, for pages and for sending. */
import { wrongArgument } from "../array/check-array.ts";
import { NablaError } from "../base/error.ts";
import { type Kinds, readerOf } from "../base/family.ts";
import type { Json } from "../base/json.ts";
import { isRecord } from "../base/value-type.ts";
import { initializers } from "../nn/initializers.ts";
import type { Layer } from "../nn/layer.ts";
import type { Loss } from "../nn/loss.ts";
import { type ExchangedModel, modelFromJson, modelOfKinds, modelToJson } from "./model-json.ts";
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

/** A model that was read, with the SHA-256 of its weights. */
export type ReadModel = ExchangedModel & { readonly sha256: string };

/**
 * The model of a `.nabla` file: `readModelFile(new Uint8Array(await file.arrayBuffer()))`, with the SHA-256 of its weights. It knows
 * every kind of layer and loss; `modelReader` knows those that it is given. Throws `model/foreign` for another file, `zip/…` for a
 * damaged archive, and `model/…` for what it holds.
 */
export function readModelFile(bytes: Uint8Array, options: ReadModelFileOptions = {}): ReadModel {
  return readWith(modelFromJson, bytes, options);
}

/** The kinds that a reader of models knows, by the names that data calls them. */
export interface ModelKinds {
  readonly layer: Kinds<Layer>;
  readonly loss: Kinds<Loss>;
}

/**
 * A `readModelFile` of some kinds, so that a page holds no others: `modelReader({ layer: { chain, conv2d, dense, flatten, relu }, loss:
 * { softmaxCrossEntropy } })`; `modelReader(kindTables)` of `nabla/all` knows all of them. Throws `options/kind` for a model with
 * another kind, which it names.
 */
export function modelReader({
  layer,
  loss,
}: ModelKinds): (bytes: Uint8Array, options?: ReadModelFileOptions) => ReadModel {
  if (!isRecord(layer) || !isRecord(loss))
    throw wrongArgument("modelReader", "{ layer: { chain, dense, … }, loss: { squaredError } }", { layer, loss });
  const tables = { layer, activation: layer, initializer: initializers, loss };
  const readers = { layerFrom: readerOf<Layer>("layer", tables), lossFrom: readerOf<Loss>("loss", tables) };
  return (bytes, options = {}) => {
    try {
      return readWith((json, weights) => modelOfKinds(json, weights, readers), bytes, options);
    } catch (error) {
      if (!(error instanceof NablaError) || error.code !== "options/kind") throw error;
      const hint = "give the kind to modelReader, or all of them: modelReader(kindTables) of nabla/all";
      throw new NablaError(error.code, error.message, hint);
    }
  };
}

function readWith(
  fromJson: typeof modelFromJson,
  bytes: Uint8Array,
  { name = "the model file", inflate }: ReadModelFileOptions,
): ReadModel {
  const parts = modelFileParts(bytes, { name, ...(inflate && { inflate }) });
  const { model, weights, sha256 } = modelFromParts(parts, { place: name });
  try {
    return { ...fromJson(model as Json, weights), sha256 };
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
