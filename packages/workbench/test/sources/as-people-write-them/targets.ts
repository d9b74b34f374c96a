import { draws, many } from "./draws.ts";
import { comma, csv, day, grouped } from "./dress.ts";
import type { SaidOptions, Situation } from "./situation.ts";

const ROWS = 120;
const random = draws(83);
const x = many(ROWS, () => random.real(2, 8, 3));
const y = x.map((value) => Number((2 * value + 0.1 * random.normal()).toFixed(3)));

const target = (
  name: string,
  cells: readonly (string | number)[],
  want: Situation["want"],
  options: SaidOptions = {},
): Situation => ({
  name,
  files: { "table.csv": csv({ x: x.slice(0, cells.length), y: cells }, { delimiter: ";" }) },
  options: { target: "y", ...options },
  want,
});

const prices = x.map((value) => Number((1300 * value + random.real(0, 50, 2)).toFixed(2)));
const skewed = x.map((value) => Math.round(Math.exp(1.6 * value)));
const days = many(ROWS, (i) => new Date(Date.UTC(2022, 0, 1 + 7 * i)).toISOString().slice(0, 10));
const numeric = (values: readonly number[], unit?: string): Situation["want"] => ({
  rows: ROWS,
  task: "regression",
  columns: { y: { as: "number", use: "target", values, ...(unit === undefined ? {} : { unit }) } },
});

/** Columns to be predicted: their dress, their outliers and what cannot be learned. */
export const targets: readonly Situation[] = [
  target(
    "a target in dollars",
    prices.map((value) => `$${grouped(value, { digits: 2 })}`),
    numeric(prices, "$"),
  ),
  target(
    "a target with decimal commas",
    y.map((value) => comma(value, 2)),
    numeric(y.map((value) => Number(value.toFixed(2)))),
  ),
  target(
    "a target in percent",
    x.map((value) => `${(10 * value).toFixed(1)}%`),
    numeric(
      x.map((value) => Number((10 * value).toFixed(1))),
      "%",
    ),
  ),
  target(
    "a target with a unit",
    y.map((value) => `${value.toFixed(3)} kg`),
    numeric(y, "kg"),
  ),
  target(
    "a target of dates",
    days.map((iso) => day(iso, "DD.MM.YYYY")),
    { rows: ROWS, task: "regression", columns: { y: { as: "date", use: "target", values: days } } },
  ),
  target(
    "one value of 1e7 among ten is noticed with its row",
    y.map((value, i) => (i === 40 ? 1e7 : value)),
    {
      rows: ROWS,
      notices: [/(?=.*\by\b)(?=.*(1e\+?7|10,?000,?000|1e7))/],
    },
  ),
  target(
    "a typo of the decimal point is noticed",
    y.map((value, i) => (i === 40 ? value * 1000 : value)),
    { rows: ROWS, notices: [/\by\b.*(far|outlier|times|beyond|one value of)/i] },
  ),
  target("a normal target has no outliers", y, { rows: ROWS, quiet: [/outlier|far from/i, /target-scale/] }),
  target("a skewed target that is never negative names the logarithm", skewed, {
    rows: ROWS,
    notices: [/--target-scale log/],
  }),
  target(
    "a skewed target with negative values does not",
    skewed.map((value, i) => (i % 4 === 0 ? -value : value)),
    { rows: ROWS, quiet: [/--target-scale log/] },
  ),
  target(
    "rows without a number are left out and counted",
    y.map((value, i) => (i % 20 === 0 ? "" : value)),
    {
      rows: 114,
      columns: { y: { values: y.filter((_, i) => i % 20 !== 0) }, x: { values: x.filter((_, i) => i % 20 !== 0) } },
      notices: [/\b6\b.*without a target|without a target.*\b6\b/],
    },
  ),
  target(
    "rows of a word for nothing are left out and counted",
    y.map((value, i) => (i % 20 === 0 ? "unknown" : value)),
    {
      rows: 114,
      columns: { y: { values: y.filter((_, i) => i % 20 !== 0) } },
      notices: [/(?=.*\b6\b)(?=.*(unknown|without a target))/],
    },
  ),
  target(
    "a target without any value is refused",
    many(ROWS, () => ""),
    { error: { message: [/\by\b/, /missing|no value|empty/] } },
  ),
  target(
    "a target of one value is refused",
    many(ROWS, () => 4.5),
    { error: { message: [/\by\b/, /same value|one value/] } },
  ),
  target(
    "a target of one class is refused",
    many(ROWS, () => "yes"),
    { error: { message: [/\by\b/, /one class/] } },
  ),
  target(
    "a target of names that are all different is refused",
    many(ROWS, (i) => `order ${i} of ${i * i}`),
    { error: { message: [/\by\b/, /rows rather than kinds|classes in/] } },
  ),
  target(
    "a typo in a target is refused by row, with the option",
    y.map((value, i) => (i === 9 ? "l4.2" : value)),
    { error: { message: [/row 11/, /\by\b/, /l4\.2/, /bad.?cells/i] } },
  ),
  target("three rows are read and called few", y.slice(0, 3), { rows: 3, notices: [/\b3 rows\b/] }),
  target(
    "regression of names is refused",
    many(ROWS, (i) => ["a", "b"][i % 2] ?? ""),
    { error: { message: [/\by\b/, /number/] } },
    { task: "regression" },
  ),
  target(
    "whole numbers with commas as a target",
    prices.map((value) => grouped(Math.round(value))),
    numeric(prices.map(Math.round)),
  ),
  target(
    "a target named with other letters is answered with the nearest name",
    y,
    { error: { code: /missing-column/, message: [/"Y"/, /nearest names? .*\by\b/] } },
    { target: "Y" },
  ),
];
