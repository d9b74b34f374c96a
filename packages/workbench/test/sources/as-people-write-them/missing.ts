import { draws, many } from "./draws.ts";
import { csv } from "./dress.ts";
import type { Meant, SaidOptions, Situation } from "./situation.ts";

const ROWS = 120;
const random = draws(23);
const income = many(ROWS, () => random.real(12, 96, 3));
const price = income.map((value) => Number((3 * value + random.real(0, 4, 3)).toFixed(3)));
const gaps = new Set(random.shuffled(many(ROWS, (i) => i)).slice(0, 18));

const withGaps = (values: readonly number[], missing: ReadonlySet<number>): readonly Meant[] =>
  values.map((value, i) => (missing.has(i) ? null : value));
const written = (word: (row: number) => string, missing: ReadonlySet<number> = gaps): string =>
  csv({ income: income.map((value, i) => (missing.has(i) ? word(i) : value.toFixed(3))), price });
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** 18 of 120 cells of a number column hold a word for nothing. */
const words = [
  ...["None", "none", "NONE", "NaN", "nan", "NA", "N/A", "n/a", "#N/A", "#NA", "<NA>", "NULL", "null", "nil"],
  ...["-", "--", "---", ".", "?", "unknown", "Unknown", "missing", "not available", "\\N", "NaT"],
].map(
  (word): Situation => ({
    name: `"${word}" in a column of numbers is a missing value`,
    files: { "income.csv": written(() => word) },
    options: { target: "price" },
    want: {
      rows: ROWS,
      task: "regression",
      columns: { income: { as: "number", use: "input", missing: 18, values: withGaps(income, gaps) } },
      notices: [new RegExp(`(?=.*income)(?=.*${escaped(word)})(?=.*\\b18\\b)`, "i")],
      quiet: [/own value/],
    },
  }),
);

/** Other ways to leave a cell empty. */
const blanks = (
  [
    ["an empty cell", () => ""],
    ["a quoted empty cell", () => '""'],
    ["blanks", () => "   "],
    ["a no-break space", () => "\u00a0"],
    ["several words", (row) => ["None", "?", "", "N/A", "-"][row % 5] ?? ""],
  ] as readonly (readonly [string, (row: number) => string])[]
).map(
  ([what, word]): Situation => ({
    name: `${what} in a column of numbers: missing values`,
    files: { "income.csv": written(word).replaceAll('""""""', '""') },
    options: { target: "price" },
    want: {
      rows: ROWS,
      columns: { income: { as: "number", use: "input", missing: 18, values: withGaps(income, gaps) } },
      notices: [/income.*\b18\b|\b18\b.*income/],
    },
  }),
);

const share = (part: number): ReadonlySet<number> =>
  new Set(many(Math.round(ROWS * part), (i) => Math.floor(i / part)));
const shares = [0.01, 0.05, 0.12, 0.3, 0.45].map((part): Situation => {
  const missing = share(part);
  return {
    name: `None in ${100 * part} % of a column of numbers`,
    files: { "income.csv": written(() => "None", missing) },
    options: { target: "price" },
    want: {
      columns: { income: { as: "number", missing: missing.size, values: withGaps(income, missing) } },
      notices: [/None/],
      quiet: [/own value/],
    },
  };
});

const city = many(ROWS, (i) => ["Bonn", "Köln", "Trier"][i % 3] ?? "");
const table = (
  name: string,
  columns: Readonly<Record<string, readonly (string | number)[]>>,
  want: Situation["want"],
  options?: SaidOptions,
): Situation => ({
  name,
  files: { "table.csv": csv(columns) },
  ...(options === undefined ? {} : { options }),
  want,
});
const days = many(ROWS, (i) => new Date(Date.UTC(2021, 0, 4 + 3 * i)).toISOString().slice(0, 10));
const shut = new Set(many(14, (i) => 5 + 8 * i));
const temperature = many(ROWS, () => random.real(-12, 34, 1));
const sensor = temperature.map((value, i) => (gaps.has(i) ? -999 : value));
const plenty = many(ROWS, () => random.whole(1, 2000));
const typed = (rows: readonly number[], slip: string): readonly string[] =>
  income.map((value, i) => (rows.includes(i) ? slip : value.toFixed(3)));
const ages = many(ROWS, () => random.whole(21, 80));
const aged = ages.map((value, i) => (gaps.has(i) ? -1 : value));
const rain = many(ROWS, (i) => (i % 6 === 0 ? "T" : random.real(0, 3, 2).toFixed(2)));

const others: readonly Situation[] = [
  table(
    "a word that is on no list and repeats in a column of numbers is a missing value, said aloud",
    { income: income.map((value, i) => (shut.has(i) ? "closed" : value.toFixed(3))), price },
    {
      columns: { income: { as: "number", use: "input", missing: 14, values: withGaps(income, shut) } },
      notices: [/(?=.*income)(?=.*closed)(?=.*\b14\b)/],
    },
    { target: "price" },
  ),
  table(
    "T for a trace of rain is named with its count",
    { rain, price },
    { columns: { rain: { as: "number", use: "input" } }, notices: [/(?=.*rain)(?=.*\bT\b)(?=.*\b20\b)/] },
    { target: "price" },
  ),
  table(
    "the user's own words for nothing",
    { income: income.map((value, i) => (gaps.has(i) ? (i % 2 === 0 ? "k.A." : "unbekannt") : value.toFixed(3))), city },
    { columns: { income: { as: "number", missing: 18, values: withGaps(income, gaps) }, city: { missing: 0 } } },
    { missing: ["k.A.", "unbekannt"] },
  ),
  table(
    "the user's word for nothing in a column of categories",
    { city: city.map((name, i) => (gaps.has(i) ? "elsewhere" : name)), price },
    {
      columns: {
        city: {
          as: "category",
          missing: 18,
          values: city.map((name, i) => (gaps.has(i) ? null : name)),
          levels: ["Bonn", "Köln", "Trier"],
        },
      },
    },
    { missing: ["elsewhere"] },
  ),
  table(
    "unknown in a column of dates",
    { when: days.map((day, i) => (gaps.has(i) ? "unknown" : day)), price },
    {
      columns: {
        when: { as: "date", use: "input", missing: 18, values: days.map((day, i) => (gaps.has(i) ? null : day)) },
      },
      notices: [/(?=.*when)(?=.*unknown)(?=.*\b18\b)/],
    },
  ),
  table(
    "NaT and zero dates of databases in a column of dates",
    { when: days.map((day, i) => (gaps.has(i) ? "0000-00-00" : day)), price },
    { columns: { when: { as: "date", use: "input" } }, says: [/0000-00-00/] },
    { badCells: "missing" },
  ),
  table(
    "one typo in a column of numbers is refused by row, with the option that goes on",
    { income: typed([40], "l2.5"), price },
    { error: { message: [/row 42/, /income/, /l2\.5/, /bad.?cells/i] } },
  ),
  table(
    "one typo becomes a gap where that is said",
    { income: typed([40], "12,5x"), price },
    {
      columns: { income: { as: "number", missing: 1, values: withGaps(income, new Set([40])) } },
      notices: [/(?=.*income)(?=.*12,5x|.*row 42|.*\b1\b)/],
    },
    { badCells: "missing" },
  ),
  table(
    "several different typos are counted",
    {
      income: income.map((value, i) => (i === 7 ? "3o.5" : i === 30 ? "4!" : i === 99 ? "~" : value.toFixed(3))),
      price,
    },
    { error: { message: [/row 9/, /income/, /3o\.5/, /2 (cells )?more|3 cells/] } },
  ),
  table(
    "one typo in a column of dates is refused by row",
    { when: days.map((day, i) => (i === 50 ? "2023-O4-01" : day)), price },
    { error: { message: [/row 52/, /when/, /2023-O4-01/, /bad.?cells/i] } },
  ),
  table(
    "-999 is noticed with its count and the option",
    { temperature: sensor, price },
    {
      columns: { temperature: { as: "number", missing: 0 } },
      notices: [/(?=.*temperature)(?=.*-999)(?=.*\b18\b)(?=.*--missing "?-999)/],
    },
  ),
  table(
    "-999 is a gap where that is said",
    { temperature: sensor, price },
    {
      columns: {
        temperature: {
          as: "number",
          missing: 18,
          values: withGaps(temperature, gaps),
          minimum: Math.min(...temperature.filter((_, i) => !gaps.has(i))),
        },
      },
    },
    { missing: ["-999"] },
  ),
  table(
    "-999.0 and -999.00 are -999",
    {
      temperature: sensor.map((value, i) => (value === -999 ? (i % 2 === 0 ? "-999.0" : "-999.00") : value.toFixed(1))),
      price,
    },
    { columns: { temperature: { as: "number", missing: 18, values: withGaps(temperature, gaps) } } },
    { missing: ["-999"] },
  ),
  table(
    "9999 far from the rest is noticed",
    { height: ages.map((value, i) => (gaps.has(i) ? 9999 : value + 120)), price },
    { notices: [/(?=.*height)(?=.*9,?999)(?=.*--missing)/] },
  ),
  table(
    "999 among thousands of the same size is not noticed",
    { plenty: plenty.map((value, i) => (i === 3 ? 999 : value)), price },
    { columns: { plenty: { as: "number", missing: 0 } }, quiet: [/--missing/] },
  ),
  table(
    "-1 for no answer among ages is noticed",
    { age: aged, price },
    { notices: [/(?=.*age)(?=.*-1)(?=.*--missing "?-1)/] },
  ),
  table(
    "-1 among small numbers of both signs is not noticed",
    { balance: many(ROWS, () => random.whole(-6, 6)), price },
    { columns: { balance: { as: "number", missing: 0 } }, quiet: [/--missing/] },
  ),
  table(
    "-1, 0 and 1 are answers",
    { vote: many(ROWS, (i) => (i % 3) - 1), price },
    { columns: { vote: { missing: 0 } }, quiet: [/--missing/] },
  ),
  table(
    "many zeros are values",
    { rain: many(ROWS, (i) => (i % 2 === 0 ? 0 : random.real(0.2, 60, 1))), price },
    { columns: { rain: { as: "number", missing: 0 } }, quiet: [/--missing/] },
  ),
  table(
    "1900-01-01 as no date is noticed",
    { when: days.map((day, i) => (gaps.has(i) ? "1900-01-01" : day)), price },
    { columns: { when: { as: "date" } }, notices: [/(?=.*when)(?=.*1900-01-01)(?=.*--missing)/] },
  ),
  table(
    "1900-01-01 is a gap where that is said",
    { when: days.map((day, i) => (gaps.has(i) ? "1900-01-01" : day)), price },
    {
      columns: {
        when: { as: "date", missing: 18, values: days.map((day, i) => (gaps.has(i) ? null : day)) },
      },
    },
    { missing: ["1900-01-01"] },
  ),
  table(
    "9999-12-31 for an open end is noticed",
    { until: days.map((day, i) => (gaps.has(i) ? "9999-12-31" : day)), price },
    { columns: { until: { as: "date" } }, notices: [/(?=.*until)(?=.*9999-12-31)(?=.*--missing)/] },
  ),
  table(
    "a dash that fills 40 % of a column of words is a level",
    { garage: many(ROWS, (i) => (i % 5 < 2 ? "-" : i % 5 === 2 ? "attached" : "detached")), price },
    { columns: { garage: { as: "category", missing: 0, levels: ["-", "attached", "detached"] } } },
  ),
  table(
    "NA in a few cells of a column of words is missing",
    { city: city.map((name, i) => (i % 30 === 4 ? "NA" : name)), price },
    { columns: { city: { as: "category", missing: 4, levels: ["Bonn", "Köln", "Trier"] } } },
  ),
  table(
    "None among True and False is missing",
    {
      sent: many(ROWS, (i) => (i % 12 === 5 ? "None" : i % 2 === 0 ? "True" : "False")),
      price,
    },
    { columns: { sent: { missing: 10, values: many(ROWS, (i) => (i % 12 === 5 ? null : i % 2 === 0)) } } },
  ),
  table(
    "one typo with a comma does not turn points into marks of thousands",
    { income: typed([40], "12,5x"), price },
    { error: { message: [/row 42/, /income/, /12,5x/] } },
  ),
  table(
    "every word is a value where the user says so",
    { country: many(ROWS, (i) => (i % 30 === 4 ? "NA" : (["DE", "FR", "ZA"][i % 3] ?? ""))), price },
    { columns: { country: { as: "category", missing: 0, levels: ["DE", "FR", "NA", "ZA"] } } },
    { missing: [""] },
  ),
  table(
    "a column without any value is left out by name",
    { note: many(ROWS, () => ""), income, price },
    { columns: { note: { use: "dropped" } }, notices: [/note/] },
  ),
  table(
    "a column of NA alone is left out by name",
    { note: many(ROWS, () => "NA"), income, price },
    { columns: { note: { use: "dropped" } }, notices: [/note/] },
  ),
];

/** Cells without a value, in all the words that people have for it. */
export const missing: readonly Situation[] = [...words, ...blanks, ...shares, ...others];
