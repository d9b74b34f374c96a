import { describe, expect, it } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { normal, seedKey } from "../../src/base/random.ts";
import { deviationOfMoments, meanOfMoments, moments } from "../../src/base/statistics/moments.ts";
import { standardize } from "../../src/data/standardize.ts";
import { categoryColumn, numberColumn, type Table, table, takeTable } from "../../src/data/table.ts";
import { thrown } from "./thrown.ts";

const values = (part: Table, column = 0): readonly number[] => {
  const found = part.columns[column];
  return found?.kind === "number" ? [...found.values.data] : [];
};
const meanOf = (numbers: readonly number[]) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;

describe("standardize", () => {
  it("G1 column means are below 1e-12, and the streamed mean equals two passes at offset 1e8", () => {
    const numbers = normal(seedKey(1), 1_000_000).map((value) => value + 1e8);
    const found = moments(numbers);
    let sum = 0;
    for (const value of numbers) sum += value - 1e8;
    const exact = sum / numbers.length;
    let squares = 0;
    for (const value of numbers) squares += (value - 1e8 - exact) ** 2;
    expect(Math.abs(meanOfMoments(found) - 1e8 - exact)).toBeLessThan(1e-8); // a float64 near 1e8 is that coarse
    expect(Math.abs(deviationOfMoments(found) ** 2 - squares / numbers.length)).toBeLessThan(1e-10);
    const chunks = [0, 1, 2, 3].reduce(
      (soFar, i) => moments(numbers.subarray(i * 250_000, (i + 1) * 250_000), soFar),
      moments([]),
    );
    expect(chunks).toEqual(found);

    const small = table([
      numberColumn(
        "x",
        normal(seedKey(2), 1000).map((value) => 40 + 9 * value),
      ),
    ]);
    expect(Math.abs(meanOf(values(standardize.fit(small)(small))))).toBeLessThan(1e-12);
  });

  it("G2 G3 divides by the standard deviation: 1 to 5 come out with deviation 1; dividing by the variance gives .7071", () => {
    const train = table([numberColumn("x", [1, 2, 3, 4, 5])]);
    const scale = standardize.fit(train);
    expect(scale.columns).toEqual({ x: { center: 3, spread: Math.SQRT2 } });
    expect(deviationOfMoments(moments(values(scale(train))))).toBeCloseTo(1, 12);
    const literal = [1, 2, 3, 4, 5].map((value) => (value - 3) / 2);
    expect(deviationOfMoments(moments(literal))).toBeCloseTo(Math.SQRT1_2, 12);
  });

  it("G4 every part uses the training statistics, and a row comes out alike alone or among others", () => {
    const data = table([numberColumn("x", normal(seedKey(3), 100))]);
    const train = takeTable(
      data,
      Array.from({ length: 60 }, (_, i) => i),
    );
    const dev = takeTable(
      data,
      Array.from({ length: 40 }, (_, i) => 60 + i),
    );
    const scale = standardize.fit(train);
    expect(Math.abs(meanOf(values(scale(dev))))).toBeGreaterThan(1e-3);
    expect(values(scale(takeTable(dev, [7])))).toEqual([values(scale(dev))[7]]);
    const carried = standardize.from(JSON.parse(JSON.stringify(scale.columns)));
    expect(values(carried(dev))).toEqual(values(scale(dev)));
  });

  it("G5 a constant column becomes 0, with a notice that names it", () => {
    const train = table([numberColumn("flat", [0.1, 0.1, 0.1]), numberColumn("x", [1, 2, 3])]);
    const scale = standardize.fit(train);
    expect(values(scale(table([numberColumn("flat", [0.1, 99]), numberColumn("x", [1, 2])])))).toEqual([0, 0]);
    expect(scale.notices).toEqual([
      { code: "data/constant", message: "flat does not vary in the training part and becomes 0" },
    ]);
  });

  it("leaves missing values out of the statistics and missing, categories and target as they are", () => {
    const train = table(
      [numberColumn("x", [1, Number.NaN, 3]), categoryColumn("c", ["a", "b", "a"])],
      numberColumn("y", [5, 6, 7]),
    );
    const scale = standardize.fit(train);
    expect(scale.columns).toEqual({ x: { center: 2, spread: 1 } });
    const out = scale(train);
    expect(values(out)).toEqual([-1, Number.NaN, 1]);
    expect(out.columns[1]).toBe(train.columns[1]);
    expect(out.target).toBe(train.target);
  });

  it("scales an image-like column as one block", () => {
    const train = table([numberColumn("image", ndarray([0, 0, 4, 4], [2, 2]))]);
    const scale = standardize.fit(train);
    expect(scale.columns).toEqual({ image: { center: 2, spread: 2 } });
    expect(values(scale(train))).toEqual([-1, -1, 1, 1]);
  });

  it("names a column that it was not fitted on", () => {
    const scale = standardize.fit(table([numberColumn("x", [1, 2])]));
    const error = thrown(() => scale(table([numberColumn("z", [1])])));
    expect(error.code).toBe("data/missing-column");
    expect(error.message).toContain("column z");
  });
});
