import fc from "fast-check";
import { expect, test } from "vitest";
import { civilDayOf, dayFraction, monthFraction } from "../../src/data/calendar.ts";

const DAY = 864e5;

/** The calendar of the language, which knows the days within 100 million of 1970. */
function expected(days: number): Record<string, number> {
  const date = new Date(Math.floor(days) * DAY);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  const last = new Date(0);
  last.setUTCFullYear(year, month + 1, 0);
  return {
    year,
    month: month + 1,
    day: date.getUTCDate(),
    weekday: (date.getUTCDay() + 6) % 7,
    monthDays: last.getUTCDate(),
  };
}

test("days are those of the civil calendar, before 1970 and before the year 0 too", () => {
  const known: readonly (readonly [number, string])[] = [
    [Date.UTC(1900, 1, 28) / DAY + 1, "1900-03-01"],
    [Date.UTC(2000, 1, 28) / DAY + 1, "2000-02-29"],
    [-1, "1969-12-31"],
    [-0.25, "1969-12-31"],
    [0, "1970-01-01"],
  ];
  for (const [days, text] of known) {
    const { year, month, day } = civilDayOf(days);
    expect([year, month, day].map((part) => String(part).padStart(2, "0")).join("-")).toBe(text);
  }
  for (let days = -800_000; days < 800_000; days += 13) expect(civilDayOf(days)).toEqual(expected(days));
  fc.assert(
    fc.property(fc.double({ min: -9e7, max: 9e7, noNaN: true }), (days) => {
      expect(civilDayOf(days)).toEqual(expected(days));
    }),
    { seed: 5, numRuns: 500 },
  );
});

test("a month goes from 0 to 1 and a day from 0 up to 1, whatever the sign", () => {
  expect(monthFraction(civilDayOf(Date.UTC(2023, 1, 28) / DAY))).toBe(1);
  expect(monthFraction(civilDayOf(Date.UTC(2024, 1, 28) / DAY))).toBe(27 / 28);
  expect(monthFraction(civilDayOf(Date.UTC(1969, 6, 1) / DAY))).toBe(0);
  expect(dayFraction(-0.25)).toBe(0.75);
  expect(dayFraction(Date.UTC(2024, 4, 31, 6) / DAY)).toBe(0.25);
});
