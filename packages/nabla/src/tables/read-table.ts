/** A file of data in a page, read as the command reads it. */
import { wrongArgument } from "../array/check-array.ts";
import { compact } from "../base/compact.ts";
import { known, NablaError } from "../base/error.ts";
import { type FileSource, sourceBytes, sourceName } from "../base/file-source.ts";
import { hostScope } from "../base/host-scope.ts";
import { isRecord } from "../base/value-type.ts";
import type { ParquetLibrary } from "./parquet-rows.ts";
import type { Profile, SurveyOptions } from "./profile.ts";
import { survey } from "./survey.ts";
import { textFormat } from "./text-format.ts";
import { type ReadTable, typedTable } from "./typed-table.ts";
import type { WrittenRows, WrittenTable } from "./written-table.ts";
import { type TextFormat, type TextOptions, textRows } from "./written-text.ts";

/** What a file of data holds, how it is written, and what is read of it and for what. */
export interface ReadTableOptions extends SurveyOptions, TextOptions {
  /** What the file is called in messages. Default: the name of the file or the last part of its address. */
  readonly name?: string;
  /** How it is written. By default its content decides. */
  readonly format?: TextFormat;
  /**
   * Loads hyparquet when a Parquet file comes: `() => import("hyparquet")`. For files that are packed by gzip, Zstandard, Brotli or
   * LZ4 also the compressors: `async () => ({ ...(await import("hyparquet")), ...(await import("hyparquet-compressors")) })`.
   * Default: none, and Parquet files are refused.
   */
  readonly parquet?: () => Promise<ParquetLibrary>;
}

/**
 * Reads a table (CSV, JSON, JSON lines, also compressed with gzip; Parquet with the option `parquet`) of a `File`, a `Response` or bytes into typed columns, by the rules of the command:
 * `await readTable(await fetch("digits.csv"), { target: "digit" })`. What each column holds is decided by all of its cells; columns
 * that teach nothing are left out with a notice, as are rows without a target. Throws `data/fetch`, and the `data/…` errors of the
 * command, which name row and column and carry the notices.
 */
export async function readTable(source: FileSource, options: ReadTableOptions = {}): Promise<ReadTable> {
  return await typedTable(await writtenIn("readTable", source, options), options);
}

/** What `readTable` would find in a file, without keeping its values. Throws what it throws. */
export async function profileTable(source: FileSource, options: ReadTableOptions = {}): Promise<Profile> {
  return survey(await writtenIn("profileTable", source, options), options).profile;
}

async function writtenIn(caller: string, source: FileSource, options: ReadTableOptions): Promise<WrittenTable> {
  const given: unknown = options;
  if (!isRecord(given)) throw wrongArgument(`${caller} › options`, "options { target, columns, … }", options);
  const { name = sourceName(source) ?? "the file", format } = options;
  const bytes = await unpacked(await sourceBytes(source, { caller, name }), name);
  if (bytes.length === 0) throw new NablaError("data/empty", `${name} is empty`, "check how it was exported");
  const place = (rows: WrittenRows): WrittenTable => ({
    ...rows,
    placeOf: (row) => `${name}, row ${rows.fileRow(row)}`,
  });
  if (startsWith(bytes, PARQUET)) {
    const { parquetRows } = await import("./parquet-rows.ts");
    return place(await parquetRows(await parquetLibrary(name, options), bytes, name));
  }
  const written = format ?? textFormat(bytes.subarray(0, HEAD));
  const file = { name, format: written, size: bytes.length, bytes: () => inPieces(bytes) };
  const rows = known(await firstOf(textRows(file, compact(options), Number.POSITIVE_INFINITY)), "rows");
  return place(rows);
}

/** hyparquet, as the page loads it. Throws `data/format` where nobody said how. */
async function parquetLibrary(name: string, { parquet }: ReadTableOptions): Promise<ParquetLibrary> {
  if (parquet !== undefined) return await parquet();
  const hint = 'npm install hyparquet, and say readTable(file, { parquet: () => import("hyparquet") })';
  throw new NablaError("data/format", `${name} is a Parquet file, which hyparquet reads`, hint);
}

/** The host's streams, as far as unpacking needs them: browsers, workers and Node have them. */
interface StreamHost {
  readonly Blob: new (parts: readonly Uint8Array[]) => { stream(): { pipeThrough(through: object): object } };
  readonly Response: new (body: object) => { arrayBuffer(): Promise<ArrayBuffer> };
  readonly DecompressionStream: new (format: "gzip") => object;
}

const GZIP = [0x1f, 0x8b];
const PARQUET = [0x50, 0x41, 0x52, 0x31];

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}

/** The bytes of a file that was compressed with gzip, and others as they are. Throws `data/damaged`. */
async function unpacked(bytes: Uint8Array, name: string): Promise<Uint8Array> {
  if (!startsWith(bytes, GZIP)) return bytes;
  const { Blob, Response, DecompressionStream } = hostScope<StreamHost>();
  try {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch {
    throw new NablaError("data/damaged", `${name} is compressed with gzip, and its data is damaged`, "load it again");
  }
}

/** So many bytes show how a file is written. */
const HEAD = 4096;

/** So many bytes are scanned at once. */
const PIECE = 1 << 20;

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  for (let from = 0; from < bytes.length; from += PIECE) yield bytes.subarray(from, from + PIECE);
}

async function firstOf(rows: AsyncIterable<WrittenRows>): Promise<WrittenRows | undefined> {
  for await (const all of rows) return all;
  return undefined;
}
