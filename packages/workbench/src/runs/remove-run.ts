/** Takes a deleted run away for good: its record, and the files that nabla put beside the store. */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { RunStore } from "../store/run-store.ts";
import { homeBeside } from "../store/store-place.ts";
import { runFileKind } from "./run-files.ts";

/**
 * Removes a deleted run, and what lies under its name beside the store: checkpoints, model, health and report. A model that was written
 * elsewhere, as by `--output`, stays. Throws `store/not-deleted` and `store/running`.
 */
export async function removeRun(id: string, store: RunStore): Promise<void> {
  await store.remove(id);
  const home = homeBeside(store.place);
  for (const folder of [home, join(home, "checkpoints"), join(home, "models")]) {
    // a store that another machine fills has no such folder here
    const names = await readdir(folder).catch(() => []);
    for (const name of names)
      if (runFileKind(name, id) !== undefined) await rm(join(folder, name), { recursive: true });
  }
}
