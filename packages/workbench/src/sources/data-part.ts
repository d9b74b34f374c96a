import type { DataFormat } from "./data-format.ts";
import type { Bytes } from "./decompress.ts";

/** One table, or a part of one, as bytes that can be read again. */
export interface DataPart {
  /** As messages show it: `a.csv`, `archive.zip/a.csv`. */
  readonly name: string;
  readonly format: DataFormat;
  /** How many bytes it has, where that is known before they are read. */
  readonly size?: number;
  /** The file that holds these bytes and no others; always there for Parquet, which is not read in order. */
  readonly path?: string;
  /**
   * Nothing about its text need be guessed: it is UTF-8 with commas between values, and the numbers and dates of a workbook
   * are written with a decimal point and in ISO form.
   */
  readonly plain?: true;
  /** Its bytes in order, from the beginning at each call. Throws `files/…`, `data/damaged`, `data/expansion`. */
  bytes(): Bytes;
}
