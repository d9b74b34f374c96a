import { basename, resolve } from "node:path";
import { NablaError, type Notice } from "nabla";
import { sha256 } from "../host/hash.ts";
import { formatNames } from "./data-format.ts";
import { dataParts, type LayerOptions, type Opening, type Remark } from "./data-layers.ts";
import type { DataPart } from "./data-part.ts";
import type { FetchOptions } from "./fetched.ts";
import { hashFile } from "./file-bytes.ts";
import { isPattern } from "./glob.ts";
import { type SourceFile, type SourceFilesOptions, shortList, sourceFiles } from "./source-files.ts";
import { spool } from "./spool.ts";

/** What a path means: the parts of one table, of one format, in their order. Disposing of it removes temporary files. */
export interface DataSource extends AsyncDisposable {
  /** As messages show all of it. */
  readonly name: string;
  /** At least one. */
  readonly parts: readonly DataPart[];
  /** The files that they come from, for `hashData`. */
  readonly files: readonly SourceFile[];
  /** How it was read where that is not plain from its names, and what was left out. */
  readonly notices: readonly Notice[];
}

/** How data is opened. */
export interface OpenDataOptions extends FetchOptions, LayerOptions {
  /** Where `-` is read from; default standard input. */
  readonly input?: SourceFilesOptions["input"];
}

/**
 * Opens data by its path, paths or `-`: a file, a pattern, a folder of parts, an address. What a file holds is decided by
 * its content first and its name second; what is compressed, archived or a workbook is unpacked as it is read.
 *
 *     await using source = await openData("parts/*.csv.gz");
 *     for (const part of source.parts) for await (const chunk of part.bytes()) …
 *
 * Throws `files/…` for what cannot be read, `data/format` for an ending that is not known or parts of several formats,
 * `data/empty`, `data/binary` for what is no table, `data/encrypted`, `data/damaged`, `data/expansion`, `data/fetch`,
 * `data/no-data` for folders and archives without data, `data/sheet` for a sheet that is not there.
 */
export async function openData(data: string | readonly string[], options: OpenDataOptions = {}): Promise<DataSource> {
  const kept = spool();
  try {
    const given = typeof data === "string" ? [data] : data;
    if (given.length === 0)
      throw new NablaError("data/no-data", "no data is named", "name a file, a folder or a pattern");
    const { files, notices } = await sourceFiles(given, { ...options, kept });
    const opening: Opening = { options, kept, remarks: [], notices: [], sheets: [] };
    const parts: DataPart[] = [];
    const empty: string[] = [];
    for (const file of files) {
      const found = await dataParts(file, opening);
      if (found.length === 0) empty.push(file.name);
      parts.push(...found);
    }
    if (parts.length === 0)
      throw new NablaError(
        "data/empty",
        `${shortList(empty)} ${empty.length === 1 ? "is" : "are"} empty`,
        "check how it was exported",
      );
    if (empty.length > 0)
      opening.notices.push({ code: "data/left-out", message: `left out, since they are empty: ${shortList(empty)}` });
    checkFormats(parts);
    if (options.sheet !== undefined && opening.sheets.length === 0)
      throw new NablaError(
        "data/sheet",
        `${shortList(files.map((file) => file.name))}: only workbooks have sheets`,
        "leave --sheet out",
      );
    const name = files.length === 1 ? (files[0]?.name ?? "") : calledAll(given, files);
    return {
      name,
      parts,
      files,
      notices: [...notices, ...remarksOf(opening.remarks), ...opening.notices],
      [Symbol.asyncDispose]: () => kept[Symbol.asyncDispose](),
    };
  } catch (error) {
    await kept[Symbol.asyncDispose]();
    throw error;
  }
}

/** What several files are called together: their pattern, their folder, or their names. */
function calledAll([only = "", ...others]: readonly string[], files: readonly SourceFile[]): string {
  if (others.length > 0) return shortList(files.map(({ name }) => name));
  return isPattern(only) ? only : basename(resolve(only));
}

/**
 * The SHA-256 of data in hexadecimal: of one file its bytes as they lie on the disk, of several their names and hashes.
 * Throws `files/…`.
 */
export async function hashData({ files }: Pick<DataSource, "files">): Promise<string> {
  const hashes: string[] = [];
  for (const { path } of files) hashes.push(await hashFile(path));
  const [first = ""] = hashes;
  return files.length === 1 ? first : sha256(...files.map(({ name }, i) => `${name}\0${hashes[i]}\n`));
}

function remarksOf(remarks: readonly Remark[]): readonly Notice[] {
  return [...Map.groupBy(remarks, ({ text }) => text)].map(([text, about]) => {
    const names = about.map(({ name }) => name);
    return { code: "data/content", message: `${shortList(names)}: ${text}` };
  });
}

function checkFormats(parts: readonly DataPart[]): void {
  const [first] = parts;
  const other = parts.find(({ format }) => format !== first?.format);
  if (first === undefined || other === undefined) return;
  throw new NablaError(
    "data/format",
    `the parts of a table are of one format, and ${first.name} is ${formatNames[first.format]}, ${other.name} ${formatNames[other.format]}`,
    "name the files of one format, or write the others in it",
  );
}
