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
    const isOfModules = await takesModules(join(folder, "package.json"));
    for (const file of (await readdir(source)).sort()) {
      // what npm has written for other modules takes this one by its name
      const name = isOfModules ? file : file.replace(/\.ts$/, ".mts");
      const copy = copyFile(join(source, file), join(folder, name), constants.COPYFILE_EXCL);
      files.push((await wasWritten(copy)) ? { name } : { name, note: STAYS });
    }
    const manifest = `${JSON.stringify(await manifestFor(folder), undefined, 2)}\n`;
    const write = writeFile(join(folder, "package.json"), manifest, { flag: "wx" });
    const name = "package.json";
    files.push((await wasWritten(write)) ? { name } : { name, note: STAYS });
  } catch (error) {
    throw fileFailure(error, "write into", folder);
  }
  return files;
}

const STAYS = "was there, and stays";

/** Whether Node takes files in .ts for modules: where there is no manifest yet, or one that says so. */
async function takesModules(manifest: string): Promise<boolean> {
  try {
    return /"type"\s*:\s*"module"/.test(await readFile(manifest, "utf8"));
  } catch (error) {
    if (systemCode(error) === "ENOENT") return true;
    throw error;
  }
}

/** How this Node runs a file of TypeScript: by itself, or before 22.18 when it is asked to. */
export function programCommand(file: string): string {
  return process.features.typescript === false ? `node --experimental-strip-types ${file}` : `node ${file}`;
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
    scripts: { train: "nabla train --config experiment.yaml", program: programCommand("train.ts") },
    dependencies: { "@nabla/workbench": version, nabla: version },
  };
}
