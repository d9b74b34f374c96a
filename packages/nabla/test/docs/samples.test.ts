/** Every page's sample runs, and prints what stands below it. */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { readPages } from "../../../../scripts/pages.ts";
import { runTool } from "../../../../scripts/tool.ts";
import { root } from "./root.ts";

const pages = readPages(root).filter(({ name }) => name !== "README");
let printed: Readonly<Record<string, string>>;

beforeAll(() => {
  const args = ["--conditions=nabla-source", "scripts/samples.ts", "--json"];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  expect(stdout, stderr).not.toBe("");
  printed = JSON.parse(stdout);
});

test.each(pages)("F3 $name: the sample prints what stands below it", ({ name, sample }) => {
  expect(sample, "a page has a ```ts sample and a ```text output below it").toBeDefined();
  expect(sample?.output).not.toBe("");
  expect(printed[name]).not.toContain("the sample failed");
  expect(printed[name]).toBe(sample?.output);
});

test.each(pages)("F3 $name: the sample is at most 15 lines that fit a screen", ({ sample }) => {
  const lines = sample?.code.trimEnd().split("\n") ?? [];
  expect(lines.length).toBeLessThanOrEqual(15);
  expect(lines.filter((line) => line.length > 120)).toEqual([]);
});

test("F3 samples are sound TypeScript", async () => {
  const folder = join(root, "node_modules/.cache/nabla-samples");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { name, sample } of pages) writeFileSync(join(folder, `${name}.ts`), sample?.code ?? "");
  const compilerOptions = {
    composite: false,
    emitDeclarationOnly: false,
    noEmit: true,
    types: ["node"],
    lib: ["es2024", "esnext.disposable"],
  };
  const config = { extends: "../../../tsconfig.base.json", compilerOptions, include: ["*.ts"] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const { code, output } = await runTool("tsc", ["--project", folder]);
  expect(output).toBe("");
  expect(code).toBe(0);
});
