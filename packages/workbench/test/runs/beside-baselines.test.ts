/** A network beside a linear model and nearest neighbors, in the record, the summary and the report. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drain, seedKey, uniform } from "nabla";
import { afterAll, expect, test } from "vitest";
import { writeReport } from "../../src/report/report.ts";
import type { RunResult } from "../../src/runs/run-events.ts";
import { trainFile } from "../../src/runs/train-file.ts";
import { openStore } from "../../src/store/open.ts";
import { baselineText } from "../../src/text/description.ts";

const home = await mkdtemp(join(tmpdir(), "nabla-baselines-"));
const store = await openStore(join(home, "runs.db"));
afterAll(async () => {
  await store.close();
  await rm(home, { recursive: true, force: true });
});

const draws = uniform(seedKey(5), 1600);
const points = Array.from({ length: 800 }, (_, i) => [Number(draws[2 * i]), Number(draws[2 * i + 1])] as const);

async function trained(name: string, of: (a: number, b: number) => string | number, hidden = [16]): Promise<RunResult> {
  const data = join(home, `${name}.csv`);
  await writeFile(data, ["a,b,y", ...points.map(([a, b]) => `${a},${b},${of(a, b)}`)].join("\n"));
  const small = { members: 1, refit: "none", periodic: hidden.length > 0 ? 2 : 0, epochs: 40 } as const;
  return await drain(trainFile({ data, target: "y", hidden, ...small }, { store, folder: home }));
}

const checkered = (a: number, b: number): string => (a > 0.5 === b > 0.5 ? "same" : "other");

test("where no line divides the classes, the network is surely better than a linear model, and record and report say so", async () => {
  const { run, outcome, end } = await trained("checkered", checkered);
  const [linear, neighbors] = outcome.baselines ?? [];
  expect([linear?.method, neighbors?.method]).toEqual(["linear", "neighbors"]);
  expect(linear?.error).toBeGreaterThan(0.3);
  expect(neighbors?.error).toBeLessThan(0.1);
  expect(linear?.gain).toBeCloseTo((linear?.error ?? 0) - (end.dev?.error ?? 0), 9);
  expect(linear?.from).toBeGreaterThan(0.2);
  const stored = await store.get(run);
  expect(stored.outcome?.baselines).toEqual(outcome.baselines);
  const { file } = await writeReport(run, { store });
  const report = await readFile(file, "utf8");
  expect(report).toContain("<h2>Baselines</h2>");
  expect(report).toMatch(/linear model<\/th>.*the network is better by/);
});

test("where a line is the truth, no difference is sure", async () => {
  const { outcome } = await trained("sloped", (a, b) => 3 * a - b);
  const [linear] = outcome.baselines ?? [];
  expect(linear?.error).toBeLessThan(0.01);
  expect(linear?.from).toBeLessThan(0.01);
});

test("a network without hidden layers is itself the linear model", async () => {
  const { outcome } = await trained("plain", checkered, []);
  expect(outcome.baselines?.map(({ method }) => method)).toEqual(["neighbors"]);
  expect(outcome.baselines?.[0]?.to).toBeLessThan(-0.2);
});

test("a difference is said with its interval, and that it may be chance", () => {
  const beside = { method: "linear", error: 0.042 } as const;
  expect(baselineText({ ...beside, gain: 0.02, from: 0.01, to: 0.03 })).toBe(
    "linear model 4.2%: the network is better by 2.0%, 95% interval 1.0% to 3.0%",
  );
  expect(baselineText({ ...beside, gain: -0.02, from: -0.03, to: -0.01 })).toBe(
    "linear model 4.2%: the network is worse by 2.0%, 95% interval 1.0% to 3.0%",
  );
  expect(baselineText({ ...beside, gain: 0.01, from: -0.01, to: 0.03 })).toBe(
    "linear model 4.2%: no sure difference (95% interval: network 1.0% worse to 3.0% better)",
  );
});
