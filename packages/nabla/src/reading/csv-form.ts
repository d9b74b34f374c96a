/** How quotes within quoted values are written; "none" where a quote is a character like any other. */
export type QuoteStyle = "doubled" | "backslash" | "none";

/** How a CSV file is laid out. Plain data. */
export interface CsvForm {
  /** One character; " " stands for any run of blanks. */
  readonly delimiter: string;
  readonly quotes: QuoteStyle;
  /** A label of the Encoding Standard, such as "utf-8", "utf-16le" or "windows-1252". */
  readonly encoding: string;
  /** The row that names the columns, as a spreadsheet counts from 1, or "none". */
  readonly header: number | "none";
  /** The columns' names, each once. */
  readonly names: readonly string[];
  /** Values in a record: as many as names, or more where each record ends in delimiters. */
  readonly fields: number;
  /** The first column holds names of the rows, which the header does not mention, as R writes them. */
  readonly rowNames: boolean;
  /** The spreadsheet's row of the first record; those before it, but for the header, were left out. */
  readonly firstRow: number;
  /** Where the first record starts: bytes of UTF-8, after a byte order mark. */
  readonly start: number;
  /** Rows at the end that are no records, such as a total. */
  readonly footer: number;
}

/** What is known about a CSV file before it is read; the rest is found. */
export interface CsvOptions {
  /** As messages name the file. */
  readonly name: string;
  /** One character, or "tab"; by default it is found in the file. */
  readonly delimiter?: string;
  /** The row that names the columns, as a spreadsheet counts from 1, or "none". By default it is found. */
  readonly header?: number | "none";
  /** A label of the Encoding Standard, such as "latin1"; by default it is found in the file. */
  readonly encoding?: string;
  /** So many rows at the end are no records, where that is not to be found: 0 keeps a row that looks like a total. By default they are found. */
  readonly footer?: number;
  /** How many bytes there are, where that is known: it saves copies. Default: unknown. */
  readonly bytes?: number;
  /** How many bytes are gathered before they are scanned; 65,536 by default. */
  readonly windowBytes?: number;
}
