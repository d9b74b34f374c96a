import { expect, test } from "vitest";
import { diagnose } from "../../src/diagnose/diagnose.ts";
import { examine } from "../../src/diagnose/evidence.ts";
import { recipe } from "../../src/diagnose/recipe.ts";
import { healthy } from "../../src/testing/pathologies/healthy.ts";
import { fit } from "../../src/train/fit.ts";

test("20 healthy trainings get at most one verdict other than good or not enough data, and no cause is named", async () => {
  const alarms: string[] = [];
  const causes: string[] = [];
  let good = 0;
  for (const { name, make } of healthy) {
    for (const seed of [1, 2, 3, 4]) {
      const job = make(seed);
      const run = await fit(job);
      const { verdict, summary } = diagnose(run);
      if (verdict === "good") good += 1;
      if (verdict !== "good" && verdict !== "not enough data to tell") alarms.push(`${name} ${seed}: ${summary}`);
      const evidence = await examine(job, run);
      if (evidence.diagnosis.verdict === "good")
        causes.push(...recipe(evidence.diagnosis, evidence).map(({ code }) => `${name} ${seed}: ${code}`));
    }
  }
  expect(healthy).toHaveLength(5);
  expect(alarms.length, alarms.join("\n")).toBeLessThanOrEqual(1);
  expect(causes).toEqual([]);
  // always "not enough data" would be no false alarm either
  expect(good).toBeGreaterThanOrEqual(12);
});
