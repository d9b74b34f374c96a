import { listing, NablaError } from "nabla";
import type { TextFormat } from "nabla/tables";

/** How a table is written. */
export type DataFormat = TextFormat | "parquet" | "arrow" | "numpy";

/** All formats that tables are read in. */
export const dataFormats: readonly DataFormat[] = ["csv", "json", "json-lines", "parquet", "arrow", "numpy"];

/** What formats are called in sentences. */
export const formatNames: Readonly<Record<DataFormat, string>> = {
  csv: "CSV",
  json: "JSON",
  "json-lines": "JSON lines",
  parquet: "a Parquet file",
  arrow: "an Arrow file",
  numpy: "a NumPy file",
};

/** What a name says of a file: how its table is written, and how that is packed. */
export interface NamedFormat {
  /** `text` for endings that say no more than that, and for names without one; undefined for any other ending. */
  readonly format?: DataFormat | "workbook" | "text";
  /** How it is packed, outermost last: `gz` of data.csv.gz. */
  readonly packing: readonly string[];
  /** The ending that says how the table is written, with its point; empty where there is none. */
  readonly ending: string;
}

const formats: Readonly<Record<string, NonNullable<NamedFormat["format"]>>> = {
  csv: "csv",
  tsv: "csv",
  tab: "csv",
  psv: "csv",
  txt: "text",
  text: "text",
  dat: "text",
  data: "text",
  asc: "text",
  prn: "text",
  json: "json",
  jsonl: "json-lines",
  ndjson: "json-lines",
  parquet: "parquet",
  pq: "parquet",
  arrow: "arrow",
  arrows: "arrow",
  feather: "arrow",
  ipc: "arrow",
  npy: "numpy",
  npz: "numpy",
  xlsx: "workbook",
  xlsm: "workbook",
  xls: "workbook",
  xlsb: "workbook",
  ods: "workbook",
};
const packings: readonly string[] = ["gz", "gzip", "zst", "zstd", "bz2", "zip"];

/** The endings of names of tables, for messages. */
export const endings = ".csv, .tsv, .txt, .parquet, .json, .jsonl, .ndjson, .arrow, .npz, .npy or .xlsx";

/** What the name of a file says of it. */
export function namedFormat(name: string): NamedFormat {
  const [, ...words] = name.toLowerCase().replace(/^\.+/, "").split(".");
  const packing: string[] = [];
  while (packings.includes(words.at(-1) ?? "")) packing.unshift(words.pop() ?? "");
  const last = words.at(-1) ?? "";
  // 2024.05 and part-0001 say as little as no ending does
  const ending = /^\d*$/.test(last) || /\s/.test(last) ? "" : `.${last}`;
  const format = ending === "" ? "text" : Object.hasOwn(formats, last) ? formats[last] : undefined;
  return { packing, ending, ...(format === undefined ? {} : { format }) };
}

/** What holds something that is not read; `data/format` for names, `data/binary` for contents. */
export function unknownEnding(name: string, ending: string): NablaError {
  return new NablaError(
    "data/format",
    `${name}: data files end in ${endings}, this one in "${ending}"`,
    `if it holds such a table, say how it is written: --format ${listing(dataFormats, "or")}`,
  );
}
