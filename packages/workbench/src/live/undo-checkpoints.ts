/** The checkpoints that changes are undone to: files next to the run's own. */
import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { removeCheckpoint } from "../store/checkpoint.ts";

const ENDING = ".safetensors";

function stemOf(checkpoint: string): string {
  return `${basename(checkpoint, ENDING)}.before-`;
}

/** The file of the place before a change, counted from 0. */
export function undoCheckpointPath(checkpoint: string, index: number): string {
  return join(dirname(checkpoint), `${stemOf(checkpoint)}${index + 1}${ENDING}`);
}

/** Removes all of a run's. */
export async function removeUndoCheckpoints(checkpoint: string): Promise<void> {
  const names = await readdir(dirname(checkpoint)).catch(() => []);
  const own = names.filter((name) => name.startsWith(stemOf(checkpoint)) && name.endsWith(ENDING));
  await Promise.all(own.map((name) => removeCheckpoint(join(dirname(checkpoint), name))));
}
