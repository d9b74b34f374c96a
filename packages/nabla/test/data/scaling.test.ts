import { describe, expect, it } from "vitest";
import { normal, seedKey } from "../../src/base/random.ts";
import { quantileOf } from "../../src/base/statistics/summary.ts";
import { applyPreparation } from "../../src/data/apply-preparation.ts";
import { prepare } from "../../src/data/prepare.ts";
import { fitSource } from "../../src/data/prepare-source.ts";
import { preparationFrom } from "../../src/data/read-preparation.ts";
import { SCALINGS, scaledNumber, scalings } from "../../src/data/scaling.ts";
import { minMax, robust, smoothClip, standardize } from "../../src/data/standardize.ts";
import { numberColumn, type Table, table, takeTable } from "../../src/data/table.ts";
import { ValueSample } from "../../src/data/value-sample.ts";

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
    for (const kind of [standardize, minMax, robust, smoothClip]) {
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
    expect(Object.keys(scalings)).toEqual(["standardize", "minMax", "robust", "smoothClip"]);
    expect(found).toEqual([
      [-1.2247, 0, 1.2247],
      [0, 0.5, 1],
      [-1, 0, 1],
      // z / √(1 + (z / 3)²) of z = -1, 0 and 1
      [-0.9487, 0, 0.9487],
    ]);
    expect(prepare.fit(train)).toEqual(prepare.fit(train, { scaling: "smoothClip" }));
  });

  it("draws in what is far from all others, in order, and says nothing of what is missing", () => {
    const scale = { center: 10, spread: 2, clip: 3 };
    expect(scaledNumber(scale, 10)).toBe(0);
    expect(scaledNumber(scale, 16)).toBeCloseTo(3 / Math.SQRT2, 12);
    expect(scaledNumber(scale, 4)).toBeCloseTo(-3 / Math.SQRT2, 12);
    expect(scaledNumber(scale, 10 + 2e-9)).toBeCloseTo(1e-9, 15);
    const far = [1e300, Number.POSITIVE_INFINITY, 1e4];
    for (const value of far) expect(scaledNumber(scale, value)).toBeCloseTo(3, 5);
    expect(scaledNumber(scale, Number.NEGATIVE_INFINITY)).toBe(-3);
    expect(scaledNumber(scale, Number.NaN)).toBeNaN();
    const ascending = [-1e9, -50, 0, 9, 10, 11, 40, 1e5].map((value) => scaledNumber(scale, value));
    expect(ascending.toSorted((a, b) => a - b)).toEqual(ascending);
    expect(new Set(ascending).size).toBe(ascending.length);
    expect(scaledNumber({ center: 1, spread: 0, clip: 3 }, 99)).toBe(0);
  });

  it("takes the distance of the others where most values are one, and a wild one among them does not move it", () => {
    const mostly = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 4, 1e6];
    expect(smoothClip.fit(one(mostly)).columns.x).toEqual({ center: 0, spread: 4, clip: 3 });
    expect(robust.fit(one(mostly)).columns.x?.spread).toBeGreaterThan(1e5);
  });

  it("of a long column comes from a sample of its rows, the same from a table and from a stream", async () => {
    const many = Float64Array.from(normal(seedKey(5), 50_000), (z, i) => (i === 0 ? 1e9 : 7 + 2 * z));
    const train = table([numberColumn("x", many)], numberColumn("y", many));
    const preparation = prepare.fit(train);
    async function* chunks(): AsyncGenerator<Table, void, undefined> {
      for (let from = 0; from < many.length; from += 7000) {
        const length = Math.min(7000, many.length - from);
        yield takeTable(
          train,
          Array.from({ length }, (_, i) => from + i),
        );
      }
    }
    expect(await fitSource(chunks())).toEqual(preparation);
    const [column] = preparation.columns;
    if (column?.kind !== "number") throw new Error("internal: x is a number");
    const ascending = many.toSorted();
    expect(Math.abs(column.center - quantileOf(ascending, 0.5))).toBeLessThan(0.06);
    expect(Math.abs(column.spread - (quantileOf(ascending, 0.75) - quantileOf(ascending, 0.25)))).toBeLessThan(0.1);
  });

  it("keeps of a column the same rows however it comes, at most as many as asked and at least half of them", () => {
    const values = Float64Array.from({ length: 1000 }, (_, i) => (i % 10 === 3 ? Number.NaN : i));
    const [whole, pieces] = [new ValueSample(100), new ValueSample(100)];
    whole.add(values);
    for (let from = 0; from < 1000; from += 33) pieces.add(values.subarray(from, from + 33));
    expect(pieces.sorted()).toEqual(whole.sorted());
    expect(whole.sorted().length).toBeLessThanOrEqual(100);
    expect(whole.sorted().length).toBeGreaterThan(30);
    const few = new ValueSample(1000);
    few.add(values);
    expect(few.sorted()).toEqual(values.filter((value) => !Number.isNaN(value)));
  });
});
