import { draws, many } from "./draws.ts";
import { csv, day, daysOf } from "./dress.ts";
import type { SaidOptions, Situation } from "./situation.ts";
import { isoDays, ROWS, short, unclear, weekday, weekdays, z } from "./some-days.ts";

const random = draws(43);
const plain = (
  name: string,
  column: string,
  cells: readonly (string | number)[],
  want: Situation["want"],
  options?: SaidOptions,
): Situation => ({
  name,
  files: { "table.csv": csv({ [column]: cells, z: z.slice(0, cells.length) }) },
  ...(options === undefined ? {} : { options }),
  want,
});
const bad = isoDays.map((iso) => day(iso, "DD.MM.YYYY"));
const birthdays = many(ROWS, (i) => `${1931 + i}-0${1 + (i % 9)}-1${i % 9}`);

/** Dates that could be read in two ways or not at all, and what only looks like dates. */
export const doubtfulDates: readonly Situation[] = [
  plain(
    "an order that nothing decides is said with the option",
    "when",
    unclear.map((iso) => day(iso, "DD/MM/YYYY")),
    {
      columns: { when: { as: "date", use: "input" } },
      notices: [/(?=.*when)(?=.*--column when=date:(dmy|mdy))/],
    },
  ),
  {
    name: "decimal commas in the same file mean that the day comes first, where nothing else decides",
    files: {
      "table.csv": csv(
        { when: unclear.map((iso) => day(iso, "DD/MM/YYYY")), z: z.map((value) => value.toFixed(2).replace(".", ",")) },
        { delimiter: ";" },
      ),
    },
    want: { columns: { when: { as: "date", values: unclear } }, notices: [/--column when=date:mdy/] },
  },
  plain(
    "two orders in one column are refused by row",
    "when",
    unclear.map((_, i) => (i === 4 ? "25/02/2023" : i === 9 ? "02/25/2023" : `0${1 + (i % 9)}/0${1 + (i % 8)}/2023`)),
    {
      error: { message: [/when/, /row (6|11)/] },
    },
  ),
  plain(
    "a day that does not exist is refused by row",
    "when",
    bad.map((text, i) => (i === 12 ? "31.02.2023" : text)),
    {
      error: { message: [/row 14/, /when/, /31\.02\.2023/, /bad.?cells/i] },
    },
  ),
  plain(
    "a day that does not exist becomes a gap where that is said",
    "when",
    bad.map((text, i) => (i === 12 ? "31.02.2023" : text)),
    { columns: { when: { as: "date", missing: 1, values: isoDays.map((iso, i) => (i === 12 ? null : iso)) } } },
    { badCells: "missing" },
  ),
  plain(
    "years of two digits fall in both centuries, and that is said",
    "born",
    birthdays.map((iso) => day(iso, "DD/MM/YY")),
    {
      columns: { born: { as: "date" } },
      notices: [/born/],
    },
  ),
  plain(
    "years alone are numbers",
    "year",
    many(ROWS, (i) => 1960 + i),
    { columns: { year: { as: "number", minimum: 1960, maximum: 1960 + ROWS - 1 } } },
  ),
  plain(
    "eight digits in a column called amount are numbers",
    "amount",
    many(ROWS, () => random.whole(10_000_000, 99_999_999)),
    { columns: { amount: { as: "number" } } },
  ),
  plain(
    "numbers of the size of spreadsheet days stay numbers under another name",
    "salary",
    isoDays.map((iso) => daysOf(iso) + 25_569),
    {
      columns: { salary: { as: "number", values: isoDays.map((iso) => daysOf(iso) + 25_569) } },
    },
  ),
  plain(
    "seconds since 1970 are numbers that are noticed",
    "timestamp",
    isoDays.map((iso) => daysOf(iso) * 86_400),
    {
      columns: { timestamp: { use: "input" } },
      notices: [/timestamp/],
    },
  ),
  plain(
    "milliseconds since 1970 are numbers that are noticed",
    "created_at_time",
    isoDays.map((iso) => daysOf(iso) * 86_400_000 + 417),
    {
      columns: { created_at_time: { use: "input" } },
      notices: [/created_at_time/],
    },
  ),
  plain(
    "quarters are inputs",
    "quarter",
    many(ROWS, (i) => `202${i % 3}-Q${1 + (i % 4)}`),
    { columns: { quarter: { notAs: "text", use: "input", missing: 0 } } },
  ),
  plain(
    "durations above a day are no times of day",
    "worked",
    many(ROWS, (i) => `${20 + (i % 15)}:${10 + (i % 50)}`),
    { columns: { worked: { notAs: "time" } } },
  ),
  plain("weekdays are categories", "weekday", isoDays.map(weekday), {
    columns: { weekday: { as: "category", levels: weekdays } },
  }),
  plain(
    "months alone are categories",
    "month",
    isoDays.map((iso) => day(iso, "NAME", short)),
    { columns: { month: { as: "category", levels: short } } },
  ),
  plain(
    "the user's category wins over dates",
    "when",
    many(ROWS, (i) => isoDays[i % 5] ?? ""),
    { columns: { when: { as: "category" } } },
    { columns: { when: "category" } },
  ),
  plain(
    "a column of numbers that the user calls a date is refused with a row",
    "z2",
    z.map((value) => value.toFixed(2)),
    { error: { message: [/z2/, /row \d+/, /date/] } },
    { columns: { z2: "date" } },
  ),
  plain(
    "one date throughout is left out as constant by name",
    "exported",
    many(ROWS, () => "31/05/2024"),
    { columns: { exported: { use: "dropped" } }, notices: [/exported/] },
  ),
];
