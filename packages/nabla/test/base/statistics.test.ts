import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seedKey, uniform } from "../../src/base/random.ts";
import { chiSquareTail } from "../../src/base/statistics/gamma.ts";
import {
  differenceInterval,
  normalInterval,
  percentileInterval,
  studentInterval,
  wilson,
} from "../../src/base/statistics/intervals.ts";
import { normalCdf, normalDensity, normalQuantile, normalTail } from "../../src/base/statistics/normal.ts";
import { studentCdf, studentQuantile, studentTail } from "../../src/base/statistics/student.ts";
import {
  meanOf,
  medianOf,
  midranks,
  populationVariance,
  quantileOf,
  sampleVariance,
} from "../../src/base/statistics/summary.ts";

const NAMES = ["normalTail", "normalQuantile", "studentTail", "studentQuantile", "chiSquareTail"] as const;
type Rows = readonly (readonly number[])[];
interface Golden extends Readonly<Record<(typeof NAMES)[number] | "wilson", Rows>> {
  readonly studentInterval: readonly (readonly [sample: readonly number[], from: number, to: number])[];
  readonly quantile: readonly (readonly [sorted: readonly number[], p: number, value: number])[];
}

/** Made by golden/make-statistics.py with mpmath, scipy and NumPy. */
const golden: Golden = JSON.parse(readFileSync(new URL("golden/statistics.json", import.meta.url), "utf8"));

/** Distance from the expected number as a share of it. */
function relative(received: number, expected: number): number {
  return expected === 0 ? Math.abs(received) : Math.abs(received / expected - 1);
}

describe("tails and quantiles agree with mpmath to 1e-10, far out too", () => {
  const functions = { normalTail, normalQuantile, studentTail, studentQuantile, chiSquareTail };
  test.each(NAMES)("%s", (name) => {
    const rows = golden[name];
    expect(rows.length).toBeGreaterThan(15);
    const misses = rows.flatMap((row) => {
      const received = functions[name](row[0] ?? Number.NaN, row[1] ?? Number.NaN);
      return relative(received, row.at(-1) ?? Number.NaN) < 1e-12 ? [] : [{ row, received }];
    });
    expect(misses).toEqual([]);
  });

  test("the golden tails reach 1e-280", () => {
    for (const name of ["normalTail", "studentTail", "chiSquareTail"] as const)
      expect(Math.min(...golden[name].map((row) => row.at(-1) ?? 1)), name).toBeLessThan(1e-280);
  });
});

describe("distributions", () => {
  const probability = fc
    .tuple(fc.double({ min: -299, max: -0.001, noNaN: true }), fc.boolean())
    .map(([power, upper]) => (upper ? 1 - 10 ** (power / 20) : 10 ** power));
  const freedom = fc.double({ min: -0.3, max: 12, noNaN: true }).map((power) => 10 ** power);

  test("the distribution function takes back what the quantile does", () => {
    fc.assert(
      fc.property(probability, freedom, (p, f) => {
        expect(relative(normalCdf(normalQuantile(p)), p)).toBeLessThan(1e-11);
        const t = studentQuantile(p, f);
        if (Number.isFinite(t)) expect(relative(studentCdf(t, f), p)).toBeLessThan(1e-11);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  test("the quantile takes back what the tail does, near the middle too", () => {
    fc.assert(
      fc.property(fc.double({ min: -8, max: 0.5, noNaN: true }), freedom, (power, f) => {
        // the probability is rounded by 1e-16, which the division by a small t makes larger
        const allowed = 1e-11 + 1e-15 / 10 ** power;
        expect(relative(-normalQuantile(normalTail(10 ** power)), 10 ** power)).toBeLessThan(allowed);
        expect(relative(-studentQuantile(studentTail(10 ** power, f), f), 10 ** power)).toBeLessThan(allowed);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  test("the density is the slope of the distribution function", () => {
    for (const z of [-3, -0.7, 0, 0.4, 2.2]) {
      const slope = (normalCdf(z + 1e-5) - normalCdf(z - 1e-5)) / 2e-5;
      expect(relative(slope, normalDensity(z))).toBeLessThan(1e-8);
    }
  });

  test("ends and what is no probability", () => {
    expect([normalTail(Number.POSITIVE_INFINITY), normalTail(Number.NEGATIVE_INFINITY)]).toEqual([0, 1]);
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
    expect([studentQuantile(0, 3), studentQuantile(0.5, 3)]).toEqual([Number.NEGATIVE_INFINITY, 0]);
    expect([studentTail(Number.POSITIVE_INFINITY, 2), chiSquareTail(Number.POSITIVE_INFINITY, 2)]).toEqual([0, 0]);
    expect([chiSquareTail(0, 4), chiSquareTail(1, 0)]).toEqual([1, 1]);
    for (const lost of [
      normalTail(Number.NaN),
      normalQuantile(1.5),
      studentTail(Number.NaN, 3),
      studentQuantile(-1, 3),
    ])
      expect(lost).toBeNaN();
  });
});

describe("summaries", () => {
  test("mean and variances", () => {
    expect(meanOf([1, 2, 6])).toBe(3);
    expect(meanOf([1, 2, 6], (value) => value * value)).toBeCloseTo(41 / 3, 14);
    expect(populationVariance([1, 2, 6])).toBeCloseTo(14 / 3, 14);
    expect(sampleVariance([1, 2, 6])).toBeCloseTo(7, 14);
    expect(sampleVariance([5])).toBe(0);
    expect([meanOf([]), populationVariance([]), medianOf([])]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  test("quantiles lie between the nearest two values, as NumPy's do", () => {
    for (const [sorted, p, expected] of golden.quantile)
      expect(quantileOf(sorted, p), `${p} of ${sorted}`).toBeCloseTo(expected, 14);
    expect(medianOf([9, 1, 5])).toBe(5);
  });

  test("an infinite neighbor that does not count leaves a quantile as it is", () => {
    expect(quantileOf([1, 2, Number.POSITIVE_INFINITY], 0.5)).toBe(2);
  });

  test("equal values share the middle of their ranks", () => {
    expect([...midranks([3, 1, 3, 2])]).toEqual([3.5, 1, 3.5, 2]);
    expect([...midranks([])]).toEqual([]);
    expect([
      ...midranks([0, Number.POSITIVE_INFINITY, -0, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]),
    ]).toEqual([2.5, 4.5, 2.5, 1, 4.5]);
    const values = Array.from(uniform(seedKey(5), 300), (x) => Math.round(x * 80));
    const counted = values.map(
      (value) => values.filter((x) => x < value).length + (values.filter((x) => x === value).length + 1) / 2,
    );
    expect([...midranks(values)]).toEqual(counted);
  });
});

describe("intervals", () => {
  test("Wilson's, against scipy", () => {
    for (const [fraction = 0, rows = 0, low = 0, high = 0] of golden.wilson) {
      const { from, to } = wilson(fraction, rows);
      expect(Math.abs(from - low) + Math.abs(to - high), `${fraction} of ${rows}`).toBeLessThan(1e-14);
    }
  });

  test("Student's, against scipy", () => {
    for (const [sample, low, high] of golden.studentInterval) {
      const { from, to } = studentInterval(sample);
      expect(relative(from, low) + relative(to, high), `${sample}`).toBeLessThan(1e-12);
    }
    expect(studentInterval([4])).toEqual({ from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY });
  });

  test("the normal one, a difference and percentiles", () => {
    expect(normalInterval(1, 2).to).toBeCloseTo(1 + 2 * 1.959963984540054, 14);
    const one = { value: 0.5, interval: { from: 0.2, to: 0.6 } };
    const other = { value: 0.1, interval: { from: 0.06, to: 0.5 } };
    const { from, to } = differenceInterval(one, other);
    expect([from, to].map((x) => Number(x.toFixed(12)))).toEqual([
      -0.1,
      Number((0.4 + Math.hypot(0.1, 0.04)).toFixed(12)),
    ]);
    const { from: low, to: high } = percentileInterval(Array.from({ length: 401 }, (_, i) => 400 - i));
    expect([low, high].map((x) => Number(x.toFixed(9)))).toEqual([10, 390]);
  });
});
