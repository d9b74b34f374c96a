import { describe, expect, test } from "vitest";
import { fork, normal, seedKey } from "../../../src/base/random.ts";
import { categoryColumn, type NumberColumn, numberColumn, table } from "../../../src/data/table.ts";
import { codedMissing } from "../../../src/diagnose/values/coded-missing.ts";
import { filledLater } from "../../../src/diagnose/values/filled-later.ts";
import { farValues, nearlyConstant } from "../../../src/diagnose/values/rare-values.ts";
import { areRealLevels } from "../../../src/diagnose/values/real-levels.ts";
import { changed, houses, tableOf } from "./tables.ts";

describe("numbers that stand for a missing value", () => {
  for (const [column, value, elsewhere] of [
    ["height", 0, true],
    ["height", -1, false],
    ["height", 99, false],
    ["height", 999, false],
    ["price", -9, false],
  ] as const) {
    test(`are found beside the others: ${value} in ${column}`, () => {
      const data = houses(400);
      const places = changed(data[column], 0.06, () => value);
      const found = codedMissing(tableOf(data));
      expect(found.map(({ name, value: code, found: cells }) => [name, code, cells])).toEqual([
        [column, value, places.length],
      ]);
      // 0 years is an age that some houses have
      if (value === 0) expect(found[0]?.elsewhere).toBe(elsewhere);
    });
  }

  test("are found among the others where their rows have nothing to do with them", () => {
    const data = houses(900);
    const places = changed(data.area, 0.07, () => 99);
    expect(codedMissing(tableOf(data))).toMatchObject([{ name: "area", value: 99, found: places.length }]);
  });

  test("are none of these: zeros of counts and amounts, limits, houses of no age", () => {
    for (let seed = 1; seed <= 12; seed++) {
      const data = houses(400, seed);
      const capped = data.area.map((size) => Math.min(99, Math.round(size)));
      const spent = data.price.map((price, i) => ((data.age[i] ?? 0) < 60 ? 0 : price / 7));
      const { columns, target } = tableOf(data);
      const more = [...columns, numberColumn("capped", capped), numberColumn("spent", spent)];
      expect(codedMissing(table(more, target)), `seed ${seed}`).toEqual([]);
    }
  });
});

test("a zero of a mixture is a value where its rows differ elsewhere, and none where they are as the others", () => {
  const data = houses(600);
  const { columns, target } = tableOf(data);
  const filler = (zero: (row: number) => boolean): NumberColumn =>
    numberColumn(
      "filler",
      data.height.map((height, row) => (zero(row) ? 0 : height)),
    );
  const dear = filler((row) => (data.price[row] ?? 0) > 330_000);
  expect(codedMissing(table([...columns, dear], target))).toEqual([]);
  const some = filler((row) => row % 11 === 3);
  expect(codedMissing(table([...columns, some], target))).toMatchObject([{ name: "filler", value: 0, found: 55 }]);
});

test("names that differ in case are two kinds where both are frequent and a number tells them apart", () => {
  const { height } = houses(300);
  const names = height.map((_, row) => (row % 2 === 0 ? "hid" : row % 3 === 0 ? "had" : "hId"));
  const formant = height.map((value, row) => value + (names[row] === "hId" ? 60 : 0));
  const told = (of: readonly number[], kinds: readonly string[]): boolean =>
    areRealLevels(table([numberColumn("formant", of)], categoryColumn("vowel", kinds)), "vowel");
  expect(told(formant, names)).toBe(true);
  expect(told(height, names)).toBe(false);
  const rare = names.map((name, row) => (row % 20 === 1 ? "hId" : name === "hId" ? "had" : name));
  expect(told(formant, rare)).toBe(false);
  expect(
    told(
      formant,
      names.map((name) => name.toLowerCase()),
    ),
  ).toBe(false);
});

test("a column that has values in one class alone is named; one with gaps anywhere is not", () => {
  const kinds = houses(300).height.map((_, row) => ["loan", "paid", "lost"][row % 3] ?? "");
  const found = (has: (row: number) => boolean): readonly string[] =>
    filledLater(
      table(
        [
          numberColumn(
            "closed",
            kinds.map((_, row) => (has(row) ? row : Number.NaN)),
          ),
        ],
        categoryColumn("kind", kinds),
      ),
    ).map(({ name, level }) => `${name} ${level}`);
  expect(found((row) => kinds[row] === "paid")).toEqual(["closed paid"]);
  expect(found((row) => kinds[row] !== "lost")).toEqual(["closed lost"]);
  expect(found((row) => row % 7 === 0)).toEqual([]);
  expect(found((row) => kinds[row] === "paid" || row % 2 === 0)).toEqual([]);
});

test("columns that hardly vary are named with how many rows do; those that vary in one of fifty are not", () => {
  const data = houses(1000);
  const site = data.age.map((_, i) => (i % 200 === 7 ? "B" : "A"));
  const wing = data.age.map((_, i) => (i % 50 === 7 ? 1 : 0));
  const { columns, target } = tableOf(data);
  const found = nearlyConstant(table([...columns, categoryColumn("site", site), numberColumn("wing", wing)], target));
  expect(found).toEqual([
    {
      name: "site",
      others: 5,
      summary: 'site is "A" in all but 5 rows of 1,000',
    },
  ]);
});

test("values of a million among areas are far; the ends of a long tail are not", () => {
  const data = houses(500);
  expect(farValues(tableOf(data))).toEqual([]);
  data.area[3] = 1e6;
  data.area[77] = -2e6;
  expect(farValues(tableOf(data))).toMatchObject([{ name: "area", found: 2, values: [-2e6, 1e6] }]);
  const tail = data.age.map((_, i) => Math.exp(((i % 97) / 97) * 9));
  expect(farValues(table([numberColumn("tail", tail)]))).toEqual([]);
});

test("names that differ in case are two kinds where several numbers together tell them apart, and no single one does", () => {
  const rows = 400;
  const draw = (name: string): Float64Array => normal(fork(seedKey(9), name), rows);
  const [a, b, c, d] = [draw("a"), draw("b"), draw("c"), draw("d")];
  const names = Array.from(a, (_, row) => (row % 2 === 0 ? "k1" : "K1"));
  // along the sum of four numbers, of which each shows half a deviation
  const moved = [a, b, c, d].map((list) => list.map((z, row) => z + (names[row] === "K1" ? 0.55 : 0)));
  const told = (lists: readonly Float64Array[], kinds: readonly string[]): boolean =>
    areRealLevels(
      table(
        lists.map((list, i) => numberColumn(`n${i}`, list)),
        categoryColumn("kind", kinds),
      ),
      "kind",
    );
  expect(told(moved, names)).toBe(true);
  expect(told([a, b, c, d], names)).toBe(false);
});
