/** The records at the start of a CSV file, and the delimiter that makes them alike. */
import type { QuoteStyle } from "./csv-form.ts";
import { type CsvLayout, type CsvRecordEnd, recordEnd, recordValues } from "./csv-record.ts";

/** A record of the sample. */
export interface SampleRecord extends CsvRecordEnd {
  readonly start: number;
  /** As a spreadsheet counts, from 1. */
  readonly row: number;
  /** Starts with #, % or //, or is a line that is drawn. */
  readonly comment: boolean;
}

/** The first bytes of a file in UTF-8; `whole` where nothing follows. */
export interface CsvSample {
  readonly bytes: Uint8Array;
  readonly whole: boolean;
}

const QUOTE = 34;
const HASH = 35;
const BACKSLASH = 92;
const PERCENT = 37;
const SLASH = 47;
const SHORTEST_RULE = 4;
/** Blank, +, -, = and |. */
const RULE: ReadonlySet<number> = new Set([32, 43, 45, 61, 124]);

/** Whether a line starts as comments do: #, % or //. */
export function startsComment(bytes: Uint8Array, start: number): boolean {
  const first = bytes[start];
  return first === HASH || first === PERCENT || (first === SLASH && bytes[start + 1] === SLASH);
}

/** Whether a line is drawn with +, - and =, as programs print tables. */
export function isRule(bytes: Uint8Array, start: number, stop: number): boolean {
  if (stop - start < SHORTEST_RULE) return false;
  for (let i = start; i < stop; i++) if (!RULE.has(bytes[i] as number)) return false;
  return true;
}

/** All whole records of the sample from `start`, which is in row `row`. */
export function sampleRecords(
  { bytes, whole }: CsvSample,
  layout: CsvLayout,
  from: SamplePlace = { start: 0, row: 1 },
): SampleRecord[] {
  const records: SampleRecord[] = [];
  let { start, row } = from;
  while (start < bytes.length) {
    const end = recordEnd(bytes, { start, end: bytes.length, final: whole }, layout);
    if (end === undefined) break;
    records.push({ ...end, start, row, comment: startsComment(bytes, start) || isRule(bytes, start, end.stop) });
    start = end.next;
    row++;
  }
  return records;
}

/** A place in the sample: a byte, and the row that starts there. */
export interface SamplePlace {
  readonly start: number;
  readonly row: number;
}

/** The values of a record of the sample. */
export function sampleValues({ bytes }: CsvSample, { start, stop }: SampleRecord, layout: CsvLayout): string[] {
  return recordValues(bytes, { start, end: stop, final: true }, layout);
}

/** How well a delimiter divides the sample. */
interface Division {
  readonly delimiter: string;
  readonly fields: number;
  readonly score: number;
}

const DELIMITERS = [",", ";", "\t", "|"] as const;
const WELL_DIVIDED = 0.8;
const HARDLY_DIVIDED = 0.4;
const CHECKED_RECORDS = 50;
/** More lines before the first that fits speak against a delimiter. */
const LONGEST_TITLE = 10;
/** A delimiter that fits the first line too is likelier than one that fits the lines below alone. */
const FITS_FIRST_LINE = 0.3;

/**
 * The delimiter by which the records have the same number of values, at least two, and the fewest values hold another
 * delimiter; undefined where none does. Lines before the first record that fits may be a title.
 */
export function findDelimiter(sample: CsvSample, from: SamplePlace, likely: string | undefined): string | undefined {
  const quotes: readonly QuoteStyle[] = holdsEscapes(sample.bytes) ? ["doubled", "backslash"] : ["doubled"];
  const candidates = DELIMITERS.filter((delimiter) => sample.bytes.includes(delimiter.charCodeAt(0)));
  const divisions = candidates
    .flatMap((delimiter) => quotes.map((style) => divide(sample, from, { delimiter, quotes: style })))
    .filter((found) => found !== undefined)
    .map((found) => (found.delimiter === likely ? { ...found, score: found.score + 0.5 } : found));
  return divisions.sort((a, b) => b.score - a.score || b.fields - a.fields)[0]?.delimiter;
}

/** Whether quotes stand behind backslashes. */
export function holdsEscapes(bytes: Uint8Array): boolean {
  for (let i = bytes.indexOf(BACKSLASH); i >= 0; i = bytes.indexOf(BACKSLASH, i + 1))
    if (bytes[i + 1] === QUOTE) return true;
  return false;
}

function divide(sample: CsvSample, from: SamplePlace, layout: CsvLayout): Division | undefined {
  const { delimiter } = layout;
  const records = sampleRecords(sample, layout, from).filter(
    ({ blank, comment, fields }) => !blank && (!comment || fields > 1),
  );
  const fields = usualFields(records);
  const first = records.findIndex((record) => record.fields === fields);
  if (fields < 2 || first < 0) return undefined;
  const rest = records.slice(first);
  const fitting = rest.filter((record) => record.fields === fields && record.fault === undefined);
  const share = fitting.length / (rest.length + Math.max(0, first - LONGEST_TITLE));
  // text in one column has commas too, but its name has none
  if (share < (first === 0 ? HARDLY_DIVIDED : WELL_DIVIDED)) return undefined;
  const values = fitting.slice(0, CHECKED_RECORDS).flatMap((record) => sampleValues(sample, record, layout));
  // numbers with decimal commas below the name of their one column
  const isOneColumn = delimiter === "," && fields === 2 && first === 1 && records[0]?.fields === 1;
  if (isOneColumn && values.every((value) => DIGITS.test(value))) return undefined;
  const score = share * cleanShare(values, delimiter) + (first === 0 ? FITS_FIRST_LINE : 0);
  return { delimiter, fields, score };
}

/**
 * The number of values that most records of at least two values have; 1 where none has two. Of equals it is the one that is
 * expected, or else the larger.
 */
export function usualFields(records: readonly CsvRecordEnd[], expected?: number): number {
  const counts = new Map<number, number>();
  for (const { fields } of records) if (fields > 1) counts.set(fields, (counts.get(fields) ?? 0) + 1);
  const most = Math.max(0, ...counts.values());
  const usual = [...counts].filter(([, count]) => count === most).map(([fields]) => fields);
  return expected !== undefined && usual.includes(expected) ? expected : Math.max(1, ...usual);
}

const DIGITS = /^-?\d+$/;
const NUMBER_IN_DRESS = /^[-+(]?[^\p{L}\d]{0,3}\d[\d.,'’\s]*[^\p{L}\d]{0,3}$/u;

/** The share of values that hold no other delimiter but as marks of a number. */
function cleanShare(values: readonly string[], delimiter: string): number {
  const others = DELIMITERS.filter((other) => other !== delimiter);
  const unclean = values.filter((value) => {
    const held = others.filter((other) => value.includes(other));
    return (
      held.length > 0 && !(held.every((other) => other === ",") && (NUMBER_IN_DRESS.test(value) || / /.test(value)))
    );
  });
  return 1 - unclean.length / Math.max(1, values.length);
}
