/** The code of README and guides runs as printed, in an empty project that has the packages. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { blocksOf, runPage } from "../../../../scripts/blocks.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const pages = ["README.md", "packages/workbench/README.md", ...globSync("docs/guides/*.md", { cwd: root }).sort()];

// each block is a process of its own, which a busy machine takes its time for
const patience = 240_000;

test.each(pages)(
  "%s: every block runs",
  (page) => {
    const outcomes = runPage(root, read(page));
    expect(outcomes.length).toBeGreaterThan(0);
    for (const { ran, code, output, shown = output } of outcomes) {
      expect([ran, code, code === 0 ? "" : output]).toEqual([ran, 0, ""]);
      expect(output.replace(/ +$/gm, "").trimEnd(), ran).toBe(shown.replace(/ +$/gm, "").trimEnd());
    }
  },
  patience,
);

test("the library's own README shows the program of the first page", () => {
  const programs = (file: string) => blocksOf(read(file)).filter(({ language }) => language === "ts");
  expect(programs("packages/nabla/README.md")).toEqual(programs("README.md"));
});

test("every entry of the library is told by its README and by the page of the reference", () => {
  const entries = Object.keys(JSON.parse(read("packages/nabla/package.json")).exports as object)
    .filter((name) => !name.includes(".json"))
    .map((name) => name.replace(".", "nabla"))
    .sort();
  const told = (file: string) => Array.from(read(file).matchAll(/^\| `(nabla[^`]*)` \|/gm), ([, name]) => name).sort();
  expect(told("packages/nabla/README.md")).toEqual(entries);
  expect(told("docs/reference/README.md")).toEqual(entries);
});

test("what a page asks for is run, in order, and a failure is one", () => {
  const page =
    '```csv a.csv\nx\n1\n```\n\n```sh\nnpm install nabla\nnode -e "process.exit(3)"   # ends\n```\n\n```ts\nimport { readFileSync } from "node:fs";\nconsole.log(readFileSync("a.csv", "utf8").length as number);\n```\n\n```text\n5\n```\n';
  expect(runPage(root, page)).toEqual([
    { ran: 'node -e "process.exit(3)"', code: 3, output: "", shown: undefined },
    { ran: "block-2.ts", code: 0, output: "4\n", shown: "5\n" },
  ]);
  expect(() => runPage(root, "```sh\nrm -r .\n```\n")).toThrow("npm, node and nabla alone");
});
