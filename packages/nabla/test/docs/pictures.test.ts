/** Pictures are drawn by the library, and drawing them again changes nothing. */
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { pictures } from "../../../../scripts/pictures.ts";
import { root } from "./root.ts";

const committed = (name: string): string =>
  readFileSync(join(root, `docs/pictures/${name}.svg`), "utf8").replaceAll("\r\n", "\n");

// one of each kind, those that take no time
test.each([
  "K7 temperature-averages",
  "average-weights",
  "bias-correction",
  "grid-and-random",
  "learning-rate-schedules",
  "normalizing-inputs",
  "paths-on-a-ravine",
  "paths-over-a-saddle",
  "slopes-by-differences",
  "softmax-regions",
  "zoom-boxes",
])("%s: drawn again it is what stands in docs", async (title) => {
  const name = title.split(" ").at(-1) ?? "";
  expect(await pictures[name]?.()).toBe(committed(name));
});

test("there is a file for every picture, each stands in a page and knows light and dark", () => {
  const files = globSync("docs/pictures/*.svg", { cwd: root }).map((file) => basename(file, ".svg"));
  expect(files.toSorted()).toEqual(Object.keys(pictures).toSorted());
  const pages = globSync("docs/*.md", { cwd: root }).map((file) => readFileSync(join(root, file), "utf8"));
  for (const name of files) {
    expect(
      pages.some((text) => text.includes(`](pictures/${name}.svg)`)),
      name,
    ).toBe(true);
    expect(committed(name)).toContain("@media (prefers-color-scheme: dark)");
  }
});
