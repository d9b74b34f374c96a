/** A new project, as somebody finds it who has installed the packages and nothing else. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { linkedProject, runBlocks } from "../../../../scripts/blocks.ts";
import { nabla, workFolder } from "./nabla.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));

test("the experiment trains and the program runs, as init says", () => {
  const project = linkedProject(root);
  onTestFinished(() => rmSync(project.folder, { recursive: true, force: true }));
  const sh = (code: string) => [{ language: "sh", file: undefined, code, shown: undefined }];
  const words = "npx nabla init\nnpx nabla train --config experiment.yaml --no-report --quiet\nnode train.ts";
  const [init, trained, program] = runBlocks(sh(words), project);
  expect(init).toMatchObject({ code: 0, output: expect.stringContaining("train --config experiment.yaml") });
  expect(trained).toMatchObject({ code: 0, output: expect.stringMatching(/dev error [0-9.]+%.*model in penguins/) });
  expect(program).toMatchObject({ code: 0, output: expect.stringContaining("train error") });
}, 240_000);

test.each([
  ["of npm's own making", '{ "type": "commonjs" }', "train.mts"],
  ["without a type", '{ "dependencies": {} }', "train.mts"],
  ["of modules", '{ "type": "module" }', "train.ts"],
])("a manifest %s stays, and the program is one that Node takes for a module", async (_, text, program) => {
  const folder = workFolder();
  const manifest = join(folder, "package.json");
  writeFileSync(manifest, text);
  const { stdout } = await nabla(["init"], { folder });
  expect(stdout).toMatch(/^package\.json .*\(was there, and stays\)$/m);
  expect(stdout).toMatch(new RegExp(`^ {10}node .*${program}$`, "m"));
  expect(readFileSync(manifest, "utf8")).toBe(text);
  // as far as the packages, which this folder lacks
  const { stderr } = spawnSync(process.execPath, [program], { cwd: folder, encoding: "utf8" });
  expect(stderr).toContain("ERR_MODULE_NOT_FOUND");
  expect(stderr).not.toContain("Warning");
});

test("files that are there stay, the manifest is npm's, and the table is that of the examples", async () => {
  const folder = workFolder();
  mkdirSync(join(folder, "My Birds"));
  writeFileSync(join(folder, "My Birds/train.ts"), "mine");
  const { code, stdout } = await nabla(["init", "My Birds"], { folder });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^train\.ts .*\(was there, and stays\)$/m);
  const read = (name: string): string => readFileSync(join(folder, "My Birds", name), "utf8");
  expect(read("train.ts")).toBe("mine");
  const { name, type, dependencies } = JSON.parse(read("package.json"));
  expect({ name, type }).toEqual({ name: "my-birds", type: "module" });
  expect(Object.keys(dependencies)).toEqual(["@nabla/workbench", "nabla"]);
  expect(read("penguins.csv")).toBe(readFileSync(join(root, "examples/data/penguins.csv"), "utf8"));
});
