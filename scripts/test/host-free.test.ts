/** The framework runs in any host: its types refuse what only some hosts have. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { plantRepository } from "./plant-repository.ts";

/** Runs a tool of ours in `folder` and gives what it prints. */
function report(tool: string, args: readonly string[], folder: string): string {
  const { stdout, stderr } = spawnSync(process.execPath, [resolve(tool), ...args], { cwd: folder, encoding: "utf8" });
  return stdout + stderr;
}

test("globals of a host do not compile in the framework", () => {
  const globals = ["console", "process", "Buffer", "document", "setTimeout", "performance", "fetch", "WebAssembly"];
  using repository = plantRepository({
    "planted.ts": ["export const mathematics = Math.PI;", ...globals.map((name) => `${name};`), ""].join("\n"),
  });
  const config = {
    extends: resolve("packages/nabla/tsconfig.json"),
    compilerOptions: {
      composite: false,
      emitDeclarationOnly: false,
      noEmit: true,
      rootDir: ".",
      tsBuildInfoFile: null,
    },
    include: ["packages/nabla/src"],
  };
  writeFileSync(join(repository.root, "tsconfig.json"), JSON.stringify(config));
  const output = report("node_modules/typescript/bin/tsc", ["--project", ".", "--pretty", "false"], repository.root);
  const refused = [...output.matchAll(/planted\.ts\((\d+),1\): error TS\d+: Cannot find name '(\w+)'/g)];
  expect(refused.map(([, line, name]) => [Number(line), name])).toEqual(
    globals.map((name, index) => [index + 2, name]),
  );

  expect(output.match(/error TS/g)).toHaveLength(globals.length);
});
