/** Rows of any times as steps of the calendar. */
import { expect, test } from "vitest";
import { resampled, resampledSteps, resamplingFor } from "../../../src/data/series/resample.ts";
import { timeAt } from "../../../src/data/series/time-steps.ts";
import { categoryColumn, type NumberColumn, numberColumn, table } from "../../../src/data/table.ts";
import { thrown } from "../thrown.ts";

const at = (text: string): number => Date.parse(`${text}Z`) / 86_400_000;
const told = (time: number): string => new Date(Math.round(time * 86_400_000)).toISOString().slice(0, 16);

const time = numberColumn(
  "time",
  ["2024-01-01T09:30", "2024-01-01T23:59", "2024-01-03T00:00", "2024-01-03T12:00", "2024-01-05T01:00"].map(at),
);
const heat = numberColumn("heat", [1, 3, 5, Number.NaN, 9]);
const shop = categoryColumn("shop", ["a", "b", "a", "b", "a"]);
const sales = table([time, heat, shop], numberColumn("sold", [10, 20, 1, 2, 7]));
const steps = resampledSteps(time.values.data, "day");
const numbers = (column: unknown): readonly number[] => Array.from((column as NumberColumn).values.data);

test("the target of a day is the sum of its rows, 0 where there is none; other numbers are means, and names the last", () => {
  const found = resampled(sales, { time, steps }, { every: "day", aggregate: "sum" });
  expect(found.table.rows).toBe(5);
  expect(numbers(found.table.columns[0]).map(told)).toEqual([1, 2, 3, 4, 5].map((day) => `2024-01-0${day}T00:00`));
  expect(numbers(found.table.columns[1])).toEqual([2, Number.NaN, 5, Number.NaN, 9]);
  expect(found.table.columns[2]).toMatchObject({ codes: Int32Array.of(1, 1, 1, 1, 0) });
  expect(numbers(found.table.target)).toEqual([30, 0, 3, 0, 7]);
  expect([found.added, Array.from(found.rows)]).toEqual([2, [1, 1, 3, 3, 4]]);
});

test("means and last values have no rows for days without one; each group has its own", () => {
  const mean = resampled(sales, { time, steps }, { every: "day", aggregate: "mean" });
  expect(numbers(mean.table.target)).toEqual([15, 1.5, 7]);
  const last = resampled(sales, { time, group: shop, steps }, { every: "day", aggregate: "last" });
  expect(numbers(last.table.target)).toEqual([10, 1, 7, 20, 2]);
  expect(numbers(last.table.columns[1])).toEqual([1, 5, 9, 3, Number.NaN]);
  // the last in time, wherever it stands in the file
  const turned = table(
    [numberColumn("time", [at("2024-01-01T20:00"), at("2024-01-01T08:00")])],
    numberColumn("y", [1, 2]),
  );
  const place = { time: turned.columns[0] as NumberColumn, steps };
  expect(numbers(resampled(turned, place, { every: "day", aggregate: "last" }).table.target)).toEqual([1]);
});

test.each([
  ["minute", "2024-03-05T10:17", "2024-03-05T10:18"],
  ["hour", "2024-03-05T10:00", "2024-03-05T11:00"],
  ["day", "2024-03-05T00:00", "2024-03-06T00:00"],
  ["week", "2024-03-04T00:00", "2024-03-11T00:00"],
  ["month", "2024-03-01T00:00", "2024-04-01T00:00"],
  ["quarter", "2024-01-01T00:00", "2024-04-01T00:00"],
  ["year", "2024-01-01T00:00", "2025-01-01T00:00"],
] as const)("a %s begins when people say it does, and whole hours are no hour before", (every, first, second) => {
  const found = resampledSteps([at("2024-03-05T10:17:30")], every);
  expect([told(timeAt(0, found)), told(timeAt(1, found))]).toEqual([first, second]);
  for (let hour = 0; hour < 24; hour++) {
    const exact = 19_800 + hour / 24;
    expect(resampledSteps([exact], "hour").from).toBeCloseTo(exact, 9);
  }
});

test("the shortest step that nearly all have a row of is proposed, and none where rows are too far apart", () => {
  const days = Array.from({ length: 120 }, (_, i) => 19_700 + i * 0.73 + (i % 3) / 9);
  expect(resamplingFor(days)).toBe("day");
  expect(resamplingFor(days.map((day) => 19_700 + 7 * (day - 19_700)))).toBe("week");
  expect(resamplingFor([19_700, 19_701, 19_900])).toBeUndefined();
  expect(thrown(() => resampledSteps([1], "fortnight" as "week"))).toMatchObject({ code: "options/range" });
});
