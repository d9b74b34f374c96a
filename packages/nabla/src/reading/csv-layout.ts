/** Delimiter and quotes of a CSV file: as they are given, as a first line `sep=;` says, or as the sample shows. */
import { NablaError } from "../base/error.ts";
import type { Notice } from "../base/notice.ts";
import { BlankRuns } from "./blank-runs.ts";
import { cellKind } from "./cell-kind.ts";
import type { CsvOptions, QuoteStyle } from "./csv-form.ts";
import type { CsvLayout } from "./csv-record.ts";
import {
  type CsvSample,
  findDelimiter,
  holdsEscapes,
  type SamplePlace,
  sampleRecords,
  sampleValues,
  usualFields,
} from "./csv-sample.ts";

/** A layout, and where the records after a line `sep=;` start. */
export interface FoundLayout {
  readonly layout: CsvLayout;
  /** The sample, with tabs in place of runs of blanks where these divide it. */
  readonly sample: CsvSample;
  /** The delimiter as the form names it: " " for runs of blanks. */
  readonly delimiter: string;
  readonly from: SamplePlace;
  /** Whether there is more than one column. */
  readonly divided: boolean;
  readonly notices: readonly Notice[];
}

const QUOTE = 34;

/** In a file of one column something has to be the delimiter: the first of these that does not occur. */
const UNUSED = [",", "\t", ";", "|", "\u001f"];

/** The layout of a file. Throws `data/delimiter` for a given delimiter that is none. */
export function findLayout(sample: CsvSample, options: CsvOptions): FoundLayout {
  const separator = separatorLine(sample.bytes);
  const from = separator?.from ?? { start: 0, row: 1 };
  const given = checkedDelimiter(options.delimiter) ?? separator?.delimiter;
  const found = given ?? findDelimiter(sample, from, likelyDelimiter(options.name));
  const hasRuns = given === undefined && (found === undefined || found === "\t") && isDividedByBlanks(sample, found);
  if (given === " " || hasRuns) {
    const replaced = { ...sample, bytes: new BlankRuns().replace(sample.bytes) };
    return { ...layoutOf(replaced, from, "\t"), delimiter: " ", divided: true };
  }
  const unused = UNUSED.find((delimiter) => !sample.bytes.includes(delimiter.charCodeAt(0)));
  const delimiter = found ?? unused ?? ",";
  if (found === undefined) {
    const notices = isQuotedWhole(sample) ? [QUOTED_WHOLE] : [];
    return { layout: { delimiter, quotes: "doubled" }, sample, from, delimiter, divided: false, notices };
  }
  return { ...layoutOf(sample, from, delimiter), delimiter, divided: true };
}

const QUOTED_WHOLE: Notice = {
  code: "data/quoted-rows",
  message:
    "each row is one quoted text that holds commas, so there is one column: it was quoted once too often, export it again",
};

/** Whether each row stands in quotes as a whole, with commas in it. */
function isQuotedWhole(sample: CsvSample): boolean {
  const layout: CsvLayout = { delimiter: "\u001f", quotes: "doubled" };
  const records = sampleRecords(sample, layout).filter(({ blank }) => !blank);
  return (
    records.length > 1 &&
    records.every(
      (record) =>
        sample.bytes[record.start] === QUOTE && sampleValues(sample, record, layout)[0]?.includes(",") === true,
    )
  );
}

function layoutOf(sample: CsvSample, from: SamplePlace, delimiter: string): Omit<FoundLayout, "delimiter" | "divided"> {
  const quotes = findQuotes(sample, from, delimiter);
  const message = "quotes are not paired, so they are read as characters like any other";
  return {
    layout: { delimiter, quotes },
    sample,
    from,
    notices: quotes === "none" ? [{ code: "data/quotes", message }] : [],
  };
}

const ENOUGH_FOR_BLANKS = 1 << 16;
const NEARLY_ALL = 0.95;
const MOSTLY_NUMBERS = 0.5;
const SEVERAL_NUMBERS = /^[-+.\d?]+(?:\s+[-+.\d?]+)+$/;

/**
 * Whether runs of blanks divide a table of numbers. Where tabs divide it too, they only do so where a value between them is
 * several numbers.
 */
function isDividedByBlanks({ bytes, whole }: CsvSample, found: string | undefined): boolean {
  const head = bytes.subarray(0, ENOUGH_FOR_BLANKS);
  const isWhole = whole && head.length === bytes.length;
  if (found === "\t") {
    const sample = { bytes: head, whole: isWhole };
    const tabs: CsvLayout = { delimiter: "\t", quotes: "doubled" };
    const records = sampleRecords(sample, tabs).filter(({ blank, comment }) => !blank && !comment);
    if (!records.every((record) => sampleValues(sample, record, tabs).some((value) => SEVERAL_NUMBERS.test(value))))
      return false;
  }
  const sample = { bytes: new BlankRuns().replace(head), whole: isWhole };
  const layout: CsvLayout = { delimiter: "\t", quotes: "doubled" };
  const records = sampleRecords(sample, layout).filter(({ blank, comment }) => !blank && !comment);
  const fields = usualFields(records);
  const fitting = records.filter((record) => record.fields === fields && record.fault === undefined);
  if (fields < 2 || fitting.length < 2 || fitting.length < NEARLY_ALL * records.length - 1) return false;
  const kinds = fitting.slice(1).flatMap((record) => sampleValues(sample, record, layout).map(cellKind));
  return kinds.filter((kind) => kind === "number").length >= MOSTLY_NUMBERS * kinds.length;
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
  if (!sample.bytes.includes(QUOTE)) return "doubled";
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
