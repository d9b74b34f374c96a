/** What a file is by its first bytes, whatever its name says. */
import { encodingOf } from "nabla/tables";

/** How bytes are packed. */
export type Compression = "gzip" | "zstd" | "bzip2";

/**
 * Text or columns to read, something to unpack first, or something that cannot be read, with what to do about it, where
 * FILE stands for its name.
 */
export type ContentKind =
  | { readonly kind: "empty" | "text" | "parquet" | "arrow" | "numpy" | "zip" | Compression; readonly what: string }
  | { readonly kind: "other"; readonly what: string; readonly hint: string };

/** How many of the first bytes decide. */
const HEAD_BYTES = 4096;

const PANDAS = "write it as Parquet or CSV where it was made: df.to_parquet or df.to_csv";
const PICTURE = "images are read from a folder with one folder for each class";
const UNPACK = "unpack it, and name the files inside";

/** How documents of Office before 2007 begin, and those of today with a password. */
const OFFICE = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/** Each begins with `bytes` (Latin-1) at `at`; `and` must come somewhere after. */
interface Signature {
  readonly bytes: string;
  readonly at?: number;
  readonly and?: string;
  readonly what: string;
  /** What it is read as. */
  readonly read?: "parquet" | "arrow" | "numpy" | "zip" | Compression;
  /** What to do where it is not read. */
  readonly hint?: string;
}

const signatures: readonly Signature[] = [
  { bytes: "PAR1", what: "a Parquet file", read: "parquet" },
  {
    bytes: "PARE",
    what: "an encrypted Parquet file",
    hint: "decrypt it: write it again without encryption where its key is",
  },
  { bytes: "\x1f\x8b", what: "compressed with gzip", read: "gzip" },
  { bytes: "\x28\xb5\x2f\xfd", what: "compressed with Zstandard", read: "zstd" },
  { bytes: "BZh", at: 0, and: "1AY&SY", what: "compressed with bzip2", read: "bzip2" },
  { bytes: "BZh", at: 0, and: "\x17rE8P\x90", what: "compressed with bzip2", read: "bzip2" },
  { bytes: "PK\x03\x04", what: "a zip archive", read: "zip" },
  { bytes: "PK\x05\x06", what: "an empty zip archive", read: "zip" },
  { bytes: "PK\x07\x08", what: "a part of a zip archive in several parts", hint: "join the parts: zip -s 0" },
  { bytes: "\xfd7zXZ\0", what: "compressed with xz", hint: "unxz FILE" },
  { bytes: "\x04\x22\x4d\x18", what: "compressed with LZ4", hint: "unlz4 FILE" },
  { bytes: "\x02\x21\x4c\x18", what: "compressed with LZ4", hint: "unlz4 FILE" },
  { bytes: "\x1f\x9d", what: "compressed with compress (.Z)", hint: "uncompress FILE" },
  { bytes: "LZIP\x01", what: "compressed with lzip", hint: "lzip -d FILE" },
  { bytes: "\xff\x06\0\0sNaPpY", what: "compressed with Snappy", hint: UNPACK },
  { bytes: "7z\xbc\xaf\x27\x1c", what: "a 7-Zip archive", hint: "7z x FILE, and name a file that was in it" },
  { bytes: "Rar!\x1a\x07", what: "a RAR archive", hint: "unrar x FILE, and name a file that was in it" },
  { bytes: "ustar", at: 257, what: "a tar archive", hint: "tar -xf FILE, and name a file that was in it" },
  { bytes: OFFICE, what: "a document of an old Office", hint: "save its table as .xlsx or CSV" },
  {
    bytes: "SQLite format 3\0",
    what: "an SQLite database",
    hint: "export one of its tables as CSV: sqlite3 -header -csv",
  },
  { bytes: "DUCK", at: 8, what: "a DuckDB database", hint: "export one of its tables: COPY … TO 'table.parquet'" },
  { bytes: "Standard Jet DB", at: 4, what: "an Access database", hint: "export one of its tables as CSV" },
  { bytes: "Standard ACE DB", at: 4, what: "an Access database", hint: "export one of its tables as CSV" },
  { bytes: "%PDF-", what: "a PDF document", hint: "export the table as CSV where the document was made" },
  { bytes: "{\\rtf", what: "an RTF document", hint: "save it as plain text, or the table as CSV" },
  { bytes: "\x89PNG\r\n\x1a\n", what: "a PNG image", hint: PICTURE },
  { bytes: "\xff\xd8\xff", what: "a JPEG image", hint: PICTURE },
  { bytes: "GIF87a", what: "a GIF image", hint: PICTURE },
  { bytes: "GIF89a", what: "a GIF image", hint: PICTURE },
  { bytes: "RIFF", and: "WEBP", what: "a WebP image", hint: PICTURE },
  {
    bytes: "RIFF",
    and: "WAVE",
    what: "a sound (WAV)",
    hint: "tables are read, and images; compute features of the sound",
  },
  { bytes: "BM", and: "\0\0\0\0", what: "a BMP image", hint: PICTURE },
  { bytes: "II*\0", what: "a TIFF image", hint: PICTURE },
  { bytes: "MM\0*", what: "a TIFF image", hint: PICTURE },
  { bytes: "\x89HDF\r\n\x1a\n", what: "an HDF5 file", hint: PANDAS },
  { bytes: "CDF\x01", what: "a NetCDF file", hint: "write it as CSV where it was made" },
  { bytes: "CDF\x02", what: "a NetCDF file", hint: "write it as CSV where it was made" },
  { bytes: "MATLAB 5.0 MAT-file", what: "a MATLAB file", hint: "write it as CSV in MATLAB: writetable or writematrix" },
  { bytes: "\x93NUMPY", what: "a NumPy array", read: "numpy" },
  ...["\x80\x02", "\x80\x03", "\x80\x04", "\x80\x05"].map((bytes) => ({
    bytes,
    what: "a Python pickle",
    hint: PANDAS,
  })),
  { bytes: "ARROW1", what: "an Arrow file", read: "arrow" },
  { bytes: "FEA1", what: "a Feather file", hint: PANDAS },
  { bytes: "\xff\xff\xff\xff", what: "an Arrow stream", read: "arrow" },
  { bytes: "ORC", and: "\0", what: "an ORC file", hint: PANDAS },
  { bytes: "Obj\x01", what: "an Avro file", hint: PANDAS },
  { bytes: "RDX2\n", what: "an R workspace (.RData)", hint: "write it as CSV in R: write.csv" },
  { bytes: "RDX3\n", what: "an R workspace (.RData)", hint: "write it as CSV in R: write.csv" },
  { bytes: "X\n\0\0\0", what: "an R object (.rds)", hint: "write it as CSV in R: write.csv" },
  { bytes: "$FL2", what: "an SPSS file", hint: "write it as CSV in SPSS" },
  { bytes: "$FL3", what: "an SPSS file", hint: "write it as CSV in SPSS" },
  { bytes: "<stata_dta>", what: "a Stata file", hint: "write it as CSV in Stata: export delimited" },
  ...["q\x02\x01\0", "r\x02\x01\0", "s\x02\x01\0", "q\x01\x01\0", "r\x01\x01\0", "s\x01\x01\0"].map((bytes) => ({
    bytes,
    what: "a Stata file",
    hint: "write it as CSV in Stata: export delimited",
  })),
  {
    bytes: "\xc2\xea\x81\x60\xb3\x14\x11\xcf",
    at: 12,
    what: "a SAS file",
    hint: "write it as CSV in SAS: proc export",
  },
  {
    bytes: "\0\x05\x16\x07",
    what: "a companion file of macOS, without the data",
    hint: "take the file without ._ before its name",
  },
  { bytes: "\0\0\xfe\xff", what: "UTF-32 text", hint: "save it as UTF-8" },
  { bytes: "\xff\xfe\0\0", what: "UTF-32 text", hint: "save it as UTF-8" },
];

/** Texts that are no tables, by how they begin, in lower case and after blanks. */
const writings: readonly (readonly [start: string, what: string, hint: string])[] = [
  ["<!doctype html", "a web page (HTML)", "it may be a login or error page: download the file itself, or export CSV"],
  ["<html", "a web page (HTML)", "it may be a login or error page: download the file itself, or export CSV"],
  ["<head", "a web page (HTML)", "it may be a login or error page: download the file itself, or export CSV"],
  ["<table", "an HTML table", "open it in a spreadsheet, and save it as .xlsx or CSV"],
  ["<?xml", "XML", "export the table as CSV"],
  ["version https://git-lfs.github.com/spec/", "a Git LFS pointer, without the data", "git lfs pull"],
  ["@relation", "an ARFF file (Weka)", "save it as CSV in Weka"],
];

/** Names what begins with these bytes; the first HEAD_BYTES decide, and more of them tell documents of Office apart. */
export function contentKind(bytes: Uint8Array): ContentKind {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, HEAD_BYTES));
  if (head.length === 0) return { kind: "empty", what: "empty" };
  const latin = head.toString("latin1");
  const found = signatures.find(
    ({ bytes: start, at = 0, and }) =>
      latin.startsWith(start, at) && (and === undefined || latin.includes(and, at + start.length)),
  );
  if (found !== undefined) {
    const { read, what, hint = UNPACK } = found;
    if (read !== undefined) return { kind: read, what };
    return { kind: "other", what, hint, ...(found.bytes === OFFICE ? officeDocument(bytes) : {}) };
  }
  const wide = encodingOf(head);
  const text = wide === undefined ? latin : new TextDecoder(wide).decode(head);
  const start = text
    .replace(/^(?:\ufeff|\u00ef\u00bb\u00bf)/, "")
    .trimStart()
    .toLowerCase();
  const writing = writings.find(([begin]) => start.startsWith(begin));
  if (writing !== undefined) return { kind: "other", what: writing[1], hint: writing[2] };
  const zero = wide === undefined ? head.indexOf(0) : -1;
  if (zero >= 0)
    return { kind: "other", what: `not text: byte ${zero} is 0`, hint: "export the table as CSV in UTF-8" };
  return { kind: "text", what: wide === undefined ? "text" : `text in ${wide.toUpperCase()}` };
}

/** Documents of an old Office, by the name of a stream in them. */
const streams: readonly (readonly [stream: string, what: string, hint: string])[] = [
  ["EncryptedPackage", "an Excel workbook with a password", "save it as .xlsx without a password, or as CSV"],
  ["Workbook", "an old Excel workbook (.xls)", "open it in a spreadsheet, and save it as .xlsx or CSV"],
  ["Book", "an old Excel workbook (.xls)", "open it in a spreadsheet, and save it as .xlsx or CSV"],
  ["WordDocument", "an old Word document (.doc)", "copy its table into a spreadsheet, and save it as .xlsx or CSV"],
];

function officeDocument(bytes: Uint8Array): { readonly what?: string; readonly hint?: string } {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const found = streams.find(([stream]) => content.includes(Buffer.from(`${stream}\0`, "utf16le")));
  return found === undefined ? {} : { what: found[1], hint: found[2] };
}
