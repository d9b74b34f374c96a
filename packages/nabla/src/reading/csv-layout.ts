/** Delimiter and quotes of a CSV file: as they are given, as a first line `sep=;` says, or as the sample shows. */
import { NablaError } from "../base/error.ts";
import type { Notice } from "../base/notice.ts";
import type { CsvOptions, QuoteStyle } from "./csv-form.ts";
import type { CsvLayout } from "./csv-record.ts";
import { type CsvSample, findDelimiter, type SamplePlace, sampleRecords } from "./csv-sample.ts";

/** A layout, and where the records after a line `sep=;` start. */
export interface FoundLayout {
  readonly layout: CsvLayout;
  readonly from: SamplePlace;
  /** Whether there is more than one column. */
  readonly divided: boolean;
  readonly notices: readonly Notice[];
}

/** In a file of one column something has to be the delimiter: the first of these that does not occur. */
const UNUSED = [",", "\t", ";", "|", "\u001f"];

/** The layout of a file. Throws `data/delimiter` for a given delimiter that is none. */
export function findLayout(sample: CsvSample, options: CsvOptions): FoundLayout {
  const separator = separatorLine(sample.bytes);
  const from = separator?.from ?? { start: 0, row: 1 };
  const given = checkedDelimiter(options.delimiter) ?? separator?.delimiter;
  const found = given ?? findDelimiter(sample, from, likelyDelimiter(options.name));
  const unused = UNUSED.find((delimiter) => !sample.bytes.includes(delimiter.charCodeAt(0)));
  const delimiter = found ?? unused ?? ",";
  const quotes = findQuotes(sample, from, delimiter);
  const notices =
    quotes === "none"
      ? [{ code: "data/quotes", message: "quotes are not paired, so they are read as characters like any other" }]
      : [];
  return { layout: { delimiter, quotes }, from, divided: found !== undefined, notices };
}

/** A first line such as `sep=;`, by which spreadsheets name the delimiter. */
function separatorLine(bytes: Uint8Array): { readonly delimiter: string; readonly from: SamplePlace } | undefined {
  const [line, delimiter] =
    /^"?sep=([^\r\n"])"?[,;\t]*(?:\r\n|\n|\r)/i.exec(String.fromCharCode(...bytes.subarray(0, 32))) ?? [];
  return line === undefined || delimiter === undefined
    ? undefined
    : { delimiter, from: { start: line.length, row: 2 } };
}

function likelyDelimiter(name: string): string | undefined {
  return /\.(?:tsv|tab)(?:\.\w+)?$/i.test(name) ? "\t" : undefined;
}

function checkedDelimiter(given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const names: Readonly<Record<string, string>> = {
    tab: "\t",
    "\\t": "\t",
    comma: ",",
    semicolon: ";",
    pipe: "|",
    space: " ",
    blank: " ",
    colon: ":",
  };
  const delimiter = names[given.toLowerCase()] ?? given;
  const code = delimiter.charCodeAt(0);
  if (delimiter.length === 1 && code > 0 && code < 0x80 && !'"\r\n'.includes(delimiter)) return delimiter;
  const hint = 'write one character, such as --delimiter ";", or --delimiter tab';
  throw new NablaError("data/delimiter", `expected one character of ASCII as the delimiter, found "${given}"`, hint);
}

/**
 * How quotes are written. Backslashes before quotes, where doubled ones leave records that do not fit; and no quotes at all in
 * a file of tabs, as corpora of sentences are written, where quotes are not paired.
 */
function findQuotes(sample: CsvSample, from: SamplePlace, delimiter: string): QuoteStyle {
  if (!sample.bytes.includes(34)) return "doubled";
  const doubled = misfits(sample, from, { delimiter, quotes: "doubled" });
  if (doubled === 0) return "doubled";
  if (holdsEscapes(sample.bytes) && misfits(sample, from, { delimiter, quotes: "backslash" }) === 0) return "backslash";
  return delimiter === "\t" && misfits(sample, from, { delimiter, quotes: "none" }) === 0 ? "none" : "doubled";
}

/** Records that have a fault, or another number of values than the first. */
function misfits(sample: CsvSample, from: SamplePlace, layout: CsvLayout): number {
  const records = sampleRecords(sample, layout, from).filter(({ blank, comment }) => !blank && !comment);
  const read = records.at(-1)?.next ?? 0;
  const faults = records.filter(({ fields, fault }) => fault !== undefined || fields !== records[0]?.fields).length;
  // a quote that nothing closes takes in the rest of the sample
  return faults + (read < sample.bytes.length / 2 ? 1 : 0);
}

function holdsEscapes(bytes: Uint8Array): boolean {
  for (let i = bytes.indexOf(92); i >= 0; i = bytes.indexOf(92, i + 1)) if (bytes[i + 1] === 34) return true;
  return false;
}
