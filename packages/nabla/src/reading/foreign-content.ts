import { NablaError } from "../base/error.ts";

interface Foreign {
  /** What the bytes start with, blanks aside, as Latin-1. */
  readonly starts: RegExp;
  readonly what: string;
  readonly hint: string;
}

const EXPORT = "export the table as CSV";

const binary: readonly (Omit<Foreign, "starts"> & { readonly starts: string })[] = [
  { starts: "PAR1", what: "a Parquet file", hint: "rename it to end in .parquet" },
  { starts: "PK\x03\x04", what: "a zip archive or an Excel workbook", hint: EXPORT },
  { starts: "\xd0\xcf\x11\xe0", what: "an Excel workbook of before 2007", hint: "save it as .xlsx or CSV" },
  { starts: "\x1f\x8b", what: "compressed with gzip", hint: "rename it to end in .csv.gz" },
  { starts: "BZh", what: "compressed with bzip2", hint: "unpack it with bunzip2" },
  { starts: "\x28\xb5\x2f\xfd", what: "compressed with Zstandard", hint: "unpack it with zstd -d" },
  { starts: "\xfd7zXZ", what: "compressed with xz", hint: "unpack it with unxz" },
  { starts: "%PDF-", what: "a PDF document", hint: EXPORT },
  { starts: "SQLite format 3", what: "an SQLite database", hint: EXPORT },
  { starts: "\x89PNG", what: "a PNG image", hint: "name a folder of images instead" },
  { starts: "\xff\xd8\xff", what: "a JPEG image", hint: "name a folder of images instead" },
  { starts: "\x89HDF", what: "an HDF5 file", hint: EXPORT },
  { starts: "\x93NUMPY", what: "a NumPy array", hint: "write it with numpy.savetxt(name, array, delimiter=',')" },
  { starts: "\xff\xfe\x00\x00", what: "UTF-32 text", hint: "save it as UTF-8" },
  { starts: "\x00\x00\xfe\xff", what: "UTF-32 text", hint: "save it as UTF-8" },
];

const textual: readonly Foreign[] = [
  {
    starts: /^(?:<!doctype html|<html|<head|<body|<table)/i,
    what: "a web page (HTML)",
    hint: "the address may lead to a page about the data, or ask to sign in: download the file itself",
  },
  { starts: /^<\?xml|^<(?:svg|rss|feed|gpx|kml)[\s>]/i, what: "XML", hint: EXPORT },
  {
    starts: /^version https:\/\/git-lfs/,
    what: "a pointer of Git LFS, not the file that it stands for",
    hint: "fetch the file with git lfs pull",
  },
  { starts: /^(?:%[^\r\n]*\s+)*@relation\b/i, what: "an ARFF file (Weka)", hint: EXPORT },
  { starts: /^[-+]?\d+(?:\.\d+)?(?: +\d+:\S+)+ *(?:\r?\n|$)/, what: "a file of LIBSVM", hint: EXPORT },
  { starts: /^\{\\rtf/, what: "a document (RTF)", hint: EXPORT },
];

const json: Foreign = {
  starts: /^(?:\{\s*(?:"|\})|\[\s*[{[\]])/,
  what: "JSON",
  hint: "rename it to end in .json, or in .jsonl where each line is an object",
};

/** Throws `data/binary` or `data/not-a-table` for bytes at the start of a file that are plainly no text, or another kind of text. */
export function refuseForeign(name: string, head: Uint8Array, expected: "CSV" | "JSON"): void {
  const start = String.fromCharCode(...head.subarray(0, 512));
  const foreign = binary.find(({ starts }) => start.startsWith(starts));
  if (foreign !== undefined)
    throw new NablaError("data/binary", `${name} is ${foreign.what}, not plain text`, foreign.hint);
  const text = start.replace(/^\xef\xbb\xbf/, "").trimStart();
  const other = [...textual, ...(expected === "CSV" ? [json] : [])].find(({ starts }) => starts.test(text));
  if (other !== undefined)
    throw new NablaError("data/not-a-table", `${name} is ${other.what}, not ${expected}`, other.hint);
}
