/** What names the columns of a CSV file, and what stands before it. */
import { NablaError } from "../base/error.ts";
import type { Notice } from "../base/notice.ts";
import { count, listing } from "../base/text.ts";
import { cellKind } from "./cell-kind.ts";
import type { CsvOptions } from "./csv-form.ts";
import { headerEvidence } from "./csv-header.ts";
import type { CsvLayout } from "./csv-record.ts";
import { type CsvSample, type SamplePlace, type SampleRecord, sampleValues, usualFields } from "./csv-sample.ts";

/** The names as they are written, and where the records start. */
export interface FoundNames {
  readonly header: number | "none";
  readonly names: readonly string[];
  readonly fields: number;
  readonly rowNames: boolean;
  readonly records: SamplePlace;
  readonly notices: readonly Notice[];
}

/** The records of a sample that are not blank, at least one, and how they were divided. */
export interface DividedSample {
  readonly sample: CsvSample;
  readonly layout: CsvLayout;
  readonly records: readonly SampleRecord[];
  /** Whether there is more than one column. */
  readonly divided: boolean;
}

const COMPARED_RECORDS = 1000;
const ROW_NAMES = "row names";

/** Finds what names the columns. Throws `data/header` where a header names other columns than the rows have, or is not there. */
export function findNames(divided: DividedSample, options: CsvOptions): FoundNames {
  const { records } = divided;
  const { header } = options;
  if (typeof header === "number") {
    const place = records.findIndex(({ row }) => row === header);
    const record = records[place];
    if (record === undefined) {
      const message = `${options.name}: expected the names of the columns in row ${header}, found ${records.some(({ row }) => row > header) ? "a blank line" : "no such row at the start of the file"}`;
      throw new NablaError(
        "data/header",
        message,
        "name the row that holds them, such as --header 1, or --header none",
      );
    }
    return named(divided, place, options) ?? refuseHeader(divided, place, options);
  }
  const fields = divided.divided ? usualFields(records.filter(({ comment }) => !comment)) : 1;
  const first = Math.max(0, firstOf(divided, fields));
  if (header === "none") return unnamed(divided, first, fields, []);
  return withoutUnits(divided, guessed(divided, afterPaddedTitle(divided, first, fields), fields, options), options);
}

const LONGEST_TITLE = 20;

/**
 * Spreadsheets pad a title to as many values as the table has: rows that are mostly empty before one that is full of names.
 */
function afterPaddedTitle(divided: DividedSample, first: number, fields: number): number {
  const filled = (place: number): number => values(divided, place).filter((value) => value !== "").length;
  if (fields < 2 || filled(first) > fields / 2) return first;
  for (let place = first + 1; place < Math.min(first + LONGEST_TITLE, divided.records.length); place++) {
    if (divided.records[place]?.fields !== fields || filled(place) <= fields / 2) continue;
    const isHeader = headerEvidence(values(divided, place), below(divided, place, fields)) === "names";
    return isHeader && looksLikeNames(values(divided, place)) ? place : first;
  }
  return first;
}

const MOST_TEXT_UNIT = 20;

/** Leaves out a row of units, or of lines, between the names and the records: texts where all rows below have numbers. */
function withoutUnits(divided: DividedSample, found: FoundNames, options: CsvOptions): FoundNames {
  const place = divided.records.findIndex(({ start }) => start >= found.records.start);
  const record = divided.records[place];
  if (found.header === "none" || record === undefined || record.fields !== found.fields || record.comment) return found;
  const own = values(divided, place);
  const rows = below(divided, place, found.fields);
  const numeric = own.map(
    (_, c) =>
      rows.length > 1 &&
      rows.every((row) => ["number", "empty"].includes(cellKind(row[c] ?? ""))) &&
      rows.some((row) => cellKind(row[c] ?? "") === "number"),
  );
  const units = own.filter(
    (value, c) => numeric[c] === true && cellKind(value) === "text" && value.length <= MOST_TEXT_UNIT,
  );
  if (units.length < 2 || units.length < numeric.filter(Boolean).length) return found;
  // a blank line parts a title that happens to have as many values from the names
  if (record.row > found.header + 1 && looksLikeNames(own)) return named(divided, place, options) ?? found;
  const message = `row ${record.row} (${own.slice(0, 3).join(", ")}${own.length > 3 ? " …" : ""}) has texts where all rows below have numbers, such as units, and is left out; if it names the columns, --header ${record.row}`;
  return {
    ...found,
    records: { start: record.next, row: record.row + 1 },
    notices: [...found.notices, { code: "data/units", message }],
  };
}

/** The first record with so many values; a comment that has as many comes first only where no other names the columns. */
function firstOf(divided: DividedSample, fields: number): number {
  const { records } = divided;
  const first = records.findIndex((record) => record.fields === fields && record.fault === undefined);
  if (records[first]?.comment !== true) return first;
  const plain = records.findIndex((record, i) => i > first && record.fields === fields && !record.comment);
  if (plain < 0) return first;
  const evidence = headerEvidence(values(divided, plain), below(divided, plain, fields));
  return evidence === "names" ? plain : plain - 1;
}

function guessed(divided: DividedSample, first: number, fields: number, options: CsvOptions): FoundNames {
  const { records } = divided;
  const own = values(divided, first);
  const rows = below(divided, first, fields);
  const evidence = records[first]?.comment === true ? "names" : headerEvidence(own, rows);
  if (evidence !== "values") {
    const found = named(divided, first, options) ?? refuseHeader(divided, first, options);
    if (evidence === "names") return found;
    const shown = own.length > 3 ? `${own.slice(0, 3).join(", ")} …` : own.join(", ");
    const message = `the names in row ${found.header} are numbers (${shown}); if that row is a record, --header none`;
    return { ...found, notices: [...found.notices, { code: "data/number-names", message }] };
  }
  const before = records[first - 1];
  if (before?.comment === true) {
    const names = withoutMark(values(divided, first - 1));
    if (names.length === fields && looksLikeNames(names))
      return named(divided, first - 1, options) ?? refuseHeader(divided, first - 1, options);
  }
  if (
    before !== undefined &&
    !before.comment &&
    before.fields > 1 &&
    before.fields !== fields &&
    looksLikeNames(values(divided, first - 1))
  ) {
    return named(divided, first - 1, options) ?? refuseHeader(divided, first - 1, options);
  }
  if (before !== undefined && before.fields === 1 && fields === 2 && looksLikeNames(values(divided, first - 1))) {
    const found = named(divided, first - 1, options);
    if (found !== undefined && isRowNames([own, ...rows])) return found;
  }
  const row = records[first]?.row ?? 1;
  const message = `row ${row} is like the rows below it, so the columns are called column 1${fields > 1 ? `, column 2${fields > 2 ? " …" : ""}` : ""}; if it names them, --header ${row}`;
  return unnamed(divided, first, fields, [{ code: "data/no-header", message }]);
}

/** The names in a record; undefined where the rows below it do not fit them. */
function named(divided: DividedSample, place: number, options: CsvOptions): FoundNames | undefined {
  const { records } = divided;
  const record = records[place] as SampleRecord;
  const written = record.comment ? withoutMark(values(divided, place)) : values(divided, place);
  const after = records.slice(place + 1).filter(({ comment }) => !comment);
  const fields = !divided.divided ? 1 : after.length === 0 ? written.length : usualFields(after, written.length);
  const rows = below(divided, place, fields);
  const title = titleNotice(divided, place);
  const found = {
    header: record.row,
    rowNames: false,
    fields,
    records: { start: record.next, row: record.row + 1 },
  };
  const notices = title === undefined ? [] : [title];
  const extra = rows.length === 0 ? 0 : Math.min(...rows.map(emptyAtEnd));
  const padding = Math.min(extra, fields - 1, fields - written.length + emptyAtEnd(written));
  if (written.length === fields && padding === 0) return { ...found, names: written, notices };
  if (written.length === fields + 1 && written.at(-1) === "") {
    const message = `row ${record.row} ends in a delimiter and the rows below do not: it names ${count(fields, "column")}`;
    return {
      ...found,
      names: written.slice(0, -1),
      notices: [...notices, { code: "data/trailing-delimiter", message }],
    };
  }
  if (padding > 0 && fields - padding <= written.length) {
    const message = `each row ends in ${padding === 1 ? "a delimiter, after which there is no column" : `${padding} delimiters, after which there are no columns`}`;
    return {
      ...found,
      names: written.slice(0, fields - padding),
      notices: [...notices, { code: "data/trailing-delimiter", message }],
    };
  }
  if (written.length !== fields - 1) return undefined;
  if (!isDistinct(rows) && options.header === undefined) return undefined;
  const message = `row ${record.row} names one column less than the rows have, so their first values are names of the rows, as R writes them: column "${ROW_NAMES}"`;
  return {
    ...found,
    names: [written.includes(ROW_NAMES) ? "" : ROW_NAMES, ...written],
    rowNames: true,
    notices: [...notices, { code: "data/row-names", message }],
  };
}

function unnamed(divided: DividedSample, first: number, fields: number, notices: readonly Notice[]): FoundNames {
  const record = divided.records[first] as SampleRecord;
  const title = titleNotice(divided, first);
  return {
    header: "none",
    names: Array.from({ length: fields }, () => ""),
    fields,
    rowNames: false,
    records: { start: record.start, row: record.row },
    notices: title === undefined ? notices : [title, ...notices],
  };
}

function refuseHeader(divided: DividedSample, place: number, { name }: CsvOptions): never {
  const names = values(divided, place);
  const row = divided.records[place]?.row ?? 1;
  const fields = usualFields(divided.records.slice(place + 1));
  const message = `${name}, row ${row}: expected names for the ${count(fields, "value")} of each row, found ${count(names.length, "name")} (${names.slice(0, 5).join(", ")}${names.length > 5 ? " …" : ""})`;
  throw new NablaError("data/header", message, "correct that row, name another with --header 2, or say --header none");
}

/** What is said of rows before the names or the first record. */
function titleNotice({ sample, layout, records }: DividedSample, place: number): Notice | undefined {
  const before = records.slice(0, place).filter(({ comment }) => !comment);
  const [first] = before;
  if (first === undefined) return undefined;
  const shown = sampleValues(sample, first, layout).join(" ").slice(0, 40).trim();
  const rows =
    before.length > 4
      ? `${before.length} rows`
      : `${before.length === 1 ? "row" : "rows"} ${listing(before.map(({ row }) => String(row)))}`;
  const message = `${rows} ("${shown}") ${before.length === 1 ? "stands" : "stand"} before the table and ${before.length === 1 ? "is" : "are"} left out; if row ${first.row} names the columns, --header ${first.row}`;
  return { code: "data/title", message };
}

function values({ sample, layout, records }: DividedSample, place: number): string[] {
  const record = records[place];
  return record === undefined
    ? []
    : sampleValues(sample, record, layout).map((value) => value.replace(/\s*[\r\n]+\s*/g, " "));
}

function below(divided: DividedSample, place: number, fields: number): string[][] {
  const { sample, layout, records } = divided;
  const after = records.slice(place + 1, place + 1 + COMPARED_RECORDS);
  const budget = Math.max(5, Math.ceil(100_000 / fields));
  return after
    .filter((record) => record.fields === fields && !record.comment)
    .slice(0, budget)
    .map((record) => sampleValues(sample, record, layout));
}

function looksLikeNames(written: readonly string[]): boolean {
  return (
    written.every((value, i) => cellKind(value) === "text" || (value === "" && i > 0)) &&
    written.some((value) => value !== "")
  );
}

/** How many values at the end of a row are empty. */
function emptyAtEnd(values: readonly string[]): number {
  const last = values.findLastIndex((value) => value !== "");
  return values.length - 1 - last;
}

/** Names behind the mark of a comment. */
function withoutMark([first = "", ...others]: readonly string[]): string[] {
  const name = first.replace(/^(?:#+|%+|\/\/)\s*/, "");
  return name === "" ? others : [name, ...others];
}

/** Values that are each there once, as names of rows are. */
function isDistinct(rows: readonly (readonly string[])[]): boolean {
  const firsts = rows.map(([first = ""]) => first);
  return new Set(firsts).size === firsts.length;
}

/** Row numbers from 1, or texts that are each there once. */
function isRowNames(rows: readonly (readonly string[])[]): boolean {
  return (
    rows.every(([first], i) => first === String(i + 1)) ||
    (isDistinct(rows) && rows.every(([first = ""]) => cellKind(first) === "text"))
  );
}
