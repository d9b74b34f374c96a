import { textFormat } from "nabla/tables";
import { expect, test } from "vitest";
import { contentKind } from "../../src/sources/content-kind.ts";
import { namedFormat } from "../../src/sources/data-format.ts";

const latin = (text: string): Uint8Array => Buffer.from(text, "latin1");
const wide = (text: string): Buffer => Buffer.from(text, "utf16le");

/** The beginning of a document of an old Office, with the name of a stream where it is found in large ones. */
function officeDocument(stream: string): string {
  return `\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1${"\0".repeat(6000)}${wide(`${stream}\0`).toString("latin1")}`;
}

test.each([
  ["", "empty", "empty"],
  ["a,b\n1,2\n", "text", "text"],
  ["\xef\xbb\xbfa,b\n", "text", "text"],
  ["caf\xe9;prix\n", "text", "text"],
  ["\x80 price;x\n", "text", "text"],
  ["BZh and other names\n1\n", "text", "text"],
  ["PAR1\x15\x04", "parquet", "a Parquet file"],
  ["\x1f\x8b\x08\0", "gzip", "compressed with gzip"],
  ["\x28\xb5\x2f\xfd\x04", "zstd", "compressed with Zstandard"],
  ["BZh91AY&SY", "bzip2", "compressed with bzip2"],
  ["BZh9\x17rE8P\x90\0\0\0\0", "bzip2", "compressed with bzip2"],
  ["PK\x03\x04\x14\0", "zip", "a zip archive"],
  ["\xfd7zXZ\0\0", "other", "compressed with xz"],
  ["7z\xbc\xaf\x27\x1c", "other", "a 7-Zip archive"],
  [`${"a.csv".padEnd(257, "\0")}ustar`, "other", "a tar archive"],
  ["<!DOCTYPE html>\n<html>", "other", "a web page (HTML)"],
  ["\xef\xbb\xbf\n <HTML lang=en>", "other", "a web page (HTML)"],
  ["<?xml version='1.0'?>", "other", "XML"],
  ["version https://git-lfs.github.com/spec/v1\noid sha256:0", "other", "a Git LFS pointer, without the data"],
  ["%PDF-1.7\n", "other", "a PDF document"],
  ["SQLite format 3\0", "other", "an SQLite database"],
  ["\x89PNG\r\n\x1a\n", "other", "a PNG image"],
  ["\xff\xd8\xff\xe0", "other", "a JPEG image"],
  ["\x80\x04\x95\x10", "other", "a Python pickle"],
  ["\x89HDF\r\n\x1a\n", "other", "an HDF5 file"],
  ["\x93NUMPY\x01\0", "numpy", "a NumPy array"],
  ["ARROW1\0\0", "arrow", "an Arrow file"],
  ["\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "other", "a document of an old Office"],
  [officeDocument("EncryptedPackage"), "other", "an Excel workbook with a password"],
  [officeDocument("Workbook"), "other", "an old Excel workbook (.xls)"],
  [officeDocument("WordDocument"), "other", "an old Word document (.doc)"],
  ["a,b\n1,\0\n", "other", "not text: byte 6 is 0"],
  ["ORC,name\n1,2\n", "text", "text"],
  ["BMI,age\n21.5,40\n", "text", "text"],
  ["BM\x36\x03\0\0\0\0\0\0\x36", "other", "a BMP image"],
])("what begins with %j is %s", (start, kind, what) => {
  const found = contentKind(latin(start));
  expect(found).toMatchObject({ kind, what });
  if (found.kind === "other") expect(found.hint.length).toBeGreaterThan(6);
});

test("text in UTF-16 is text, with its mark or without", () => {
  for (const [bytes, encoding] of [
    [Buffer.concat([latin("\xff\xfe"), wide("name,größe\n")]), "UTF-16LE"],
    [Buffer.concat([latin("\xff\xfe"), wide("名前,値段\n")]), "UTF-16LE"],
    [wide("name,size\nbox,3\n"), "UTF-16LE"],
    [wide("名前,値,段\n東京,1,2\n"), "UTF-16LE"],
    [Buffer.from(wide("name,size\nbox,3\n")).swap16(), "UTF-16BE"],
  ] as const)
    expect(contentKind(bytes)).toEqual({ kind: "text", what: `text in ${encoding}` });
  expect(contentKind(Buffer.concat([latin("\xff\xfe"), wide("<html>")])).kind).toBe("other");
  expect(contentKind(latin("\xff\xfe\0\0a\0\0\0"))).toMatchObject({ what: "UTF-32 text" });
});

test("only the bytes of the view count", () => {
  const all = latin("xxxxPAR1xxxx");
  expect(contentKind(all.subarray(4, 8)).kind).toBe("parquet");
});

test.each([
  ["a.csv", "csv", [], ".csv"],
  ["A.CSV.GZ", "csv", ["gz"], ".csv"],
  ["a.tar.gz", undefined, ["gz"], ".tar"],
  ["2024.05.31", "text", [], ""],
  ["part-00000", "text", [], ""],
  ["part-00000-c000.snappy.parquet", "parquet", [], ".parquet"],
  ["adult.data", "text", [], ".data"],
  ["a.jsonl.zst", "json-lines", ["zst"], ".jsonl"],
  ["a.json.bz2", "json", ["bz2"], ".json"],
  [".csv", "text", [], ""],
  ["Mr. Smith", "text", [], ""],
  ["notes.docx", undefined, [], ".docx"],
  ["a.constructor", undefined, [], ".constructor"],
  ["a.zip", "text", ["zip"], ""],
])("the name %s says %s", (name, format, packing, ending) => {
  expect(namedFormat(name)).toEqual({ packing, ending, ...(format === undefined ? {} : { format }) });
});

test.each([
  ["a,b\n1,2", "csv"],
  ["[{]", "csv"],
  ['[{"a": 1}]', "json"],
  ["[]", "json"],
  ["\ufeff\n[\n  {", "json"],
  ['\ufeff [ {"a": 1}', "json"],
  ["[[1, 2], [3, 4]]", "json"],
  ['{"a": [1, 2], "b": [3, 4]}', "json"],
  ['{"a": 1}\n{"a": 2}\n', "json-lines"],
  ['{"a": NaN}\r\n\r\n{"a": 2}', "json-lines"],
  ['{"a": 1}\nx', "json"],
  ['{\n "a": [1, 2]\n}', "json"],
  ["[2024-05-01 10:00] started", "csv"],
  ["{x},{y}\n1,2", "csv"],
])("%j is written as %s", (text, format) => {
  expect(textFormat(new TextEncoder().encode(text))).toBe(format);
});
