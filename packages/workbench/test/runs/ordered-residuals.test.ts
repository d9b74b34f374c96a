/** Rows that were divided at random though what a network gets wrong follows their dates. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drain, fork, normal, permutation, seedKey } from "nabla";
import { afterAll, expect, test } from "vitest";
import { orderedLikeness } from "../../src/runs/ordered-residuals.ts";
import type { RunResult } from "../../src/runs/run-events.ts";
import { trainFile } from "../../src/runs/train-file.ts";
import { openStore } from "../../src/store/open.ts";

const folder = mkdtempSync(join(tmpdir(), "nabla-ordered-"));
const store = await openStore(join(folder, "runs.db"));
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const rows = 1200;
const drawn = (name: string): Float64Array => normal(fork(seedKey(3), name), rows);

/** A price by one of twenty towns, which the checks before the training do not look at, and what came with the days, each like the one before. */
async function trained(name: string, kept: number): Promise<RunResult> {
  const [a, shocks] = [drawn("a"), drawn("shocks")];
  const days = new Float64Array(rows);
  for (let day = 0; day < rows; day++)
    days[day] = kept * (days[day - 1] ?? 0) + Math.sqrt(1 - kept ** 2) * (shocks[day] ?? 0);
  const lines = Array.from(permutation(fork(seedKey(3), "rows"), rows), (day) => {
    const sold = new Date(Date.UTC(2020, 0, 1 + day)).toISOString().slice(0, 10);
    const town = Math.floor(Math.abs(100 * (a[day] ?? 0))) % 20;
    return [`town ${town}`, sold, ((town * 7) % 20) / 2 + (days[day] ?? 0)].join();
  });
  const data = join(folder, `${name}.csv`);
  writeFileSync(data, ["town,sold,price", ...lines].join("\n"));
  const small = { members: 1, refit: "none", hidden: [24], periodic: 0, epochs: 15, rate: 0.02, seed: 1 } as const;
  return await drain(trainFile({ data, target: "price", ...small }, { store, folder }));
}

test("errors that follow dates bring a warning that names --time-column, in the verdict and in the record", async () => {
  const { run, plan, outcome } = await trained("alike", 0.9);
  const warning = plan.suspicions?.find(({ code }) => code === "data/time");
  expect(warning).toMatchObject({ code: "data/time", remedy: { timeColumn: "sold" }, severity: "warning" });
  expect(warning?.message).toMatch(
    /^what the network gets wrong moves with sold: errors of neighboring times are alike \(correlation 0\.\d+\)$/,
  );
  expect(warning?.hint).toContain("--time-column sold");
  expect((await store.get(run)).outcome?.warnings?.map(({ code }) => code)).toContain("data/time");
  expect(outcome.recipe?.map(({ options }) => options.join(" "))).toContain("--time-column sold");
});

test("errors in no order bring none", async () => {
  const { plan, outcome } = await trained("apart", 0);
  expect(plan.suspicions?.map(({ code }) => code)).not.toContain("data/time");
  expect(outcome.failures).toBeUndefined();
});

test("of a thousand lists in no order, with heavy tails and times that repeat, hardly one is taken for ordered", () => {
  let alarms = 0;
  for (let seed = 0; seed < 1000; seed++) {
    const count = 60 + (seed % 3) * 100;
    const values = normal(seedKey(seed), 2 * count);
    const times = Float64Array.from({ length: count }, (_, i) => Math.floor((i * 37) % count) >> (seed % 2));
    const list = Float64Array.from({ length: count }, (_, i) => (values[i] ?? 0) / Math.abs(values[count + i] ?? 1));
    alarms += Number(orderedLikeness(times, [list]) !== undefined);
  }
  expect(alarms).toBeLessThanOrEqual(3);
  const wave = Float64Array.from({ length: 100 }, (_, i) => Math.sin(i / 8));
  expect(orderedLikeness([...wave.keys()], [wave])).toBeGreaterThan(0.9);
  expect(orderedLikeness([...wave.keys()].slice(0, 29), [wave.subarray(0, 29)])).toBeUndefined();
});
