/** The form of a CSV file, found from its first megabyte: delimiter, quotes, what stands before the records, and the names. */
import { NablaError } from "../base/error.ts";
import type { Notice } from "../base/notice.ts";
import { distinctNames } from "./column-names.ts";
import type { CsvForm, CsvOptions } from "./csv-form.ts";
import { findLayout } from "./csv-layout.ts";
import { findNames } from "./csv-names.ts";
import { type CsvSample, sampleRecords } from "./csv-sample.ts";

/** A form, and what a reader of the file should know about it. */
export interface FoundForm {
  readonly form: CsvForm;
  readonly notices: readonly Notice[];
}

/**
 * The form of a file whose first bytes are `given`; what the options say is taken as it is. Throws `data/empty` for blank
 * lines only, `data/header` for a header that does not fit the rows, `data/delimiter` for a delimiter that is none, `data/quote`
 * for a quote that nothing closes within the sample.
 */
export function findForm(given: CsvSample, options: CsvOptions, encoding: string): FoundForm {
  const { layout, sample, delimiter, from, divided, notices } = findLayout(given, options);
  const records = sampleRecords(sample, layout, from).filter(({ blank }) => !blank);
  if (records.length === 0) throw noRecords(sample, options.name);
  const found = findNames({ sample, layout, records, divided }, options);
  const distinct = distinctNames(found.names);
  return {
    form: {
      delimiter,
      quotes: layout.quotes,
      encoding,
      header: found.header,
      names: distinct.names,
      fields: found.fields,
      rowNames: found.rowNames,
      firstRow: found.records.row,
      start: found.records.start,
      footer: options.footer ?? 0,
    },
    notices: [...notices, ...found.notices, ...distinct.notices],
  };
}

function noRecords({ whole }: CsvSample, name: string): NablaError {
  if (whole) return new NablaError("data/empty", `${name} holds only blank lines`, "check how it was exported");
  const message = `${name}, row 1: no line ends within the first megabyte, or a quote is never closed`;
  return new NablaError("data/quote", message, "check that this is a table of text, one row a line");
}
