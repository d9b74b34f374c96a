import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { absolutePaths, pathsIn } from "../../src/sources/paths-in.ts";
import { filesForTests } from "./files.ts";

const file = filesForTests();

test("every path of a list is absolute, so that it is found from any folder", async () => {
  expect(await absolutePaths("a.csv,parts/b.csv")).toBe(`${resolve("a.csv")},${resolve("parts/b.csv")}`);
  expect(await absolutePaths("parts/{a,b}.csv")).toBe(resolve("parts/{a,b}.csv"));
});

test("a file that is called so is meant before a list", async () => {
  const path = await file("a,b.csv", "x\n1\n");
  expect(await pathsIn(path)).toEqual([path]);
  expect(await pathsIn(join(path, "..", "a,c.csv"))).toHaveLength(2);
});
