import { NablaError } from "../base/error.ts";
import { type ByteSource, peek, readSource } from "./byte-source.ts";
import { ByteWindow } from "./byte-window.ts";
import { asUtf8, encodingNotice, findEncoding } from "./encodings.ts";
import { refuseForeign } from "./foreign-content.ts";
import { JsonStream, type JsonTable } from "./json-stream.ts";

/** What is known about a JSON file before it is read. */
export interface JsonOptions {
  /** As messages name the file. */
  readonly name: string;
  /** A label of the Encoding Standard; UTF-8 by default, or what a byte order mark says. */
  readonly encoding?: string;
  /** How many bytes are gathered before they are scanned; 65,536 by default. */
  readonly windowBytes?: number;
}

/** How a large JSON file is read piece by piece. */
export interface JsonChunkOptions extends JsonOptions {
  /** Records in a chunk. */
  readonly rowsPerChunk: number;
}

/**
 * Reads a whole JSON file in one pass: a list of objects or of lists, one object or list a line, or one object in a layout of
 * pandas or with one list of records. Keys of objects within are columns such as `address.city`, places in lists of one length
 * columns such as `embedding[0]`. Throws `data/empty`, `data/no-rows`, `data/json` for what is no JSON or no table, `data/ragged`,
 * `data/encoding`, `data/binary`, `data/not-a-table`; each names the row.
 */
export async function readJson(source: ByteSource, options: JsonOptions): Promise<JsonTable> {
  for await (const chunk of jsonChunks(source, { ...options, rowsPerChunk: Number.POSITIVE_INFINITY })) return chunk;
  throw noRows(options.name);
}

/**
 * Reads a JSON file some records at a time; a file that is one object comes as one chunk. A key that first occurs in a later
 * chunk is a column from there on. Throws what `readJson` does.
 */
export async function* jsonChunks(
  source: ByteSource,
  options: JsonChunkOptions,
): AsyncGenerator<JsonTable, void, undefined> {
  let isEmpty = true;
  for await (const chunk of readSource(source, (chunks) => scanJson(chunks, options))) {
    isEmpty = false;
    yield chunk;
  }
  if (isEmpty) throw noRows(options.name);
}

function noRows(name: string): NablaError {
  return new NablaError("data/no-rows", `${name} has no rows`, "a table is a list of objects, or one object a line");
}

const HEAD = 1 << 20;

async function* scanJson(
  source: AsyncIterable<Uint8Array>,
  options: JsonChunkOptions,
): AsyncGenerator<JsonTable, void, undefined> {
  const { name, encoding, windowBytes } = options;
  const raw = await peek(source, (length) => length >= HEAD);
  if (raw.head.length === 0) throw new NablaError("data/empty", `${name} is empty`, "check how it was exported");
  refuseForeign(name, raw.head, "JSON");
  const found = findEncoding(name, raw.head, raw.whole, encoding);
  const notices = found.example === undefined ? [] : [encodingNotice(found.encoding, found.example)];
  const window = new ByteWindow(windowBytes);
  const stream = new JsonStream(window, options, notices);
  for await (const chunk of asUtf8(raw.chunks, found, name)) {
    window.add(chunk);
    if (window.isReady) yield* stream.advance(false);
  }
  yield* stream.advance(true);
  const last = stream.close();
  if (last !== undefined) yield last;
}
