import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readTable } from "../../src/sources/read-table.ts";
import { filesForTests, lines, rejected } from "./files.ts";

const file = filesForTests();
const good = (i: number) => `${i},${i % 3},${"abc"[i % 2]}`;

interface Case {
  readonly what: string;
  readonly name?: string;
  readonly content: string | Uint8Array;
  readonly target?: string;
  readonly task?: "classification" | "regression";
  readonly inputs?: readonly string[];
  readonly code: string;
  readonly expected: string;
  readonly hint?: string;
}

const cases: readonly Case[] = [
  { what: "an empty file", content: "", code: "data/empty", expected: "bad.csv is empty" },
  { what: "blank lines only", content: "\n \n\n", code: "data/empty", expected: "bad.csv holds only blank lines" },
  { what: "a header only", content: "a,b\n", code: "data/no-rows", expected: "bad.csv has a header and no rows" },
  {
    what: "a target that is not there",
    content: "a,species\n1,x\n2,y\n",
    target: "spices",
    code: "data/missing-column",
    expected: 'bad.csv: there is no column "spices" to be the target',
    hint: "the nearest names are species and a",
  },
  {
    what: "an input column that is not there",
    content: "mass,c\n1,x\n",
    inputs: ["mas"],
    code: "data/missing-column",
    expected: 'bad.csv: there is no column "mas"',
    hint: "the nearest names are mass and c",
  },
  {
    what: "a target with one class",
    content: lines("a,c", 10, (i) => `${i},x`),
    target: "c",
    code: "data/one-class",
    expected: "bad.csv, column c: the target has one class in 10 rows, and classification needs at least two",
  },
  {
    what: "more classes than half the rows",
    content: lines("a,c", 10, (i) => `${i},x${i % 6}`),
    target: "c",
    code: "data/many-classes",
    expected: "bad.csv, column c: the target has 6 classes in 10 rows, more than half the rows",
  },
  {
    what: "numbers asked to be classes, more than half the rows",
    content: lines("a,c", 10, (i) => `${i % 3},${i / 8}`),
    target: "c",
    task: "classification",
    code: "data/many-classes",
    expected: "bad.csv, column c: the target has 10 classes in 10 rows, more than half the rows",
  },
  {
    what: "regression on names",
    content: lines("a,c", 10, (i) => `${i},x${i % 2}`),
    target: "c",
    task: "regression",
    code: "data/not-numeric",
    expected: "bad.csv, column c: regression needs numbers, and this column holds 2 names",
  },
  {
    what: "regression on one value",
    content: lines("a,c", 10, (i) => `${i},4`),
    target: "c",
    task: "regression",
    code: "data/one-value",
    expected: "bad.csv, column c: every row has the same value, so there is nothing to learn",
  },
  {
    what: "a target that is always missing",
    content: "a,c\n1,\n2,\n",
    target: "c",
    code: "data/missing",
    expected: "bad.csv, column c: the target is missing in every row",
  },
  {
    what: "a row with too few values",
    content: "a,b,c\n1,2,x\n1,2\n",
    code: "data/ragged",
    expected: "bad.csv, row 3: expected 3 values as in the header, found 2",
  },
  {
    what: "a row with too many values",
    content: "a,b,c\n1,2,x\n\n1,2,x,9\n1\n",
    code: "data/ragged",
    expected: "bad.csv, row 4: expected 3 values as in the header, found 4",
  },
  {
    what: "ragged rows after quoted line breaks",
    content: 'a,b\n"x\ny\nz",2\n1\n',
    code: "data/ragged",
    expected: "bad.csv, row 3: expected 2 values as in the header, found 1",
  },
  {
    what: "text in a number column",
    content: lines("a,body_mass_g,c", 40, (i) => (i === 10 ? "1,heavy,x" : good(i))),
    code: "data/not-a-number",
    expected: 'bad.csv, row 12, column body_mass_g: expected a number, found "heavy"',
    hint: "correct the cell, or read it as missing with --bad-cells missing, or as a name with --column body_mass_g=category",
  },
  {
    what: "several texts in a number column, after blank lines",
    content: lines("a,b,c", 40, (i) => (i % 10 === 0 && i > 0 ? `1,heavy${i},x` : i === 5 ? "\n\n1,2,x" : good(i))),
    code: "data/not-a-number",
    expected:
      'bad.csv, row 14, column b: expected a number, found "heavy10" (and 2 cells more like it: "heavy20" in row 24, "heavy30" in row 34)',
  },
  {
    what: "infinity in a number column",
    content: lines("a,b,c", 20, (i) => (i === 3 ? "1,-inf,x" : good(i))),
    code: "data/not-a-number",
    expected: 'bad.csv, row 5, column b: expected a number, found "-inf"',
  },
  {
    what: "infinity in a number target",
    content: lines("a,b", 20, (i) => `${i},${i === 0 ? "Infinity" : i / 7}`),
    target: "b",
    code: "data/not-a-number",
    expected: 'bad.csv, row 2, column b: expected a number, found "Infinity"',
  },
  {
    what: "a date column with another word",
    content: lines("a,day", 40, (i) => `${i},${i === 7 ? "soon" : `2024-01-${10 + (i % 20)}`}`),
    code: "data/not-a-date",
    expected: 'bad.csv, row 9, column day: expected a date, found "soon"',
  },
  {
    what: "a quote that is never closed",
    content: 'a,b\n1,2\n"3,4\n5,6\n',
    code: "data/quote",
    expected: "bad.csv, row 3: a quote is never closed",
  },
  {
    what: "text after a quote",
    content: 'a,b\n1,2\n"3"x,4\n',
    code: "data/quote",
    expected: "bad.csv, row 3: text follows a closing quote",
  },
  {
    what: "text that is not UTF-8",
    content: Buffer.from("a,b\n1,2\n1,\xff\xfe\x81\n", "latin1"),
    code: "data/encoding",
    expected: "bad.csv, row 3, column b: the text is not UTF-8",
  },
  {
    what: "binary garbage",
    content: Uint8Array.of(1, 2, 3, 0, 255),
    code: "data/binary",
    expected: "bad.csv is not text: byte 3 is 0",
  },
  {
    what: "a zip archive named CSV that was cut off",
    content: "PK\x03\x04....",
    code: "data/damaged",
    expected: "bad.csv: the zip file is cut off: its table of contents is missing or not whole",
  },
  {
    what: "an unknown extension",
    name: "bad.docx",
    content: "a,b",
    code: "data/format",
    expected:
      'bad.docx: data files end in .csv, .tsv, .txt, .parquet, .json, .jsonl, .ndjson, .arrow, .npz, .npy or .xlsx, this one in ".docx"',
  },
  {
    what: "a broken Parquet file",
    name: "bad.parquet",
    content: "PAR1 and nothing more",
    code: "data/unreadable",
    expected: "bad.parquet cannot be read as Parquet",
  },
  {
    what: "a broken JSON line",
    name: "bad.jsonl",
    content: '{"a":1}\n{"a":2\n{"a":3}\n',
    code: "data/json",
    expected: 'bad.jsonl, row 2: expected a JSON object, found {"a":2',
  },
  {
    what: "JSON lines of numbers",
    name: "bad.ndjson",
    content: "1\n2\n",
    code: "data/json",
    expected: "bad.ndjson, row 1: expected a JSON object, found 1",
  },
  {
    what: "JSON that does not parse",
    name: "bad.json",
    content: '[{"a":1},{"a" 2}]',
    code: "data/json",
    expected: "bad.json is not JSON",
  },
  {
    what: "JSON lines that were cut off",
    name: "bad.jsonl",
    content: '{"a":1}\n{"a":',
    code: "data/json",
    expected: 'bad.jsonl, row 2: expected a JSON object, found {"a":',
  },
  {
    what: "a JSON list that was cut off",
    name: "bad.json",
    content: '[{"a":1},',
    code: "data/json",
    expected: 'bad.json is not JSON: the list ends with [{"a":1}, instead of ]',
  },
  {
    what: "a structure as target",
    name: "bad.jsonl",
    content: '{"a":1,"b":["x"]}\n{"a":2,"b":["y"]}\n',
    target: "b",
    code: "data/nested",
    expected: "bad.jsonl, column b: it holds lists of texts, and no values",
  },
  {
    what: "ragged rows in a zipped file",
    name: "bad.csv.gz",
    content: gzipSync("a,b\n1,2\n3\n"),
    code: "data/ragged",
    expected: "bad.csv.gz, row 3: expected 2 values as in the header, found 1",
  },
];

describe("bad files", () => {
  it.each(cases)("says in one sentence what is wrong with $what", async ({
    name = "bad.csv",
    content,
    target,
    task,
    inputs,
    code,
    expected,
    hint,
  }) => {
    const options = {
      ...(target === undefined ? {} : { target }),
      ...(task === undefined ? {} : { task }),
      ...(inputs === undefined ? {} : { inputs }),
    };
    const error = await rejected(readTable(await file(name, content), options));
    expect([error.code, error.message.slice(0, expected.length)]).toEqual([code, expected]);
    if (!expected.includes("cannot be read") && !expected.includes("not JSON")) expect(error.message).toBe(expected);
    if (hint !== undefined) expect(error.hint).toBe(hint);
  });

  it("names a file that is missing, and a folder", async () => {
    const path = await file("real.csv", "a\n1\n");
    const missing = await rejected(readTable(`${path}.csv`));
    expect([missing.code, missing.message]).toEqual(["files/missing", `cannot read ${path}.csv: it does not exist`]);
    const folder = join(path, "..", "folder.csv");
    await mkdir(folder);
    const isFolder = await rejected(readTable(folder));
    expect([isFolder.code, isFolder.message]).toEqual(["data/no-data", "folder.csv is an empty folder"]);
  });
});
