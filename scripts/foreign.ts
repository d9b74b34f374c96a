/**
 * Runs the tests of other projects on nabla and counts them: `npm run foreign`. They need Python with the packages named
 * in scripts/foreign/suites.ts; a suite whose packages are missing is named as absent and keeps its outcome on the page.
 * `--python=PATH` takes another Python, `--only=TEXT` the suites whose title holds a text, `--write` renews
 * benchmarks/foreign.md.
 */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Outcome } from "./foreign/outcome.ts";
import { type Suite, suites } from "./foreign/suites.ts";

/** What came of one suite. */
interface Result {
  readonly versions: Readonly<Record<string, string>>;
  readonly cases: number;
  readonly unclaimed: number;
  readonly outcomes: readonly { readonly name: string; readonly outcome: Outcome }[];
}

const page = fileURLToPath(new URL("../benchmarks/foreign.md", import.meta.url));

/** The lines that a script prints; throws with the last of its errors where it fails. */
async function* linesOf(python: string, script: string): AsyncGenerator<string> {
  const path = fileURLToPath(new URL(`foreign/${script}`, import.meta.url));
  const child = spawn(python, [path], { stdio: ["ignore", "pipe", "pipe"] });
  let errors = "";
  child.stderr.on("data", (data: Buffer) => {
    errors = (errors + data.toString()).slice(-2000);
  });
  const closed = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  // the error of a Python that is not there arrives before anything reads the lines
  closed.catch(() => undefined);
  let ended = false;
  try {
    yield* createInterface({ input: child.stdout });
    ended = true;
  } finally {
    // whoever stops reading wants no more cases
    if (!ended) child.kill();
  }
  const code = await closed;
  if (code !== 0) throw new Error(errors.trim().split("\n").at(-1) ?? `${script} ended with ${code}`);
}

async function runSuite(python: string, suite: Suite): Promise<Result> {
  let versions: Readonly<Record<string, string>> = {};
  let cases = 0;
  let unclaimed = 0;
  const outcomes: { name: string; outcome: Outcome }[] = [];
  for await (const line of linesOf(python, suite.script)) {
    const data = JSON.parse(line);
    if (Object.keys(versions).length === 0) {
      versions = data;
      continue;
    }
    cases++;
    const outcome = await suite.run(data);
    if (outcome === undefined) unclaimed++;
    else outcomes.push({ name: data.name, outcome });
  }
  return { versions, cases, unclaimed, outcomes };
}

function counted({ outcomes }: Result, result: Outcome["result"]): number {
  return outcomes.filter(({ outcome }) => outcome.result === result).length;
}

/** A suite as a part of the page. */
function section({ title, about }: Suite, result: Result): string {
  const { versions, cases, unclaimed, outcomes } = result;
  const by = new Map<string, string[]>();
  for (const { name, outcome } of outcomes)
    if (outcome.result !== "passed") {
      const key = `${outcome.result}: ${(outcome.reason ?? "").replaceAll("|", "/").slice(0, 160)}`;
      by.set(key, [...(by.get(key) ?? []), name]);
    }
  const rows = [...by]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([reason, names]) => `| ${names.length} | ${reason} | ${names.slice(0, 2).join(", ")} |`);
  const made = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `## ${title}`,
    "",
    about,
    "",
    `${made.join(", ")}. ${cases} cases, ${unclaimed} of them about what nabla does not claim to have. Of the others:`,
    "",
    "| passed | refused with a reason | wrong |",
    "|---|---|---|",
    `| ${counted(result, "passed")} | ${counted(result, "refused")} | ${counted(result, "wrong")} |`,
    "",
    ...(rows.length === 0 ? [] : ["| cases | outcome | such as |", "|---|---|---|", ...rows, ""]),
  ].join("\n");
}

/** The part of the page as it stands, for a suite that cannot run here. */
function earlier({ title }: Suite): string | undefined {
  const text = existsSync(page) ? readFileSync(page, "utf8") : "";
  return text
    .split(/^(?=## )/m)
    .find((part) => part.startsWith(`## ${title}\n`))
    ?.trimEnd()
    .concat("\n");
}

const INTRODUCTION = `# Tests of other projects

What suites that nabla did not write say of it. \`npm run foreign -- --write\` made this page; it needs Python with the packages
named below and is no part of \`npm test\`. A refusal is one sentence that names what is not supported; "wrong" is a number
that differs without a word, and there must be none. Keras, optimizers and TensorFlow 1 are compared in \`npm test\` with files
that those libraries made, by the scripts beside the tests (\`make*.py\`).
`;

if (import.meta.main) {
  const { values } = parseArgs({
    options: { python: { type: "string", default: "python3" }, only: { type: "string" }, write: { type: "boolean" } },
  });
  const parts = [INTRODUCTION];
  let wrong = 0;
  for (const suite of suites) {
    if (values.only !== undefined && !suite.title.includes(values.only)) {
      const before = earlier(suite);
      if (before !== undefined) parts.push(before);
      continue;
    }
    try {
      const result = await runSuite(values.python, suite);
      wrong += counted(result, "wrong");
      parts.push(section(suite, result));
      console.log(
        `${suite.title}: ${counted(result, "passed")} passed, ${counted(result, "refused")} refused, ${counted(result, "wrong")} wrong`,
      );
      for (const { name, outcome } of result.outcomes)
        if (outcome.result === "wrong") console.log(`  wrong: ${name}: ${outcome.reason}`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      console.log(`${suite.title}: absent on this machine (${reason}); it needs ${suite.needs.join(", ")}`);
      const before = values.write === true ? earlier(suite) : undefined;
      if (before !== undefined) parts.push(before);
    }
  }
  if (values.write === true) writeFileSync(page, parts.join("\n"));
  process.exitCode = wrong > 0 ? 1 : 0;
}
