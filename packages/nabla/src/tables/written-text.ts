/** Tables that are written as text, as rows in memory. */
import { compact } from "../base/compact.ts";
import type { CsvForm } from "../reading/csv-form.ts";
import { csvChunks, readCsv } from "../reading/read-csv.ts";
import { jsonChunks, readJson } from "../reading/read-json.ts";
import { rowOfRecord } from "../reading/row-numbers.ts";
import type { WrittenRows } from "./written-table.ts";

/** How a table is written as text. */
export type TextFormat = "csv" | "json" | "json-lines";

/** How a file of text is written, where that is known better than it shows. */
export interface TextOptions {
  /** Such as "latin1"; default UTF-8, or what the first bytes say. */
  readonly encoding?: string;
  /** One character between the values of a CSV file; by default it is found in the file. */
  readonly delimiter?: string;
  /** The row that names the columns, as a spreadsheet counts, or none. By default it is found. */
  readonly header?: "none" | number;
  /**
   * How many rows at the end of a CSV file are no records; 0 keeps a row that looks like a total. By default they
   * are found.
   */
  readonly footer?: number;
}

/** A file of text. */
export interface TextFile {
  /** As messages name it. */
  readonly name: string;
  readonly format: TextFormat;
  /** Its bytes from the start, each time that it is called. */
  readonly bytes: () => AsyncIterable<Uint8Array>;
  /** How many bytes it has. Default: unknown. */
  readonly size?: number;
  /** It is UTF-8 with commas, as a sheet of a workbook is handed over. Default no. */
  readonly plain?: boolean;
}

/**
 * The rows of a file, so many at once; with infinity as `rowsPerChunk` all of them in one pass. Throws the `data/…` errors of
 * `readCsv` and `readJson`.
 */
export async function* textRows(
  { name, format, bytes, size, plain }: TextFile,
  options: TextOptions,
  rowsPerChunk: number,
): AsyncGenerator<WrittenRows, void, undefined> {
  const whole = rowsPerChunk === Number.POSITIVE_INFINITY;
  if (format === "csv") {
    const { encoding, delimiter, header, footer } = options;
    const layout = plain === true ? { delimiter: ",", encoding: "utf-8" } : { delimiter, encoding };
    const csv = compact({ name, bytes: size, header, footer, ...layout });
    const chunks = whole ? [await readCsv(bytes, csv)] : csvChunks(bytes, { ...csv, rowsPerChunk });
    for await (const chunk of chunks) {
      const before = "before" in chunk ? Number(chunk.before) : 0;
      // not the chunk, which need not stay in memory
      const { rowNumbers } = chunk;
      const fileRow = (row: number): number => rowOfRecord(rowNumbers, before + row);
      yield { name, ...chunk, form: formText(chunk.form, plain === true), unreadable: [], fileRow };
    }
    return;
  }
  const form = format === "json" ? "JSON" : "JSON lines";
  const json = compact({ name, encoding: options.encoding });
  for await (const chunk of whole ? [await readJson(bytes, json)] : jsonChunks(bytes, { ...json, rowsPerChunk })) {
    const { before, rowNumbers } = chunk;
    yield { name, ...chunk, form, fileRow: (row) => rowOfRecord(rowNumbers, before + row) };
  }
}

/** How a file is written, in words. */
function formText({ delimiter, encoding, header }: CsvForm, plain: boolean): string {
  const names: Readonly<Record<string, string>> = {
    ",": "commas",
    ";": "semicolons",
    "\t": "tabs",
    "|": "pipes",
    " ": "spaces",
  };
  const between = names[delimiter] ?? `"${delimiter}"`;
  const encoded = encoding === "utf-8" ? "" : `, ${encoding}`;
  const named = header === "none" ? ", no header" : header === 1 ? "" : `, header in row ${header}`;
  return plain ? `workbook${named}` : `CSV with ${between}${encoded}${named}`;
}
