import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { NablaError, type Notice } from "nabla";
import { sha256 } from "../host/hash.ts";
import { type ContentKind, contentKind, HEAD_BYTES } from "./content-kind.ts";
import { type DataFormat, formatNames, namedFormat, textFormat, unknownEnding } from "./data-format.ts";
import type { DataPart } from "./data-part.ts";
import { type Bytes, decompress, type ExpansionLimit } from "./decompress.ts";
import type { FetchOptions } from "./fetched.ts";
import { fileBytes, fileHead, firstBytes, hashFile } from "./file-bytes.ts";
import { isPattern } from "./glob.ts";
import { type SourceFile, some, sourceFiles } from "./source-files.ts";
import { type Spool, spool } from "./spool.ts";
import { isWorkbook, type SheetChoice, sheetPart, unreadableDocument } from "./workbook.ts";
import { type ZipEntry, zipEntries } from "./zip-archive.ts";

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
export interface OpenDataOptions extends FetchOptions, SheetChoice {
  /** How the table is written, where neither name nor content says it. */
  readonly format?: DataFormat;
  /** How much larger than its file data may be when unpacked. */
  readonly expansion?: ExpansionLimit;
  /** Where `-` is read from; default standard input. */
  readonly input?: Bytes & { readonly isTTY?: boolean };
}

/** Of what is nested deeper, one layer is to be unpacked by hand. */
const DEEPEST = 3;
/** So much text tells JSON lines from JSON. */
const TEXT_BYTES = 1 << 16;

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
    const opening: Opening = { options, kept, remarks: [], notices: [] };
    const parts: DataPart[] = [];
    const empty: string[] = [];
    for (const { path, name } of files) {
      const found = await partsOf({ path, name, called: name, depth: 0 }, opening);
      if (found.length === 0) empty.push(name);
      parts.push(...found);
    }
    if (parts.length === 0)
      throw new NablaError(
        "data/empty",
        `${some(empty)} ${empty.length === 1 ? "is" : "are"} empty`,
        "check how it was exported",
      );
    if (empty.length > 0)
      opening.notices.push({ code: "data/left-out", message: `left out, since they are empty: ${some(empty)}` });
    checkFormats(parts);
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
  if (others.length > 0) return some(files.map(({ name }) => name));
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

/** What is collected while files are opened. */
interface Opening {
  readonly options: OpenDataOptions;
  readonly kept: Spool;
  readonly remarks: Remark[];
  readonly notices: Notice[];
}

/** Something said of a file, which is said once of several: `is compressed with gzip`. */
interface Remark {
  readonly name: string;
  readonly text: string;
}

/** A file on the way to its parts. */
interface Layer {
  readonly path: string;
  /** As messages show it. */
  readonly name: string;
  /** What names are derived from; without the endings of what was unpacked. */
  readonly called: string;
  /** How many layers were unpacked before. */
  readonly depth: number;
}

/** The parts of a file; none where it is empty. */
async function partsOf(layer: Layer, opening: Opening): Promise<readonly DataPart[]> {
  const { path, name } = layer;
  const content = contentKind(await fileHead(path, HEAD_BYTES));
  if (content.kind === "zip") return await zipParts(layer, opening);
  const size = (await stat(path)).size;
  return await streamParts(
    { name, called: layer.called, depth: layer.depth, size, path, bytes: () => fileBytes(path) },
    content,
    opening,
  );
}

/** Bytes on the way to a part. */
interface Stream extends Omit<Layer, "path"> {
  readonly size?: number;
  readonly path?: string;
  bytes(): Bytes;
}

async function streamParts(stream: Stream, content: ContentKind, opening: Opening): Promise<readonly DataPart[]> {
  const { name, called } = stream;
  switch (content.kind) {
    case "empty":
      return [];
    case "other":
      throw new NablaError("data/binary", `${name} is ${content.what}`, content.hint);
    case "gzip":
    case "zstd":
    case "bzip2":
      return await compressedParts(stream, content.kind, opening);
    case "zip":
      return await zipParts({ ...stream, path: await onDisk(stream, opening) }, opening);
    case "parquet": {
      const path = await onDisk(stream, opening);
      if (opening.options.format !== undefined && opening.options.format !== "parquet")
        throw new NablaError(
          "data/format",
          `${name} is ${content.what}, not ${formatNames[opening.options.format]}`,
          "leave --format out",
        );
      if (namedFormat(called).format !== "parquet" && namedFormat(called).format !== "text")
        opening.remarks.push({ name, text: `${content.what}, and is read as one` });
      return [{ name, format: "parquet", size: (await stat(path)).size, path, bytes: () => fileBytes(path) }];
    }
    case "text": {
      const format = await formatOf(stream, opening);
      const { size, path } = stream;
      return [
        {
          name,
          format,
          ...(size === undefined ? {} : { size }),
          ...(path === undefined ? {} : { path }),
          bytes: stream.bytes,
        },
      ];
    }
  }
}

/** The file that holds these bytes; they are written into a temporary one where there is none. */
async function onDisk(stream: Stream, { kept }: Opening): Promise<string> {
  return stream.path ?? (await kept.keep(stream.bytes(), stream.called));
}

async function compressedParts(
  stream: Stream,
  compression: "gzip" | "zstd" | "bzip2",
  opening: Opening,
): Promise<readonly DataPart[]> {
  const { name, called, depth, size = 0 } = stream;
  checkDepth(stream);
  const { expansion } = opening.options;
  const packed = { name, size, ...(expansion === undefined ? {} : { limit: expansion }) };
  const bytes = (): Bytes => decompress(stream.bytes(), compression, packed);
  const inner = called.replace(/\.(?:gz|gzip|zst|zstd|bz2)$/i, "");
  if (inner === called && namedFormat(called).ending !== "" && namedFormat(called).packing.length === 0)
    opening.remarks.push({ name, text: `compressed (${compression}), and is unpacked` });
  const content = contentKind(await firstBytes(bytes(), HEAD_BYTES));
  return await streamParts({ name, called: inner, depth: depth + 1, bytes }, content, opening);
}

function checkDepth({ name, depth }: Pick<Layer, "name" | "depth">): void {
  if (depth < DEEPEST) return;
  throw new NablaError(
    "data/format",
    `${name} is packed more than ${DEEPEST} times over`,
    "unpack it, and name the file inside",
  );
}

/** The parts of a zip archive: its data files, or a sheet where it is a workbook. */
async function zipParts(layer: Layer, opening: Opening): Promise<readonly DataPart[]> {
  const { path, name, depth } = layer;
  checkDepth(layer);
  const { options } = opening;
  const limit = options.expansion === undefined ? {} : { limit: options.expansion };
  const entries = await zipEntries(path, { name, ...limit });
  if (isWorkbook(entries)) {
    const { part, notices } = await sheetPart(entries, { name, ...options });
    opening.notices.push(...notices);
    return [part];
  }
  const document = unreadableDocument(entries, name);
  if (document !== undefined) throw document;
  const files = entries.filter(({ name: file }) => !/(?:^|\/)(?:\.|__MACOSX\/)/.test(file));
  const sure = files.filter(({ name: file }) => !["text", undefined].includes(namedFormat(file).format));
  const chosen =
    sure.length > 0
      ? sure
      : files.filter(({ name: file }) => files.length === 1 || namedFormat(file).format === "text");
  if (chosen.length === 0) throw noDataIn(name, files);
  const others = files.filter((file) => !chosen.includes(file)).map((file) => file.name);
  if (others.length > 0) opening.notices.push({ code: "data/left-out", message: `${name}: left out ${some(others)}` });
  const parts: DataPart[] = [];
  for (const entry of chosen) {
    if (entry.fault !== undefined) throw entry.fault;
    const content = contentKind(await firstBytes(entry.bytes(), HEAD_BYTES));
    const stream: Stream = {
      name: `${name}/${entry.name}`,
      called: basename(entry.name),
      depth: depth + 1,
      size: entry.size,
      bytes: entry.bytes,
    };
    parts.push(...(await streamParts(stream, content, opening)));
  }
  if (parts.length > 1)
    opening.notices.push({
      code: "data/parts",
      message: `${name}: ${parts.length} files, read one after another: ${some(chosen.map((entry) => entry.name))}`,
    });
  return parts;
}

function noDataIn(name: string, files: readonly ZipEntry[]): NablaError {
  const inside = files.length === 0 ? "it is empty" : `it holds ${some(files.map((file) => file.name))}`;
  return new NablaError("data/no-data", `${name} holds no data file: ${inside}`, "unpack it, and name the file");
}

/** How text is written: as asked, or by name and content, where content is plain. */
async function formatOf(stream: Stream, { options, remarks }: Opening): Promise<DataFormat> {
  const { name, called } = stream;
  const { format: asked } = options;
  if (asked === "parquet")
    throw new NablaError("data/format", `${name} is text, not a Parquet file`, "leave --format out");
  if (asked !== undefined) return asked;
  const { format, ending, packing } = namedFormat(called);
  if (format === undefined) throw unknownEnding(name, ending);
  if (stream.depth === 0 && packing.length > 0) remarks.push({ name, text: "not compressed, whatever its name says" });
  const found = textFormat(await firstBytes(stream.bytes(), TEXT_BYTES));
  if (format === "text") return found;
  if (format === "json") return found === "json-lines" ? found : format;
  if (format === "json-lines") return found === "json" && (await startsWithList(stream)) ? found : format;
  if (format !== found) remarks.push({ name, text: `holds ${formatNames[found]}, and is read as such` });
  return found;
}

async function startsWithList(stream: Stream): Promise<boolean> {
  const head = await firstBytes(stream.bytes(), HEAD_BYTES);
  return new TextDecoder().decode(head).trimStart().startsWith("[");
}

function remarksOf(remarks: readonly Remark[]): readonly Notice[] {
  return [...Map.groupBy(remarks, ({ text }) => text)].map(([text, about]) => {
    const names = about.map(({ name }) => name);
    return { code: "data/content", message: `${some(names)}: ${text}` };
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
