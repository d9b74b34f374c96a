import { mkdir, readdir, rmdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { NablaError } from "nabla";
import { makeFolder } from "../host/atomic-files.ts";
import { fileFailure, systemCode } from "../host/file-failure.ts";

const own = new Set(["model.json", "weights.safetensors"]);

/**
 * Checks before hours of training whether a model folder can be written at the end; leaves no files. Throws
 * `files/denied`, `files/not-a-folder`, `files/occupied`, `files/read-only`.
 */
export async function checkOutput(path: string): Promise<void> {
  const target = resolve(path);
  try {
    const names = await readdir(target).catch((error: unknown) => {
      if (systemCode(error) === "ENOENT") return [];
      throw error;
    });
    const other = names.find((name) => !own.has(name) && !name.startsWith("."));
    if (other !== undefined) {
      const message = `cannot write the model to ${path}: the folder holds other files, such as ${other}`;
      throw new NablaError("files/occupied", message, "name a new folder");
    }
    // Permissions alone are not enough: a folder is created and removed again.
    const probe = join(await nearestFolder(target), `.nabla-${process.pid}-probe`);
    await mkdir(probe);
    await rmdir(probe);
  } catch (error) {
    throw fileFailure(error, "write", path);
  }
}

/**
 * Checks before hours of training that checkpoints can be kept in a folder, which it makes. Throws `files/…` with what to
 * do, since this folder follows from others that were named.
 */
export async function checkCheckpoints(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
    const probe = join(folder, `.nabla-${process.pid}-probe`);
    await mkdir(probe);
    await rmdir(probe);
  } catch (error) {
    const failure = fileFailure(error, "keep checkpoints in", folder);
    if (!(failure instanceof NablaError)) throw failure;
    const hint = "checkpoints lie beside the store: name one elsewhere with --store, or NABLA_STORE";
    throw new NablaError(failure.code, failure.message, hint);
  }
}

/** The folder itself if it is there, else the first of its parents that is. */
async function nearestFolder(path: string): Promise<string> {
  for (let place = path; ; place = dirname(place)) {
    const found = await stat(place).catch((error: unknown) => {
      if (systemCode(error) === "ENOENT" && dirname(place) !== place) return undefined;
      throw error;
    });
    if (found !== undefined) return place;
  }
}
