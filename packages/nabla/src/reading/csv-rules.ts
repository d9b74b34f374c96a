/** What becomes of rows that are not like the others, and of what cannot be text. */
import { NablaError } from "../base/error.ts";
import type { Notice } from "../base/notice.ts";
import { count } from "../base/text.ts";
import { firstText, hasEmptyRecord, isEmptyRecord, isFooter, isTotal } from "./csv-footer.ts";
import type { CsvForm, CsvOptions } from "./csv-form.ts";
import { type CsvRecordEnd, recordValues } from "./csv-record.ts";
import { isRule, startsComment } from "./csv-sample.ts";
import type { CsvScanner, ScanEvents } from "./csv-scanner.ts";
import { rowOfRecord } from "./row-numbers.ts";

interface HeldRow {
  readonly row: number;
  readonly values: readonly string[];
}

/** How the file ended. */
interface Ending {
  /** Records, without a total at the end. */
  readonly rows: number;
  /** Rows at the end that are no records. */
  readonly footer: number;
  readonly notices: readonly Notice[];
}

/** So many rows at the end may be no records. */
const LONGEST_FOOTER = 20;
const MOST_TOTALS = 3;
const MOST_SHOWN = 40;

/** The rules for one file. */
export class CsvRules implements ScanEvents {
  readonly #form: CsvForm;
  readonly #options: CsvOptions;
  readonly #held: HeldRow[] = [];
  #comments = 0;
  #cut = 0;
  readonly #repeated: number[] = [];

  constructor(form: CsvForm, options: CsvOptions) {
    this.#form = form;
    this.#options = options;
  }

  misfit(record: CsvRecordEnd, row: number, bytes: Uint8Array, start: number): "passed over" | "held" | "cut" {
    if (startsComment(bytes, start) || isRule(bytes, start, record.stop)) {
      this.#comments++;
      return "passed over";
    }
    if (record.fault !== undefined) throw this.#quoteFault(record.fault, row);
    const values = recordValues(bytes, { start, end: record.stop, final: true }, this.#form);
    if (values.length > this.#form.fields && values.slice(this.#form.fields).every((value) => value === "")) {
      this.#cut++;
      return "cut";
    }
    this.#held.push({ row, values });
    if (this.#held.length > Math.max(LONGEST_FOOTER, this.#options.footer ?? 0)) this.resumed();
    return "held";
  }

  resumed(): never {
    throw this.#ragged();
  }

  repeated(row: number): void {
    this.#repeated.push(row);
  }

  badText(row: number, column: number, bytes: Uint8Array, at: number): never {
    const { name } = this.#options;
    if (bytes[at] !== 0) throw notUtf8(name, row, this.#form.names[column]);
    const message = `${name}, row ${row}, column ${this.#form.names[column] ?? column + 1}: a byte 0 stands in the text`;
    throw new NablaError("data/binary", message, "the file is damaged or not text: export the table as CSV in UTF-8");
  }

  /** Checks that nothing follows the delimiter at the end of each row, where there is no column. */
  checkExtra(scanner: CsvScanner): void {
    const { fields, names } = this.#form;
    for (let c = names.length; c < fields; c++) {
      const record = scanner.column(c).firstFilled(scanner.rows);
      if (record < 0) continue;
      const row = rowOfRecord(scanner.rowNumbers, scanner.recordsBefore + record);
      const message = `${this.#options.name}, row ${row}: expected ${count(names.length, "value")} as in the header, found ${c + 1}`;
      throw new NablaError("data/ragged", message, "name each column in the header");
    }
  }

  /** Decides about the rows at the end. Throws `data/ragged` for one that is neither a record nor a footer. */
  close(scanner: CsvScanner): Ending {
    const { footer } = this.#options;
    const held = this.#held.length;
    const fits = footer === undefined ? this.#held.every(({ values }) => isFooter(values)) : held <= footer;
    if (!fits) throw this.#ragged();
    const { rows, empty } =
      footer === undefined ? this.#recordsOf(scanner) : { rows: Math.max(0, scanner.rows - (footer - held)), empty: 0 };
    const left = held + scanner.rows - rows;
    const notices: Notice[] = [];
    if (empty > 0)
      notices.push(said("data/empty-rows", `${count(empty, "row")} at the end without any value left out`));
    if (left > empty && footer === undefined) notices.push(this.#footerNotice(scanner, rows, left - empty));
    return { rows, footer: left, notices: [...notices, ...this.#passedNotices()] };
  }

  /** What is said of rows that were passed over, or cut, on the way. */
  #passedNotices(): readonly Notice[] {
    const notices: Notice[] = [];
    const comments = this.#comments;
    const are = comments === 1 ? "is a comment and is" : "are comments and are";
    if (comments > 0) notices.push(said("data/comments", `${count(comments, "line")} among the rows ${are} left out`));
    const [repeated, ...others] = this.#repeated;
    if (repeated !== undefined) {
      const one = `row ${repeated} repeats the names of the columns and is left out`;
      const several = `${others.length + 1} rows from row ${repeated} on repeat the names of the columns and are left out`;
      notices.push(said("data/repeated-header", others.length === 0 ? one : several));
    }
    if (this.#cut > 0) {
      const message = `${count(this.#cut, "row")} end${this.#cut === 1 ? "s" : ""} in empty values beyond the last column`;
      notices.push(said("data/trailing-delimiter", message));
    }
    return notices;
  }

  /** How many records there are before rows without any value, and totals, at the end. */
  #recordsOf(scanner: CsvScanner): { readonly rows: number; readonly empty: number } {
    const { fields } = this.#form;
    let { rows } = scanner;
    let empty = 0;
    let totals = 0;
    for (; rows > 0; rows--) {
      if (fields > 1 && isEmptyRecord(scanner, rows - 1, fields)) empty++;
      else if (scanner.recordsBefore + rows > 2 && totals < MOST_TOTALS && isTotal(scanner, rows - 1, fields)) totals++;
      else break;
    }
    // a single one among others like it is a record; where totals come too, it parts them from the table
    return empty === 1 && totals === 0 && hasEmptyRecord(scanner, rows, fields)
      ? { rows: rows + 1, empty: 0 }
      : { rows, empty };
  }

  #footerNotice(scanner: CsvScanner, rows: number, left: number): Notice {
    const total = Array.from({ length: scanner.rows - rows }, (_, i) => rows + i).find(
      (record) => !isEmptyRecord(scanner, record, this.#form.fields),
    );
    const [first] = this.#held;
    const row = total === undefined ? first?.row : rowOfRecord(scanner.rowNumbers, scanner.recordsBefore + total);
    const shown = total === undefined ? first?.values.join(" ") : firstText(scanner, total, this.#form.fields);
    const what =
      left === 1
        ? `row ${row} ("${shown?.slice(0, MOST_SHOWN)}") closes the table and is`
        : `${left} rows from row ${row} on ("${shown?.slice(0, MOST_SHOWN)}") close the table and are`;
    return { code: "data/footer", message: `${what} left out; if that is a record, --footer 0` };
  }

  #ragged(): NablaError {
    const [first] = this.#held;
    const { names, fields, delimiter, header } = this.#form;
    const found = first?.values.length ?? 0;
    const expected = `${count(fields, "value")}${header === "none" ? " as in the other rows" : " as in the header"}`;
    const message = `${this.#options.name}, row ${first?.row}: expected ${expected}, found ${found}`;
    const shown = delimiter === "\t" ? "a tab" : delimiter;
    const hint =
      found > names.length
        ? `values that hold "${shown}" need quotes around them`
        : "complete the row, or remove it; if the file ends in rows that are no records, --footer 1";
    return new NablaError("data/ragged", message, hint);
  }

  #quoteFault(fault: "open quote" | "text after quote", row: number): NablaError {
    const what = fault === "open quote" ? "a quote is never closed" : "text follows a closing quote";
    return new NablaError(
      "data/quote",
      `${this.#options.name}, row ${row}: ${what}`,
      'write a quote within a value as ""',
    );
  }
}

function said(code: string, message: string): Notice {
  return { code, message };
}

/** The error about a text that is not UTF-8. */
export function notUtf8(name: string, row: number, column?: string): NablaError {
  const message = `${name}, row ${row}${column === undefined ? "" : `, column ${column}`}: the text is not UTF-8`;
  return new NablaError(
    "data/encoding",
    message,
    "name its encoding, such as --encoding latin1, or save the file as UTF-8",
  );
}
