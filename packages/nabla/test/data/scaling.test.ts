import { describe, expect, it } from "vitest";
import { normal, seedKey } from "../../src/base/random.ts";
import { applyPreparation } from "../../src/data/apply-preparation.ts";
import { prepare } from "../../src/data/prepare.ts";
import { preparationFrom } from "../../src/data/read-preparation.ts";
import { SCALINGS, scalings } from "../../src/data/scaling.ts";
import { minMax, robust, standardize } from "../../src/data/standardize.ts";
import { numberColumn, type Table, table } from "../../src/data/table.ts";

const values = (part: Table): readonly number[] => {
  const [found] = part.columns;
  return found?.kind === "number" ? [...found.values.data] : [];
};
const one = (numbers: readonly number[]) => table([numberColumn("x", numbers)]);

describe("scaling", () => {
  it("G4 min-max takes the training part to 0 and 1, and other parts by the same scale, beyond them too", () => {
    const scale = minMax.fit(one([10, 30, Number.NaN, 20]));
    expect(scale.columns).toEqual({ x: { center: 10, spread: 20 } });
    expect(values(scale(one([10, 20, 30, 40, Number.NaN])))).toEqual([0, 0.5, 1, 1.5, Number.NaN]);
    expect(values(minMax.from(scale.columns)(one([15])))).toEqual([0.25]);
  });

  it("G4 robust scaling takes median and quartiles to 0 and 1 apart, and a wild value does not move it", () => {
    const numbers = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    expect(robust.fit(one(numbers)).columns).toEqual({ x: { center: 5, spread: 4 } });
    expect(robust.fit(one([...numbers.slice(0, 8), 1e9])).columns).toEqual({ x: { center: 5, spread: 4 } });
    expect(standardize.fit(one([...numbers.slice(0, 8), 1e9])).columns.x?.center).toBeGreaterThan(1e8);
    // of many normal numbers the quartiles are 1.349 deviations apart
    const many = [...normal(seedKey(4), 20_000)].map((z) => 50 + 3 * z);
    expect(robust.fit(one(many)).columns.x?.spread).toBeCloseTo(3 * 1.349, 1);
  });

  it("G5 a constant column becomes 0 however it is scaled; one that varies in a few rows does not", () => {
    for (const kind of [standardize, minMax, robust]) {
      const scale = kind.fit(one([7, 7, 7]));
      expect(values(scale(one([7, 99])))).toEqual([0, 0]);
      expect(scale.notices[0]?.code).toBe("data/constant");
      expect(kind.fit(one([0, 0, 0, 0, 0, 5])).columns.x?.spread).toBeGreaterThan(0);
      expect(kind.fit(one([Number.NaN])).columns).toEqual({ x: { center: 0, spread: 0 } });
    }
  });

  it("is chosen by name where a table is prepared, and travels with the model", () => {
    const train = table([numberColumn("x", [0, 5, 10])], numberColumn("y", [1, 2, 3]));
    const found = SCALINGS.map((scaling) => {
      const preparation = preparationFrom(JSON.parse(JSON.stringify(prepare.fit(train, { scaling }))));
      return [...applyPreparation(preparation, train).inputs.data].map((x) => Number(x.toFixed(4)));
    });
    expect(Object.keys(scalings)).toEqual(["standardize", "minMax", "robust"]);
    expect(found).toEqual([
      [-1.2247, 0, 1.2247],
      [0, 0.5, 1],
      [-1, 0, 1],
    ]);
  });
});
