import { hashBytes, textOfBytes } from "./byte-text.ts";
import { withoutFormulas } from "./formula-texts.ts";
import { columnsOfLists } from "./list-texts.ts";
import { plainNumber } from "./plain-number.ts";
import { TextTable } from "./text-table.ts";
import { EMPTY_CELL, NUMBER_CELL, SPELLINGS, type WrittenColumn } from "./written-column.ts";

const MINUS = 45;
const OPEN_LIST = 91;
const EQUALS = 61;

/** Comparing a number with how JavaScript prints it costs as much as reading it, so it stops for columns of many values. */
const SPELLING_CHECKS = 4 * SPELLINGS;

/**
 * A column that grows by cells, row by row. `numbers` and `codes` are open, so that a scanner writes plain numbers without a
 * call; `codes` is there from the first text on.
 */
export class ColumnBuilder {
  numbers: Float64Array;
  codes: Int32Array | undefined;
  readonly #spellings = new Map<number, string>();
  #checks = 0;
  #texts: TextTable | undefined;

  /**
   * Room for `capacity` rows. `previous` held the rows before: what it found out about spellings holds here too, so that
   * chunk after chunk of a column of many values does not find them out anew.
   */
  constructor(capacity: number, previous?: ColumnBuilder) {
    this.numbers = new Float64Array(capacity);
    if (previous === undefined) return;
    if (previous.hasManySpellings) this.#checks = SPELLING_CHECKS;
    else for (const [value, spelled] of previous.#spellings) this.#spellings.set(value, spelled);
  }

  /** Whether there are so many spellings that they are no names of classes. */
  get hasManySpellings(): boolean {
    return this.#checks >= SPELLING_CHECKS || this.#spellings.size >= SPELLINGS;
  }

  /** Makes room for more rows. */
  grow(capacity: number): void {
    const numbers = new Float64Array(capacity);
    numbers.set(this.numbers);
    this.numbers = numbers;
    if (this.codes === undefined) return;
    const codes = new Int32Array(capacity);
    codes.set(this.codes);
    this.codes = codes;
  }

  empty(row: number): void {
    this.numbers[row] = Number.NaN;
    if (this.codes !== undefined) this.codes[row] = EMPTY_CELL;
  }

  number(row: number, value: number): void {
    this.numbers[row] = value;
    if (this.codes !== undefined) this.codes[row] = NUMBER_CELL;
  }

  /** A text that is trimmed, not empty and no plain number. Returns whether it is one that did not occur before. */
  text(row: number, bytes: Uint8Array, start: number, end: number, hash: number): boolean {
    const codes = this.codes ?? this.#startCodes(row);
    const texts = this.#texts as TextTable;
    const before = texts.size;
    const code = texts.intern(bytes, start, end, hash);
    this.numbers[row] = Number.NaN;
    codes[row] = code;
    return code === before;
  }

  /** A cell that may be anything, trimmed. Returns whether it is a text that did not occur before. */
  put(row: number, bytes: Uint8Array, start: number, end: number): boolean {
    if (start === end) {
      this.empty(row);
      return false;
    }
    const value = plainNumber(bytes, start, end);
    if (Number.isNaN(value)) return this.text(row, bytes, start, end, hashBytes(bytes, start, end));
    this.number(row, value);
    this.spell(value, bytes, start, end);
    return false;
  }

  /** Keeps how a number is spelled where JavaScript prints it otherwise. */
  spell(value: number, bytes: Uint8Array, start: number, end: number): void {
    if (this.hasManySpellings) return;
    // "-0.0" is 0, and no one would read it as a name of 0
    if (this.#spellings.has(value) || (value === 0 && bytes[start] === MINUS)) return;
    this.#checks++;
    const spelled = textOfBytes(bytes, start, end);
    if (spelled !== String(value)) this.#spellings.set(value, spelled);
  }

  /** The text of a cell; "" where it is empty, undefined for a number. */
  textAt(row: number): string | undefined {
    const code = this.codes?.[row];
    if (code === undefined) return Number.isNaN(this.numbers[row] as number) ? "" : undefined;
    if (code === NUMBER_CELL) return undefined;
    return code === EMPTY_CELL ? "" : this.#texts?.text(code);
  }

  /** A cell as messages show it. */
  shown(row: number): string {
    return this.textAt(row) ?? String(this.numbers[row]);
  }

  /** Whether no row above has the same text. */
  isFirst(row: number): boolean {
    return this.codes === undefined || this.codes.indexOf(this.codes[row] as number) === row;
  }

  /** The first row that is not empty, or -1. */
  firstFilled(rows: number): number {
    for (let row = 0; row < rows; row++) if (this.textAt(row) !== "") return row;
    return -1;
  }

  /** The column with its first `rows` rows, or its lists as columns of their own. The builder is not to be used after it. */
  finishLists(name: string, rows: number, declared?: WrittenColumn["declared"]): readonly WrittenColumn[] {
    const column = this.finish(name, rows, declared);
    const first = this.#texts?.firstByte;
    if (first === OPEN_LIST) return columnsOfLists(column);
    return [first === EQUALS ? withoutFormulas(column) : column];
  }

  /** The column with its first `rows` rows. The builder is not to be used after it. */
  finish(name: string, rows: number, declared?: WrittenColumn["declared"]): WrittenColumn {
    const table = this.#texts;
    const counts = new Int32Array(table?.size ?? 0);
    let codes = trimmed(this.codes, rows);
    if (codes !== undefined) countCodes(codes, counts);
    // texts of records that were given up again
    const kept = counts.includes(0) ? usedOf(counts) : undefined;
    if (kept !== undefined && codes !== undefined)
      codes = kept.length === 0 ? undefined : renumbered(codes, kept, counts.length);
    let texts: readonly string[] | undefined;
    return {
      name,
      rows,
      numbers: trimmed(this.numbers, rows) as Float64Array,
      ...(codes === undefined ? {} : { codes }),
      ...(declared === undefined ? {} : { declared }),
      counts: kept === undefined ? counts : kept.map((index) => counts[index] as number),
      spellings: this.#spellings,
      get texts() {
        texts ??= Array.from(kept ?? counts.keys(), (index) => (table as TextTable).text(index));
        return texts;
      },
    };
  }

  #startCodes(row: number): Int32Array {
    const codes = new Int32Array(this.numbers.length);
    for (let i = 0; i < row; i++) codes[i] = Number.isNaN(this.numbers[i] as number) ? EMPTY_CELL : NUMBER_CELL;
    this.codes = codes;
    this.#texts = new TextTable();
    return codes;
  }
}

const SLACK = 1.25;

/** The first values; a copy where much more room was made. */
function trimmed<T extends Float64Array | Int32Array>(values: T | undefined, length: number): T | undefined {
  const enough = values === undefined || values.length <= SLACK * length;
  return (enough ? values?.subarray(0, length) : values.slice(0, length)) as T | undefined;
}

function countCodes(codes: Int32Array, counts: Int32Array): void {
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row] as number;
    if (code >= 0) counts[code] = (counts[code] as number) + 1;
  }
}

function usedOf(counts: Int32Array): Int32Array {
  const used = new Int32Array(counts.length);
  let size = 0;
  for (let index = 0; index < counts.length; index++) if (counts[index] !== 0) used[size++] = index;
  return used.subarray(0, size);
}

function renumbered(codes: Int32Array, kept: Int32Array, size: number): Int32Array {
  const numberOf = new Int32Array(size);
  for (let i = 0; i < kept.length; i++) numberOf[kept[i] as number] = i;
  return codes.map((code) => (code < 0 ? code : (numberOf[code] as number)));
}
