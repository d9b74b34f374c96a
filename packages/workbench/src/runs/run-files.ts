/** The files of a run: what nabla writes under its name, and under that of its model. */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Run } from "../store/run.ts";
import { homeBeside } from "../store/store-place.ts";

/** What the name of a file adds to that of its run or its model, and what it is. */
const ENDS: readonly (readonly [end: RegExp, what: string])[] = [
  [/^$/, "model"],
  [/^\.nabla$/, "model"],
  [/^-snapshots$/, "models of the cycles of the schedule"],
  [/^-measured$/, "network that dev measured"],
  [/^-report\.html$/, "report"],
  [/^-report-rows(-\d+)?\.csv$/, "rows that the network gets most wrong"],
  [/^-health\.jsonl$/, "health of its layers by epoch"],
  [/^\.safetensors(\.next)?$/, "checkpoint"],
  [/^\.safetensors\.previous$/, "checkpoint before the last"],
  [/^\.before-\d+\.safetensors(\.next|\.previous)?$/, "checkpoint before a change"],
];

/** A file of a run, or a folder. */
export interface RunFile {
  readonly name: string;
  readonly path: string;
  /** What it is, in words. */
  readonly what: string;
  readonly isFolder: boolean;
  /** With all that is in it. */
  readonly bytes: number;
  /** ISO 8601 in UTC. */
  readonly modified: string;
}

/** What a file is that begins with the name of a run or its model; undefined for a file of something else. */
export function runFileKind(name: string, stem: string): string | undefined {
  if (!name.startsWith(stem)) return undefined;
  const end = name.slice(stem.length);
  return ENDS.find(([pattern]) => pattern.test(end))?.[1];
}

/** The files of a run that are on this machine, by name. */
export async function runFiles({ id, model, checkpoint }: Run, place: string): Promise<readonly RunFile[]> {
  const home = homeBeside(place);
  const stems = new Set([
    ...(model === undefined ? [] : [model]),
    ...(checkpoint === undefined ? [] : [join(dirname(checkpoint), id)]),
    ...[home, join(home, "checkpoints"), join(home, "models")].map((folder) => join(folder, id)),
  ]);
  const found = new Map<string, RunFile>();
  for (const stem of stems) {
    // another machine may have trained it
    const names = await readdir(dirname(stem)).catch(() => []);
    for (const name of names) {
      const what = runFileKind(name, basename(stem));
      const path = join(dirname(stem), name);
      const size = what === undefined ? undefined : await sizeOf(path).catch(() => undefined);
      if (what !== undefined && size !== undefined) found.set(path, { name, path, what, ...size });
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function sizeOf(path: string): Promise<Pick<RunFile, "isFolder" | "bytes" | "modified">> {
  const found = await stat(path);
  const modified = found.mtime.toISOString();
  if (!found.isDirectory()) return { isFolder: false, bytes: found.size, modified };
  const inside = await Promise.all((await filesIn(path)).map(async (file) => (await stat(file)).size));
  return { isFolder: true, bytes: inside.reduce((sum, bytes) => sum + bytes, 0), modified };
}

/** The files of a folder and of those in it. Throws the system's own error. */
export async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}
