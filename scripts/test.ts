/**
 * Every check of the repository, and the tests. The checks run side by side, their output comes in order; then vitest
 * takes the machine. Arguments go to vitest (`npm test -- engine`). The last line is "N passed, N failed".
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonTestResults } from "vitest/node";
import { type Count, countTests } from "./test-report.ts";
import { runTool, type ToolName } from "./tool.ts";

const color = process.stdout.isTTY ?? false;
const checks: readonly { readonly title: string; readonly tool: ToolName; readonly args: readonly string[] }[] = [
  { title: "types", tool: "tsc", args: ["--build", "--pretty", `${color}`] },
  {
    title: "lint",
    tool: "biome",
    args: ["check", "--error-on-warnings", "--diagnostic-level=warn", `--colors=${color ? "force" : "off"}`],
  },
  { title: "unused code (knip)", tool: "knip", args: ["--no-progress", "--no-config-hints"] },
  { title: "floors", tool: "floors", args: [] },
  { title: "names", tool: "names", args: [] },
  { title: "sizes", tool: "sizes", args: [] },
  { title: "kinds", tool: "kinds", args: [] },
  { title: "doc comments", tool: "documented", args: [] },
];

function printHeading(title: string, verdict: string, seconds: number): void {
  const end = ` ${verdict} in ${seconds.toFixed(1)} s`;
  console.log(`\n── ${title} ${"─".repeat(Math.max(2, 76 - title.length - end.length))}${end}`);
}

async function runChecks(): Promise<Count> {
  const runs = checks.map(({ title, tool, args }) => ({ title, outcome: runTool(tool, args) }));
  let failed = 0;
  for (const { title, outcome } of runs) {
    const { code, output, seconds } = await outcome;
    printHeading(title, code === 0 ? "passed" : "FAILED", seconds);
    if (output !== "") console.log(output);
    if (code !== 0) failed += 1;
  }
  return { passed: checks.length - failed, failed };
}

async function runTests(filters: readonly string[]): Promise<Count> {
  const folder = mkdtempSync(join(tmpdir(), "nabla-test-"));
  const report = join(folder, "report.json");
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const { code, seconds } = await runTool("vitest", ["run", ...reporters, ...filters], { show: true });
    printHeading("tests", code === 0 ? "passed" : "FAILED", seconds);
    return countTests(readReport(report), code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(path: string): JsonTestResults | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined; // vitest ended before it could report; its exit code says so
  }
}

const results = [await runChecks(), await runTests(process.argv.slice(2))];
const passed = results.reduce((sum, result) => sum + result.passed, 0);
const failed = results.reduce((sum, result) => sum + result.failed, 0);
process.exitCode = failed > 0 ? 1 : 0;
console.log(`${passed} passed, ${failed} failed`);
