/** What a command loads: a user waits for every module before the first line is printed. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { digits, nabla, penguins, workFolder } from "./nabla.ts";

/** Writes down each module as it is loaded, by `import` or `require`. */
const hook = `
import { registerHooks } from "node:module";
import { writeFileSync } from "node:fs";
const urls = [];
registerHooks({ load: (url, context, next) => (urls.push(url), next(url, context)) });
process.on("exit", () => writeFileSync(process.env.LOADED_MODULES, urls.join("\\n")));
`;

/** What belongs together, by what stands in the address of its modules. */
const parts = {
  duckdb: "/node_modules/@duckdb/",
  kysely: "/node_modules/kysely/",
  postgres: "/node_modules/pg/",
  sharp: "/node_modules/sharp/",
  h5wasm: "/node_modules/h5wasm/",
  reports: "/workbench/src/report/",
  studies: "/workbench/src/studies/",
  search: "/nabla/src/tune/",
  diagnosis: "/nabla/src/diagnose/",
  formats: "/nabla/src/exchange/",
  framework: "/nabla/src/",
} as const;

type Part = keyof typeof parts;

const everything = Object.keys(parts) as readonly Part[];

/** The parts that a command loads, in the order of the table. */
async function loadedBy(words: readonly string[], folder: string): Promise<readonly Part[]> {
  const script = join(folder, "hook.mjs");
  const list = join(folder, "modules.txt");
  writeFileSync(script, hook);
  const node = ["--import", pathToFileURL(script).href];
  const { code, stderr } = await nabla(words, { folder, node, environment: { LOADED_MODULES: list } });
  expect(code, stderr).toBe(0);
  const urls = readFileSync(list, "utf8").split("\n");
  expect(urls.some((url) => url.endsWith("/workbench/src/main.ts"))).toBe(true);
  return everything.filter((part) => urls.some((url) => url.includes(parts[part])));
}

describe("modules that a command does not use are not loaded", () => {
  test.each([[["--help"]], [["--version"]]])("%j loads nothing but what lists the commands", async (words) => {
    expect(await loadedBy(words, workFolder())).toEqual([]);
  });

  test("help of a command loads the framework, whose fields its options are", async () => {
    expect(await loadedBy(["train", "--help"], workFolder())).toEqual(["framework"]);
    expect(await loadedBy(["predict", "--help"], workFolder())).toEqual(["framework"]);
    expect(await loadedBy(["tune", "--help"], workFolder())).toEqual(["studies", "search", "framework"]);
  });

  const short = ["--epochs", "1", "--members", "1", "--refit", "none"];
  // each starts processes one after the other, which a busy machine takes its time for
  const patience = 240_000;

  test(
    "a training opens its store, and predictions of classes need it no more",
    async () => {
      const folder = workFolder();
      const words = ["train", digits, "--target", "digit", "--out", "digits", ...short, "--no-report"];
      const trained = await loadedBy(words, folder);
      for (const part of ["kysely", "diagnosis"] as const) expect(trained).toContain(part);
      for (const part of ["duckdb", "postgres", "sharp", "h5wasm", "reports"] as const)
        expect(trained).not.toContain(part);
      expect(await loadedBy(["predict", "digits", digits, "--out", "answers.csv"], folder)).toEqual(
        everything.filter((part) => ["formats", "framework"].includes(part)),
      );
    },
    patience,
  );

  test(
    "a report is written, and predictions need no diagnosis",
    async () => {
      const folder = workFolder();
      const trained = await loadedBy(
        ["train", penguins, "--target", "body_mass_g", "--out", "penguins", ...short],
        folder,
      );
      expect(trained).toContain("reports");
      for (const part of ["duckdb", "postgres", "sharp", "h5wasm"] as const) expect(trained).not.toContain(part);
      expect(await loadedBy(["predict", "penguins", penguins, "--out", "answers.csv"], folder)).toEqual(
        everything.filter((part) => ["formats", "framework"].includes(part)),
      );
    },
    patience,
  );
});
