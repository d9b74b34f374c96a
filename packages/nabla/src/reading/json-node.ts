import { NablaError } from "../base/error.ts";
import { grouped } from "../base/text.ts";
import { hashBytes, textOfBytes } from "./byte-text.ts";
import { ColumnBuilder } from "./column-builder.ts";
import { TextTable } from "./text-table.ts";
import type { WrittenColumn } from "./written-column.ts";

const FIRST_ROWS = 64;

const STRING = 1;
const NUMBER = 2;
const BOOLEAN = 4;

/** Why the lists at a place are no columns. */
export interface RefusedList {
  /** "lists of texts", "lists of different lengths". */
  readonly reason: string;
  /** The record (from 0) that shows it. */
  readonly record: number;
}

/**
 * A place in the records of a JSON file: the record itself, a key such as `address.city`, or a place in a list such as
 * `embedding[3]`. Its values are a column; objects and lists at it have places below. Places are found again by the bytes of
 * their key, and first tried in the order in which they came before, so that a record costs as much as its bytes.
 */
export class JsonNode {
  readonly path: string;
  /** Places of keys, in the order in which they first occurred. */
  readonly keys: JsonNode[] = [];
  /** Places in a list. */
  readonly elements: JsonNode[] = [];
  /** The length of the lists here, or -1 before the first. */
  length = -1;
  refused: RefusedList | undefined;
  /** Whether some values were infinite. */
  isInfinite = false;
  /** Left out: an index that a library wrote. */
  isHidden = false;
  /** The names of places in a list, where the file gives them. */
  elementNames: readonly string[] | undefined;
  readonly #table = new TextTable();
  readonly #room: ColumnRoom;
  #likely = 0;
  #column: ColumnBuilder | undefined;
  #capacity = 0;
  #filled = 0;
  #kinds = 0;

  /** `path` as users read it; "" for the record. `room` is that of the whole file. */
  constructor(path: string, room: ColumnRoom) {
    this.path = path;
    this.#room = room;
  }

  /** The place of a key, whose name is a range of bytes. */
  key(bytes: Uint8Array, start: number, end: number): JsonNode {
    const likely = this.#likely;
    let index = likely;
    if (likely >= this.keys.length || !this.#table.equals(likely, bytes, start, end)) {
      index = this.#table.intern(bytes, start, end, hashBytes(bytes, start, end));
      if (index === this.keys.length) {
        const name = textOfBytes(bytes, start, end);
        this.keys.push(new JsonNode(this.path === "" ? name : `${this.path}.${name}`, this.#room));
      }
    }
    this.#likely = index + 1 < this.keys.length ? index + 1 : 0;
    return this.keys[index] as JsonNode;
  }

  /** A place in the lists here. */
  element(index: number): JsonNode {
    let node = this.elements[index];
    if (node === undefined) {
      const name = this.path === "" ? `column ${index + 1}` : `${this.path}[${index}]`;
      node = new JsonNode(this.elementNames?.[index] ?? name, this.#room);
      this.elements.push(node);
    }
    return node;
  }

  /** Says that the lists here are no columns, and gives up what was read of them. */
  refuse(reason: string, record: number): void {
    this.refused = { reason, record };
    this.elements.length = 0;
  }

  string(row: number, bytes: Uint8Array, start: number, end: number): boolean {
    this.#kinds |= STRING;
    return this.#at(row).put(row, bytes, start, end);
  }

  /** A number that is exact; `start` to `end` is how it is spelled. */
  number(row: number, value: number, { bytes, start, end }: Spelled): void {
    this.#kinds |= NUMBER;
    const column = this.#at(row);
    column.number(row, value);
    column.spell(value, bytes, start, end);
  }

  /** A whole number beyond 2^53, which keeps its digits as a text. */
  digits(row: number, { bytes, start, end }: Spelled): void {
    this.#kinds |= NUMBER;
    this.#at(row).text(row, bytes, start, end, hashBytes(bytes, start, end));
  }

  boolean(row: number, { bytes, start, end }: Spelled): void {
    this.#kinds |= BOOLEAN;
    this.#at(row).text(row, bytes, start, end, hashBytes(bytes, start, end));
  }

  /** A number that JSON has no word for, which is read as missing. */
  infinite(row: number): void {
    this.isInfinite = true;
    this.nothing(row);
  }

  /** A value that is missing; it alone makes no column of a place where others have objects or lists. */
  nothing(row: number): void {
    if (this.keys.length === 0 && this.length < 0) this.#at(row).empty(row);
  }

  /** The columns at and below this place, of so many rows. Nothing may be written after it but in new columns. */
  finish(rows: number, name = this.path): WrittenColumn[] {
    if (this.isHidden) return [];
    const own =
      this.#column !== undefined && (this.#kinds !== 0 || !this.#hasBelow()) ? this.#finishOwn(rows, name) : [];
    const [only] = this.elements;
    // lists of one value are that value
    const elements =
      only !== undefined && this.length === 1 && own.length === 0
        ? only.finish(rows, name)
        : this.elements.flatMap((node) => node.finish(rows));
    return [...own, ...this.keys.flatMap((node) => node.finish(rows)), ...elements];
  }

  /** Starts new columns at the same places. */
  reopen(): void {
    this.#column = undefined;
    this.#capacity = 0;
    this.#filled = 0;
    for (const node of this.keys) node.reopen();
    for (const node of this.elements) node.reopen();
  }

  /** This place and all below it. */
  *all(): Generator<JsonNode, void, undefined> {
    yield this;
    for (const node of this.keys) yield* node.all();
    for (const node of this.elements) yield* node.all();
  }

  #hasBelow(): boolean {
    return this.keys.length > 0 || this.length >= 0 || this.refused !== undefined;
  }

  #at(row: number): ColumnBuilder {
    if (this.#column === undefined || row >= this.#capacity) {
      const capacity = Math.max(FIRST_ROWS, 2 * row);
      this.#room.make(capacity - this.#capacity, this.#column === undefined);
      this.#capacity = capacity;
      if (this.#column === undefined) this.#column = new ColumnBuilder(this.#capacity);
      else this.#column.grow(this.#capacity);
    }
    this.#room.written++;
    for (; this.#filled < row; this.#filled++) this.#column.empty(this.#filled);
    this.#filled = Math.max(this.#filled, row + 1);
    return this.#column;
  }

  #finishOwn(rows: number, name: string): readonly WrittenColumn[] {
    if (rows > 0 && this.#filled < rows) this.#at(rows - 1).empty(rows - 1);
    const declared =
      this.#kinds === STRING
        ? "text"
        : this.#kinds === NUMBER
          ? "number"
          : this.#kinds === BOOLEAN
            ? "boolean"
            : undefined;
    return (this.#column as ColumnBuilder).finishLists(name, rows, declared);
  }
}

const MUCH_ROOM = 2 ** 26;
const SPARSE = 20;

/** How much room the columns of a file take, and how much of it is filled. */
export class ColumnRoom {
  written = 0;
  readonly #name: string;
  #made = 0;
  #columns = 0;

  /** `name` as messages call the file. */
  constructor(name: string) {
    this.#name = name;
  }

  /** Makes room for so many cells. Throws `data/many-keys` where most of the room would stay empty. */
  make(cells: number, isNew: boolean): void {
    this.#made += cells;
    if (isNew) this.#columns++;
    if (this.#made < MUCH_ROOM || this.#made < SPARSE * this.written) return;
    const message = `${this.#name} has ${grouped(this.#columns)} different keys, most of which hardly any record has`;
    throw new NablaError(
      "data/many-keys",
      message,
      'keys that are values belong into a column: write {"key": …, "value": …}',
    );
  }
}

/** Where a value stands in the bytes. */
export interface Spelled {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}
