/** Reads what vitest reports. */
import type { JsonTestResults } from "vitest/node";

export interface Count {
  readonly passed: number;
  readonly failed: number;
}

/**
 * Counts passed and failed tests. A file that failed without a failed test (it did not load, say) counts as one, and so
 * does a run that ended with exit code `code` for a reason that the report, if there is one, does not give.
 */
export function countTests(
  report: Pick<JsonTestResults, "numPassedTests" | "numFailedTests" | "testResults"> | undefined,
  code: number,
): Count {
  const broken = (report?.testResults ?? []).filter(
    ({ status, assertionResults }) =>
      status === "failed" && assertionResults.every((assertion) => assertion.status !== "failed"),
  );
  const failed = (report?.numFailedTests ?? 0) + broken.length;
  return { passed: report?.numPassedTests ?? 0, failed: failed === 0 && code !== 0 ? 1 : failed };
}
