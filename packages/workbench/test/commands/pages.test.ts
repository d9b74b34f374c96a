/** What pages of `docs` show of the command is what it prints. */
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readPages } from "../../../../scripts/pages.ts";
import { runSteps, type Step, stepsOf } from "../../../../scripts/sessions.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const pages = readPages(root).filter(({ text }) => stepsOf(text).length > 0);

test("a page shows how files are read", () => {
  expect(pages.map(({ name }) => name)).toContain("files");
});

/** Numbers that a network computes differ in their last digits between processors. */
function rounded(steps: readonly Step[]): readonly Step[] {
  const short = (digits: string): string => Number(digits).toFixed(2);
  return steps.map(({ command, output }) => ({ command, output: output.replace(/\d+\.\d{5,}/g, short) }));
}

test.each(pages)("$name: each command prints what stands below it", ({ text }) => {
  const shown = rounded(stepsOf(text));
  const printed = rounded(runSteps(root, text));
  // what stands in the page without output is run for what comes after it
  expect(printed.map((step, i) => (shown[i]?.output === "" ? { ...step, output: "" } : step))).toEqual(shown);
});

test.each(pages)("$name: lines fit a terminal", ({ text }) => {
  const lines = stepsOf(text).flatMap(({ output }) => output.split("\n"));
  // options are not broken, so that they can be copied
  expect(lines.filter((line) => line.length > 80 && !/^(error|hint|note|warning): /.test(line))).toEqual([]);
});
