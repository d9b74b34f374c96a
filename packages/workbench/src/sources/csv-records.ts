/**
 * Where the records of a CSV file start and end, byte by byte (RFC 4180). DuckDB reads the values; this reads only the
 * header, and re-reads a file that DuckDB refused, so that messages name rows as a spreadsheet shows them.
 */
import { compact } from "nabla";
import { bytesOf, type DataFile } from "./data-file.ts";

/** A record's place and form. */
export interface CsvRecord {
  /** As a spreadsheet counts: the first line is row 1, blank lines count, line breaks within quotes do not. */
  readonly row: number;
  readonly fields: number;
  /** Without any byte but the line break. */
  readonly blank: boolean;
  /** What is wrong within: a quote that nothing closes, text after a closing quote, bytes that are not UTF-8. */
  readonly fault?: "open quote" | "text after quote" | "not UTF-8";
  /** The last byte before the line break, where the record is not blank; distinguishes `\r\n` from `\n`. */
  readonly lineBreak: "\n" | "\r\n" | "\r" | "";
}

const QUOTE = 34;
const NEWLINE = 10;
const RETURN = 13;

/** All records of a file, in order. */
export async function* csvRecords(file: DataFile, delimiter: string): AsyncGenerator<CsvRecord, void, undefined> {
  const separator = delimiter.charCodeAt(0);
  let row = 1;
  let fields = 1;
  let length = 0;
  let fault: CsvRecord["fault"];
  let place: "start" | "plain" | "quoted" | "quote" = "start";
  let pendingReturn = false;
  let decoder = new TextDecoder("utf-8", { fatal: true });
  const finish = (lineBreak: CsvRecord["lineBreak"]): CsvRecord => {
    const record = compact({ row, fields, blank: length === 0, lineBreak, fault });
    row++;
    fields = 1;
    length = 0;
    fault = undefined;
    place = "start";
    return record;
  };
  let first = true;
  for await (let bytes of bytesOf(file)) {
    if (first && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) bytes = bytes.subarray(3);
    first = false;
    // a fault of encoding is put on the record in which its chunk is refused, found again byte by byte below
    const broken = invalidAt(decoder, bytes);
    if (broken !== undefined) decoder = new TextDecoder("utf-8", { fatal: true });
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i];
      if (broken !== undefined && i === broken) fault ??= "not UTF-8";
      if (pendingReturn) {
        pendingReturn = false;
        yield finish(byte === NEWLINE ? "\r\n" : "\r");
        if (byte === NEWLINE) continue;
      }
      if (byte === QUOTE) {
        length++;
        if (place === "start") place = "quoted";
        else if (place === "quoted") place = "quote";
        else if (place === "quote") place = "quoted";
      } else if (place === "quoted") {
        length++;
      } else if (byte === separator) {
        length++;
        fields++;
        place = "start";
      } else if (byte === NEWLINE) {
        yield finish("\n");
      } else if (byte === RETURN) {
        pendingReturn = true;
      } else {
        length++;
        if (place === "quote") fault ??= "text after quote";
        if (place === "start") place = "plain";
      }
    }
  }
  if (pendingReturn) yield finish("\r");
  if (place === "quoted") fault ??= "open quote";
  if (length > 0) yield finish("");
}

/** The first byte that no UTF-8 text can hold, or none. A character may be cut between chunks. */
function invalidAt(decoder: InstanceType<typeof TextDecoder>, bytes: Uint8Array): number | undefined {
  try {
    decoder.decode(bytes, { stream: true });
    return undefined;
  } catch {
    let from = 0;
    let to = bytes.length;
    while (to - from > 1) {
      const middle = (from + to) >> 1;
      if (decodes(bytes.subarray(0, middle))) from = middle;
      else to = middle;
    }
    return from;
  }
}

function decodes(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
