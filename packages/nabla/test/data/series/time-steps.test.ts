/** The steps that times follow, and the times that come next. */

import { positionOf, stepName, type TimeSteps, timeAt, timeStepsOf } from "nabla";
import { writtenValue } from "nabla/reading";
import { expect, test } from "vitest";

const day = (text: string): number => Date.parse(`${text}Z`) / 86_400_000;
const days = (texts: readonly string[]): readonly number[] => texts.map((text) => day(`${text}T00:00:00`));

/** The steps of times, the name of one, and the two dates that follow. */
function goesOn(times: readonly number[]): readonly [string | undefined, ...(readonly string[])] {
  const steps = timeStepsOf(times, { dates: true });
  if (steps === undefined) return [undefined];
  const written = (position: number): string =>
    String(writtenValue(timeAt(position, steps), { as: "date", order: "ymd", times: true }));
  const last = positionOf(Math.max(...times), steps);
  return [stepName(steps, { dates: true }).name, written(last + 1), written(last + 2)];
}

const from = day("2024-01-01T00:00:00");
const daily = Array.from({ length: 40 }, (_, i) => from + i);
const weekday = (time: number): number => (Math.floor(time) + 3) % 7;

test("days, hours, weeks, working days, months, their ends, quarters and years go on as they were", () => {
  expect(goesOn(daily)).toEqual(["day", "2024-02-10", "2024-02-11"]);
  expect(goesOn(Array.from({ length: 50 }, (_, i) => from + i / 24))).toEqual([
    "hour",
    "2024-01-03 02:00",
    "2024-01-03 03:00",
  ]);
  expect(goesOn(Array.from({ length: 9 }, (_, i) => from + 7 * i))).toEqual(["week", "2024-03-04", "2024-03-11"]);
  const working = daily.filter((time) => weekday(time) < 5);
  expect(goesOn(working)).toEqual(["business day", "2024-02-12", "2024-02-13"]);
  expect(goesOn(days(["2023-10-01", "2023-11-01", "2023-12-01", "2024-01-01"]))).toEqual([
    "month",
    "2024-02-01",
    "2024-03-01",
  ]);
  const ends = ["2023-10-31", "2023-11-30", "2023-12-31", "2024-01-31"];
  expect(goesOn(days(ends))).toEqual(["month", "2024-02-29", "2024-03-31"]);
  expect(goesOn(days([...ends, "2024-02-29"]))).toEqual(["month", "2024-03-31", "2024-04-30"]);
  expect(goesOn(days(["2023-02-15", "2023-05-15", "2023-08-15", "2023-11-15"]))).toEqual([
    "quarter",
    "2024-02-15",
    "2024-05-15",
  ]);
  expect(goesOn(days(["2019-07-01", "2020-07-01", "2021-07-01", "2022-07-01"]))).toEqual([
    "year",
    "2023-07-01",
    "2024-07-01",
  ]);
});

test("missing days, holidays and an hour that is not there leave the step as it is", () => {
  expect(goesOn(daily.filter((_, i) => i % 9 !== 4))[0]).toBe("day");
  const working = daily.filter((time) => weekday(time) < 5).filter((_, i) => i !== 7 && i !== 20);
  expect(goesOn(working)[0]).toBe("business day");
  const hours = Array.from({ length: 200 }, (_, i) => from + i / 24).filter((_, i) => i !== 100);
  expect(goesOn(hours)[0]).toBe("hour");
  expect(goesOn(Array.from({ length: 50 }, (_, i) => from + i / 24 + (i % 3) / 86_400))[0]).toBe("hour");
});

test("times without a step have none", () => {
  const events = Array.from({ length: 60 }, (_, i) => from + i * 1.7 + ((i * i * 7919) % 101) / 61);
  expect(timeStepsOf(events, { dates: true })).toBeUndefined();
  expect(timeStepsOf([1, 1, 1, 2, 2], { dates: false })).toBeUndefined();
});

test.each<[TimeSteps]>([
  [{ unit: "plain", every: 1 / 96, from: from + 0.25 }],
  [{ unit: "businessDay", every: 1, from: from + 4 }],
  [{ unit: "month", every: 1, from: day("2023-01-31T00:00:00") }],
  [{ unit: "month", every: 3, from: day("2023-05-15T12:00:00") }],
])("positions and times are each other's inverse: %j", (steps) => {
  for (let position = -300; position < 300; position++)
    expect(positionOf(timeAt(position, steps), steps)).toBe(position);
});
