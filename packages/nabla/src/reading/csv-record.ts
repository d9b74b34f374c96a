/** One record of a CSV file at a time: where it ends, how many values it has, and the values. For everything but the bulk. */
import { textOfBytes } from "./byte-text.ts";
import type { QuoteStyle } from "./csv-form.ts";

const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const QUOTE = 34;
const BACKSLASH = 92;

/** Bytes from `start` to `end`, beyond which there are more unless `final` says that the file ends. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
  readonly final: boolean;
}

/** What separates values, and how quotes are written. */
export interface CsvLayout {
  readonly delimiter: string;
  readonly quotes: QuoteStyle;
}

/** Where a record ends. */
export interface CsvRecordEnd {
  /** The position after the line break. */
  readonly next: number;
  /** The position of the line break. */
  readonly stop: number;
  readonly fields: number;
  /** Nothing but blanks. */
  readonly blank: boolean;
  /** What is wrong with its quotes; absent where nothing is. */
  readonly fault?: "open quote" | "text after quote";
}

/** A space or a tab. */
export function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}

/** The end of the record that starts here; undefined where the range ends before it does. */
export function recordEnd(bytes: Uint8Array, range: ByteRange, layout: CsvLayout): CsvRecordEnd | undefined {
  return walkRecord(bytes, range, layout, () => {});
}

/** The values of the record that starts here, trimmed of blanks and without their quotes. */
export function recordValues(bytes: Uint8Array, range: ByteRange, layout: CsvLayout): string[] {
  const values: string[] = [];
  walkRecord(bytes, range, layout, (start, end, quoted) => {
    const text = textOfBytes(bytes, start, end);
    const plain = !quoted
      ? text
      : layout.quotes === "backslash"
        ? text.replace(/\\(["\\])/g, "$1")
        : text.replaceAll('""', '"');
    values.push(plain.replace(/^[ \t]+|[ \t]+$/g, ""));
  });
  return values;
}

function walkRecord(
  bytes: Uint8Array,
  { start, end, final }: ByteRange,
  { delimiter, quotes }: CsvLayout,
  visit: (start: number, end: number, quoted: boolean) => void,
): CsvRecordEnd | undefined {
  const separator = delimiter.charCodeAt(0);
  const otherBlank = separator === TAB ? SPACE : TAB;
  let fault: CsvRecordEnd["fault"];
  let fields = 0;
  let p = start;
  for (;;) {
    const field = p;
    while (p < end && (bytes[p] === SPACE || bytes[p] === otherBlank)) p++;
    let quoted = false;
    let from = field;
    let to = -1;
    if (quotes !== "none" && p < end && bytes[p] === QUOTE) {
      quoted = true;
      from = p + 1;
      to = closingQuote(bytes, from, end, quotes);
      if (to < 0) {
        if (!final) return undefined;
        fault ??= "open quote";
        p = to = end;
      } else p = to + 1;
      while (p < end && (bytes[p] === SPACE || bytes[p] === otherBlank)) p++;
      if (p < end && bytes[p] !== separator && bytes[p] !== NEWLINE && bytes[p] !== RETURN)
        fault ??= "text after quote";
    }
    while (p < end && bytes[p] !== separator && bytes[p] !== NEWLINE && bytes[p] !== RETURN) p++;
    visit(from, to < 0 ? p : to, quoted);
    fields++;
    if (p < end && bytes[p] === separator) {
      p++;
      continue;
    }
    const isReturn = p < end && bytes[p] === RETURN;
    if (!final && (p >= end || (isReturn && p + 1 >= end))) return undefined;
    const next = isReturn && p + 1 < end && bytes[p + 1] === NEWLINE ? p + 2 : Math.min(p + 1, end);
    const blank = fields === 1 && !quoted && isBlankRange(bytes, start, p);
    return { next, stop: p, fields, blank, ...(fault === undefined ? {} : { fault }) };
  }
}

function closingQuote(bytes: Uint8Array, start: number, end: number, quotes: QuoteStyle): number {
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    if (quotes === "backslash" && byte === BACKSLASH) i++;
    else if (byte === QUOTE) {
      if (quotes === "doubled" && i + 1 < end && bytes[i + 1] === QUOTE) i++;
      else return i;
    }
  }
  return -1;
}

function isBlankRange(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (!isBlank(bytes[i])) return false;
  return true;
}
