import { randomUUID } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { processRuns } from "./processes.ts";

/** The files next to a target while it is replaced: the `new` one being written, the `old` one being put aside. */
export type Role = "new" | "old";

/** A file or folder next to its target, parsed from its name. */
export interface Leftover {
  readonly path: string;
  readonly role: Role;
  /** Whether its writer may still be at work: it runs on this machine, or on another one. */
  readonly held: boolean;
}

/** A fresh hidden name in the target's own folder, so that a rename never crosses disks. It names the writer. */
export function beside(target: string, role: Role): string {
  const name = `.${basename(target)}.${process.pid}-${randomUUID().slice(0, 8)}@${hostname()}.${role}`;
  return join(dirname(target), name);
}

/** What writers of `target` left next to it, finished or not. */
export async function findLeftovers(target: string): Promise<readonly Leftover[]> {
  const folder = dirname(target);
  const prefix = `.${basename(target)}.`;
  const names = await readdir(folder).catch(() => []);
  return names.flatMap((name) => {
    const match = name.startsWith(prefix)
      ? /^(\d+)-[0-9a-f]{8}@(.*)\.(new|old)$/.exec(name.slice(prefix.length))
      : null;
    if (match === null) return [];
    const [, pid, host, role] = match;
    return [{ path: join(folder, name), role: role as Role, held: host !== hostname() || processRuns(Number(pid)) }];
  });
}

/** Removes what dead writers left. Only to be called while the target is whole; never fails. */
export async function removeLeftovers(target: string): Promise<void> {
  const dead = (await findLeftovers(target)).filter(({ held }) => !held);
  await Promise.allSettled(dead.map(({ path }) => rm(path, { recursive: true, force: true })));
}
