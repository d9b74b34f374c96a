import { known } from "../base/error.ts";
import { HASH_PRIME, HASH_START, invalidUtf8At } from "./byte-text.ts";
import { ColumnBuilder } from "./column-builder.ts";
import type { CsvForm } from "./csv-form.ts";
import { type ByteRange, type CsvRecordEnd, isBlank, recordEnd, recordValues } from "./csv-record.ts";
import { EXACT_DIGITS, POWERS_OF_TEN } from "./powers-of-ten.ts";
import type { RowNumbers } from "./row-numbers.ts";
import { bytesOfText } from "./text-table.ts";
import { NUMBER_CELL } from "./written-column.ts";

const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const QUOTE = 34;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const LETTER_E = 101;
const BACKSLASH = 92;

/** Below this JavaScript prints exponents. */
const TINY = 1e-6;

const UNFINISHED = -1;
const MISFIT = -2;
const NO_CODE = -3;

/** What the scanner asks of its owner when a record is not like the others. */
export interface ScanEvents {
  /**
   * A record with another number of values or a fault in its quotes: a comment, which is passed over; a row that may be a
   * footer, which is held until something follows; or one with empty values too many, which are cut off. Throws for others.
   */
  misfit(record: CsvRecordEnd, row: number, bytes: Uint8Array, start: number): "passed over" | "held" | "cut";
  /** A record that fits follows rows that were held: throws. */
  resumed(): void;
  /** A record that repeats the names, which is passed over. */
  repeated(row: number): void;
  /** A text that is not UTF-8, or holds a byte 0: throws. */
  badText(row: number, column: number, bytes: Uint8Array, at: number): void;
}

/**
 * Reads the records of a CSV file, from bytes of UTF-8 straight into columns. One pass; nothing is made per cell. The caller
 * hands in windows of the file and carries over what `scan` leaves.
 */
export class CsvScanner {
  /** Records in the columns. */
  rows = 0;
  /** Room for so many records. */
  capacity = 0;
  /** Records in columns that were taken away before. */
  recordsBefore = 0;
  /** The spreadsheet's row of the next record. */
  line: number;
  #columns: ColumnBuilder[] = [];
  readonly #form: CsvForm;
  readonly #events: ScanEvents;
  readonly #gaps: number[] = [];
  readonly #passed: number[] = [];
  #held = false;
  /** What the first name is as a text of the first column, where it occurs there. */
  #nameCode = NO_CODE;
  #scratch = new Uint8Array(256);

  constructor(form: CsvForm, events: ScanEvents) {
    this.#form = form;
    this.#events = events;
    this.line = form.firstRow;
  }

  get rowNumbers(): RowNumbers {
    return { first: this.#form.firstRow, gaps: this.#gaps, passed: this.#passed };
  }

  /** A column by its place in a record. */
  column(c: number): ColumnBuilder {
    return known(this.#columns[c], `column ${c}`);
  }

  /** Starts new columns with room for `capacity` records. */
  open(capacity: number): void {
    this.recordsBefore += this.rows;
    this.rows = 0;
    this.#nameCode = NO_CODE;
    this.capacity = capacity;
    this.#columns = Array.from({ length: this.#form.fields }, (_, c) => new ColumnBuilder(capacity, this.#columns[c]));
  }

  /** Makes room for more records. */
  grow(capacity: number): void {
    for (const column of this.#columns) column.grow(capacity);
    this.capacity = capacity;
  }

  /**
   * Reads records from `from` until `end`, or until the columns are full; returns where the first record starts that was not
   * read. `bytes[end]` must be a newline, and a record that it ends is whole only where `final` says that the file ends there.
   */
  scan(bytes: Uint8Array, from: number, end: number, final: boolean): number {
    const columns = this.#columns;
    const last = columns.length - 1;
    const capacity = this.capacity;
    const delimiter = this.#form.delimiter.charCodeAt(0);
    const quote = this.#form.quotes === "none" ? -1 : QUOTE;
    const otherBlank = delimiter === TAB ? SPACE : TAB;
    let position = from;
    let row = this.rows;
    while (position < end && row < capacity) {
      let p = position;
      const first = bytes[p] as number;
      if (first <= SPACE) {
        const next = blankLineEnd(bytes, { start: p, end, final }, otherBlank);
        if (next === UNFINISHED) break;
        if (next > 0) {
          this.#passOver(row);
          position = next;
          continue;
        }
      }
      let c = 0;
      let next = MISFIT;
      for (;;) {
        const column = columns[c] as ColumnBuilder;
        let b = bytes[p] as number;
        while (b === SPACE || b === otherBlank) b = bytes[++p] as number;
        let q = p;
        let isText = true;
        // whether what is no number so far may be one in another spelling: 1.5e-3, .5, -.5, or blanks after it
        let mayBeNumber = b === MINUS || b === POINT;
        // digits first: most cells of a table of numbers
        let digit = b - ZERO;
        let negative = false;
        if (b === MINUS) {
          negative = true;
          digit = (bytes[++q] as number) - ZERO;
        }
        if (digit >>> 0 <= 9) {
          const leading = digit;
          const start = q;
          let mantissa = digit;
          digit = (bytes[++q] as number) - ZERO;
          while (digit >>> 0 <= 9) {
            mantissa = mantissa * 10 + digit;
            digit = (bytes[++q] as number) - ZERO;
          }
          const whole = q - start;
          let scale = 0;
          if (digit === POINT - ZERO) {
            const point = q;
            digit = (bytes[++q] as number) - ZERO;
            while (digit >>> 0 <= 9) {
              mantissa = mantissa * 10 + digit;
              digit = (bytes[++q] as number) - ZERO;
            }
            scale = q - point - 1;
          }
          b = digit + ZERO;
          if (b === delimiter || b === NEWLINE || b === RETURN) {
            const grouped = scale === 3 && leading !== 0 && whole <= 3 && mantissa % 1000 === 0;
            const plain = (leading !== 0 || whole === 1) && (scale > 0 || q === start + whole) && !grouped;
            if (plain && whole + scale <= EXACT_DIGITS) {
              let value = mantissa;
              if (scale > 0) value = mantissa / (POWERS_OF_TEN[scale] as number);
              if (negative) value = 0 - value;
              column.numbers[row] = value;
              const codes = column.codes;
              if (codes !== undefined) codes[row] = NUMBER_CELL;
              // 1.50 and 0.0000001 are printed in other ways
              if (
                scale > 0 &&
                (bytes[q - 1] === ZERO || (leading === 0 && mantissa < TINY * (POWERS_OF_TEN[scale] as number)))
              )
                column.spell(value, bytes, p, q);
            } else if (column.put(row, bytes, p, q)) this.#check(row, c, bytes, p, q);
            isText = false;
          } else {
            mayBeNumber = (b | 32) === LETTER_E || b === SPACE || b === otherBlank;
            q = p;
            b = bytes[p] as number;
          }
        } else if (negative) q = p;
        if (isText) {
          if (b === delimiter || b === NEWLINE || b === RETURN) column.empty(row);
          else if (b === quote) {
            q = this.#quoted(bytes, { start: p, end, final }, row, c);
            if (q < 0) {
              next = q;
              break;
            }
            b = bytes[q] as number;
            while (b === SPACE || b === otherBlank) b = bytes[++q] as number;
            if (b !== delimiter && b !== NEWLINE && b !== RETURN) break;
          } else {
            let hash = HASH_START;
            do {
              hash = Math.imul(hash ^ b, HASH_PRIME);
              b = bytes[++q] as number;
            } while (b !== delimiter && b !== NEWLINE && b !== RETURN);
            if (q >= end && !final) {
              next = UNFINISHED;
              break;
            }
            let stop = q;
            for (let blank = bytes[stop - 1]; blank === SPACE || blank === otherBlank; blank = bytes[stop - 1]) stop--;
            const fresh =
              mayBeNumber || stop < q ? column.put(row, bytes, p, stop) : column.text(row, bytes, p, q, hash);
            if (fresh) this.#check(row, c, bytes, p, stop);
          }
        }
        if (b === delimiter) {
          if (c === last) break;
          c++;
          p = q + 1;
          continue;
        }
        if (q >= end && !final) next = UNFINISHED;
        else if (c < last) next = MISFIT;
        else if (b === RETURN) {
          if (q + 1 >= end && !final) next = UNFINISHED;
          else next = bytes[q + 1] === NEWLINE ? q + 2 : q + 1;
        } else next = q + 1;
        break;
      }
      if (next > 0) {
        if (this.#held) this.#events.resumed();
        position = next;
        if (this.#nameCode >= 0 && columns[0]?.codes?.[row] === this.#nameCode && this.#repeatsNames(row)) {
          this.#events.repeated(this.line);
          this.#passOver(row);
          continue;
        }
        row++;
        this.line++;
        continue;
      }
      if (next === MISFIT) {
        this.rows = row;
        next = this.#misfit(bytes, position, end, final);
        row = this.rows;
      }
      if (next === UNFINISHED) break;
      position = next;
    }
    this.rows = row;
    return Math.min(position, end);
  }

  /** Reads a quoted value into its column; returns the position after the closing quote. */
  #quoted(bytes: Uint8Array, { start, end, final }: ByteRange, row: number, c: number): number {
    const column = this.#columns[c] as ColumnBuilder;
    const mark = this.#form.quotes === "backslash" ? BACKSLASH : QUOTE;
    let escaped = false;
    let q = start + 1;
    for (; q < end; q++) {
      const b = bytes[q];
      if (b === mark && (bytes[q + 1] === QUOTE || (mark === BACKSLASH && bytes[q + 1] === BACKSLASH))) {
        if (q + 1 >= end) break;
        escaped = true;
        q++;
      } else if (b === QUOTE) {
        // a window that ends here may cut a doubled quote
        if (q + 1 >= end && !final) return UNFINISHED;
        let [from, to, source] = [start + 1, q, bytes];
        if (escaped) {
          to = this.#unescape(bytes, from, to, mark);
          from = 0;
          source = this.#scratch;
        }
        while (from < to && isBlank(source[from])) from++;
        while (from < to && isBlank(source[to - 1])) to--;
        if (column.put(row, source, from, to)) this.#check(row, c, source, from, to);
        return q + 1;
      }
    }
    return final ? MISFIT : UNFINISHED;
  }

  #unescape(bytes: Uint8Array, from: number, to: number, mark: number): number {
    if (this.#scratch.length < to - from) this.#scratch = new Uint8Array(2 * (to - from));
    let length = 0;
    for (let i = from; i < to; i++) {
      if (bytes[i] === mark && i + 1 < to && (bytes[i + 1] === QUOTE || bytes[i + 1] === mark)) i++;
      this.#scratch[length++] = bytes[i] as number;
    }
    return length;
  }

  #misfit(bytes: Uint8Array, start: number, end: number, final: boolean): number {
    const record = recordEnd(bytes, { start, end, final }, this.#form);
    if (record === undefined) return UNFINISHED;
    const treatment = this.#events.misfit(record, this.line, bytes, start);
    if (treatment === "passed over") this.#passOver(this.rows);
    else this.line++;
    if (treatment === "held") this.#held = true;
    else if (treatment === "cut") {
      if (this.#held) this.#events.resumed();
      for (const [c, value] of recordValues(bytes, { start, end: record.stop, final: true }, this.#form).entries()) {
        const text = bytesOfText(value);
        const column = this.#columns[c];
        if (column?.put(this.rows, text, 0, text.length) === true) this.#check(this.rows, c, text, 0, text.length);
      }
      this.rows++;
    }
    return record.next;
  }

  #passOver(row: number): void {
    const record = this.recordsBefore + row;
    const total = (this.#passed.at(-1) ?? 0) + 1;
    if (this.#gaps.at(-1) === record) this.#passed[this.#passed.length - 1] = total;
    else {
      this.#gaps.push(record);
      this.#passed.push(total);
    }
    this.line++;
  }

  /** Looks at a text that did not occur before. */
  #check(row: number, c: number, bytes: Uint8Array, start: number, end: number): void {
    const invalid = invalidUtf8At(bytes, start, end);
    if (invalid >= 0) this.#events.badText(this.line, c, bytes, invalid);
    for (let i = start; i < end; i++) if (bytes[i] === 0) this.#events.badText(this.line, c, bytes, i);
    const column = this.#columns[c];
    if (c === 0 && column?.textAt(row) === this.#form.names[0]) this.#nameCode = column?.codes?.[row] ?? NO_CODE;
  }

  /** Whether a record repeats the names, as where files were put one after the other. */
  #repeatsNames(row: number): boolean {
    const { names, header } = this.#form;
    return header !== "none" && this.#columns.every((column, c) => column.shown(row) === (names[c] ?? ""));
  }
}

/** Where a line of nothing but blanks ends; 0 where it holds more. */
function blankLineEnd(bytes: Uint8Array, { start, end, final }: ByteRange, otherBlank: number): number {
  let p = start;
  let b = bytes[p];
  while (b === SPACE || b === otherBlank) b = bytes[++p];
  if (b !== NEWLINE && b !== RETURN) return 0;
  if (p >= end && !final) return UNFINISHED;
  if (b === NEWLINE) return p + 1;
  if (p + 1 >= end && !final) return UNFINISHED;
  return bytes[p + 1] === NEWLINE ? p + 2 : p + 1;
}
