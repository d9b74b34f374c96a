/**
 * The reference of both packages, `npm run reference`: a page for each entry in `dist/reference`, or in the folder that is given, with the doc comment of every
 * export, how it is declared, its members or options, and an example out of code that tests run.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readEntries } from "./reference/entries.ts";
import { readExamples } from "./reference/examples.ts";
import { flatten, pagesOf } from "./reference/page.ts";

/** Where the site goes. */
const [place = "dist/reference"] = process.argv.slice(2);

if (import.meta.main) {
  const entries = await readEntries(".", ["nabla", "workbench"], readExamples("."));
  mkdirSync(place, { recursive: true });
  for (const { file, html } of pagesOf(entries)) writeFileSync(join(place, file), html);
  const all = entries.flatMap(({ exports }) => flatten(exports));
  const values = all.filter(({ kind }) => kind === "function" || kind === "class" || kind === "constant");
  const shown = values.filter(({ example }) => example !== undefined).length;
  console.log(
    `${place}/index.html: ${all.length} names of ${entries.length} entries, ${shown} of ${values.length} values with an example`,
  );
}
