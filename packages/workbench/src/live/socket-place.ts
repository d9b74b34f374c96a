/** A name for a local socket that only this user can open, and that is gone when its process is. */
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileFailure } from "../host/file-failure.ts";
import { sha256 } from "../host/hash.ts";
import { processRuns } from "../host/processes.ts";
import { thisHost } from "../store/owner.ts";

/** A place to listen at. */
export interface SocketPlace {
  readonly address: string;
  readonly remove: () => Promise<void>;
}

/** Bytes that a socket's path may have: 104 on macOS and 108 on Linux, with a zero at the end. */
const LONGEST = 103;
const NAME = "live";
/** Digits that mkdtemp adds. */
const RANDOM = 6;

/** Makes a place: a pipe's name on Windows, elsewhere a path in a folder of its own that no other user can enter. */
export async function socketPlace(): Promise<SocketPlace> {
  if (process.platform === "win32")
    return { address: `\\\\.\\pipe\\nabla-${randomUUID()}`, remove: async () => undefined };
  // Containers may share a folder and not their processes: the mark distinguishes them.
  const mark = `nabla-live-${sha256(thisHost().self.machine).slice(0, 6)}-`;
  const prefix = `${mark}${process.pid}-`;
  const named = tmpdir();
  const fits = Buffer.byteLength(join(named, prefix, NAME)) + RANDOM <= LONGEST;
  const base = fits ? named : "/tmp";
  await sweep(base, mark);
  const folder = await mkdtemp(join(base, prefix)).catch((error: unknown) => {
    throw fileFailure(error, "make a socket in", base);
  });
  const atExit = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", atExit);
  return {
    address: join(folder, NAME),
    remove: async () => {
      process.off("exit", atExit);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Removes what killed processes of this machine left. */
async function sweep(base: string, mark: string): Promise<void> {
  const names = await readdir(base).catch(() => []);
  const left = names.filter((name) => {
    const pid = name.startsWith(mark) ? Number.parseInt(name.slice(mark.length), 10) : Number.NaN;
    return Number.isInteger(pid) && !processRuns(pid);
  });
  await Promise.allSettled(left.map((name) => rm(join(base, name), { recursive: true, force: true })));
}
