import { describe, expect, test } from "vitest";
import { uniform } from "../../src/base/domain.ts";
import { fork, seedKey, uniform53 } from "../../src/base/random.ts";
import { type Pruner, prunes, pruningFor } from "../../src/tune/pruner.ts";
import { asha } from "../../src/tune/pruners/asha.ts";
import { hyperband } from "../../src/tune/pruners/hyperband.ts";
import { median } from "../../src/tune/pruners/median.ts";
import { none } from "../../src/tune/pruners/none.ts";
import { study } from "../../src/tune/study.ts";
import type { Report, Trial } from "../../src/tune/trial.ts";

/** Nine trials, number n at cost n all along, for 9 steps. */
const nine: readonly Trial[] = Array.from({ length: 9 }, (_, number) => ({
  number,
  values: {},
  units: {},
  state: "done",
  reports: Array.from({ length: 9 }, (__, i) => ({ step: i + 1, value: number })),
}));
const standardsOf = (pruner: Pruner, trials = nine, number = 9) =>
  pruner.standards({ trials, number, goal: "minimize" }).map(({ step, value }) => [step, value]);
const at = (value: number, steps = 9): readonly Report[] =>
  Array.from({ length: steps }, (_, i) => ({ step: i + 1, value }));

test("median: at every step the middle of those that were there", () => {
  expect(standardsOf(median())).toEqual(Array.from({ length: 9 }, (_, i) => [i + 1, 4]));
  expect(standardsOf(median({ warmup: 8 }))).toEqual([
    [8, 4],
    [9, 4],
  ]);
  expect(standardsOf(median({ startup: 10 }))).toEqual([]);
  const pruning = pruningFor(median(), { trials: nine, number: 9, goal: "minimize" });
  expect(prunes(pruning, at(4))).toBeUndefined();
  expect(prunes(pruning, at(4.5, 1))).toBe("at step 1 its best 4.5 was worse than 4, the median of 9 trials");
  expect(prunes(pruning, [{ step: 1, value: 3 }, ...at(9).slice(1)])).toBeUndefined();
  expect(prunes(pruning, [])).toBeUndefined();
});

test("asha: a rung at 1, 3, 9…, where the best third goes on", () => {
  // of nine others and oneself three go on: whoever is no worse than the third of the nine
  expect(standardsOf(asha({ reduction: 3 }))).toEqual([
    [1, 2],
    [3, 2],
  ]);
  expect(standardsOf(asha({ reduction: 2, least: 2 }))).toEqual([
    [2, 4],
    [4, 4],
    [8, 4],
  ]);
  const started = nine.map((trial) => (trial.number > 0 ? { ...trial, reports: trial.reports.slice(0, 2) } : trial));
  expect(standardsOf(asha({ reduction: 3 }), started)).toEqual([[1, 2]]);
  expect(standardsOf(asha({ reduction: 3 }), nine.slice(0, 1))).toEqual([]);
  const failed = nine.map((trial) => ({ ...trial, state: "failed" as const }));
  expect(standardsOf(asha({ reduction: 3 }), failed)).toEqual([]);
});

test("hyperband: brackets begin later and later, and are compared among themselves", () => {
  const many = Array.from({ length: 300 }, (_, number) => ({
    ...(nine[number % 9] as Trial),
    number,
    reports: at(number % 9),
  }));
  const firsts = Array.from({ length: 60 }, (_, i) => standardsOf(hyperband(), many, 300 + i)[0]?.[0] ?? 0);
  const counts = [1, 3, 0].map((first) => firsts.filter((one) => one === first).length);
  expect(counts.every((count) => count > 0)).toBe(true);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(60);
  expect(counts[0]).toBeGreaterThan(counts[1] ?? 0);
  expect(counts[1]).toBeGreaterThan(counts[2] ?? 0);
});

describe("O5 pruners save epochs and keep the winner", () => {
  /** Errors fall from 1 to a level of their own, at a rate of their own. */
  async function carriedOut(pruner: Pruner) {
    let epochs = 0;
    const one = study({ space: { x: uniform(0, 1) }, pruner, seed: 2 });
    const { best, pruned } = await one.run(96, ({ values, number, report }) => {
      const [speed = 0, noise = 0] = uniform53(fork(seedKey(5), `${number}`), 2);
      for (let epoch = 1; epoch <= 27; epoch++) {
        epochs += 1;
        const value = values.x + Math.exp(-epoch * (0.2 + speed)) + 0.01 * noise;
        if (report(epoch, value) !== undefined) return undefined;
      }
      return values.x + 0.01 * noise;
    });
    return { epochs, pruned, value: best?.value ?? 1 };
  }

  test.each(
    [median(), asha(), asha({ reduction: 2 }), hyperband({ most: 27 })].map((pruner) => [pruner.kind, pruner] as const),
  )("%s", async (_, pruner) => {
    const [all, some] = [await carriedOut(none()), await carriedOut(pruner)];
    expect(all).toMatchObject({ epochs: 96 * 27, pruned: 0 });
    expect(some.epochs).toBeLessThan(0.65 * all.epochs);
    expect(some.value).toBeLessThan(all.value + 0.03);
  });
});
