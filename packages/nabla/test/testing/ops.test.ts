import { describe, expect, test } from "vitest";
import { kernels } from "../../src/engine/reference/kernels.ts";
import { wasm, wasm64 } from "../../src/engine/wasm/engine.ts";
import * as ops from "../../src/graph/ops.ts";
import { checkOpGradient, engineDifference, opTrials } from "../../src/testing/op-trials.ts";

const trials = opTrials();

test("every op has a trial, but the two whose gradient is 0 by definition", () => {
  const tried = new Set(trials.map(({ op }) => op.opName));
  const all = Object.values(ops).flatMap((value) => ("opName" in value ? [value.opName] : []));
  expect(all.filter((name) => !tried.has(name))).toEqual(["floor", "stopGradient"]);
  expect(Object.keys(kernels).filter((name) => !all.includes(name))).toEqual([]);
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

describe("float64 in WebAssembly agrees with the reference", () => {
  test.each(trials)("$name", async (trial) => {
    expect(await engineDifference(wasm64, trial)).toBeLessThan(1e-13);
  });
});
