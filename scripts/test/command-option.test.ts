/** An option of the command is its field and what acts on it: one is added to a scratch copy, compiled and called. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const scratch = mkdtempSync(join(tmpdir(), "nabla-option-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const fields = "packages/workbench/src/experiment/run-fields.ts";
const plan = "packages/workbench/src/experiment/plan.ts";
const main = join(scratch, "packages/workbench/src/main.ts");

function run(...args: readonly string[]): string {
  return execFileSync(process.execPath, args, { encoding: "utf8", cwd: scratch });
}

test("an option of the command touches two files, and is typed, read, offered and in the schema", () => {
  for (const name of ["tsconfig.base.json", "packages/workbench/package.json", "packages/workbench/src"])
    cpSync(name, join(scratch, name), { recursive: true });
  symlinkSync(join(process.cwd(), "node_modules"), join(scratch, "node_modules"), "junction");
  const before = readFileSync(fields, "utf8");
  const field = '  purpose: text({ optional: true, help: "what the run is for", option: { argument: "words" } }),\n';
  const changed = before.replace("export const runFields = {\n", (head) => head + field);
  expect(changed).not.toBe(before);
  writeFileSync(join(scratch, fields), changed);
  const acts = "export const purposeOf = ({ purpose }: Experiment): string | undefined => purpose;\n";
  writeFileSync(join(scratch, plan), readFileSync(plan, "utf8") + acts);
  const config = {
    extends: "./tsconfig.base.json",
    compilerOptions: {
      ...{ lib: ["es2024", "esnext.disposable"], types: ["node"], composite: false, noEmit: true },
      ...{ emitDeclarationOnly: false, rewriteRelativeImportExtensions: false, allowImportingTsExtensions: true },
    },
    files: [fields, plan],
  };
  writeFileSync(join(scratch, "tsconfig.json"), JSON.stringify(config));
  expect(run("node_modules/typescript/bin/tsc", "-p", "tsconfig.json")).toBe("");
  const source = "--conditions=nabla-source";
  expect(run(source, main, "train", "--help")).toMatch(/--purpose <words> +what the run is for/);
  expect(JSON.parse(run(source, main, "schema")).properties.purpose).toMatchObject({ type: "string" });
  expect(readFileSync("CONTRIBUTING.md", "utf8")).toContain("| option of the command | 2 |");
}, 120_000);
