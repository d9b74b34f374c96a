import { describe, expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { applyPreparation } from "../../src/data/apply-preparation.ts";
import { featureNames } from "../../src/data/preparation.ts";
import { prepare } from "../../src/data/prepare.ts";
import { fitSource } from "../../src/data/prepare-source.ts";
import { preparationFrom } from "../../src/data/read-preparation.ts";
import type { Table } from "../../src/data/table.ts";

/** Rain on twenty days, and what it comes with. */
function tableOf(rain: readonly number[]): Table {
  const numbers = (values: readonly number[]) => ndarray(Float64Array.from(values), [values.length]);
  return {
    rows: rain.length,
    columns: [{ kind: "number", name: "rain", values: numbers(rain) }],
    target: { kind: "number", name: "y", values: numbers(rain.map((_, i) => i % 7)) },
  };
}

const days = (zeros: number, others: readonly number[]): readonly number[] => [...Array(zeros).fill(0), ...others];
const some = [0.1, 0.2, 0.3, 4, 5, 6, 7, 8, 9, 10];

describe("a column of many zeros says so in a feature", () => {
  test("which is 1 where the value is 0, and 0 where it is missing", () => {
    const table = tableOf([...days(10, some), Number.NaN]);
    const preparation = prepare.fit(table);
    expect(featureNames(preparation)).toEqual(["rain", "rain is missing", "rain is 0"]);
    const { inputs } = applyPreparation(preparation, table);
    const [, width = 0] = inputs.shape;
    const rows = Array.from({ length: table.rows }, (_, row) =>
      Array.from(inputs.data.slice(row * width, (row + 1) * width)),
    );
    expect(rows.map(([, missing, zero]) => [missing, zero])).toEqual([
      ...Array(10).fill([0, 1]),
      ...Array(10).fill([0, 0]),
      [1, 0],
    ]);
  });

  test.each([
    ["few zeros", days(1, [...some, ...some])],
    ["hardly anything else", days(200, [1, 2, 3, 4, 5])],
    ["one other value, which the scaled one tells apart", days(10, Array(10).fill(3))],
    ["so few rows that it may be chance", days(4, some)],
  ])("but not for %s", (_, rain) => {
    expect(featureNames(prepare.fit(tableOf(rain)))).toEqual(["rain"]);
  });

  test("with the usual scaling alone, so that an earlier choice of scaling means what it meant", () => {
    expect(featureNames(prepare.fit(tableOf(days(10, some)), { scaling: "standardize" }))).toEqual(["rain"]);
  });

  test("learned from a stream as from a table, and kept as data", async () => {
    const rain = days(10, some);
    const whole = prepare.fit(tableOf(rain));
    async function* parts() {
      yield tableOf(rain.slice(0, 7));
      yield tableOf(rain.slice(7));
    }
    expect((await fitSource(parts())).columns).toEqual(whole.columns);
    expect(preparationFrom(JSON.parse(JSON.stringify(whole)))).toEqual(whole);
  });
});
