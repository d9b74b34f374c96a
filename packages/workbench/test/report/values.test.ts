/** Values in reports: years without a mark for thousands, days as days, and axes that say when they are logarithmic. */
import { calendarFeatures, numberColumn, type Preparation, table } from "nabla";
import { expect, test } from "vitest";
import { drawChart } from "../../src/report/chart.ts";
import { residualsSection } from "../../src/report/number-errors.ts";
import { slicesOf, worstOf } from "../../src/report/where-errors.ts";
import type { NumberAnswers } from "../../src/runs/dev-answers.ts";
import { worstRowsCsv } from "../../src/runs/worst-rows.ts";

const rows = 24;
const every = (value: (row: number) => number) => Float64Array.from({ length: rows }, (_, row) => value(row));
const day = Date.UTC(2018, 9, 26) / 86_400_000;

/** Answers for years and days, off by one more in each row; `days` makes the target one of days. */
function answers(days = false): NumberAnswers {
  const reading = { as: "date", order: "ymd" } as const;
  const target = days ? every((row) => day + row) : every((row) => 1960 + row);
  const [columns, named] = [
    [
      numberColumn(
        "built",
        every((row) => 1980 + row),
      ),
      {
        ...numberColumn(
          "sold",
          every((row) => day + row),
        ),
        reading,
      },
    ],
    days ? { ...numberColumn("due", target), reading } : numberColumn("year", target),
  ] as const;
  const predicted = every((row) => (target[row] ?? 0) + row);
  const mistakes = every((row) => row ** 2);
  return {
    kind: "numbers",
    table: table(columns, named),
    of: rows,
    predicted,
    targets: target,
    mistakes,
    losses: mistakes,
  };
}

const plain = (markup: string): string => markup.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");

test("the rows with the largest losses have years and days as their file does", () => {
  const text = plain(worstOf(answers(), "rows.csv").markup);
  // the last row: 1983 predicted as 2006
  expect(text).toContain("2006 1983 -23 529 2003 2018-11-18 ");
  expect(worstRowsCsv(answers(), 1).split("\n")[1]).toBe("2006,1983,-23,529,2003,2018-11-18");
  expect(worstRowsCsv(answers(true), 1).split("\n")[1]).toBe("2018-12-11,2018-11-18,-23,529,2003,2018-11-18");
});

test("slices of days are bounded by days, those of years by years", () => {
  const text = plain(slicesOf(answers(), {})?.markup ?? "");
  expect(text).toContain("2018-10-26 to before 2018-11-0");
  expect(text).toMatch(/2018-11-\d\d and later/);
  expect(text).toMatch(/1980 to below 198\d/);
  expect(text).not.toMatch(/1,9\d\d|17830/);
});

test("residuals over years and days have them on their axes and in their tables", () => {
  const years = plain(residualsSection(answers(), "year").markup);
  expect(years).toMatch(/19\d\d to 19\d\d/);
  expect(years).not.toMatch(/\b[12],\d\d\d\b/);
  expect(plain(residualsSection(answers(true), "due").markup)).toContain("2018-10-26 to 2018-1");
});

test("a logarithmic axis says so", () => {
  const series = [
    {
      name: "cost",
      hue: "train" as const,
      points: [
        [1, 0.01],
        [2, 10],
      ] as const,
    },
  ];
  const chart = (logarithmic: boolean, name: string): string =>
    drawChart({ label: "costs", series, x: { name: "epoch" }, y: { name, logarithmic } }).markup;
  expect(chart(true, "")).toContain(">(log scale)<");
  expect(chart(true, "cost")).toContain(">cost (log scale)<");
  expect(chart(false, "cost")).not.toContain("log scale");
});

test("forecasts have no slices of the waves that stand for the calendar", () => {
  const found = answers();
  const [wave = { name: "" }] = calendarFeatures("date", ["year"]);
  const columns = [
    ...found.table.columns,
    numberColumn(
      wave.name,
      Float64Array.from({ length: found.table.rows }, (_, i) => Math.sin(i)),
    ),
  ];
  const withWave = { ...found, table: { ...found.table, columns } };
  const series = { recipe: { time: "date", calendar: ["year"] } } as unknown as NonNullable<Preparation["series"]>;
  expect(plain(slicesOf(withWave, {})?.markup ?? "")).toContain(wave.name);
  expect(plain(slicesOf(withWave, { series })?.markup ?? "")).not.toContain(wave.name);
});
