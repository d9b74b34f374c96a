import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { plantRepository } from "./plant-repository.ts";

test("sources may not draw without a seed, tests and their tools may", async () => {
  const text = "export const draw = () => Math.random();\n";
  using repository = plantRepository({ "base/draw.ts": text });
  const outside = join(repository.root, "draw.ts");
  writeFileSync(outside, text);
  const source = await import(pathToFileURL(join(repository.root, "packages/nabla/src/base/draw.ts")).href);
  const tool = await import(pathToFileURL(outside).href);
  expect(() => source.draw()).toThrow(/^unseeded randomness: Math.random called at .*draw/);
  expect(tool.draw()).toBeLessThan(1);
  expect(Math.random()).toBeLessThan(1);
});
