import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { count, listing, NablaError } from "nabla";
import { fileFailure } from "../host/file-failure.ts";
import { shellWords } from "../text/shell-words.ts";
import { endings, namedFormat } from "./data-format.ts";
import { naturalOrder } from "./glob.ts";
import { isIdx } from "./idx.ts";

/** A folder whose files are the parts of one table. */
export interface DataFolder {
  /** Paths, in natural order of their names. */
  readonly files: readonly string[];
  /** Names of what is left out: hidden files, marks and checksums of other programs, texts beside the data. */
  readonly skipped: readonly string[];
}

/** Whether a folder holds the parts of a table, rather than images: data files, and no images here or one level deeper. */
export async function holdsParts(path: string): Promise<boolean> {
  const entries = await entriesOf(path).catch(() => []);
  if (!entries.some((entry) => entry.isFile() && isPart(entry.name)) || entries.some(({ name }) => isImage(name)))
    return false;
  for (const entry of entries) {
    if (!entry.isDirectory() || entry.name.startsWith(".")) continue;
    const inside = await entriesOf(join(path, entry.name)).catch(() => []);
    if (inside.some(({ name }) => isImage(name))) return false;
  }
  return true;
}

/** The parts in a folder. Throws `files/…`, `data/no-data` where there are none, `data/format` for several formats. */
export async function dataFolder(path: string): Promise<DataFolder> {
  const name = basename(path);
  const entries = await entriesOf(path);
  const visible = entries.filter((entry) => !entry.isDirectory() && !isMark(entry.name)).map((entry) => entry.name);
  const sure = visible.filter(isPart);
  const chosen = sure.length > 0 ? sure : visible.filter((file) => namedFormat(file).format !== undefined);
  if (chosen.length === 0) throw await noData(path, entries);
  const kinds = Map.groupBy(chosen, (file) => kindOf(file));
  if (kinds.size > 1) {
    const kept = [...kinds].map(([kind, files]) => `${files.length} ${kind}`);
    throw new NablaError(
      "data/format",
      `${name} holds data files of several formats: ${listing(kept)}`,
      `name those of one: '${path}/*${namedFormat(chosen[0] ?? "").ending}'`,
    );
  }
  const skipped = entries.filter((entry) => !chosen.includes(entry.name)).map((entry) => entry.name);
  return {
    files: chosen.sort(naturalOrder).map((file) => join(path, file)),
    skipped: skipped.sort(naturalOrder),
  };
}

async function entriesOf(path: string) {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    throw fileFailure(error, "read", path);
  }
}

/** Names that say that a file holds a table, or a part of one as Spark and Hadoop name them. */
function isPart(name: string): boolean {
  const { format } = namedFormat(name);
  return !isMark(name) && !isIdx(name) && (/^part-\d/.test(name) || (format !== undefined && format !== "text"));
}

/** Names that say that a file holds an image. */
export function isImage(name: string): boolean {
  return /\.(png|jpe?g|webp|gif|bmp|tiff?|avif|heic)$/i.test(name) || isIdx(name);
}

function isMark(name: string): boolean {
  return /^[._]|\.crc$|~$/i.test(name);
}

function kindOf(file: string): string {
  const { format = "text" } = namedFormat(file);
  const names = { text: "text", workbook: "Excel", json: "JSON", parquet: "Parquet", arrow: "Arrow", numpy: "NumPy" };
  return { ...names, csv: "CSV", "json-lines": "JSON lines" }[format];
}

async function noData(path: string, entries: Awaited<ReturnType<typeof entriesOf>>): Promise<NablaError> {
  const name = basename(path);
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith("."));
  if (entries.length === 0)
    return new NablaError("data/no-data", `${name} is an empty folder`, `data files end in ${endings}`);
  const message = `${name} holds no data files, ${count(entries.length - folders.length, "other file")} and ${count(folders.length, "folder")}`;
  for (const folder of folders) {
    const inside = await entriesOf(join(path, folder.name));
    if (inside.some((entry) => entry.isFile() && isImage(entry.name)))
      return new NablaError(
        "data/no-data",
        `${name} holds folders of images, which are no tables`,
        `nabla train ${shellWords([path])} trains on them`,
      );
    const part = inside.find((entry) => entry.isFile() && isPart(entry.name));
    if (part === undefined) continue;
    const hint = `its folders do: name their files by '${path}/**/*${namedFormat(part.name).ending}'`;
    return new NablaError("data/no-data", message, hint);
  }
  return new NablaError("data/no-data", message, `data files end in ${endings}`);
}
