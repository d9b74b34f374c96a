/**
 * What a training can resume from: all its arrays and its position, in one safetensors file that other tools can open.
 * The one before stays next to it, so that a damaged file costs an epoch and not a training.
 */
import { readFile, rename, rm } from "node:fs/promises";
import { type Checkpoint, NablaError, readPosition } from "nabla";
import { readSafetensors, writeSafetensors } from "nabla/exchange";
import { fromJsonText } from "nabla/fields";
import { writeFileAtomic } from "../host/atomic-files.ts";
import { fileFailure, systemCode } from "../host/file-failure.ts";
import { digest } from "./digest.ts";

const format = "nabla-checkpoint/1";

/** A checkpoint that was read; `source` is whether the latest one was intact. */
export interface LoadedCheckpoint extends Checkpoint {
  readonly source: "latest" | "previous";
}

// The next one waits under its own name until the present one has stepped aside.
const nextOf = (path: string): string => `${path}.next`;
const previousOf = (path: string): string => `${path}.previous`;

/** Writes a checkpoint; the one that was there becomes the previous one. A failure or a kill loses neither. Throws `files/…`. */
export async function saveCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  await writeFileAtomic(nextOf(path), checkpointBytes(checkpoint), "owner");
  try {
    await rename(path, previousOf(path)).catch((error: unknown) => {
      if (systemCode(error) !== "ENOENT") throw error;
    });
    await rename(nextOf(path), path);
  } catch (error) {
    throw fileFailure(error, "write", path);
  }
}

/** A checkpoint as the bytes of one file. */
export function checkpointBytes({ arrays, position }: Checkpoint): Uint8Array {
  const text = JSON.stringify(position);
  return writeSafetensors(arrays, { format, position: text, sha256: digest(arrays, text) });
}

/**
 * Reads the latest intact checkpoint of those saved at `path`. Throws `checkpoint/missing` when there is none at all,
 * `checkpoint/newer`, and `checkpoint/damaged` when none is whole.
 */
export async function loadCheckpoint(path: string): Promise<LoadedCheckpoint> {
  const faults: NablaError[] = [];
  // A next one that is still there is newer than the latest: the process was killed before the rename.
  const places = [
    [path, "latest"],
    [nextOf(path), "latest"],
    [previousOf(path), "previous"],
  ] as const;
  for (const [place, source] of places) {
    try {
      return { ...(await readCheckpoint(place)), source };
    } catch (error) {
      if (!(error instanceof NablaError)) throw error;
      if (error.code === "checkpoint/newer") throw error;
      faults.push(error);
    }
  }
  throw (
    faults.find(({ code }) => code !== "checkpoint/missing") ??
    new NablaError("checkpoint/missing", `there is no checkpoint at ${path}`)
  );
}

/** Removes a checkpoint with the one before it. */
export async function removeCheckpoint(path: string): Promise<void> {
  await Promise.all([path, nextOf(path), previousOf(path)].map((place) => rm(place, { force: true })));
}

async function readCheckpoint(path: string): Promise<Checkpoint> {
  const bytes = await readFile(path).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") throw new NablaError("checkpoint/missing", `there is no checkpoint at ${path}`);
    throw fileFailure(error, "read", path);
  });
  return checkpointFrom(bytes, path);
}

/** The checkpoint that `checkpointBytes` wrote; `path` names it in errors. Throws `checkpoint/newer`, `checkpoint/damaged`. */
export function checkpointFrom(bytes: Uint8Array, path: string): Checkpoint {
  const damaged = (why: string) => new NablaError("checkpoint/damaged", `the checkpoint ${path} is damaged: ${why}`);
  try {
    const { tensors, metadata } = readSafetensors(bytes);
    const { format: written = "", position = "null", sha256: expected } = metadata;
    if (written !== format && written.startsWith("nabla-checkpoint/")) {
      throw new NablaError(
        "checkpoint/newer",
        `the checkpoint ${path} is of format ${written}, and this nabla knows ${format}`,
        "update nabla",
      );
    }
    if (digest(tensors, position) !== expected) throw damaged("its content does not have the hash that it names");
    return { arrays: tensors, position: readPosition(fromJsonText(position), "its position") };
  } catch (error) {
    if (error instanceof SyntaxError) throw damaged("its position is not valid JSON");
    throw error instanceof NablaError && /^(safetensors|record)\//.test(error.code) ? damaged(error.message) : error;
  }
}
