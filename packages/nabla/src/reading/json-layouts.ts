/** Files that are one JSON object: the layouts of pandas, columns as lists, a list of records under some key, or one record. */
import { NablaError } from "../base/error.ts";
import { count, listing } from "../base/text.ts";
import { textOfBytes } from "./byte-text.ts";
import type { JsonParser } from "./json-parser.ts";
import type { JsonRecords } from "./json-records.ts";
import { type JsonMember, type JsonSpan, listElements, objectMembers } from "./json-span.ts";
import { bytesOfText, TextTable } from "./text-table.ts";

/** What reading one object needs. */
export interface ObjectReading {
  readonly parser: JsonParser;
  readonly records: JsonRecords;
  /** As messages name the file. */
  readonly name: string;
}

/** The key of the column that holds the labels of the rows, where they are no numbers. */
const ROW_LABELS = "row names";
const QUOTE = 34;
const OPEN_OBJECT = 123;
const OPEN_LIST = 91;
const WHOLE = /^-?\d+$/;

/**
 * Reads the object that starts at `start` into the records' columns, and says whether there is a column of labels. Throws
 * `data/json` where it holds several tables.
 */
export function readObject(reading: ObjectReading, start: number): boolean {
  const { parser, records, name } = reading;
  parser.begin(0, 0);
  const members = objectMembers(parser, start);
  const kinds = new Map(members.map((member) => [member, parser.bytes[member.start]]));
  const lists = members.filter((member) => kinds.get(member) === OPEN_LIST);
  const columns = lists.find(({ key }) => key === "columns");
  const data = lists.find(({ key }) => key === "data");
  if (columns !== undefined && data !== undefined) {
    records.root.elementNames = listElements(parser, columns.start).map((span) => label(parser, span));
    readList(reading, data);
    return false;
  }
  const firstOf = ({ start: at }: JsonSpan): number => parser.bytes[parser.skip(at + 1)] ?? 0;
  const inner = members.filter((member) => kinds.get(member) === OPEN_OBJECT);
  const [response] = inner;
  // what a web interface answers with has its list some levels down
  if (lists.length === 0 && inner.length === 1 && response !== undefined && holdsRecords(parser, response))
    return readObject(reading, response.start);
  const tables = lists.filter((member) => firstOf(member) === OPEN_OBJECT);
  if (tables.length > 1) {
    const message = `${name} holds ${count(tables.length, "list")} of records: ${listing(tables.map(({ key }) => `"${key}"`))}`;
    throw new NablaError("data/json", message, "write one of them to a file of its own");
  }
  const [table] = tables;
  if (table !== undefined) {
    readList(reading, table);
    const [first] = records.root.keys;
    // the row numbers of a data frame, which its writer declares in "schema"
    if (table.key === "data" && first?.path === "index" && members.some(({ key }) => key === "schema"))
      first.isHidden = true;
    return false;
  }
  if (members.length > 0 && members.every((member) => kinds.get(member) === OPEN_OBJECT))
    return readNested(reading, members);
  const [only] = lists;
  if (only !== undefined && lists.length === 1 && firstOf(only) === OPEN_LIST) {
    readList(reading, only);
    return false;
  }
  if (lists.length > 0 && lists.length === members.length) {
    const cells = lists.map((member) => listElements(parser, member.start));
    const [length = 0] = cells.map((spans) => spans.length);
    if (length > 0 && cells.every((spans) => spans.length === length)) {
      for (const [c, { key }] of lists.entries()) readColumn(reading, key, (cells[c] ?? []).entries());
      records.rows = length;
      return false;
    }
  }
  if (members.length > 0) records.read(start, 1);
  return false;
}

/** Whether an object holds a list of objects, or one object that does. */
function holdsRecords(parser: JsonParser, { start }: JsonSpan): boolean {
  const members = objectMembers(parser, start);
  const inner = members.filter((member) => parser.bytes[member.start] === OPEN_OBJECT);
  const [only] = inner;
  const isRecords = ({ start: at }: JsonSpan): boolean =>
    parser.bytes[at] === OPEN_LIST && parser.bytes[parser.skip(at + 1)] === OPEN_OBJECT;
  return members.some(isRecords) || (inner.length === 1 && only !== undefined && holdsRecords(parser, only));
}

function readList({ parser, records }: ObjectReading, { start }: JsonSpan): void {
  for (const [index, span] of listElements(parser, start).entries()) records.read(span.start, index + 1);
}

function readColumn(
  { parser, records }: ObjectReading,
  key: string,
  cells: Iterable<readonly [row: number, cell: JsonSpan]>,
): void {
  const bytes = bytesOfText(key);
  const node = records.root.key(bytes, 0, bytes.length);
  for (const [row, { start }] of cells) {
    parser.begin(row, row);
    parser.value(node, start);
  }
}

/** An object of objects: columns of labeled cells, as pandas writes them if not told otherwise, or records by their label. */
function readNested(reading: ObjectReading, members: readonly JsonMember[]): boolean {
  const { parser, records } = reading;
  const inner = members.map((member) => objectMembers(parser, member.start));
  const outerLabels = members.map(({ key }) => key);
  const innerLabels = new Set(inner.flatMap((cells) => cells.map(({ key }) => key)));
  const areRecords =
    isNumbered(outerLabels) === isNumbered(innerLabels) ? members.length > innerLabels.size : isNumbered(outerLabels);
  const labels = areRecords ? outerLabels : [...innerLabels];
  const isLabeled = !isNumbered(labels);
  if (isLabeled) {
    const bytes = bytesOfText(ROW_LABELS);
    const node = records.root.key(bytes, 0, bytes.length);
    for (const [row, text] of labels.entries()) {
      const spelled = bytesOfText(text.trim());
      node.string(row, spelled, 0, spelled.length);
    }
  }
  if (areRecords) {
    for (const [index, { start }] of members.entries()) records.read(start, index + 1);
    return isLabeled;
  }
  const rows = new TextTable();
  for (const text of labels) rows.internText(text);
  for (const [c, cells] of inner.entries()) {
    readColumn(
      reading,
      outerLabels[c] ?? "",
      cells.map((cell) => [rows.internText(cell.key), cell] as const),
    );
  }
  records.rows = labels.length;
  return isLabeled;
}

function isNumbered(labels: Iterable<string>): boolean {
  for (const text of labels) if (!WHOLE.test(text)) return false;
  return true;
}

/** A name as text: pandas has numbers as names too. */
function label(parser: JsonParser, { start, end }: JsonSpan): string {
  if (parser.bytes[start] !== QUOTE) return textOfBytes(parser.bytes, start, end);
  parser.text(start);
  const { bytes, start: from, end: to } = parser.lastText;
  return textOfBytes(bytes, from, to).trim();
}
