import { describe, expect, test } from "vitest";
import { wasm } from "../../src/engine/wasm/engine.ts";
import { checkOpGradient, engineDifference, opTrials } from "../../src/testing/op-trials.ts";

const trials = opTrials();

test("every op but two has a trial", () => {
  expect(new Set(trials.map(({ op }) => op.opName)).size).toBeGreaterThan(35);
});

describe("gradient rules agree with central differences", () => {
  test.each(trials)("$name", async (trial) => {
    for (const order of [1, 2] as const) {
      const report = await checkOpGradient(trial, order);
      if (report !== undefined) expect(report.verdict, `order ${order}\n${report.table}`).toBe("right");
    }
  });
});

describe("wasm agrees with the reference", () => {
  test.each(trials)("$name", async (trial) => {
    expect(await engineDifference(wasm, trial)).toBeLessThan(2e-6);
  });
});
