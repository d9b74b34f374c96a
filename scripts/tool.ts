/** Runs the tools of the repository with the Node that runs the script, the same way on every system. */
import { spawn } from "node:child_process";

const entries = {
  tsc: "node_modules/typescript/bin/tsc",
  biome: "node_modules/@biomejs/biome/bin/biome",
  knip: "node_modules/knip/bin/knip.js",
  vitest: "node_modules/vitest/vitest.mjs",
  floors: "scripts/floors.ts",
  names: "scripts/names.ts",
  sizes: "scripts/sizes.ts",
  kinds: "scripts/kinds.ts",
  documented: "scripts/documented.ts",
} as const;

export type ToolName = keyof typeof entries;

/** What a tool did: its exit code, what it printed (nothing if it printed to the terminal) and how long it took. */
export interface Outcome {
  readonly code: number;
  readonly output: string;
  readonly seconds: number;
}

/** Runs a tool to its end. `show` lets it print to the terminal; otherwise its output is kept. Never throws. */
export function runTool(name: ToolName, args: readonly string[], { show = false } = {}): Promise<Outcome> {
  const start = performance.now();
  const child = spawn(process.execPath, [entries[name], ...args], { stdio: show ? "inherit" : "pipe" });
  const parts: string[] = [];
  child.stdout?.setEncoding("utf8").on("data", (part: string) => parts.push(part));
  child.stderr?.setEncoding("utf8").on("data", (part: string) => parts.push(part));
  return new Promise((resolve) => {
    const end = (code: number) =>
      resolve({ code, output: parts.join("").trim(), seconds: (performance.now() - start) / 1000 });
    child.on("error", (error) => {
      parts.push(error.message);
      end(1);
    });
    child.on("close", (code) => end(code ?? 1));
  });
}
