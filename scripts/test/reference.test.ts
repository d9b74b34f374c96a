import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const site = mkdtempSync(join(tmpdir(), "nabla-reference-"));
afterAll(() => rmSync(site, { recursive: true, force: true }));

let printed = "";
const pages = new Map<string, string>();
beforeAll(() => {
  const words = ["--conditions=nabla-source", "scripts/reference.ts", site];
  printed = execFileSync(process.execPath, words, { encoding: "utf8" });
  for (const file of readdirSync(site)) pages.set(file, readFileSync(join(site, file), "utf8"));
});

/** What a page says of a name, without its marks. */
function articleOf(file: string, name: string): string {
  const [, article = ""] = (pages.get(file) ?? "").split(`<article id="${name}"`);
  return article
    .slice(0, article.indexOf("</article>"))
    .replaceAll(/<[^>]+>/g, " ")
    .replaceAll(/\s+/g, " ");
}

test("the reference has a page for each entry, and nearly every value has an example", () => {
  const exports = ["nabla", "workbench"].map((folder) =>
    Object.keys(JSON.parse(readFileSync(`packages/${folder}/package.json`, "utf8")).exports),
  );
  expect(pages.size).toBe(exports.flat().length + 1);
  const { shown, values } = /(?<shown>\d+) of (?<values>\d+) values/.exec(printed)?.groups ?? {};
  expect(Number(shown) / Number(values)).toBeGreaterThan(0.98);
});

test("an optimizer has its options with defaults and sources, a type its members, a function its parameters", () => {
  expect(articleOf("nabla.html", "adam")).toContain(
    "beta2 a number not below 0 and below 1 0.999 (Kingma and Ba 2015, algorithm 1) the share of the past in the mean of squared",
  );
  expect(articleOf("nabla.html", "TrainOptions")).toContain("resume? Checkpoint A checkpoint of the same job");
  const fit = articleOf("nabla.html", "fit");
  expect(fit).toContain("import { fit } from &quot;nabla&quot;;");
  expect(fit).toMatch(/function fit.*job: Job .*Example, from .*await fit ?\(/);
  expect(articleOf("nabla.html", "ops.matmul")).toContain("The matrix product of [..., m, k] and [..., k, n]");
});

test("every name has a comment, and whatever a page leads to is there", () => {
  const all = [...pages];
  const bare = all.flatMap(([file, html]) =>
    [...html.matchAll(/<article id="([^"]*)"[^>]*><h3>.*?<\/h3><p><\/p>/g)].map(([, name]) => `${file}#${name}`),
  );
  expect(bare).toEqual([]);
  const ids = all.flatMap(([file, html]) =>
    [...html.matchAll(/<article id="([^"]*)"/g)].map(([, id]) => `${file}#${id}`),
  );
  const places = new Set([...pages.keys(), ...ids]);
  const links = all.flatMap(([file, html]) =>
    [...html.matchAll(/href="([^"]*)"/g)].map(([, to = ""]) => (to.startsWith("#") ? `${file}${to}` : to)),
  );
  expect(links.filter((link) => !places.has(link))).toEqual([]);
});
