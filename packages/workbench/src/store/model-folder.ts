/** Models on the disk: folders of two files, and the same as one file. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { NablaError } from "nabla";
import {
  isZip,
  type LoadedModel,
  modelFileParts,
  modelFromParts,
  modelPartNames,
  modelParts,
  type SavedModel,
  writeZip,
} from "nabla/exchange";
import { recoverFolder, writeFolder } from "../host/atomic-files.ts";
import { fileFailure, systemCode } from "../host/file-failure.ts";
import { sha256 } from "../host/hash.ts";
import { inflate } from "../host/inflate.ts";
import { libraryVersion } from "../host/version.ts";

/** Writes a model folder in one step: what was there before stays until all of it is on the disk. Throws `files/…`. */
export async function saveModel(path: string, saved: SavedModel): Promise<void> {
  const parts = modelParts(saved, { library: await libraryVersion(), sha256 });
  // Names, classes and levels of a model are those of its data.
  await writeFolder(path, parts, "owner");
}

/** The folder as the bytes of one file. */
export async function modelArchive(saved: SavedModel): Promise<Uint8Array> {
  return writeZip(modelParts(saved, { library: await libraryVersion(), sha256 }));
}

/**
 * Reads a model folder, or one file of it, and proves it whole. Throws `model/missing` (no folder),
 * `model/not-a-folder` (another file), `zip/…` (a damaged file), what `modelFromParts` throws, and `files/…`.
 */
export async function loadModel(path: string): Promise<LoadedModel> {
  await recoverFolder(path);
  const state = await stat(path).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") throw new NablaError("model/missing", `there is no model at ${path}`);
    throw fileFailure(error, "read", path);
  });
  const parts = state.isDirectory() ? await partsInFolder(path) : await partsInFile(path);
  return modelFromParts(parts, { place: path, sha256 });
}

async function partsInFile(path: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw fileFailure(error, "read", path);
  });
  if (isZip(bytes)) return modelFileParts(bytes, { name: path, inflate });
  const hint = "other tools' files become one with nabla import";
  throw new NablaError("model/not-a-folder", `${path} is a file, and a model is a folder or a .nabla file`, hint);
}

async function partsInFolder(path: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const parts = new Map<string, Uint8Array>();
  for (const name of Object.values(modelPartNames)) {
    const bytes = await readPart(join(path, name));
    if (bytes !== undefined) parts.set(name, bytes);
  }
  return parts;
}

async function readPart(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw fileFailure(error, "read", file);
  }
}

/** Model folders on this machine's disk, as savers of nabla/tf1 want them: `tf.train.saver({ folders: modelFolders })`. */
export const modelFolders = { save: saveModel, load: loadModel } as const;
