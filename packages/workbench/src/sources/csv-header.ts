import { NablaError } from "nabla";
import { csvRecords } from "./csv-records.ts";
import { bytesOf, type DataFile } from "./data-file.ts";

/** What the first record shows about a CSV file. */
export interface CsvHeader {
  readonly names: readonly string[];
  readonly delimiter: string;
  /** Blank lines before it. */
  readonly skip: number;
  /** Lines end in different ways, so DuckDB's strict mode would refuse the file. */
  readonly mixedLineBreaks: boolean;
}

const HEAD = 1 << 20;
const delimiters = [",", ";", "\t", "|"] as const;

/**
 * Reads the header: its names, and the delimiter that it uses most. Throws `data/empty` for a file of blank lines,
 * `data/duplicate-column` when two columns have one name.
 */
export async function csvHeader(file: DataFile): Promise<CsvHeader> {
  const head = await headOf(file);
  const text = head.replace(/^\uFEFF/, "");
  const blank = /^(?:[ \t]*(?:\r\n|\n|\r))*/.exec(text)?.[0] ?? "";
  const skip = blank.split(/\r\n|\n|\r/).length - 1;
  const body = text.slice(blank.length);
  if (body.trim() === "")
    throw new NablaError("data/empty", `${file.name} holds only blank lines`, "check how it was exported");
  const tabs = /\.tsv(\.gz)?$/i.test(file.name);
  const delimiter = tabs ? "\t" : likeliest(body);
  const names = fieldsOf(body, delimiter).map((name, i) => name.trim() || `column ${i + 1}`);
  checkDuplicates(file, names);
  const mixedLineBreaks = /\r\n/.test(body) && /(^|[^\r])\n/.test(body);
  return { names, delimiter, skip, mixedLineBreaks };
}

async function headOf(file: DataFile): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of bytesOf(file)) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= HEAD) break;
  }
  return Buffer.concat(chunks).toString("utf8");
}

function likeliest(body: string): string {
  const count = (delimiter: string): number => fieldsOf(body, delimiter).length;
  return delimiters.reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best));
}

/** The fields of the first record, quotes taken off. */
function fieldsOf(body: string, delimiter: string): string[] {
  const fields: string[] = [];
  let field = "";
  let quoted = false;
  for (let i = 0; i < body.length; i++) {
    const letter = body[i];
    if (quoted && letter === '"' && body[i + 1] === '"') {
      field += '"';
      i++;
    } else if (letter === '"' && (quoted || field === "")) quoted = !quoted;
    else if (!quoted && letter === delimiter) {
      fields.push(field);
      field = "";
    } else if (!quoted && (letter === "\n" || letter === "\r")) break;
    else field += letter;
  }
  fields.push(field);
  return fields;
}

function checkDuplicates(file: DataFile, names: readonly string[]): void {
  const second = names.findIndex((name, i) => names.indexOf(name) < i);
  if (second < 0) return;
  const name = names[second] ?? "";
  const message = `${file.name}, row 1: columns ${names.indexOf(name) + 1} and ${second + 1} are both named "${name}"`;
  throw new NablaError("data/duplicate-column", message, "rename one of them");
}

/** The first record that does not fit the header, as an error; none when all do. Reads the whole file. */
export async function csvFault(file: DataFile, { names, delimiter, skip }: CsvHeader): Promise<NablaError | undefined> {
  for await (const { row, fields, blank, fault } of csvRecords(file, delimiter)) {
    if (row <= skip || (blank && names.length > 1)) continue;
    const at = `${file.name}, row ${row}`;
    if (fault === "open quote") {
      return new NablaError("data/quote", `${at}: a quote is never closed`, 'write a quote within a value as ""');
    }
    if (fault === "text after quote") {
      return new NablaError("data/quote", `${at}: text follows a closing quote`, 'write a quote within a value as ""');
    }
    if (fault === "not UTF-8") {
      return new NablaError("data/encoding", `${at}: the text is not UTF-8`, "save the file as UTF-8");
    }
    if (fields !== names.length) {
      const message = `${at}: expected ${names.length} values as in the header, found ${fields}`;
      return new NablaError(
        "data/ragged",
        message,
        `values that hold "${delimiter === "\t" ? "a tab" : delimiter}" need quotes around them`,
      );
    }
  }
  return undefined;
}

/** The row, as a spreadsheet shows it, of the record that DuckDB counts as number `record` (1 is the first after the header). */
export async function csvRow(file: DataFile, { names, delimiter, skip }: CsvHeader, record: number): Promise<number> {
  let left = record + 1;
  for await (const { row, blank } of csvRecords(file, delimiter)) {
    if (row <= skip || (blank && names.length > 1)) continue;
    if (--left === 0) return row;
  }
  return record + 1;
}
