/**
 * Files and folders that are whole at every moment: written next to their target, flushed to disk, then renamed. A
 * full disk, a kill or a power cut leaves the version that was there before.
 */
import { mkdir, open, readdir, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { NablaError } from "nabla";
import { fileFailure, systemCode } from "./file-failure.ts";
import { beside, findLeftovers, removeLeftovers } from "./leftovers.ts";

const desktopFiles = new Set([".DS_Store", "Thumbs.db", "desktop.ini"]);

/** For the owner alone, or for whom the system's default says. */
export type Audience = "owner" | "default";

const modes = { owner: 0o600, default: 0o666 } as const;

/** Writes a file in place and waits until the disk has it. Not atomic; fails with the system's own error. */
export async function writeSynced(path: string, bytes: Uint8Array, audience: Audience = "default"): Promise<void> {
  const file = await open(path, "w", modes[audience]);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Makes a folder and those that it lies in, for its owner alone. Node's own way loses why it failed on a read-only disk.
 * Fails with the system's own error.
 */
export async function makeFolder(path: string): Promise<void> {
  const target = resolve(path);
  try {
    await mkdir(target, { mode: 0o700 });
  } catch (error) {
    if (systemCode(error) === "EEXIST" && (await stat(target)).isDirectory()) return;
    const parent = dirname(target);
    if (systemCode(error) !== "ENOENT" || (await exists(parent))) throw error;
    await makeFolder(parent);
    await makeFolder(target);
  }
}

/** Replaces a file, or makes it and its folders. Readers see the old bytes or the new ones. Throws `files/…`. */
export async function writeFileAtomic(path: string, bytes: Uint8Array, audience: Audience = "default"): Promise<void> {
  const target = await placeOf(path);
  const fresh = beside(target, "new");
  try {
    await mkdir(dirname(target), { recursive: true });
    await writeSynced(fresh, bytes, audience);
    await rename(fresh, target);
    await syncFolder(dirname(target));
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => {});
    throw fileFailure(error, "write", path);
  }
  await removeLeftovers(target);
}

/**
 * Replaces a folder by one that holds exactly `files` (plain names, no folders within), or makes it and its parents. The
 * old folder is moved aside, the new one in, then the old one goes: a kill in between leaves one of them whole, and
 * `recoverFolder` finds it. Throws `files/occupied` for a folder with other files in it, and `files/…`.
 */
export async function writeFolder(
  path: string,
  files: ReadonlyMap<string, Uint8Array>,
  audience: Audience = "default",
): Promise<void> {
  const target = await placeOf(path);
  const fresh = beside(target, "new");
  try {
    await mkdir(dirname(target), { recursive: true });
    await recoverFolder(target);
    await checkOwn(target, path, files);
    await mkdir(fresh);
    for (const [name, bytes] of files) await writeSynced(join(fresh, name), bytes, audience);
    await syncFolder(fresh);
    await swapIn(fresh, target);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true }).catch(() => {});
    throw fileFailure(error, "write", path);
  }
  await removeLeftovers(target);
}

/** Puts back a folder that a killed `writeFolder` had moved aside. To be called before a missing folder is reported. */
export async function recoverFolder(path: string): Promise<void> {
  const target = await placeOf(path);
  if (await exists(target)) return;
  const found = [];
  for (const { path: aside, role } of await findLeftovers(target)) {
    const state = role === "old" ? await stat(aside).catch(() => undefined) : undefined;
    if (state !== undefined) found.push({ aside, time: state.mtimeMs });
  }
  const latest = found.sort((a, b) => b.time - a.time)[0];
  // Where this fails, another process was faster or the disk is read-only; the folder is then there or truly missing.
  if (latest !== undefined) await rename(latest.aside, target).catch(() => {});
}

/** The file that a path names, with links resolved, so that a linked folder is replaced and not its link. */
async function placeOf(path: string): Promise<string> {
  return await realpath(path).catch(() => resolve(path));
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    (error) => systemCode(error) !== "ENOENT",
  );
}

/** Replacing must not take anybody's files or the ground under a shell. */
async function checkOwn(target: string, path: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const state = await stat(target).catch(() => undefined);
  if (state === undefined) return;
  if (!state.isDirectory())
    throw new NablaError("files/not-a-folder", `cannot write ${path}: it is a file, not a folder`);
  const hint = "name a new folder";
  if (`${process.cwd()}${sep}`.startsWith(`${target}${sep}`)) {
    throw new NablaError("files/occupied", `cannot replace ${path}: it is the folder you work in`, hint);
  }
  const others = (await readdir(target)).filter((name) => !files.has(name) && !desktopFiles.has(name)).sort();
  if (others.length > 0) {
    const more = others.length > 3 ? ` and ${others.length - 3} more` : "";
    const message = `cannot replace ${path}: it holds other files (${others.slice(0, 3).join(", ")}${more})`;
    throw new NablaError("files/occupied", message, hint);
  }
}

async function swapIn(fresh: string, target: string): Promise<void> {
  const asides: string[] = [];
  // Another writer, or a reader that recovers, may fill the place between the two renames: then start again.
  for (let attempt = 1; ; attempt++) {
    const aside = beside(target, "old");
    const moved = await rename(target, aside).then(
      () => true,
      (error) => {
        if (systemCode(error) === "ENOENT") return false;
        throw error;
      },
    );
    if (moved) asides.push(aside);
    try {
      await rename(fresh, target);
      break;
    } catch (error) {
      if (["ENOTEMPTY", "EEXIST"].includes(systemCode(error)) && attempt < 100) continue;
      if (moved) await rename(aside, target).catch(() => {});
      throw error;
    }
  }
  await syncFolder(dirname(target));
  // The new version is in place: what cannot be removed now is removed by a later write.
  await Promise.allSettled(asides.map((aside) => rm(aside, { recursive: true, force: true })));
}

/** Brings a folder's entries to the disk. Windows cannot, and does not need to. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
