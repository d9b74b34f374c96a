import { expect, test } from "vitest";
import { drift } from "../../src/diagnose/drift.ts";
import { cloud } from "../diagnose/samples.ts";

test("A5 tables of one distribution are called drifted for at most 5% of 200 seeds", async () => {
  let [alarms, outside] = [0, 0];
  for (let seed = 1; seed <= 200; seed++) {
    const found = await drift(cloud(500, { seed }), cloud(500, { seed, name: "b" }), { seed });
    alarms += Number(found.drifted);
    outside += Number(found.auc.interval.from > 0.5 || found.auc.interval.to < 0.5);
  }
  expect(alarms).toBeLessThanOrEqual(10);
  expect(outside).toBeLessThanOrEqual(10);
}, 60_000);

test("A5 half a standard deviation in three of twenty columns is found in at least 95% of 200 seeds of 1,000 rows", async () => {
  let [found, named] = [0, 0];
  for (let seed = 1; seed <= 200; seed++) {
    // as many rows as a split of 1,000 gives train and dev
    const { drifted, columns } = await drift(cloud(600, { seed }), cloud(200, { seed, name: "b", shift: 0.5 }), {
      seed,
    });
    found += Number(drifted);
    named += columns.filter(({ name }) => ["x0", "x1", "x2"].includes(name)).length;
  }
  expect(found).toBeGreaterThanOrEqual(190);
  expect(named).toBeGreaterThanOrEqual(0.95 * 600);
}, 60_000);
