/** A project to begin with: a table, an experiment file, a program, and what npm and TypeScript need. */
import { constants } from "node:fs";
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { fileFailure, systemCode } from "./file-failure.ts";
import { libraryVersion } from "./version.ts";

/** A file of the starter. */
export interface StarterFile {
  readonly name: string;
  /** What is to be known about one that was there, and stays; absent where it was written. */
  readonly note?: string;
}

/** Writes the starter into a folder, which is made where there is none. Throws `files/…`. */
export async function writeStarter(folder: string): Promise<readonly StarterFile[]> {
  const source = fileURLToPath(new URL("../../starter/", import.meta.url));
  const files: StarterFile[] = [];
  try {
    await mkdir(folder, { recursive: true });
    for (const name of (await readdir(source)).sort()) {
      const copy = copyFile(join(source, name), join(folder, name), constants.COPYFILE_EXCL);
      files.push((await wasWritten(copy)) ? { name } : { name, note: STAYS });
    }
    const manifest = `${JSON.stringify(await manifestFor(folder), undefined, 2)}\n`;
    const write = writeFile(join(folder, "package.json"), manifest, { flag: "wx" });
    const name = "package.json";
    files.push((await wasWritten(write)) ? { name } : { name, note: await manifestNote(join(folder, name)) });
  } catch (error) {
    throw fileFailure(error, "write into", folder);
  }
  return files;
}

const STAYS = "was there, and stays";

/** Without the type Node reads a program twice, and says so. */
async function manifestNote(file: string): Promise<string> {
  const text = await readFile(file, "utf8");
  return /"type"\s*:\s*"module"/.test(text) ? STAYS : `${STAYS}; add "type": "module", or Node warns`;
}

async function wasWritten(work: Promise<void>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  }
}

async function manifestFor(folder: string): Promise<object> {
  const name = basename(resolve(folder))
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  const version = `^${await libraryVersion()}`;
  return {
    name: name === "" ? "penguins" : name,
    private: true,
    type: "module",
    scripts: { train: "nabla train --config experiment.yaml", program: "node train.ts" },
    dependencies: { "@nabla/workbench": version, nabla: version },
  };
}
