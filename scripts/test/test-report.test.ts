import { expect, test } from "vitest";
import { countTests } from "../test-report.ts";

type Report = NonNullable<Parameters<typeof countTests>[0]>;

function reportOf(passed: number, failed: number, files: readonly (readonly string[])[]): Report {
  const testResults = files.map((statuses) => ({
    status: statuses.includes("passed") ? "passed" : "failed",
    assertionResults: statuses.map((status) => ({ status })),
  })) as Report["testResults"];
  return { numPassedTests: passed, numFailedTests: failed, testResults };
}

test("counts what vitest counted", () => {
  expect(countTests(reportOf(2, 0, [["passed"], ["passed"]]), 0)).toEqual({ passed: 2, failed: 0 });
  expect(countTests(reportOf(0, 2, [["failed", "failed"]]), 1)).toEqual({ passed: 0, failed: 2 });
});

test("a file that did not load is one failure", () => {
  expect(countTests(reportOf(1, 1, [["passed"], ["failed"], []]), 1)).toEqual({ passed: 1, failed: 2 });
});

test("an exit code that no test explains is one failure", () => {
  expect(countTests(reportOf(1, 0, [["passed"]]), 1)).toEqual({ passed: 1, failed: 1 });
  expect(countTests(undefined, 134)).toEqual({ passed: 0, failed: 1 });
});
