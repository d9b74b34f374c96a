/** From a file to its parts: what is packed is unpacked layer by layer, each known by its first bytes. */

import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { NablaError, type Notice } from "nabla";
import { type TextFormat, textFormat } from "nabla/tables";
import { columnsFormats } from "./columns-formats.ts";
import { type Compression, contentKind } from "./content-kind.ts";
import { type DataFormat, formatNames, namedFormat, unknownEnding } from "./data-format.ts";
import type { DataPart } from "./data-part.ts";
import { type Bytes, checkExpansion, decompress, type ExpansionLimit } from "./decompress.ts";
import { fileBytes, fileHead, firstBytes } from "./file-bytes.ts";
import { type SourceFile, shortList } from "./source-files.ts";
import type { Spool } from "./spool.ts";
import { isWorkbook, type SheetChoice, sheetPart, unreadableDocument } from "./workbook.ts";
import { type ZipEntry, zipEntries } from "./zip-archive.ts";

/** How files are opened. */
export interface LayerOptions extends SheetChoice {
  /** How the table is written, where neither name nor content says it. By default they do. */
  readonly format?: DataFormat;
  /** How much larger than its file data may be when unpacked. Default: 100 times, and 1 GiB of any. */
  readonly expansion?: ExpansionLimit;
}

/** What is collected while files are opened. */
export interface Opening {
  readonly options: LayerOptions;
  /** Keeps what must lie on the disk to be read. */
  readonly kept: Spool;
  readonly remarks: Remark[];
  readonly notices: Notice[];
  /** Names of sheets that were read. */
  readonly sheets: string[];
}

/** Something said of a file, which is said once of several. */
export interface Remark {
  readonly name: string;
  readonly text: string;
}

/** A file, or what was unpacked from one. */
interface Layer {
  /** As messages show it. */
  readonly name: string;
  /** What its format is derived from: its name without the endings of what was unpacked. */
  readonly called: string;
  /** How many layers were unpacked before. */
  readonly depth: number;
  /** Its first bytes. */
  readonly head: Uint8Array;
  readonly size?: number;
  /** The file that holds these bytes and no others. */
  readonly path?: string;
  bytes(): Bytes;
}

/** Of what is nested deeper, one layer is to be unpacked by hand. */
const DEEPEST = 3;
/** So much of a text tells JSON lines from JSON. */
const LOOKED_AT = 1 << 16;
/** So many bytes a file of a workbook may have, however small the workbook is: its cells are in memory at once. */
const LARGEST_SMALL_WORKBOOK = 2 ** 28;

/** The parts of a file; none where it is empty. Throws what `openData` does. */
export async function dataParts({ path, name }: SourceFile, opening: Opening): Promise<readonly DataPart[]> {
  const head = await fileHead(path, LOOKED_AT);
  const { size } = await stat(path);
  return await unpack({ name, called: name, depth: 0, head, size, path, bytes: () => fileBytes(path) }, opening);
}

async function unpack(layer: Layer, opening: Opening): Promise<readonly DataPart[]> {
  const { name } = layer;
  const content = contentKind(layer.head);
  switch (content.kind) {
    case "empty":
      return [];
    case "other":
      throw new NablaError("data/binary", `${name} is ${content.what}`, content.hint.replace("FILE", name));
    case "gzip":
    case "zstd":
    case "bzip2":
      return await compressed(layer, content.kind, opening);
    case "zip":
      return await archived(layer, opening);
    case "parquet":
    case "arrow":
    case "numpy":
      return [await columnar(layer, content.kind, opening)];
    case "text": {
      const { size, path, bytes } = layer;
      const format = textFormatOf(layer, opening);
      return [
        { name, format, ...(size === undefined ? {} : { size }), ...(path === undefined ? {} : { path }), bytes },
      ];
    }
  }
}

async function columnar(layer: Layer, format: Exclude<DataFormat, TextFormat>, opening: Opening): Promise<DataPart> {
  const { name, called } = layer;
  const asked = opening.options.format;
  const what = formatNames[format];
  if (asked !== undefined && asked !== format)
    throw new NablaError("data/format", `${name} is ${what}, not ${formatNames[asked]}`, "leave --format out");
  const { format: said } = namedFormat(called);
  if (said !== format && said !== "text") opening.remarks.push({ name, text: `${what}, and is read as one` });
  const path = await onDisk(layer, opening);
  return { name, format, size: (await stat(path)).size, path, bytes: () => fileBytes(path) };
}

/** The file that holds these bytes; they are written into a temporary one where there is none. */
async function onDisk(layer: Layer, { kept }: Opening): Promise<string> {
  return layer.path ?? (await kept.keep(layer.bytes(), layer.called));
}

async function compressed(layer: Layer, compression: Compression, opening: Opening): Promise<readonly DataPart[]> {
  const { name, called, depth, size = 0 } = layer;
  checkDepth(layer);
  const { expansion } = opening.options;
  const packed = { name, size, ...(expansion === undefined ? {} : { limit: expansion }) };
  const bytes = (): Bytes => decompress(layer.bytes(), compression, packed);
  const { packing, ending } = namedFormat(called);
  if (packing.length === 0 && ending !== "")
    opening.remarks.push({ name, text: `compressed (${compression}), and is unpacked` });
  const head = await firstBytes(bytes(), LOOKED_AT);
  const inner = called.replace(/\.(?:gz|gzip|zst|zstd|bz2)$/i, "");
  return await unpack({ name, called: inner, depth: depth + 1, head, bytes }, opening);
}

function checkDepth({ name, depth }: Layer): void {
  if (depth < DEEPEST) return;
  throw new NablaError(
    "data/format",
    `${name} is packed more than ${DEEPEST} times over`,
    "unpack it, and name the file inside",
  );
}

/** The parts of a zip archive: its data files, or a sheet where it is a workbook. */
async function archived(layer: Layer, opening: Opening): Promise<readonly DataPart[]> {
  const { name, depth } = layer;
  checkDepth(layer);
  const { expansion: limit = {}, sheet } = opening.options;
  const path = await onDisk(layer, opening);
  const entries = await zipEntries(path, { name, limit });
  if (isWorkbook(entries)) {
    const choice = {
      name,
      limit: { bytes: LARGEST_SMALL_WORKBOOK, ...limit },
      ...(sheet === undefined ? {} : { sheet }),
    };
    const { part, notices } = await sheetPart(entries, choice);
    opening.notices.push(...notices);
    opening.sheets.push(part.name);
    return [part];
  }
  // NumPy's savez packs an array a file
  if (entries.length > 0 && entries.every((entry) => entry.name.endsWith(".npy")))
    return [await columnar(layer, "numpy", opening)];
  const document = unreadableDocument(entries, name);
  if (document !== undefined) throw document;
  const chosen = dataEntries(entries, name, opening);
  const fault = chosen.find((entry) => entry.fault !== undefined)?.fault;
  if (fault !== undefined) throw fault;
  const total = chosen.reduce((sum, { size }) => sum + size, 0);
  checkExpansion(total, { name, size: (await stat(path)).size, limit });
  const parts: DataPart[] = [];
  for (const { name: file, size, bytes } of chosen) {
    const head = await firstBytes(bytes(), LOOKED_AT);
    const inner = { name: `${name}/${file}`, called: basename(file), depth: depth + 1, head, size, bytes };
    parts.push(...(await unpack(inner, opening)));
  }
  if (parts.length > 1) {
    const message = `${name}: ${parts.length} files, read one after another: ${shortList(chosen.map((entry) => entry.name))}`;
    opening.notices.push({ code: "data/parts", message });
  }
  return parts;
}

/** The files of an archive that hold data: those whose names say so, else the only one or those of plain text. */
function dataEntries(entries: readonly ZipEntry[], name: string, opening: Opening): readonly ZipEntry[] {
  const files = entries.filter((entry) => !/(?:^|\/)(?:\.|__MACOSX\/)/.test(entry.name));
  const formatOf = (entry: ZipEntry) => namedFormat(basename(entry.name)).format;
  const sure = files.filter((entry) => ![undefined, "text"].includes(formatOf(entry)));
  const texts = files.filter((entry) => files.length === 1 || formatOf(entry) === "text");
  const chosen = sure.length > 0 ? sure : texts;
  if (chosen.length === 0) {
    const inside = files.length === 0 ? "it is empty" : `it holds ${shortList(files.map((file) => file.name))}`;
    throw new NablaError("data/no-data", `${name} holds no data file: ${inside}`, "unpack it, and name the file");
  }
  const others = files.filter((file) => !chosen.includes(file)).map((file) => file.name);
  if (others.length > 0)
    opening.notices.push({ code: "data/left-out", message: `${name}: left out ${shortList(others)}` });
  return chosen;
}

/** How a text is written: as asked, or by its name and its beginning. */
function textFormatOf({ name, called, depth, head }: Layer, { options, remarks }: Opening): DataFormat {
  const { format: asked } = options;
  if (asked !== undefined && asked in columnsFormats)
    throw new NablaError("data/format", `${name} is text, not ${formatNames[asked]}`, "leave --format out");
  if (asked !== undefined) return asked;
  const { format, ending, packing } = namedFormat(called);
  if (format === undefined) throw unknownEnding(name, ending);
  if (depth === 0 && packing.length > 0) remarks.push({ name, text: "not compressed, whatever its name says" });
  const found = textFormat(head);
  if (format === "json") return found === "json-lines" ? found : format;
  // one object may be a line and be a file
  if (format === "json-lines")
    return found === "json" && /^\s*\[/.test(new TextDecoder().decode(head)) ? found : format;
  if (format !== "text" && format !== found)
    remarks.push({ name, text: `holds ${formatNames[found]}, and is read as such` });
  return found;
}
