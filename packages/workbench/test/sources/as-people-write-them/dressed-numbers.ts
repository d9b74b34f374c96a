import { draws, many } from "./draws.ts";
import { comma, csv, grouped, indian } from "./dress.ts";
import type { Situation } from "./situation.ts";

const ROWS = 48;

/** Amounts between `low` and `high`, and a filler column that keeps the file from having one column. */
function amounts(seed: number, { low = -900, high = 250_000, digits = 2 } = {}): readonly number[] {
  const { unit, real } = draws(seed);
  // on a log scale, so that there are amounts with one, two and three groups
  return many(ROWS, () => {
    const size = Math.exp(Math.log(Math.max(1, high)) * (0.25 + 0.75 * unit()));
    return low < 0 && unit() < 0.25 ? real(low, 0, digits) : Number(Math.min(size, high).toFixed(digits));
  });
}

interface Dressed {
  readonly name: string;
  readonly values: readonly number[];
  readonly dress: (value: number, row: number) => string;
  readonly delimiter?: string;
  readonly file?: string;
  readonly column?: string;
  readonly unit?: string;
  readonly within?: number;
  readonly quoteAll?: boolean;
}

const dressed = ({
  name,
  values,
  dress,
  delimiter = ",",
  file = "sales.csv",
  column = "amount",
  quoteAll = false,
  ...rest
}: Dressed): Situation => {
  const { whole } = draws(values.length);
  const written = { [column]: values.map(dress), visits: values.map(() => whole(1, 90)) };
  return {
    name,
    files: { [file]: csv(written, { delimiter, quoteAll }) },
    want: {
      rows: values.length,
      columns: { [column]: { as: "number", use: "input", values, missing: 0, ...rest }, visits: { as: "number" } },
      quiet: [/own value/, /left out/],
    },
  };
};

const positive = (seed: number, digits = 2, high = 250_000) => amounts(seed, { low: 0, high, digits });
const incomes = positive(1, 0);

/** Numbers with separators, currencies, units and signs as people write them. */
export const dressedNumbers: readonly Situation[] = [
  dressed({ name: "whole numbers with thousands commas", values: incomes, dress: (value) => grouped(value) }),
  dressed({ name: "$1,234.50", values: positive(2), dress: (value) => `$${grouped(value, { digits: 2 })}`, unit: "$" }),
  dressed({
    name: "percent keep their number and their unit",
    values: draws(3).shuffled(many(ROWS, (i) => Number((i * 2.1 + 0.3).toFixed(1)))),
    dress: (value) => `${value.toFixed(1)}%`,
    unit: "%",
  }),
  dressed({
    name: "percent with a space and a decimal comma",
    values: draws(4).shuffled(many(ROWS, (i) => Number((i * 1.7 + 0.4).toFixed(1)))),
    dress: (value) => `${comma(value, 1)} %`,
    delimiter: ";",
    unit: "%",
  }),
  dressed({
    name: "groups by no-break spaces",
    values: incomes,
    dress: (value) => grouped(value, { group: "\u00a0" }),
  }),
  dressed({
    name: "groups by narrow no-break spaces and decimal commas, as in French",
    values: positive(5),
    dress: (value) => grouped(value, { digits: 2, group: "\u202f", point: "," }),
    delimiter: ";",
  }),
  dressed({
    name: "groups by thin spaces",
    values: positive(6, 1),
    dress: (value) => grouped(value, { digits: 1, group: "\u2009" }),
  }),
  dressed({
    name: "groups by plain spaces",
    values: incomes,
    dress: (value) => grouped(value, { group: " " }),
  }),
  dressed({
    name: "groups by apostrophes, as in Swiss files",
    values: positive(7),
    dress: (value) => grouped(value, { digits: 2, group: "'" }),
  }),
  dressed({
    name: "groups by typographic apostrophes",
    values: positive(8),
    dress: (value) => grouped(value, { digits: 2, group: "’" }),
  }),
  dressed({
    name: "German 1.234,56",
    values: amounts(9),
    dress: (value) => grouped(value, { digits: 2, group: ".", point: "," }),
    delimiter: ";",
  }),
  dressed({
    name: "81.382 beside 1.234,5 means thousands",
    values: many(ROWS, (i) => (i % 3 === 0 ? 1000 * (i + 2) + 382 : 700 + i * 41 + 0.5)),
    dress: (value) => grouped(value, { digits: Number.isInteger(value) ? 0 : 1, group: ".", point: "," }),
    delimiter: ";",
  }),
  dressed({
    name: "1.234.567 beside 12.345 means thousands",
    values: many(ROWS, (i) => (i % 4 === 0 ? 1_200_567 + i * 1000 : 12_345 + i * 271)),
    dress: (value) => grouped(value, { group: "." }),
    delimiter: ";",
  }),
  dressed({
    name: "decimal commas in a file of tabs",
    values: positive(10, 2, 9),
    dress: (value) => comma(value, 2),
    delimiter: "\t",
    file: "widths.tsv",
    column: "width",
  }),
  dressed({
    name: "decimal commas in a file of bars",
    values: positive(11, 2, 9),
    dress: (value) => comma(value, 2),
    delimiter: "|",
    column: "width",
  }),
  dressed({
    name: "decimal commas in quotes in a file of commas",
    values: amounts(12, { low: -9, high: 30, digits: 2 }),
    dress: (value) => comma(value, 2),
  }),
  dressed({
    name: "0,451 decides that 18,396 has a decimal comma",
    values: many(ROWS, (i) => Number(((i % 4 === 0 ? 0.451 : 18.396) + i / 100).toFixed(3))),
    dress: (value) => comma(value, 3),
  }),
  dressed({
    name: "euros after the number",
    values: positive(13),
    dress: (value) => `${grouped(value, { digits: 2, group: ".", point: "," })} €`,
    delimiter: ";",
    unit: "€",
  }),
  dressed({
    name: "euros before the number",
    values: positive(14),
    dress: (value) => `€ ${grouped(value, { digits: 2 })}`,
    unit: "€",
  }),
  dressed({
    name: "a comma and a dash for no cents",
    values: positive(33, 0, 900),
    dress: (value) => `€ ${value},-`,
    delimiter: ";",
    unit: "€",
  }),
  dressed({
    name: "crowns after numbers with spaces",
    values: positive(15),
    dress: (value) => `${grouped(value, { digits: 2, group: " ", point: "," })} kr`,
    delimiter: ";",
    unit: "kr",
  }),
  dressed({
    name: "francs before numbers with apostrophes",
    values: positive(16),
    dress: (value) => `CHF ${grouped(value, { digits: 2, group: "'" })}`,
    unit: "CHF",
  }),
  dressed({
    name: "a currency by its code after the number",
    values: incomes,
    dress: (value) => `${grouped(value)} USD`,
    unit: "USD",
  }),
  dressed({ name: "pounds", values: incomes, dress: (value) => `£${grouped(value)}`, unit: "£" }),
  dressed({ name: "yen without groups", values: incomes, dress: (value) => `¥${value}`, unit: "¥" }),
  dressed({
    name: "rupees in Indian groups",
    values: positive(17, 0, 9_000_000),
    dress: (value) => `₹${indian(value)}`,
    unit: "₹",
  }),
  dressed({
    name: "negative amounts in parentheses",
    values: amounts(18, { digits: 1 }),
    dress: (value) => (value < 0 ? `(${grouped(-value, { digits: 1 })})` : grouped(value, { digits: 1 })),
  }),
  dressed({
    name: "negative dollars in parentheses",
    values: amounts(19),
    dress: (value) => (value < 0 ? `($${grouped(-value, { digits: 2 })})` : `$${grouped(value, { digits: 2 })}`),
    unit: "$",
  }),
  dressed({
    name: "a minus before the currency",
    values: amounts(20, { low: -40, high: 60 }),
    dress: (value) => `${value < 0 ? "-" : ""}$${Math.abs(value).toFixed(2)}`,
    unit: "$",
  }),
  dressed({
    name: "a minus after the number, as SAP writes it",
    values: amounts(21),
    dress: (value) => `${grouped(Math.abs(value), { digits: 2, group: ".", point: "," })}${value < 0 ? "-" : ""}`,
    delimiter: ";",
  }),
  dressed({
    name: "the minus of Unicode",
    values: amounts(22, { low: -40, high: 60 }),
    dress: (value) => value.toFixed(2).replace("-", "−"),
  }),
  dressed({
    name: "a dash as minus",
    values: amounts(23, { low: -40, high: 60 }),
    dress: (value) => value.toFixed(2).replace("-", "–"),
  }),
  dressed({
    name: "plus signs",
    values: amounts(24, { low: -40, high: 60 }),
    dress: (value) => `${value > 0 ? "+" : ""}${value.toFixed(2)}`,
  }),
  dressed({ name: "kilograms", values: positive(25, 1, 120), dress: (value) => `${value.toFixed(1)} kg`, unit: "kg" }),
  dressed({ name: "a unit without a space", values: positive(26, 0, 900), dress: (value) => `${value}mg`, unit: "mg" }),
  dressed({ name: "square meters", values: positive(27, 0, 320), dress: (value) => `${value} m²`, unit: "m²" }),
  dressed({
    name: "degrees below and above zero",
    values: amounts(28, { low: -20, high: 40, digits: 1 }),
    dress: (value) => `${value.toFixed(1)}°C`,
    unit: "°C",
  }),
  dressed({
    name: "kilometers per hour",
    values: positive(29, 0, 180),
    dress: (value) => `${value} km/h`,
    unit: "km/h",
  }),
  dressed({
    name: "liters with decimal commas",
    values: positive(30, 2, 70),
    dress: (value) => `${comma(value, 2)} l`,
    delimiter: ";",
    unit: "l",
  }),
  dressed({
    name: "views as 12k and 3.4M in one column",
    values: many(ROWS, (i) => (i % 3 === 0 ? (i + 11) * 100_000 : i % 3 === 1 ? (i + 12) * 1000 : 900 - i)),
    dress: (value) => (value >= 1e6 ? `${value / 1e6}M` : value >= 1000 ? `${value / 1000}k` : String(value)),
    within: 1e-14,
  }),
  dressed({
    name: "money as $1.2B and $340M",
    values: many(ROWS, (i) => (i % 2 === 0 ? (i + 12) * 1e8 : (i + 3) * 1e7)),
    dress: (value) => (value >= 1e9 ? `$${value / 1e9}B` : `$${value / 1e6}M`),
    within: 1e-14,
  }),
  dressed({
    name: "full-width digits",
    values: positive(31, 0, 9000),
    dress: (value) => String(value).replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit))),
  }),
  dressed({
    name: "exponents among fractions are numbers",
    values: many(ROWS, (i) => Number(((i + 1.5) * 10 ** ((i % 9) - 4)).toPrecision(4))),
    dress: (value, row) => (row % 2 === 0 ? value.toExponential() : String(value)),
  }),
  dressed({
    name: "exponents with a capital E and a decimal comma",
    values: many(ROWS, (i) => Number(`${(i % 9) + 1}.25e${(i % 7) - 3}`)),
    dress: (value) => value.toExponential(2).replace(".", ",").replace("e", "E"),
    delimiter: ";",
  }),
  dressed({
    name: "blanks around numbers with commas",
    values: incomes,
    dress: (value) => ` ${grouped(value)}  `,
  }),
  dressed({
    name: "numbers without a digit before the point, or after it",
    values: many(ROWS, (i) => (i % 2 === 0 ? i / 64 : i + 1)),
    dress: (value) => (Number.isInteger(value) && value > 0 ? `${value}.` : String(value).replace(/^0\./, ".")),
  }),
  dressed({
    name: "plain numbers in quotes",
    values: amounts(32, { low: -9, high: 80, digits: 3 }),
    dress: String,
    quoteAll: true,
  }),
  dressed({
    name: "degrees of latitude with a Unicode minus and a decimal comma",
    values: many(ROWS, (i) => Number((-33.8688 + i * 1.37).toFixed(4))),
    dress: (value) => comma(value, 4).replace("-", "−"),
    delimiter: ";",
    column: "lat",
  }),
];
