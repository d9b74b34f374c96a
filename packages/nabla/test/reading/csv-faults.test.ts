import { describe, expect, it } from "vitest";
import { readCsv } from "../../src/reading/read-csv.ts";
import { rejected, sourceOf } from "./written.ts";

interface Case {
  readonly what: string;
  readonly content: string | Uint8Array;
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

const cases: readonly Case[] = [
  { what: "no bytes", content: "", code: "data/empty", message: "bad.csv is empty" },
  { what: "blank lines", content: "\n \n\n", code: "data/empty", message: "bad.csv holds only blank lines" },
  { what: "a header only", content: "a,b\n", code: "data/no-rows", message: "bad.csv has a header and no rows" },
  {
    what: "a value too few",
    content: "a,b,c\n1,2,x\n1,2\n",
    code: "data/ragged",
    message: "bad.csv, row 3: expected 3 values as in the header, found 2",
  },
  {
    what: "a value too many",
    content: "a,b,c\n1,2,x\n\n1,2,x,9\n1\n",
    code: "data/ragged",
    message: "bad.csv, row 4: expected 3 values as in the header, found 4",
    hint: 'values that hold "," need quotes around them',
  },
  {
    what: "a row after quoted line breaks",
    content: 'a,b\n"x\ny\nz",2\n1\n',
    code: "data/ragged",
    message: "bad.csv, row 3: expected 2 values as in the header, found 1",
  },
  {
    what: "a short row before others",
    content: "a,b\n1,2\n(cut)\n3,4\n",
    code: "data/ragged",
    message: "bad.csv, row 3: expected 2 values as in the header, found 1",
  },
  {
    what: "a file cut within a row",
    content: "a,b,c\n1,2,3\n4,5,6\n7,8",
    code: "data/ragged",
    message: "bad.csv, row 4: expected 3 values as in the header, found 2",
  },
  {
    what: "a value after the last delimiter",
    content: `x,y\n${"1.5,2,\n".repeat(300_000)}2.5,3,oh\n`,
    code: "data/ragged",
    message: "bad.csv, row 300002: expected 2 values as in the header, found 3",
  },
  {
    what: "a quote that is never closed",
    content: 'a,b\n1,2\n"3,4\n5,6\n',
    code: "data/quote",
    message: "bad.csv, row 3: a quote is never closed",
  },
  {
    what: "text after a quote",
    content: 'a,b\n1,2\n"3"x,4\n',
    code: "data/quote",
    message: "bad.csv, row 3: text follows a closing quote",
    hint: 'write a quote within a value as ""',
  },
  {
    what: "bytes 0",
    content: Uint8Array.of(1, 2, 3, 0, 255),
    code: "data/binary",
    message: "bad.csv is not text: byte 3 is 0",
  },
  {
    what: "a byte 0 far down",
    content: `a,b\n${"1,x\n".repeat(300_000)}2,\0\n`,
    code: "data/binary",
    message: "bad.csv, row 300002, column b: a byte 0 stands in the text",
  },
  {
    what: "a workbook",
    content: "PK\x03\x04....",
    code: "data/binary",
    message: "bad.csv is a zip archive or an Excel workbook, not plain text",
  },
  { what: "a PDF", content: "%PDF-1.7\n", code: "data/binary", message: "bad.csv is a PDF document, not plain text" },
  {
    what: "a web page",
    content: "\n<!DOCTYPE html>\n<html>",
    code: "data/not-a-table",
    message: "bad.csv is a web page (HTML), not CSV",
  },
  { what: "XML", content: '<?xml version="1.0"?><a/>', code: "data/not-a-table", message: "bad.csv is XML, not CSV" },
  {
    what: "a pointer of Git LFS",
    content: "version https://git-lfs.github.com/spec/v1\noid sha256:1\n",
    code: "data/not-a-table",
    message: "bad.csv is a pointer of Git LFS, not the file that it stands for, not CSV",
    hint: "fetch the file with git lfs pull",
  },
  { what: "JSON", content: '[{"a":1}]', code: "data/not-a-table", message: "bad.csv is JSON, not CSV" },
  { what: "JSON lines", content: '{"a":1}\n{"a":2}\n', code: "data/not-a-table", message: "bad.csv is JSON, not CSV" },
];

describe("bad CSV files", () => {
  it.each(cases)("says what is wrong with $what", async ({ content, code, message, hint }) => {
    const error = await rejected(readCsv(sourceOf(content), { name: "bad.csv" }));
    expect([error.code, error.message]).toEqual([code, message]);
    if (hint !== undefined) expect(error.hint).toBe(hint);
  });

  it("names the row where another delimiter begins", async () => {
    const rows = Array.from({ length: 40 }, (_, i) => `${i}.5${i < 20 ? "," : ";"}${i}\n`).join("");
    const error = await rejected(readCsv(sourceOf(`x,y\n${rows}`), { name: "bad.csv" }));
    expect(error.message).toBe("bad.csv, row 22: expected 2 values as in the header, found 1");
  });

  it("refuses options that the file does not bear out", async () => {
    const read = (options: object) => rejected(readCsv(sourceOf("a,b\n1,2\n\n3,4\n"), { name: "bad.csv", ...options }));
    expect((await read({ delimiter: "--" })).code).toBe("data/delimiter");
    expect((await read({ header: 3 })).message).toBe(
      "bad.csv: expected the names of the columns in row 3, found a blank line",
    );
    expect((await read({ header: 9 })).message).toBe(
      "bad.csv: expected the names of the columns in row 9, found no such row at the start of the file",
    );
  });
});
