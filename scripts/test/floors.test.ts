import { expect, test } from "vitest";
import { findBreaches, findCycles } from "../floors.ts";
import { listImports } from "../sources.ts";
import { plantRepository } from "./plant-repository.ts";

/** The imports of a repository that holds these files under packages/<house>/src. */
function importsOf(files: Readonly<Record<string, string>>, house = "nabla") {
  using repository = plantRepository(files, house);
  return listImports(repository.files, repository.root);
}

test("a house in order has no breach and no cycle", () => {
  const imports = importsOf({
    "base/text.ts": "export const text = 1;\n",
    "graph/op.ts": 'import { text } from "../base/text.ts";\nexport { text };\n',
    "index.ts": 'export { text } from "./graph/op.ts";\n',
  });
  expect(imports).toHaveLength(2);
  expect(findBreaches(imports)).toEqual([]);
  expect(findCycles(imports)).toEqual([]);
});

test.each([
  ["a higher floor", "base/text.ts", 'import { op } from "../graph/op.ts";', "graph/op.ts"],
  ["a folder of the same floor", "data/table.ts", 'import { op } from "../graph/op.ts";', "graph/op.ts"],
  ["a type, over several lines", "data/table.ts", 'import type {\n  Op,\n} from "../graph/op.ts";', "graph/op.ts"],
  ["an expression", "data/table.ts", 'const op = await import("../graph/op.ts");', "graph/op.ts"],
  ["an entry above the folders", "base/text.ts", 'import "../index.ts";', "index.ts"],
  ["a folder without a floor", "misc/text.ts", 'import { op } from "../graph/op.ts";', "graph/op.ts"],
])("finds a breach: %s", (_, from, text, to) => {
  const breaches = findBreaches(importsOf({ [from]: `${text}\n` }));
  expect(breaches).toEqual([`packages/nabla/src/${from} imports packages/nabla/src/${to}`]);
});

test.each(["node:fs", "zod", "@nabla/workbench"])("finds a breach: the framework imports %s", (name) => {
  const breaches = findBreaches(importsOf({ "engine/run.ts": `import { thing } from "${name}";\n` }));
  expect(breaches).toEqual([`packages/nabla/src/engine/run.ts imports ${name}`]);
});

test("the workbench has floors too, and what is not ours is open to all of them", () => {
  const imports = importsOf(
    {
      "text/number.ts": 'import { join } from "node:path";\nexport { join };\n',
      "runs/train.ts":
        'import { join } from "../text/number.ts";\nimport { fit } from "nabla";\nexport { fit, join };\n',
      "commands/train.ts": 'const { fit } = await import("../runs/train.ts");\n',
    },
    "workbench",
  );
  expect(imports).toHaveLength(4);
  expect(findBreaches(imports)).toEqual([]);
});

test.each([
  ["a higher floor", "runs/train.ts", "../commands/train.ts", "packages/workbench/src/commands/train.ts"],
  ["a folder of the same floor", "terminal/table.ts", "../report/page.ts", "packages/workbench/src/report/page.ts"],
  [
    "an inner file of the framework",
    "runs/train.ts",
    "../../../nabla/src/nn/dense.ts",
    "packages/nabla/src/nn/dense.ts",
  ],
])("finds a breach in the workbench: %s", (_, from, path, to) => {
  const breaches = findBreaches(importsOf({ [from]: `import { thing } from "${path}";\n` }, "workbench"));
  expect(breaches).toEqual([`packages/workbench/src/${from} imports ${to}`]);
});

test("finds a breach: the framework imports the workbench", () => {
  const text = 'import { train } from "../../workbench/src/index.ts";\n';
  const [breach] = findBreaches(importsOf({ "index.ts": text }));
  expect(breach).toBe("packages/nabla/src/index.ts imports packages/workbench/src/index.ts");
});

test("finds a cycle, of types too, and through a package's name", () => {
  const imports = importsOf({
    "base/a.ts": 'import { b } from "./b.ts";\n',
    "base/b.ts": 'import type { C } from "./c.ts";\n',
    "base/c.ts": 'import { a } from "./a.ts";\n',
    "base/d.ts": 'import { a } from "./a.ts";\nimport { e } from "nabla";\n',
    "index.ts": 'export { d } from "./base/d.ts";\n',
  });
  const [a, b, c, d, index] = ["base/a", "base/b", "base/c", "base/d", "index"].map(
    (name) => `packages/nabla/src/${name}.ts`,
  );
  expect(findCycles(imports)).toEqual([`${a} → ${b} → ${c} → ${a}`, `${d} → ${index} → ${d}`]);
});

test("an example in a comment is not an import", () => {
  const text =
    '/**\n * import { dense } from "nabla";\n * await import("../train/fit.ts")\n */\nexport const one = 1;\n';
  expect(importsOf({ "base/one.ts": text })).toEqual([]);
});
