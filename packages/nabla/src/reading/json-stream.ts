import { known, NablaError } from "../base/error.ts";
import type { Notice } from "../base/notice.ts";
import { invalidUtf8At } from "./byte-text.ts";
import type { ByteWindow } from "./byte-window.ts";
import { distinctNames } from "./column-names.ts";
import { cutFault, faultIn, type JsonPlace } from "./json-faults.ts";
import { readObject } from "./json-layouts.ts";
import type { JsonNode } from "./json-node.ts";
import { JsonFault, JsonParser } from "./json-parser.ts";
import { JsonRecords, namesInList } from "./json-records.ts";
import { bracketsEnd } from "./json-span.ts";
import { type RowNumbers, rowOfRecord } from "./row-numbers.ts";
import type { WrittenColumn } from "./written-column.ts";

/** A key whose values are no columns. */
export interface UnreadableKey {
  readonly name: string;
  /** "lists of texts", "lists of different lengths". */
  readonly reason: string;
  /** The row that shows it. */
  readonly row: number;
}

/** Records of a JSON file as columns, as they are written. */
export interface JsonTable {
  readonly columns: readonly WrittenColumn[];
  readonly rows: number;
  /** How many records came before. */
  readonly before: number;
  /** Lines of a file of lines, or records of a list, from 1. */
  readonly rowNumbers: RowNumbers;
  /** The first column holds the labels of the rows. */
  readonly rowNames: boolean;
  readonly unreadable: readonly UnreadableKey[];
  readonly notices: readonly Notice[];
}

const NEWLINE = 10;
const COMMA = 44;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;

/** A list that has not ended by then is one of records, and not the first of many lines. */
const LONGEST_LINE = 1 << 20;

/** What the file is: not known yet, one list, many values one after the other, or one object; and what follows a list. */
type Form = "unknown" | "list" | "lines" | "object" | "closed";

/** The records of a JSON file from the window of it that is there. */
export class JsonStream {
  readonly #window: ByteWindow;
  readonly #options: { readonly name: string; readonly rowsPerChunk: number };
  readonly #notices: readonly Notice[];
  readonly #parser: JsonParser;
  readonly #records: JsonRecords;
  readonly #gaps: number[] = [];
  readonly #passed: number[] = [];
  #form: Form = "unknown";
  #line = 1;
  /** In a list: whether a record came, and then whether a comma did. */
  #place: "start" | "record" | "comma" = "start";
  #hasLabels = false;

  constructor(
    window: ByteWindow,
    options: { readonly name: string; readonly rowsPerChunk: number },
    notices: readonly Notice[],
  ) {
    this.#window = window;
    this.#options = options;
    this.#notices = notices;
    this.#parser = new JsonParser((bytes, start, end) => {
      if (invalidUtf8At(bytes, start, end) < 0) return;
      const message = `${options.name}, row ${this.#row}: the text is not UTF-8`;
      throw new NablaError(
        "data/encoding",
        message,
        "name its encoding, such as --encoding latin1, or save the file as UTF-8",
      );
    });
    this.#records = new JsonRecords(this.#parser, options.name);
  }

  /** Reads what is whole in the window; `final` says that nothing follows it. Yields chunks that are full. */
  *advance(final: boolean): Generator<JsonTable, void, undefined> {
    const { bytes, start, end } = this.#window;
    Object.assign(this.#parser, { bytes, end, final });
    let p = this.#skip(start);
    let from = p;
    try {
      if (this.#form === "unknown") p = this.#begin(p, final);
      while (p >= 0 && (this.#form === "list" || this.#form === "lines")) {
        from = p = this.#skip(p);
        if (p >= end) break;
        if (this.#form === "list" && this.#isPunctuation(p)) {
          from = ++p;
          continue;
        }
        p = this.#records.read(p, this.#row);
        if (p < 0) break;
        this.#place = "record";
        this.#count(from, p);
        if (this.#records.rows === this.#options.rowsPerChunk) {
          yield this.#take();
          this.#records.reopen();
        }
      }
      if (this.#form === "object") {
        this.#hasLabels = readObject({ parser: this.#parser, records: this.#records, name: this.#options.name }, from);
        from = end;
      }
      if (this.#form === "closed") {
        from = this.#skip(from);
        if (from < end) throw new JsonFault("nothing after the list", from);
      }
    } catch (error) {
      throw error instanceof JsonFault ? faultIn(this.#faultPlace(from), error) : error;
    }
    this.#window.advance(from);
    if (final && (from < end || this.#form === "list")) throw cutFault(this.#faultPlace(from));
  }

  /** The last chunk, if anything is in it. */
  close(): JsonTable | undefined {
    if (this.#form === "unknown") {
      throw new NablaError("data/empty", `${this.#options.name} holds only blank lines`, "check how it was exported");
    }
    return this.#records.rows > 0 ? this.#take() : undefined;
  }

  /** The record's row as messages count: its line, or its number in the list. */
  get #row(): number {
    return this.#form === "lines" ? this.#line : this.#records.before + this.#records.rows + 1;
  }

  #faultPlace(start: number): JsonPlace {
    const { bytes, end } = this.#window;
    return { name: this.#options.name, isList: this.#form !== "lines", row: this.#row, bytes, start, end };
  }

  /** Finds out what the file is; returns where the first record is, or -1 where more of it has to be there. */
  #begin(p: number, final: boolean): number {
    const { bytes, end } = this.#window;
    if (p >= end) return -1;
    if (bytes[p] === OPEN_OBJECT) {
      const close = bracketsEnd(bytes, p, end);
      const isAlone = close >= 0 && this.#parser.skip(close) >= end;
      if (!final && (close < 0 || isAlone)) return -1;
      this.#form = isAlone ? "object" : "lines";
      return p;
    }
    if (bytes[p] !== OPEN_LIST) {
      this.#form = "lines";
      return p;
    }
    const inner = this.#parser.skip(p + 1);
    if (inner >= end && !final) return -1;
    if (bytes[inner] === OPEN_OBJECT || bytes[inner] === CLOSE_LIST) {
      this.#form = "list";
      return inner;
    }
    const close = bracketsEnd(bytes, p, end);
    const next = close < 0 ? end : this.#parser.skip(close);
    if (!final && next >= end && end - p < LONGEST_LINE) return -1;
    this.#form = next < end && bytes[next] === OPEN_LIST ? "lines" : "list";
    const first = this.#form === "lines" ? p : inner;
    const named = bytes[first] === OPEN_LIST ? namesInList(this.#parser, first) : undefined;
    if (named === undefined) return first;
    this.#records.root.elementNames = named.names;
    this.#place = "comma";
    this.#line += newlines(bytes, first, named.next);
    return named.next;
  }

  /** Whether a comma or the end of the list stands here, as it may. */
  #isPunctuation(p: number): boolean {
    const byte = this.#window.bytes[p];
    if (this.#place === "record" && byte === COMMA) {
      this.#place = "comma";
      return true;
    }
    if (byte === CLOSE_LIST && this.#place !== "comma") {
      this.#form = "closed";
      return true;
    }
    if (this.#place === "record") throw new JsonFault('"," or "]" after a record', p);
    if (byte === CLOSE_LIST) throw new JsonFault("another record after the comma", p);
    return false;
  }

  #skip(from: number): number {
    const p = this.#parser.skip(from);
    if (this.#form === "lines" || this.#form === "unknown") this.#line += newlines(this.#window.bytes, from, p);
    return p;
  }

  /** Notes the row of the record that was read. */
  #count(start: number, next: number): void {
    if (this.#form !== "lines") return;
    const record = this.#records.before + this.#records.rows - 1;
    const passed = this.#line - 1 - record;
    if (passed !== (this.#passed.at(-1) ?? 0)) {
      this.#gaps.push(record);
      this.#passed.push(passed);
    }
    this.#line += newlines(this.#window.bytes, start, next);
  }

  #take(): JsonTable {
    const { rows, before, root } = this.#records;
    const columns = root.finish(rows);
    const { names, notices } = distinctNames(columns.map(({ name }) => name));
    const rowNumbers = { first: 1, gaps: this.#gaps, passed: this.#passed };
    const places = [...root.all()];
    const unreadable = places.flatMap(({ path: name, refused }) =>
      refused === undefined ? [] : [{ name, reason: refused.reason, row: rowOfRecord(rowNumbers, refused.record) }],
    );
    const infinite = places.filter(({ isInfinite }) => isInfinite);
    return {
      columns: columns.map((column, c) =>
        column.name === names[c] ? column : renamed(column, known(names[c], "a name")),
      ),
      rows,
      before,
      rowNumbers,
      rowNames: this.#hasLabels,
      unreadable,
      notices: [...this.#notices, ...notices, ...unreadable.map(nestedNotice), ...infinite.map(infiniteNotice)],
    };
  }
}

function nestedNotice({ name, reason, row }: UnreadableKey): Notice {
  return { code: "data/nested", message: `column ${name}: ${reason} (row ${row}), which cannot be inputs; left out` };
}

function infiniteNotice({ path }: JsonNode): Notice {
  return { code: "data/infinite", message: `column ${path}: infinite values are read as missing` };
}

function renamed(column: WrittenColumn, name: string): WrittenColumn {
  // the texts are made when someone asks
  return Object.defineProperties({ ...column, name }, { texts: { get: () => column.texts, enumerable: true } });
}

function newlines(bytes: Uint8Array, start: number, end: number): number {
  let lines = 0;
  for (let i = bytes.indexOf(NEWLINE, start); i >= 0 && i < end; i = bytes.indexOf(NEWLINE, i + 1)) lines++;
  return lines;
}
