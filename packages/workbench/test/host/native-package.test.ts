/** The command on a machine where npm left out what is optional: no DuckDB, no sharp. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { nativePackage } from "../../src/host/native-package.ts";

const folder = mkdtempSync(join(tmpdir(), "nabla-native-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
/** Finds everything but the libraries for this machine, as after npm install --omit=optional. */
const hook = `import { registerHooks } from "node:module";
  registerHooks({
    resolve(name, context, next) {
      if (!/^(@duckdb\\/node-bindings-|@img\\/sharp)/.test(name)) return next(name, context);
      throw Object.assign(new Error("Cannot find module '" + name + "'"), { code: "MODULE_NOT_FOUND" });
    },
  });`;

function nabla(...args: readonly string[]): { readonly code: number | null; readonly said: string } {
  const imported = `data:text/javascript,${encodeURIComponent(hook)}`;
  const all = ["--import", imported, "--conditions=nabla-source", main, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, { cwd: folder, encoding: "utf8" });
  return { code: status, said: stdout + stderr };
}

test("without optional packages CSV and JSON are read, and Parquet and images say what to install", () => {
  const rows = Array.from({ length: 40 }, (_, i) => ({ a: i, b: `${i % 3}x` }));
  writeFileSync(join(folder, "t.json"), JSON.stringify(rows));
  writeFileSync(join(folder, "t.csv"), `a,b\n${rows.map(({ a, b }) => `${a},${b}`).join("\n")}\n`);
  for (const name of ["t.json", "t.csv"])
    expect(nabla("profile", name)).toMatchObject({ code: 0, said: expect.stringMatching(/^a +numbers/m) });
  writeFileSync(join(folder, "t.parquet"), "PAR1 and more PAR1");
  expect(nabla("profile", "t.parquet")).toMatchObject({
    code: 1,
    said: expect.stringMatching(
      /^error: Parquet files need @duckdb\/node-api, .*\nhint: npm install --include=optional @duckdb/,
    ),
  });
  // the smallest GIF, of one pixel, as often as it needs to be a folder of images
  const gif = Buffer.from("R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw==", "base64");
  for (const [i, label] of ["a", "b", "a", "b"].entries()) {
    mkdirSync(join(folder, "images", label), { recursive: true });
    writeFileSync(join(folder, "images", label, `${i}.gif`), Buffer.concat([gif, Buffer.of(i)]));
  }
  expect(nabla("train", "images", "--epochs", "1")).toMatchObject({
    code: 1,
    said: expect.stringMatching(
      /^error: PNG, JPEG and other images need sharp, .*\nhint: npm install --include=optional sharp/m,
    ),
  });
});

test("what else goes wrong while a package is loaded stays as it is", async () => {
  const own = new Error("out of memory");
  const about = { name: "sharp", need: "Images need", instead: "give tables" };
  await expect(nativePackage(() => Promise.reject(own), about)).rejects.toBe(own);
  expect(await nativePackage(async () => 3, about)).toBe(3);
});
