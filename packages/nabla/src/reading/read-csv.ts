import { NablaError } from "../base/error.ts";
import type { Notice } from "../base/notice.ts";
import { withoutBlankRuns } from "./blank-runs.ts";
import { type ByteSource, peek, readSource } from "./byte-source.ts";
import { invalidUtf8At } from "./byte-text.ts";
import { ByteWindow } from "./byte-window.ts";
import { findForm } from "./csv-detection.ts";
import type { CsvForm, CsvOptions } from "./csv-form.ts";
import { CsvRules, notUtf8 } from "./csv-rules.ts";
import { CsvScanner } from "./csv-scanner.ts";
import { asUtf8, encodingNotice, findEncoding } from "./encodings.ts";
import { refuseForeign } from "./foreign-content.ts";
import type { RowNumbers } from "./row-numbers.ts";
import { isWesternText } from "./western-text.ts";
import type { WrittenColumn } from "./written-column.ts";

/** Records of a CSV file as columns, as they are written. */
export interface CsvTable {
  readonly columns: readonly WrittenColumn[];
  readonly rows: number;
  readonly form: CsvForm;
  /** Which row of a spreadsheet each record is. */
  readonly rowNumbers: RowNumbers;
  readonly notices: readonly Notice[];
}

/** How a large file is read piece by piece. */
export interface CsvChunkOptions extends CsvOptions {
  /** Records in a chunk. */
  readonly rowsPerChunk: number;
  /**
   * The form of the file, where it was found before; by default it is found. A part of a file that starts at a record is read with that record's
   * `firstRow` and `start: 0`, so that several threads may share one.
   */
  readonly form?: CsvForm;
}

/** Some records of a CSV file that follow each other. */
export interface CsvChunk extends CsvTable {
  /** How many records came before. */
  readonly before: number;
}

/**
 * Reads a whole CSV file in one pass. Throws `data/empty` for no bytes or blank lines only, `data/no-rows`, `data/ragged` for a record with
 * another number of values, `data/quote`, `data/encoding`, `data/binary`, `data/not-a-table` for another kind of file,
 * `data/header` and `data/delimiter` for options that the file does not bear out; each names the row.
 */
export async function readCsv(source: ByteSource, options: CsvOptions): Promise<CsvTable> {
  try {
    return await readWhole(source, options);
  } catch (error) {
    // the first bytes may be ASCII, so that only now it shows that the file is not UTF-8
    const isEncoding = error instanceof NablaError && error.code === "data/encoding" && options.encoding === undefined;
    if (!isEncoding || typeof source !== "function" || !(await isWesternText(source()))) throw error;
    const table = await readWhole(source, { ...options, encoding: "windows-1252" });
    return { ...table, notices: [encodingNotice("windows-1252"), ...table.notices] };
  }
}

async function readWhole(source: ByteSource, options: CsvOptions): Promise<CsvTable> {
  for await (const chunk of csvChunks(source, { ...options, rowsPerChunk: Number.POSITIVE_INFINITY })) return chunk;
  throw noRows(options.name);
}

/**
 * Reads a CSV file some records at a time, in memory for one chunk. Texts are numbered anew in each chunk. The last chunk
 * knows the footer and carries the notices about the file's end. Throws what `readCsv` does.
 */
export async function* csvChunks(
  source: ByteSource,
  options: CsvChunkOptions,
): AsyncGenerator<CsvChunk, void, undefined> {
  let isEmpty = true;
  for await (const chunk of readSource(source, (chunks) => scanChunks(chunks, options))) {
    isEmpty = false;
    yield chunk;
  }
  if (isEmpty) throw noRows(options.name);
}

/** The form of a CSV file, from its first megabyte. Throws what `readCsv` does. */
export async function csvForm(source: ByteSource, options: CsvOptions): Promise<CsvForm> {
  const opened = readSource(source, async function* (chunks) {
    yield await openCsv(chunks, options);
  });
  for await (const { form } of opened) return form;
  throw noRows(options.name);
}

function noRows(name: string): NablaError {
  return new NablaError("data/no-rows", `${name} has a header and no rows`, "check how it was exported");
}

interface OpenedCsv {
  readonly form: CsvForm;
  readonly notices: readonly Notice[];
  /** UTF-8 from the first byte of the file on, without a byte order mark. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** A guess at how many records there are. */
  readonly likelyRows: number;
}

const HEAD = 1 << 20;
const LARGEST_HEAD = 1 << 26;
const NEWLINE = 10;
const RETURN = 13;

async function openCsv(
  source: AsyncIterable<Uint8Array>,
  options: CsvOptions & { readonly form?: CsvForm },
): Promise<OpenedCsv> {
  const { name, form } = options;
  const raw = await peek(source, (length) => length >= HEAD);
  if (raw.head.length === 0) throw new NablaError("data/empty", `${name} is empty`, "check how it was exported");
  refuseForeign(name, raw.head, "CSV");
  const given = form?.encoding ?? options.encoding;
  const found = findEncoding(name, raw.head, raw.whole, given);
  let lines = 0;
  const text = await peek(asUtf8(raw.chunks, found, name), (length, last) => {
    lines += countLines(last);
    return (length >= HEAD && lines > 2) || length >= LARGEST_HEAD;
  });
  if (text.whole) lines++;
  const whole = text.whole || options.bytes === undefined ? 1 : options.bytes / text.head.length;
  const likelyRows = Math.ceil(lines * (text.whole ? 1 : Math.max(1, whole) * 1.03)) + 1;
  if (form !== undefined) return { form, notices: [], chunks: text.chunks, likelyRows };
  const detected = findForm({ bytes: text.head, whole: text.whole }, options, found.encoding);
  checkHead(name, text.head.subarray(0, detected.form.start));
  const notices = found.example === undefined ? [] : [encodingNotice(found.encoding, found.example)];
  return { ...detected, notices: [...notices, ...detected.notices], chunks: text.chunks, likelyRows };
}

async function* scanChunks(
  source: AsyncIterable<Uint8Array>,
  options: CsvChunkOptions,
): AsyncGenerator<CsvChunk, void, undefined> {
  const { form, notices, chunks, likelyRows } = await openCsv(source, options);
  const { rowsPerChunk } = options;
  const hasRuns = form.delimiter === " ";
  const scanned = hasRuns ? { ...form, delimiter: "\t" } : form;
  const rules = new CsvRules(scanned, options);
  const scanner = new CsvScanner(scanned, rules);
  const window = new ByteWindow(options.windowBytes);
  const take = (rows: number, footer: number): CsvChunk => {
    rules.checkExtra(scanner);
    const columns = form.names.flatMap((name, c) => scanner.column(c).finishLists(name, rows));
    const { rowNumbers, recordsBefore: before } = scanner;
    return { columns, rows, form: { ...form, footer }, rowNumbers, notices, before };
  };
  function* advance(final: boolean): Generator<CsvChunk, void, undefined> {
    for (;;) {
      window.advance(scanner.scan(window.bytes, window.start, window.end, final));
      if (scanner.rows < scanner.capacity || window.start === window.end) return;
      if (scanner.capacity < rowsPerChunk) scanner.grow(Math.min(rowsPerChunk, 2 * scanner.capacity));
      else {
        if (held !== undefined) yield held;
        held = take(scanner.rows, form.footer);
        scanner.open(scanner.capacity);
      }
    }
  }
  // the last chunk knows how the file ends, and what follows it may be no record
  let held: CsvChunk | undefined;
  scanner.open(Math.min(rowsPerChunk, likelyRows));
  let skip = form.start;
  for await (const chunk of hasRuns ? withoutBlankRuns(chunks) : chunks) {
    const cut = Math.min(skip, chunk.length);
    skip -= cut;
    window.add(cut === 0 ? chunk : chunk.subarray(cut));
    if (window.isReady) yield* advance(false);
  }
  window.dropEndMark();
  yield* advance(true);
  const { rows, footer, notices: ending } = rules.close(scanner);
  if (held !== undefined && rows > 0) yield held;
  const last = rows > 0 ? take(rows, footer) : held;
  if (last !== undefined) yield { ...last, form: { ...form, footer }, notices: [...notices, ...ending] };
}

/** Refuses names that are not UTF-8; the scanner sees to the records. */
function checkHead(name: string, head: Uint8Array): void {
  const invalid = invalidUtf8At(head, 0, head.length);
  if (invalid >= 0) throw notUtf8(name, Math.max(1, countLines(head.subarray(0, invalid)) + 1));
}

function countLines(bytes: Uint8Array): number {
  let lines = 0;
  for (let i = bytes.indexOf(NEWLINE); i >= 0; i = bytes.indexOf(NEWLINE, i + 1)) lines++;
  if (lines > 0) return lines;
  for (let i = bytes.indexOf(RETURN); i >= 0; i = bytes.indexOf(RETURN, i + 1)) lines++;
  return lines;
}
