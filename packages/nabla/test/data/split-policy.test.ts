import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chosenPolicy, fractionsOf, splitCounts, splitPolicy } from "../../src/data/split-policy.ts";
import { thrown } from "./thrown.ts";

const countsOf = (rows: number) => splitCounts(rows, splitPolicy(rows).fractions);

describe("split policy", () => {
  it("A2 up to and including a million rows: 60/20/20, and sizes sum to n for n = 1 to 10,000", () => {
    expect(splitPolicy(1000).fractions).toEqual({ train: 0.6, dev: 0.2, test: 0.2 });
    expect(splitPolicy(1_000_000).fractions).toEqual({ train: 0.6, dev: 0.2, test: 0.2 });
    expect(splitPolicy(1_000_001).fractions.train).toBe(0.98);
    expect(splitPolicy(99).reason).toContain("k-fold");
    expect(splitPolicy(100).reason).not.toContain("k-fold");
    const wrong: number[] = [];
    for (let n = 1; n <= 10_000; n++) {
      const { train, dev, test } = countsOf(n);
      const exact =
        train + dev + test === n && Math.abs(dev - 0.2 * n) < 1 + 1e-9 && Math.abs(test - 0.2 * n) < 1 + 1e-9;
      if (!exact || (n >= 3 && !(train > dev && train > test)) || (n >= 4 && (dev === 0 || test === 0))) wrong.push(n);
    }
    expect(wrong).toEqual([]);
  });

  it("A3 above a million 98/1/1, from 20 million 99.5/0.25/0.25, with exact counts", () => {
    expect(countsOf(2_000_000)).toEqual({ train: 1_960_000, dev: 20_000, test: 20_000 });
    expect(splitPolicy(19_999_999).fractions.train).toBe(0.98);
    expect(countsOf(20_000_000)).toEqual({ train: 19_900_000, dev: 50_000, test: 50_000 });
    expect(countsOf(50_000_000)).toEqual({ train: 49_750_000, dev: 125_000, test: 125_000 });
  });

  it("gives exact counts for any fractions and any rows", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60_000_000 }),
        fc.integer({ min: 1, max: 98 }),
        fc.integer({ min: 1, max: 98 }),
        (rows, a, b) => {
          fc.pre(a + b < 100);
          const { fractions } = chosenPolicy(rows, { train: (100 - a - b) / 100, dev: a / 100, test: b / 100 });
          const { train, dev, test } = splitCounts(rows, fractions);
          expect(train + dev + test).toBe(rows);
          expect(Math.min(train, dev, test)).toBeGreaterThanOrEqual(0);
          if (rows >= 200) expect(Math.abs(train - rows * fractions.train)).toBeLessThan(3);
        },
      ),
      { seed: 1 },
    );
  });

  it("fills in the fractions that were not chosen", () => {
    expect(chosenPolicy(1000, { test: 0 }).fractions).toEqual({ train: 0.75, dev: 0.25, test: 0 });
    expect(chosenPolicy(1000, { train: 0.5 }).fractions).toEqual({ train: 0.5, dev: 0.25, test: 0.25 });
    const error = thrown(() => chosenPolicy(1000, { train: 0.9, dev: 0.2, test: 0.1 }));
    expect(error.code).toBe("data/fractions");
    expect(error.message).toContain("train 0.9, dev 0.2, test 0.1");
  });

  it("reads percentages and fractions from text, and says what it cannot read", () => {
    expect(fractionsOf("60/20/20")).toEqual({ train: 0.6, dev: 0.2, test: 0.2 });
    expect(fractionsOf("99.5/0.25/0.25")).toEqual({ train: 0.995, dev: 0.0025, test: 0.0025 });
    expect(fractionsOf("0.8/0.2")).toEqual({ train: 0.8, dev: 0.2, test: 0 });
    // without a dev part, networks rotate over folds of all rows
    expect(fractionsOf("100/0/0")).toEqual({ train: 1, dev: 0, test: 0 });
    for (const text of ["60/20", "60/20/30", "a/b/c", "0/100/0", "", "25/25/25/25", "60//40"]) {
      const error = thrown(() => fractionsOf(text));
      expect(error.code).toBe("data/fractions");
      expect(error.message).toContain(`"${text}"`);
    }
  });
});
