/** What to type first in a folder, by the files that lie in it. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isImage } from "../sources/data-folder.ts";

/** Files that are tables by their name, packed or not. */
const TABLE = /\.(csv|tsv|tab|psv|json|jsonl|ndjson|parquet|arrow|feather|npz|npy|xlsx)(\.(gz|zst|bz2|zip))?$/i;
/** Files of other tools and of nabla itself, which no network learns from. */
const NO_TABLE = /^(package(-lock)?|tsconfig.*|jsconfig|biome|composer|manifest|.*\.schema|.*\.config|\..*)\.json$/i;
/** Tables that nabla wrote beside its reports. */
const REPORTED = /-report-rows(-\d+)?\.csv$/;
const MOST_TABLES = 3;

/** A line of what can be typed, and what it does. */
export interface FirstStep {
  readonly words: readonly string[];
  readonly what: string;
}

/** The steps that a folder suggests; it opens none of the files. */
export async function firstSteps(folder: string): Promise<readonly FirstStep[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const tables = files.filter((name) => TABLE.test(name) && !NO_TABLE.test(name) && !REPORTED.test(name)).sort();
  const steps: FirstStep[] = [];
  if (folders.includes(".nabla")) steps.push({ words: ["runs"], what: "lists the runs that are stored here" });
  for (const name of files.filter((file) => /^experiment\.ya?ml$/.test(file)))
    steps.push({ words: ["train", "--config", name], what: "trains what the file describes" });
  for (const name of tables.slice(0, MOST_TABLES))
    steps.push({ words: ["profile", name], what: "shows what each column is read as" });
  const [table] = tables;
  if (table !== undefined)
    steps.push({ words: ["train", table], what: "lists its columns; --target names the one to be learned" });
  for (const name of await imageFolders(folder, folders))
    steps.push({ words: ["train", name], what: "trains on its images, a class for each folder" });
  return steps;
}

/** Folders of folders with images. */
async function imageFolders(folder: string, names: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(
    names
      .filter((name) => !(name.startsWith(".") || name === "node_modules"))
      .map(async (name) => {
        const [first] = await foldersIn(join(folder, name));
        const files = first === undefined ? [] : await readdir(join(folder, name, first)).catch(() => []);
        return files.some((file) => isImage(file)) ? [name] : [];
      }),
  );
  return found.flat().sort().slice(0, MOST_TABLES);
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
