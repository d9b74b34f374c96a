/**
 * Runs the tests that carry a technique's ID at the beginning of their title and prints which techniques work, and how
 * many have a test: `npm run techniques`. `--json` prints one object, `{ "rows": [{ "id", "title", "passed" }] }`, and
 * nothing else. Ends with 1 when a technique fails or has no test.
 */
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonTestResults } from "vitest/node";
import { runTool } from "./tool.ts";

/** A technique, and how its tests went. */
interface Row {
  readonly id: string;
  readonly title: string;
  readonly passed: boolean;
  /** Tests that ran under the ID. */
  readonly tests: number;
}

/** Every technique, in order. */
export const techniques: readonly { readonly id: string; readonly title: string }[] = JSON.parse(
  readFileSync(new URL("techniques.json", import.meta.url), "utf8"),
);

const leading = /^(?:[A-Z]\d+[ab]?[,:]?\s+)+/;

/** The IDs at the beginning of a title: "C1 C2 the norms" has C1 and C2. */
export function idsOf(title: string): string[] {
  return leading.exec(`${title} `)?.[0].match(/[A-Z]\d+[ab]?/g) ?? [];
}

/** The rows that a report of vitest gives: a row passes when it has tests and all of them passed. */
export function readRows(report: Pick<JsonTestResults, "testResults">): Row[] {
  const outcomes = new Map<string, boolean[]>();
  for (const { assertionResults } of report.testResults) {
    for (const { ancestorTitles, title, status } of assertionResults) {
      if (status !== "passed" && status !== "failed") continue;
      for (const id of new Set([...ancestorTitles, title].flatMap(idsOf)))
        outcomes.set(id, [...(outcomes.get(id) ?? []), status === "passed"]);
    }
  }
  return techniques.map(({ id, title }) => {
    const found = outcomes.get(id) ?? [];
    return { id, title, passed: found.length > 0 && found.every((passed) => passed), tests: found.length };
  });
}

/** Test files that have an ID in a title: the others need not be loaded. */
function filesToRun(): string[] {
  const titled = /["'`](?:[A-Z]\d+[ab]? )+/;
  return globSync("{packages/*,scripts}/test/**/*.test.ts")
    .filter((file) => titled.test(readFileSync(file, "utf8")))
    .sort();
}

/** What vitest reports; undefined when it ended before it could, and its output says why. */
async function runTests(): Promise<{ report: JsonTestResults | undefined; output: string }> {
  const folder = mkdtempSync(join(tmpdir(), "nabla-techniques-"));
  const file = join(folder, "report.json");
  const pattern = `(^|\\s)(${techniques.map(({ id }) => id).join("|")})\\s`;
  try {
    const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`, "-t", pattern];
    const { output } = await runTool("vitest", [...args, ...filesToRun()]);
    return { report: existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined, output };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function verdictOf({ passed, tests }: Row): string {
  return passed ? "pass" : tests === 0 ? "NO TEST" : "FAIL";
}

/** How many techniques there are, have tests, and work. */
export function summaryOf(rows: readonly Row[]): string {
  const covered = rows.filter(({ tests }) => tests > 0).length;
  const working = rows.filter(({ passed }) => passed).length;
  return `${covered} of ${rows.length} techniques are covered by tests, ${working} work`;
}

if (import.meta.main) {
  const { report, output } = await runTests();
  const rows = readRows(report ?? { testResults: [] });
  const good = rows.filter(({ passed }) => passed).length;
  if (process.argv.includes("--json")) {
    console.log(JSON.stringify({ rows: rows.map(({ id, title, passed }) => ({ id, title, passed })) }));
  } else {
    if (report?.success !== true) console.log(`${output}\n`);
    for (const row of rows) {
      const tests = row.tests === 1 ? "1 test" : `${row.tests} tests`;
      console.log(`${row.id.padEnd(4)} ${verdictOf(row).padEnd(8)} ${tests.padStart(8)}  ${row.title}`);
    }
    console.log(summaryOf(rows));
  }
  process.exitCode = good === rows.length ? 0 : 1;
}
