import { describe, expect, test } from "vitest";
import { fork, normal, seedKey } from "../../src/base/random.ts";
import { trend } from "../../src/diagnose/trend.ts";

/** Costs with noise as large as a fifth of them, as mini-batches give. */
function noisy(steps: number, of: (share: number) => number, name: string): readonly number[] {
  const noise = normal(fork(seedKey(5), name), steps);
  return Array.from({ length: steps }, (_, i) => of(i / steps) + 0.2 * (noise[i] ?? 0));
}

describe("J6 a cost that goes up and down still has a trend", () => {
  test.each([
    ["converging", (share: number) => 1.3 - 0.5 * share],
    ["converging", (share: number) => Math.exp(-3 * share) + 0.4],
    ["stuck", () => 1],
    ["diverging", (share: number) => 0.7 + 0.5 * share],
  ] as const)("%s", (kind, of) => {
    for (const steps of [60, 500, 5000]) {
      const found = trend(noisy(steps, of, `${kind} ${steps}`));
      expect(found.kind, found.summary).toBe(kind);
      expect(found.advice.length === 0).toBe(kind === "converging");
      expect(found.summary.toLowerCase()).toContain(kind);
    }
  });

  test("two neighbors say nothing: of a converging cost almost every second step goes up", () => {
    const costs = noisy(500, (share) => 1.3 - 0.5 * share, "converging 500");
    const ups = costs.filter((cost, i) => i > 0 && cost > (costs[i - 1] ?? 0)).length;
    expect(ups).toBeGreaterThan(200);
    expect(trend(costs).z).toBeLessThan(-5);
  });

  test("flat noise is called a trend no more often than the chance allows", () => {
    const wrong = Array.from({ length: 300 }, (_, i) => trend(noisy(50, () => 1, `flat ${i}`))).filter(
      ({ kind }) => kind !== "stuck",
    ).length;
    expect(wrong).toBeLessThanOrEqual(9); // 3 expected
  });

  test("the slope is the middle one, which outliers do not move", () => {
    const costs = Array.from({ length: 101 }, (_, i) => 2 - 0.01 * i);
    costs[50] = 1e6;
    const found = trend(costs);
    expect(found.slope).toBeCloseTo(-0.01, 10);
    expect(found.kind).toBe("converging");
    expect(trend(costs.slice(0, 41)).z).toBeCloseTo(-(820 - 1) / Math.sqrt((41 * 40 * 87) / 18), 10);
  });

  test("only the last costs count when asked", () => {
    const costs = [...Array.from({ length: 100 }, (_, i) => 2 - 0.01 * i), ...noisy(100, () => 1, "end")];
    expect(trend(costs).kind).toBe("converging");
    expect(trend(costs, { last: 80 }).kind).toBe("stuck");
  });

  test("a cost that is no number diverges, and too few costs are refused", () => {
    expect(trend([...noisy(20, () => 1, "short"), Number.NaN]).kind).toBe("diverging");
    expect(() => trend([1, 2, 3])).toThrow(
      expect.objectContaining({ code: "trend/short", message: expect.stringContaining("received 3") }),
    );
  });
});
