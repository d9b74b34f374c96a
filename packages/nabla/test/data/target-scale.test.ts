import { describe, expect, it } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { normal, seedKey } from "../../src/base/random.ts";
import { preparedTargets, restoreTargets } from "../../src/data/apply-preparation.ts";
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
    expect(target).toMatchObject({ kind: "number", name: "price", scale: "log", most: Math.max(...prices) });
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

  it("never predicts below 0 or beyond ten times what it has seen", () => {
    const { data } = restoreTargets(preparation, ndarray([-1e3, 0, 1e3, Number.NaN], [4, 1]));
    expect(data[0]).toBe(0);
    expect(data[2]).toBeCloseTo(10 * Math.max(...prices), 3);
    expect(data[3]).toBeNaN();
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
    const { most: _, ...damaged } = preparation.target as { readonly most?: number };
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
