/** How many files an addition touches, counted on a scratch copy in which all of them are made, compiled and used. */
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { additions } from "./additions/additions.ts";

const scratch = mkdtempSync(join(tmpdir(), "nabla-places-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function run(file: string, ...args: readonly string[]): string {
  try {
    return execFileSync(process.execPath, [file, ...args], { encoding: "utf8", stdio: "pipe" }).trim();
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    return `${stdout}${stderr}`.trim() || String(error);
  }
}

for (const name of [
  "tsconfig.base.json",
  "packages/nabla/tsconfig.json",
  "packages/nabla/package.json",
  "packages/nabla/src",
])
  cpSync(name, join(scratch, name), { recursive: true });
symlinkSync(join(process.cwd(), "node_modules"), join(scratch, "node_modules"), "junction");

test.each(additions.map((addition) => [addition.what, addition] as const))("%s touches few files", (_, addition) => {
  const touched = new Set<string>();
  for (const { file, after, text } of addition.edits) {
    const path = join(scratch, file);
    touched.add(file);
    if (after === undefined || !existsSync(path)) {
      appendFileSync(path, text);
      continue;
    }
    const before = readFileSync(path, "utf8");
    const found = after.exec(before);
    expect(found, `${after} in ${file}`).not.toBeNull();
    const end = (found?.index ?? 0) + (found?.[0].length ?? 0);
    writeFileSync(path, before.slice(0, end) + text + before.slice(end));
  }
  expect(touched.size).toBeLessThanOrEqual(addition.atMost);
  const guide = readFileSync("CONTRIBUTING.md", "utf8");
  expect(guide).toContain(`| ${addition.what.replace(/^an? /, "")} | ${addition.atMost} |`);
});

test("what was added compiles", () => {
  const build = ["--outDir", join(scratch, "types"), "--tsBuildInfoFile", join(scratch, "types.tsbuildinfo")];
  expect(run("node_modules/typescript/bin/tsc", "-p", join(scratch, "packages/nabla/tsconfig.json"), ...build)).toBe(
    "",
  );
}, 120_000);

test("what was added works", () => {
  expect(run("scripts/test/additions/use.ts", scratch)).toBe("");
}, 120_000);
