import { grouped } from "../base/text.ts";
import { textOfBytes } from "./byte-text.ts";
import { isBlank } from "./csv-record.ts";
import type { JsonNode } from "./json-node.ts";
import { plainNumber } from "./plain-number.ts";
import { bytesOfText } from "./text-table.ts";

const QUOTE = 34;
const COMMA = 44;
const MINUS = 45;
const COLON = 58;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
const NEWLINE = 10;
const RETURN = 13;

/** What `JsonParser` answers where the bytes end within a value. */
export const JSON_UNFINISHED = -1;

/** Deeper than this nothing is a table, and the stack has an end. */
const DEEPEST = 64;

/** A list of more values is a signal or an image, which would be as many columns. */
const MOST_ELEMENTS = 20_000;
const DIFFERENT_LENGTHS = "lists of different lengths";

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;
const DIGITS = /^-?\d+$/;

/** What JSON is not, at a position of the bytes. */
export class JsonFault {
  readonly expected: string;
  readonly at: number;

  constructor(expected: string, at: number) {
    this.expected = expected;
    this.at = at;
  }
}

const LITERALS: readonly (readonly [text: string, kind: "boolean" | "nothing" | "infinite"])[] = [
  ["true", "boolean"],
  ["false", "boolean"],
  ["null", "nothing"],
  ["NaN", "nothing"],
  ["Infinity", "infinite"],
  ["-Infinity", "infinite"],
];

/**
 * Reads values of JSON from bytes of UTF-8 straight into columns: nothing is made per value. Besides JSON it takes NaN,
 * Infinity and -Infinity, which Python writes, as missing. Each method takes the position of a value and returns the one after
 * it, or JSON_UNFINISHED; a value that is no JSON throws a `JsonFault`.
 */
export class JsonParser {
  /** The bytes that positions refer to; `end` may lie before their end. */
  bytes: Uint8Array = new Uint8Array(0);
  end = 0;
  /** Whether the file ends at `end`. */
  final = false;
  row = 0;
  record = 0;
  readonly #checkText: (bytes: Uint8Array, start: number, end: number) => void;
  #depth = 0;
  /** The text that was read last: a range of `textBytes`. */
  #textBytes: Uint8Array = new Uint8Array(0);
  #textStart = 0;
  #textEnd = 0;

  /** `checkText` looks at each text that did not occur before. */
  constructor(checkText: (bytes: Uint8Array, start: number, end: number) => void) {
    this.#checkText = checkText;
  }

  /** The position of the next byte that is no blank. */
  skip(p: number): number {
    let i = p;
    for (; i < this.end; i++) {
      const byte = this.bytes[i] as number;
      if (byte !== 32 && byte !== NEWLINE && byte !== RETURN && byte !== 9) break;
    }
    return i;
  }

  /** Starts a record: `record` from 0 in the whole file, `row` in its columns. */
  begin(record: number, row: number): void {
    this.record = record;
    this.row = row;
    this.#depth = 0;
  }

  /** Any value, into the columns at a place; into none where there is no place. */
  value(node: JsonNode | undefined, p: number): number {
    if (p < 0 || p >= this.end) return JSON_UNFINISHED;
    const byte = this.bytes[p] as number;
    if (byte === QUOTE) return this.#string(node, p);
    if (byte === OPEN_OBJECT) return this.object(node, p);
    if (byte === OPEN_LIST) return this.#list(node, p);
    if (byte === MINUS || (byte >= 48 && byte <= 57)) return this.#number(node, p);
    return this.#literal(node, p);
  }

  /** An object, its keys below a place. */
  object(node: JsonNode | undefined, start: number): number {
    return this.members(start, (p) => {
      const child = node?.key(this.#textBytes, this.#textStart, this.#textEnd);
      return this.value(child, this.colon(p));
    });
  }

  /** The members of an object, one call each with the position after its key, which is the last text; it answers the one after the value. */
  members(start: number, visit: (p: number) => number): number {
    return this.#between(start, CLOSE_OBJECT, (p) => {
      if (this.bytes[p] !== QUOTE) throw new JsonFault("a key in double quotes", p);
      const after = this.text(p);
      return after < 0 ? after : visit(after);
    });
  }

  /** The elements of a list, one call each with the position of its value; it answers the one after it. */
  elements(start: number, visit: (index: number, p: number) => number): number {
    let index = 0;
    return this.#between(start, CLOSE_LIST, (p) => visit(index++, p));
  }

  /** The position of a member's value, from the one after its key. */
  colon(after: number): number {
    const p = this.skip(after);
    if (p >= this.end) return JSON_UNFINISHED;
    if (this.bytes[p] !== COLON) throw new JsonFault('":" after a key', p);
    return this.skip(p + 1);
  }

  /** What stands between brackets, separated by commas. */
  #between(start: number, close: number, visit: (p: number) => number): number {
    if (++this.#depth > DEEPEST) throw new JsonFault(`at most ${DEEPEST} levels of objects and lists`, start);
    let p = this.skip(start + 1);
    if (p < this.end && this.bytes[p] === close) {
      this.#depth--;
      return p + 1;
    }
    while (p < this.end) {
      p = visit(p);
      if (p < 0) break;
      p = this.skip(p);
      if (p >= this.end) break;
      if (this.bytes[p] === close) {
        this.#depth--;
        return p + 1;
      }
      if (this.bytes[p] !== COMMA)
        throw new JsonFault(close === CLOSE_LIST ? '"," or "]" after a value' : '"," or "}" after a value', p);
      p = this.skip(p + 1);
      if (p < this.end && this.bytes[p] === close) throw new JsonFault("something after the last comma", p);
    }
    return JSON_UNFINISHED;
  }

  /** Reads a text in quotes, to be had from `lastText` until the next one. */
  text(start: number): number {
    const { bytes, end } = this;
    let p = start + 1;
    for (; p < end; p++) {
      const byte = bytes[p] as number;
      if (byte === QUOTE) {
        this.#textBytes = bytes;
        this.#textStart = start + 1;
        this.#textEnd = p;
        return p + 1;
      }
      if (byte === BACKSLASH) return this.#escapedText(start, p);
      if (isLineBreak(byte)) throw new JsonFault("a closing quote before the line ends", start);
    }
    return JSON_UNFINISHED;
  }

  /** The text that was read last. */
  get lastText(): { readonly bytes: Uint8Array; readonly start: number; readonly end: number } {
    return { bytes: this.#textBytes, start: this.#textStart, end: this.#textEnd };
  }

  #string(node: JsonNode | undefined, start: number): number {
    const p = this.text(start);
    if (p < 0 || node === undefined) return p;
    const bytes = this.#textBytes;
    let [from, to] = [this.#textStart, this.#textEnd];
    while (from < to && isBlank(bytes[from])) from++;
    while (from < to && isBlank(bytes[to - 1])) to--;
    if (node.string(this.row, bytes, from, to)) this.#checkText(bytes, from, to);
    return p;
  }

  /** A text with escapes, which the host takes apart: they are few, or the text is long. */
  #escapedText(start: number, firstEscape: number): number {
    const { bytes, end } = this;
    let close = firstEscape;
    while (close < end && bytes[close] !== QUOTE) {
      if (isLineBreak(bytes[close])) throw new JsonFault("a closing quote before the line ends", start);
      close += bytes[close] === BACKSLASH ? 2 : 1;
    }
    if (close >= end) return JSON_UNFINISHED;
    this.#checkText(bytes, start, close);
    try {
      const text: unknown = JSON.parse(textOfBytes(bytes, start, close + 1).replaceAll("\t", "\\t"));
      this.#textBytes = bytesOfText(String(text));
    } catch {
      throw new JsonFault("a text with escapes of JSON, such as \\n or \\u00e9", start);
    }
    this.#textStart = 0;
    this.#textEnd = this.#textBytes.length;
    return close + 1;
  }

  #number(node: JsonNode | undefined, start: number): number {
    const { bytes, end } = this;
    let p = start + 1;
    while (p < end && isNumberByte(bytes[p] as number)) p++;
    if (p >= end) return JSON_UNFINISHED;
    if (p === start + 1 && bytes[start] === MINUS) return this.#literal(node, start);
    const spelled = { bytes, start, end: p };
    let value = plainNumber(bytes, start, p);
    if (Number.isNaN(value)) {
      const text = textOfBytes(bytes, start, p);
      if (!NUMBER.test(text)) throw new JsonFault("a number of JSON", start);
      value = Number(text);
      if (DIGITS.test(text) || !Number.isFinite(value)) {
        node?.digits(this.row, spelled);
        return p;
      }
    }
    node?.number(this.row, value, spelled);
    return p;
  }

  #literal(node: JsonNode | undefined, start: number): number {
    const left = this.end - start;
    for (const [text, kind] of LITERALS) {
      let length = 0;
      while (length < text.length && length < left && this.bytes[start + length] === text.charCodeAt(length)) length++;
      if (length === left && !this.final) return JSON_UNFINISHED;
      if (length < text.length) continue;
      if (kind === "boolean") node?.boolean(this.row, { bytes: this.bytes, start, end: start + length });
      else if (kind === "infinite") node?.infinite(this.row);
      else node?.nothing(this.row);
      return start + length;
    }
    throw new JsonFault("a value", start);
  }

  #list(node: JsonNode | undefined, start: number): number {
    if (node === undefined || node.refused !== undefined)
      return this.elements(start, (_, p) => this.value(undefined, p));
    let length = 0;
    let reason: string | undefined;
    const next = this.elements(start, (index, p) => {
      length = index + 1;
      const byte = this.bytes[p];
      if (byte === QUOTE) reason ??= "lists of texts";
      else if (byte === OPEN_OBJECT) reason ??= "lists of objects";
      else if (index >= MOST_ELEMENTS) reason ??= `lists of more than ${grouped(MOST_ELEMENTS)} values`;
      else if (node.length >= 0 && index >= node.length) reason ??= DIFFERENT_LENGTHS;
      if (reason !== undefined) return this.value(undefined, p);
      const element = node.element(index);
      const after = this.value(element, p);
      reason = element.refused?.reason;
      return after;
    });
    if (next < 0) return next;
    if (node.length >= 0 && length !== node.length) reason ??= DIFFERENT_LENGTHS;
    if (reason === undefined) node.length = length;
    else node.refuse(reason, this.record);
    return next;
  }
}

function isNumberByte(byte: number): boolean {
  // digits, sign, point, exponent
  return (byte >= 48 && byte <= 57) || byte === MINUS || byte === 43 || byte === 46 || (byte | 32) === 101;
}

function isLineBreak(byte: number | undefined): boolean {
  return byte === NEWLINE || byte === RETURN;
}
