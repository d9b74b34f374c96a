import { describe, expect, test } from "vitest";
import { copiedValues } from "../../../src/diagnose/values/copied-values.ts";
import { farValues, nearlyConstant } from "../../../src/diagnose/values/rare-values.ts";
import { changed, houses, tableOf } from "./tables.ts";

describe("a value that fills in for unknown ones", () => {
  const rows = 400;
  const plain = houses(rows);
  const mean = Number((plain.area.reduce((sum, value) => sum + value, 0) / rows).toFixed(3));
  for (const [what, value] of [
    ["the mean", mean],
    ["that of another row", plain.area[7] ?? 0],
    ["0 far from all", 0],
  ] as const) {
    test(`is found: ${what}`, () => {
      for (const share of [0.15, 0.4]) {
        const data = houses(rows);
        const places = changed(data.area, share, () => value);
        const [found, ...more] = copiedValues(tableOf(data));
        expect(more).toEqual([]);
        expect(found).toMatchObject({ name: "area", value });
        expect(Math.abs((found?.found ?? 0) - places.length)).toBeLessThanOrEqual(1);
      }
    });
  }

  test("is none where every value is one", () => {
    expect(copiedValues(tableOf(plain))).toEqual([]);
  });
});

test("a value that is frequent and true is no copy: the other columns go with it", () => {
  const data = houses(600);
  // a common size: nearly that size in the file, and priced so
  data.area.forEach((area, i) => {
    if (area > 95 && area < 120) data.area[i] = 105;
  });
  expect(copiedValues(tableOf(data))).toEqual([]);
});

test("a column that is stuck at one of its values is nearly constant, and one of many zeros is not", () => {
  const data = houses(600);
  const stuck = data.height[0] ?? 0;
  changed(data.height, 0.965, () => stuck);
  expect(nearlyConstant(tableOf(data))).toMatchObject([{ name: "height" }]);
  const zeros = houses(600);
  changed(zeros.height, 0.965, () => 0);
  expect(nearlyConstant(tableOf(zeros))).toEqual([]);
});

test("values far off have bounds that leave the others alone, in columns of nearly all zeros too", () => {
  for (const zeros of [0, 0.93]) {
    const data = houses(600);
    changed(data.area, zeros, () => 0, 3);
    const before = [...data.area];
    const places = changed(data.area, 0.05, (value) => (value + 1) * 1e6);
    const [{ above = Number.NaN, below, found } = { found: 0 }, ...more] = farValues(tableOf(data));
    expect([more, below, found]).toEqual([[], undefined, places.length]);
    for (const [i, value] of data.area.entries()) expect(value > above).toBe(value !== before[i]);
  }
});
