import { NablaError } from "../base/error.ts";
import { count } from "../base/text.ts";
import { textOfBytes } from "./byte-text.ts";
import { ColumnRoom, JsonNode } from "./json-node.ts";
import { JSON_UNFINISHED, JsonFault, type JsonParser } from "./json-parser.ts";

const QUOTE = 34;
const COMMA = 44;
const OPEN_LIST = 91;
const OPEN_OBJECT = 123;

/** The records of a JSON file: objects whose keys are columns, or lists of as many values. */
export class JsonRecords {
  readonly root: JsonNode;
  /** Records in the columns. */
  rows = 0;
  /** Records in columns that were taken away before. */
  before = 0;
  readonly #parser: JsonParser;
  readonly #name: string;
  #kind = 0;

  /** `name` as messages call the file. */
  constructor(parser: JsonParser, name: string) {
    this.#parser = parser;
    this.#name = name;
    this.root = new JsonNode("", new ColumnRoom(name));
  }

  /** Reads the record that starts here, which messages say is in row `row`. Returns the position after it. */
  read(start: number, row: number): number {
    const parser = this.#parser;
    if (start >= parser.end) return JSON_UNFINISHED;
    const kind = parser.bytes[start] as number;
    if (kind !== OPEN_OBJECT && kind !== OPEN_LIST) throw new JsonFault("a JSON object", start);
    if (this.#kind !== 0 && kind !== this.#kind)
      throw new JsonFault(kind === OPEN_LIST ? "an object as before" : "a list as before", start);
    parser.begin(this.before + this.rows, this.rows);
    const next = kind === OPEN_OBJECT ? parser.object(this.root, start) : this.#list(start, row);
    if (next < 0) return next;
    this.#kind = kind;
    this.rows++;
    return next;
  }

  /** Starts new columns at the same places. */
  reopen(): void {
    this.before += this.rows;
    this.rows = 0;
    this.root.reopen();
  }

  #list(start: number, row: number): number {
    const parser = this.#parser;
    let length = 0;
    const next = parser.elements(start, (index, p) => {
      length = index + 1;
      return parser.value(this.root.element(index), p);
    });
    if (next < 0) return next;
    if (this.root.length < 0) this.root.length = length;
    if (length === this.root.length) return next;
    const message = `${this.#name}, row ${row}: expected ${count(this.root.length, "value")} as in the rows before, found ${length}`;
    throw new NablaError("data/ragged", message, "write null for a value that is missing");
  }
}

/**
 * The names of the columns, where the list that starts here holds nothing but texts and the one after it something else, and
 * the position after it.
 */
export function namesInList(
  parser: JsonParser,
  start: number,
): { readonly names: readonly string[]; readonly next: number } | undefined {
  const names = textsOfList(parser, start);
  if (names === undefined || new Set(names).size < names.length) return undefined;
  parser.begin(0, 0);
  const end = parser.skip(parser.value(undefined, start));
  const next = parser.bytes[end] === COMMA ? parser.skip(end + 1) : end;
  if (next >= parser.end || parser.bytes[next] !== OPEN_LIST || textsOfList(parser, next) !== undefined)
    return undefined;
  return { names, next };
}

/** The texts of a list; undefined where it is not whole or holds something else. */
function textsOfList(parser: JsonParser, start: number): string[] | undefined {
  parser.begin(0, 0);
  const texts: string[] = [];
  let others = 0;
  const next = parser.elements(start, (_, p) => {
    if (parser.bytes[p] !== QUOTE) {
      others++;
      return parser.value(undefined, p);
    }
    const after = parser.text(p);
    const { bytes, start: from, end } = parser.lastText;
    texts.push(textOfBytes(bytes, from, end).trim());
    return after;
  });
  return next < 0 || others > 0 || texts.length === 0 ? undefined : texts;
}
