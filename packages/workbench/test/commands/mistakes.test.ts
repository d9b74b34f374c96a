import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { digits, nabla, workFolder } from "./nabla.ts";

const rows = (count: number, line: (row: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join("");

// name, words behind "train", exit code, what is said
const mistakes: readonly (readonly [string, readonly string[], number, RegExp])[] = [
  ["an unknown option", ["ok.csv", "--targt", "y"], 2, /unknown option '--targt'\nhint: did you mean --target\?/],
  [
    "a bad value of an option",
    ["ok.csv", "--target", "y", "--batch", "0"],
    2,
    /'--batch <rows>' argument '0'.*not below 1, received 0/,
  ],
  ["an unknown kind", ["ok.csv", "--target", "y", "--optimizer", "adm"], 2, /'adm' is invalid.*did you mean adam/],
  ["no target", ["ok.csv"], 2, /no target was named.*\nhint: --target with one of x, y/],
  ["neither a file that is there nor a target", ["no.csv"], 1, /no\.csv: it does not exist/],
  ["another tool's option", ["ok.csv", "--val-split", "0.2"], 2, /'--val-split'\nhint: --split 80\/20\/0/],
  ["no file", [], 2, /no data file was named/],
  ["a file that is not there", ["no.csv", "--target", "y"], 1, /no\.csv: it does not exist/],
  ["an empty file", ["empty.csv", "--target", "y"], 1, /empty\.csv is empty/],
  ["a header alone", ["header.csv", "--target", "y"], 1, /header\.csv has a header and no rows/],
  ["a target that is not there", ["ok.csv", "--target", "z"], 1, /no column "z".*\nhint: the nearest names are /],
  ["one class", ["one.csv", "--target", "y"], 1, /one class/],
  ["too many classes", ["many.csv", "--target", "y", "--task", "classification"], 1, /200 classes in 200 rows/],
  ["ragged rows", ["ragged.csv", "--target", "y"], 1, /ragged\.csv, row 3/],
  ["text among numbers", ["text.csv", "--target", "y"], 1, /text\.csv.*row 102.*x.*oops/],
  ["a rate twice", ["text.csv", "--rate", "0.1", "--rate", "0.2"], 2, /option '--rate <[a-z]+>' is given twice/],
  ["an infinity", ["infinite.csv", "--target", "y"], 1, /infinite\.csv.*row 51/],
  [
    "an unknown key",
    ["--config", "bad.yaml"],
    1,
    /bad\.yaml, line 3, column 1: there is no key "hiden"\nhint: did you mean hidden/,
  ],
  [
    "an output that is a file's",
    ["ok.csv", "--target", "y", "--out", "ok.csv/model"],
    1,
    /cannot write ok\.csv\/model/,
  ],
  ["an output with other files", ["ok.csv", "--target", "y", "--out", "."], 1, /other files/],
];

function writeFiles(folder: string): void {
  const files = {
    "ok.csv": `x,y\n${rows(200, (i) => `${i},${i % 2}\n`)}`,
    "empty.csv": "",
    "header.csv": "x,y\n",
    "one.csv": `x,y\n${rows(50, (i) => `${i},a\n`)}`,
    "many.csv": `x,y\n${rows(200, (i) => `${i % 3},name${i}\n`)}`,
    "ragged.csv": "x,y\n1,2\n3\n4,5\n",
    "text.csv": `x,y\n${rows(200, (i) => `${i === 100 ? "oops" : i},${i % 2}\n`)}`,
    "infinite.csv": `x,y\n${rows(200, (i) => `${i === 49 ? "inf" : i},${i % 2}\n`)}`,
    "bad.yaml": "data: ok.csv\ntarget: y\nhiden: [3]\n",
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

test("each mistake gets one sentence and an exit code, and leaves nothing behind", async () => {
  const folder = workFolder();
  writeFiles(folder);
  const before = readdirSync(folder).sort();
  // Two at once: each is a process of its own.
  const seen: Promise<void>[] = [[0], [1]].map(async ([half = 0]) => {
    for (const [name, words, code, message] of mistakes.filter((_, i) => i % 2 === half)) {
      const ended = await nabla(["train", ...words], { folder });
      expect(ended, name).toMatchObject({ code, stdout: "", stderr: expect.stringMatching(message) });
      expect(ended.stderr, name).not.toMatch(/ {4}at |internal/);
      // what was noticed before the mistake may be its cause
      const said = ended.stderr.trim().split("\n");
      expect(said.filter((line) => !line.startsWith("note: ")).length, name).toBeLessThanOrEqual(2);
    }
  });
  await Promise.all(seen);
  expect(readdirSync(folder).sort()).toEqual(before);
});

test("other commands name what is not there, with the nearest where there is one", async () => {
  const folder = workFolder();
  const message = async (...words: string[]): Promise<readonly [number | null, string]> => {
    const { code, stderr } = await nabla(words, { folder });
    return [code, stderr];
  };
  expect(await message("trian")).toEqual([2, expect.stringContaining("did you mean train?")]);
  expect(await message("runs")).toEqual([1, expect.stringContaining("there is no store at")]);
  expect(await message("evaluate", "x", "--on", "tset")).toEqual([2, expect.stringContaining("dev or train or test")]);
  expect(await message("predict", "./model", digits)).toEqual([
    1,
    expect.stringContaining("there is no model at ./model"),
  ]);
  expect(await message("runs", "--store", "mysql://here")).toEqual([1, expect.stringContaining("is not supported")]);
  expect(await message("runs", "--store", "postgres://me:secret@here")).toEqual([
    1,
    expect.stringMatching(/^error: postgres:\/\/me@here names no database\n/),
  ]);
});

test.runIf(process.getuid?.() !== 0)("a folder that may not be written is found before the training", async () => {
  const folder = workFolder();
  writeFiles(folder);
  mkdirSync(join(folder, "locked"));
  chmodSync(join(folder, "locked"), 0o500);
  const words = ["train", "ok.csv", "--target", "y", "--out", "locked/model"];
  expect(await nabla(words, { folder })).toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringContaining("this user may not"),
  });
});
