import type { SurveyOptions, TextOptions } from "nabla/tables";
import type { DataFormat } from "./data-format.ts";

/** How a file is written, where that is known better than it shows. */
export interface FileOptions extends TextOptions {
  /** The sheet of a workbook, by name or number. By default the first that is not hidden. */
  readonly sheet?: string;
  /** How the table is written, where neither its name nor its content says so. By default they do. */
  readonly format?: DataFormat;
  /** How many times as large as its file data may be when unpacked; default 100. */
  readonly maxExpansion?: number;
}

/** What to read, and for what. */
export interface ReadOptions extends FileOptions, SurveyOptions {}
