import { describe, expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { fork, normal, seedKey, uniform } from "../../src/base/random.ts";
import type { Examples } from "../../src/data/examples.ts";
import { noiseFloor } from "../../src/diagnose/noise-floor.ts";
import { crossing, hill, mislabelled, wheel } from "../../src/testing/pathologies/grounds.ts";

/** Numbers with noise of a known share of their variance. */
function noisy(rows: number, share: number, { seed = 1, features = 2 } = {}): Examples {
  const clean = hill({ rows, seed, features });
  const values = Array.from(clean.targets.data);
  const mean = values.reduce((sum, value) => sum + value, 0) / rows;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows;
  const deviation = Math.sqrt((variance * share) / (1 - share));
  const noise = normal(fork(seedKey(seed), "noise"), rows);
  const targets = Float32Array.from(values, (value, row) => value + deviation * (noise[row] ?? 0));
  return { ...clean, targets: ndarray(targets, [rows, 1]) };
}

/** Each row a few times over, with targets of its own: inputs rounded to a grid. */
function rounded({ inputs, ...rest }: Examples, step: number): Examples {
  const data = Float32Array.from(inputs.data, (x) => step * Math.round(x / step));
  return { ...rest, inputs: ndarray(data, [...inputs.shape]) };
}

describe("numbers, as a share of their variance", () => {
  test.each([
    [0.05, 1],
    [0.2, 2],
    [0.5, 3],
  ])("noise of %f is found between its bounds", (share, seed) => {
    const { by, least, most, rows } = noiseFloor(noisy(1500, share, { seed }));
    expect([by, rows]).toEqual(["nearest neighbors", 1500]);
    expect(least).toBeGreaterThan(0.8 * share - 0.01);
    expect(least).toBeLessThan(1.15 * share + 0.01);
    expect(most).toBeGreaterThan(0.9 * share);
  });

  test("a function without noise has none, and a lottery nothing else", () => {
    expect(noiseFloor(hill({ rows: 1500, seed: 5 })).least).toBeLessThan(0.01);
    const clean = hill({ rows: 800, seed: 6 });
    const lottery = { ...clean, targets: ndarray(Float32Array.from(normal(seedKey(9), 800)), [800, 1]) };
    expect(noiseFloor(lottery).most).toBeGreaterThan(0.85);
  });

  test("of rows with the very same inputs it is the pure error", () => {
    const inputs = Float32Array.from({ length: 600 }, (_, row) => row % 20);
    const noise = normal(seedKey(4), 600);
    const targets = Float32Array.from(inputs, (x, row) => x + 3 * (noise[row] ?? 0));
    const variance = 33.25 + 9; // of 0 to 19, and of the noise
    const found = noiseFloor({ rows: 600, inputs: ndarray(inputs, [600, 1]), targets: ndarray(targets, [600, 1]) });
    expect(found).toMatchObject({ by: "repeated inputs", rows: 600 });
    expect(found.least).toBe(found.most);
    expect(found.least).toBeCloseTo(9 / variance, 1);
  });
});

describe("classes", () => {
  test.each([0, 0.2, 0.5])("a share of %f of redrawn labels bounds the error from below and above", (share) => {
    const rows = mislabelled(wheel({ rows: 1500, seed: 3 }, 4), share, 4, fork(seedKey(1), "labels"));
    const lowest = (share * 3) / 4;
    const { least, most } = noiseFloor(rows);
    expect(least).toBeLessThanOrEqual(lowest + 0.03);
    expect(least).toBeGreaterThanOrEqual(0.6 * lowest - 0.01);
    expect(most).toBeGreaterThanOrEqual(lowest - 0.03);
    expect(most).toBeLessThan(lowest + 0.06);
  });

  test("of rows with the very same inputs it follows from how often two of them differ", () => {
    const draws = uniform(seedKey(2), 2000);
    const codes = Int32Array.from(draws, (draw, row) => (row % 2) ^ Number(draw < 0.15));
    const inputs = Float32Array.from(codes, (_, row) => row % 10);
    const { by, least } = noiseFloor({
      rows: 2000,
      inputs: ndarray(inputs, [2000, 1]),
      targets: ndarray(codes, [2000]),
    });
    expect(by).toBe("repeated inputs");
    expect(least).toBeCloseTo(0.15, 1);
  });
});

test("more rows than asked for are thinned out, few rows and pictures are refused", () => {
  expect(noiseFloor(rounded(crossing({ rows: 3000, seed: 1 }), 1e-6), { rows: 500 }).rows).toBe(500);
  expect(() => noiseFloor(crossing({ rows: 12, seed: 1 }))).toThrow(
    expect.objectContaining({ code: "diagnose/inputs" }),
  );
});
