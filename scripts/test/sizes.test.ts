import { expect, test } from "vitest";
import { findExcesses, measureFolders } from "../sizes.ts";
import { plantRepository } from "./plant-repository.ts";

const line = "export const one = 1;\n";

function excessesOf(files: Readonly<Record<string, string>>): string[] {
  using repository = plantRepository({ "base/short.ts": line, "base/other.ts": line, ...files });
  return findExcesses(repository.files);
}

test("adds up lines by folder", () => {
  using repository = plantRepository({ "base/a.ts": line.repeat(3), "base/b.ts": line, "index.ts": line });
  const sizes = measureFolders(repository.files).map(({ folder, files, lines }) => [folder, files.length, lines]);
  expect(sizes).toEqual([
    ["nabla/base", 2, 4],
    ["nabla/", 1, 1],
  ]);
});

test("finds a file that is too long, unless it is a declared table", () => {
  expect(excessesOf({ "graph/long.ts": line.repeat(401) })).toEqual([
    "packages/nabla/src/graph/long.ts has 401 lines, and 400 is the most",
  ]);
  expect(excessesOf({ "graph/long.ts": line.repeat(400) })).toEqual([]);
  expect(excessesOf({ "graph/long.ts": `// a declared table\n${line.repeat(400)}` })).toEqual([]);
});

test("finds a folder over its budget", () => {
  const files = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`array/${index}.ts`, line.repeat(100)]));
  expect(excessesOf({ "base/third.ts": line, ...files })).toContain(
    "nabla/array has 1100 lines, and its budget is about 700",
  );
});

test("finds a median that is too large", () => {
  expect(
    excessesOf({ "graph/a.ts": line.repeat(121), "graph/b.ts": line.repeat(122), "nn/c.ts": line.repeat(123) }),
  ).toEqual(["the median file has 121 lines, and 120 is the most"]);
});

test("finds state in a module, outside tf1", () => {
  const text = "let count = 0;\nexport function next() {\n  let one = 1;\n  return (count += one);\n}\n";
  expect(excessesOf({ "graph/count.ts": text, "tf1/count.ts": text })).toEqual([
    "packages/nabla/src/graph/count.ts keeps state in a module: let count = 0;",
  ]);
});
