import { describe, expect, it } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { normal, seedKey } from "../../src/base/random.ts";
import { preparedTargets, restoreTargets } from "../../src/data/apply-preparation.ts";
import type { TargetBounds } from "../../src/data/preparation.ts";
import { prepare } from "../../src/data/prepare.ts";
import { fitSource } from "../../src/data/prepare-source.ts";
import { preparationFrom } from "../../src/data/read-preparation.ts";
import { numberColumn, type Table, table, takeTable } from "../../src/data/table.ts";
import { thrown } from "./thrown.ts";

const prices = normal(seedKey(1), 200).map((x) => Math.floor(Math.exp(8 + 2 * x)));
const rows = table([numberColumn("x", prices.map(Math.sqrt))], numberColumn("price", prices));
const preparation = prepare.fit(rows, { targetScale: "log" });

describe("a number that is learned on a log scale", () => {
  it("is standardized as the logarithm of 1 + value, and comes back in its own unit", () => {
    const logs = Array.from(prices, (price) => Math.log(1 + price));
    const mean = logs.reduce((sum, log) => sum + log, 0) / 200;
    const deviation = Math.sqrt(logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / 200);
    const { target } = preparation;
    expect(target).toMatchObject({ kind: "number", name: "price", scale: "log", bounds: { from: 0 } });
    if (target.kind === "number") {
      expect(target.mean).toBeCloseTo(mean, 12);
      expect(target.deviation).toBeCloseTo(deviation, 12);
    }
    const targets = preparedTargets(preparation, rows);
    expect(targets.data[3]).toBeCloseTo(((logs[3] ?? 0) - mean) / deviation, 5);
    const restored = restoreTargets(preparation, targets);
    for (const [row, price] of prices.entries())
      expect(Math.abs((restored.data[row] ?? Number.NaN) / price - 1)).toBeLessThan(1e-5);
  });

  it("never predicts below 0 or far beyond what it has seen, and what is no number stays so", () => {
    const { data } = restoreTargets(preparation, ndarray([-1e3, 0, 1e3, Number.NaN], [4, 1]));
    const [least, most] = [Math.min(...prices), Math.max(...prices)];
    expect(data[0]).toBe(0);
    expect(data[2]).toBe(most + 0.5 * (most - least));
    expect(data[3]).toBeNaN();
  });

  it("of an earlier version is predicted within its own bounds", () => {
    const older = { kind: "number", name: "price", mean: 1, deviation: 2, scale: "log", most: 9 } as const;
    const model = preparationFrom({ ...preparation, target: older });
    expect(model.target).toEqual(older);
    expect([...restoreTargets(model, ndarray([-5, 0, 1, 50], [4])).data]).toEqual([
      0,
      Math.expm1(1),
      Math.expm1(3),
      90,
    ]);
  });

  it("is the same from a stream and after JSON", async () => {
    async function* chunks(): AsyncGenerator<Table, void, undefined> {
      for (let from = 0; from < 200; from += 30)
        yield takeTable(
          rows,
          Array.from({ length: Math.min(30, 200 - from) }, (_, i) => from + i),
        );
    }
    expect(await fitSource(chunks(), { targetScale: "log" })).toEqual(preparation);
    expect(preparationFrom(JSON.parse(JSON.stringify(preparation)))).toEqual(preparation);
    const { bounds: _, ...damaged } = preparation.target as { readonly bounds?: TargetBounds };
    const turned = { ...preparation.target, bounds: { from: 3, to: 2 } };
    expect(thrown(() => preparationFrom({ ...preparation, target: turned })).message).toContain("target.bounds.to");
    expect(thrown(() => preparationFrom({ ...preparation, target: damaged })).message).toContain("target.most");
    expect(
      thrown(() => preparationFrom({ ...preparation, target: { ...preparation.target, scale: "ln" } })).message,
    ).toContain('expected "log"');
  });

  it("refuses values below 0, by the least of them, and values that do not vary", () => {
    const debts = table([numberColumn("x", [1, 2, 3])], numberColumn("balance", [5, -3, 2]));
    const error = thrown(() => prepare.fit(debts, { targetScale: "log" }));
    expect(error.code).toBe("data/below-zero");
    expect(error.message).toContain("balance: -3");
    const same = table([numberColumn("x", [1, 2])], numberColumn("y", [4, 4]));
    expect(thrown(() => prepare.fit(same, { targetScale: "log" })).message).toContain("y is 4");
  });

  it("leaves classes alone", () => {
    const classes = prepare.fit(rows, { task: "classification", targetScale: "log" });
    expect(classes.target).not.toHaveProperty("scale");
  });
});

describe("a number in its own unit", () => {
  const bounds = (...values: readonly number[]): TargetBounds | undefined => {
    const { target } = prepare.fit(
      table(
        [
          numberColumn(
            "x",
            values.map((_, i) => i),
          ),
        ],
        numberColumn("y", values),
      ),
    );
    return target.kind === "number" ? target.bounds : undefined;
  };

  it("is predicted within half the range beyond training, and on the side of 0 where all of training is", () => {
    expect(bounds(10, 14, 30)).toEqual({ from: 0, to: 40 });
    expect(bounds(100, 110)).toEqual({ from: 95, to: 115 });
    expect(bounds(0, 7, 2)).toEqual({ from: 0, to: 10.5 });
    expect(bounds(-1, 3)).toEqual({ from: -3, to: 5 });
    expect(bounds(-30, -10)).toEqual({ from: -40, to: 0 });
  });

  it("ends at the bounds, and has none in models of earlier versions", () => {
    const counts = prepare.fit(table([numberColumn("x", [1, 2, 3])], numberColumn("visits", [0, 4, 8])));
    const { target } = counts;
    if (target.kind !== "number") throw new Error("internal: visits is a number");
    expect([...restoreTargets(counts, ndarray([-9, 0, 9], [3, 1])).data]).toEqual([0, 4, 12]);
    const { bounds: _, ...older } = target;
    const free = restoreTargets(preparationFrom({ ...counts, target: older }), ndarray([-9, 0, 9], [3, 1]));
    expect([...free.data]).toEqual([-9, 0, 9].map((z) => z * target.deviation + target.mean));
  });
});
