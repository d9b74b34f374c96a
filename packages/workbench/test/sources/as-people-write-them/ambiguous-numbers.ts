import { draws, many } from "./draws.ts";
import { comma, csv, grouped } from "./dress.ts";
import type { Meant, SaidOptions, Situation, WantedColumn } from "./situation.ts";

const ROWS = 48;
const random = draws(71);
const visits = many(ROWS, () => random.whole(1, 90));

/** A column of cells beside a plain one. */
const column = (
  name: string,
  cells: readonly string[],
  { want, options, delimiter }: { want: Situation["want"]; options?: SaidOptions; delimiter?: string },
): Situation => ({
  name,
  files: { "table.csv": csv({ x: cells, visits: visits.slice(0, cells.length) }, { delimiter: delimiter ?? "," }) },
  ...(options === undefined ? {} : { options }),
  want,
});

const x = (wanted: WantedColumn): Situation["want"] => ({ columns: { x: wanted }, rows: ROWS });
const texts = (cells: readonly string[]): readonly Meant[] => cells;

// one comma and three digits behind it, everywhere: thousands, or thousandths
const undecided = many(ROWS, () => 1000 + random.whole(1, 8999));
const choices = many(ROWS, (i) => ["1", "2", "2,3", "1,4", "24,5", "1,2,3", "4"][i % 7] ?? "1");
const versions = many(ROWS, (i) => ["1.0.2", "1.1.0", "2.0.11", "2.1.0"][i % 4] ?? "");
const addresses = many(ROWS, (i) => `192.168.${i % 3}.${10 + (i % 4)}`);
const weights = many(ROWS, (i) =>
  i % 4 === 0 ? { value: 0.25 * (i + 1), unit: "kg" } : { value: 40 * (i + 3), unit: "g" },
);
const concentrations = many(ROWS, (i) => (i % 5 === 0 ? null : Number((0.5 + ((i * 37) % 90) / 10).toFixed(1))));
const doses = many(ROWS, (i) => (i % 6 === 0 ? null : 1 + ((i * 7) % 9)));
const hexadecimal = many(ROWS, (i) => `0x${(10 + (i % 5)).toString(16).toUpperCase()}F`);

/** Cells that could be several things, and cells that only look like numbers. */
export const ambiguousNumbers: readonly Situation[] = [
  column(
    "1,234 in every row is undecided, and the option is named",
    undecided.map((value) => grouped(value)),
    {
      want: { ...x({ as: "number", use: "input" }), notices: [/--column x=number:(comma|point)/] },
    },
  ),
  column(
    "1,234 is 1.234 where the user says comma",
    undecided.map((value) => grouped(value)),
    {
      options: { columns: { x: "number:comma" } },
      want: x({ as: "number", values: undecided.map((value) => value / 1000) }),
    },
  ),
  column(
    "1,234 is 1234 where the user says point",
    undecided.map((value) => grouped(value)),
    {
      options: { columns: { x: "number:point" } },
      want: x({ as: "number", values: undecided }),
    },
  ),
  column(
    "1.234 is 1234 where the user says comma",
    undecided.map((value) => grouped(value, { group: "." })),
    {
      options: { columns: { x: "number:comma" } },
      want: x({ as: "number", values: undecided }),
    },
  ),
  {
    name: "a column with decimal commas beside one with decimal points",
    files: {
      "table.csv": csv(
        { a: visits.map((value) => comma(value / 4, 2)), b: visits.map((value) => (value / 16).toFixed(4)) },
        { delimiter: ";" },
      ),
    },
    want: {
      columns: {
        a: { as: "number", values: visits.map((value) => value / 4) },
        b: { as: "number", values: visits.map((value) => value / 16) },
      },
    },
  },
  column("answers to a question with several choices are no numbers", choices, {
    want: x({ notAs: "number", values: texts(choices) }),
  }),
  column("versions are no numbers", versions, { want: x({ as: "category", values: texts(versions) }) }),
  column("addresses of machines are no numbers", addresses, { want: x({ as: "category", values: texts(addresses) }) }),
  column("hexadecimal is no number", hexadecimal, { want: x({ notAs: "number", values: texts(hexadecimal) }) }),
  column(
    "kilograms and grams in one column are named",
    weights.map(({ value, unit }) => `${value} ${unit}`),
    {
      want: {
        rows: ROWS,
        says: [/\bkg\b/, /\bg\b/],
      },
    },
  ),
  column(
    "dollars and euros in one column are named",
    many(ROWS, (i) => `${i % 3 === 0 ? "€" : "$"}${i * 3 + 0.5}`),
    {
      want: { rows: ROWS, says: [/\$/, /€/] },
    },
  ),
  column(
    "values below the limit of detection are named with their count",
    concentrations.map((value) => (value === null ? "<0.5" : value.toFixed(1))),
    { want: { columns: { x: { as: "number", use: "input" } }, rows: ROWS, says: [/<0\.5/, /\b10\b|\b9 cells more/] } },
  ),
  column(
    "10+ at the end of a scale is named",
    doses.map((value) => (value === null ? "10+" : String(value))),
    {
      want: { rows: ROWS, says: [/10\+/] },
    },
  ),
  column(
    "scores out of ten are no dates",
    many(ROWS, (i) => `${(i % 7) + 3}/10`),
    {
      want: { columns: { x: { notAs: "date", use: "input" } }, rows: ROWS },
    },
  ),
  column(
    "blood pressures are no dates and not lost without a word",
    many(ROWS, (i) => `${110 + i}/${60 + (i % 30)}`),
    {
      want: { columns: { x: { notAs: "date" } }, rows: ROWS, says: [/\bx\b/] },
    },
  ),
  column(
    "years in words of one and many are not lost without a word",
    many(ROWS, (i) => (i % 9 === 0 ? "1 year" : `${(i % 9) + 1} years`)),
    {
      want: { columns: { x: { use: "input", missing: 0 } }, rows: ROWS },
    },
  ),
  column(
    "a single unit in a plain column is a slip that is named with its row",
    visits.map((value, i) => (i === 20 ? `${value}kg` : String(value))),
    {
      want: { says: [/row 22|kg/] },
    },
  ),
  column(
    "#DIV/0! of a spreadsheet is named with its count",
    visits.map((value, i) => (i % 12 === 0 ? "#DIV/0!" : (value / 7).toFixed(3))),
    {
      want: {
        columns: {
          x: {
            as: "number",
            use: "input",
            missing: 4,
            values: visits.map((value, i) => (i % 12 === 0 ? null : Number((value / 7).toFixed(3)))),
          },
        },
        notices: [/#DIV\/0!.*\b4\b|\b4\b.*#DIV\/0!/],
      },
    },
  ),
  column(
    "infinity is named with its row",
    visits.map((value, i) => (i === 3 ? "inf" : (value / 7).toFixed(3))),
    {
      want: { says: [/row 5|\binf\b/i] },
    },
  ),
  column(
    "a number that a computer cannot hold is named",
    visits.map((value, i) => (i === 3 ? "1.5e999" : (value / 7).toFixed(3))),
    {
      want: { says: [/1\.5e999|row 5/] },
    },
  ),
  column(
    "the user's category wins over numbers",
    visits.map((value) => String(value % 5)),
    {
      options: { columns: { x: "category" } },
      want: x({ as: "category", values: visits.map((value) => String(value % 5)), levels: ["0", "1", "2", "3", "4"] }),
    },
  ),
  column("the user's text is learned from as said", visits.map(String), {
    options: { columns: { x: "text" } },
    want: { columns: { x: { as: "text", use: "input" } } },
  }),
  column(
    "an amount of cents and an amount of thousands share a column",
    many(ROWS, (i) => grouped(i % 2 === 0 ? i * 1311.17 + 2 : i * 0.37, { digits: 2 })),
    {
      want: x({
        as: "number",
        values: many(ROWS, (i) => Number((i % 2 === 0 ? i * 1311.17 + 2 : i * 0.37).toFixed(2))),
      }),
    },
  ),
];
