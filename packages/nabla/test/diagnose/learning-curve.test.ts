import { expect, test } from "vitest";
import { normal, seedKey } from "../../src/base/random.ts";
import { learningCurve } from "../../src/diagnose/learning-curve.ts";
import { fitPowerLaw } from "../../src/diagnose/power-law.ts";
import { relu } from "../../src/nn/activations.ts";
import { chain } from "../../src/nn/chain.ts";
import { dense } from "../../src/nn/dense.ts";
import { halves } from "../../src/testing/pathologies/grounds.ts";
import { planted } from "../../src/testing/pathologies/pathology.ts";

const rows = [64, 128, 256, 512, 1024, 2048];

test.each([
  [0.05, 2, 0.7],
  [0, 1, 0.4],
  [0.2, 8, 1.2],
])("B9 the law %s + %s n^-%s is found again, and what it says of ten times the rows", (a, b, c) => {
  const exact = fitPowerLaw(rows.map((n) => ({ rows: n, error: a + b * n ** -c, deviation: 0.001 })));
  expect(exact.a).toBeCloseTo(a, 2);
  expect(exact.c).toBeCloseTo(c, 1);
  expect(exact.at(20_480).error).toBeCloseTo(a + b * 20_480 ** -c, 2);
});

test("B9 the interval covers the truth about as often as it says", () => {
  const [a, b, c] = [0.05, 2, 0.6];
  let covered = 0;
  for (let seed = 1; seed <= 25; seed++) {
    const shake = normal(seedKey(seed), rows.length);
    const points = rows.map((n, i) => ({
      rows: n,
      error: a + b * n ** -c + 0.004 * (shake[i] ?? 0),
      deviation: 0.004,
    }));
    const { from, to } = fitPowerLaw(points, { seed }).at(8192).interval;
    const truth = a + b * 8192 ** -c;
    if (from <= truth && truth <= to) covered += 1;
  }
  expect(covered).toBeGreaterThanOrEqual(20);
});

test("B9 a network that lacks rows is told that more would help, one that has enough that they would not", async () => {
  const job = planted(
    1,
    { model: chain(dense(16), relu(), dense(2)), epochs: 20 },
    (count, seed) => halves({ rows: count, seed, features: 30 }, 0.1),
    { train: 512, dev: 1500 },
  ).job;
  const { helps, summary, points, expected } = await learningCurve(job, { repeats: 2 });
  expect(points.map((point) => point.rows)).toEqual([32, 64, 128, 256, 384, 512]);
  expect(points.at(0)?.error).toBeGreaterThan(2 * (points.at(-1)?.error ?? 1));
  expect(helps).toBe("yes");
  expect(summary).toMatch(/^More data would help: with twice the rows \(1024\) the dev error is expected to be .*%/);
  expect(expected[1]?.error).toBeLessThan(expected[0]?.error ?? 0);
  const { dev: _, ...without } = job;
  await expect(learningCurve(without)).rejects.toMatchObject({ code: "curve/no-dev" });
});

test("errors that stay where they are say that more data would help little", () => {
  const flat = fitPowerLaw(rows.map((n) => ({ rows: n, error: 0.1 + 0.5 / n, deviation: 0.001 })));
  expect(flat.at(4096).interval.from).toBeGreaterThan(0.09);
  expect(() => fitPowerLaw([{ rows: 1, error: 1, deviation: 0 }])).toThrow(
    expect.objectContaining({ code: "curve/points" }),
  );
});
