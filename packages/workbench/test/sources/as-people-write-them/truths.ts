import { draws, many } from "./draws.ts";
import { csv } from "./dress.ts";
import type { Situation } from "./situation.ts";

const ROWS = 60;
const random = draws(151);
const truth = many(ROWS, () => random.chance(0.4));
const z = many(ROWS, () => random.real(-2, 2, 3));

const pairs: readonly (readonly [yes: string, no: string])[] = [
  ["True", "False"],
  ["TRUE", "FALSE"],
  ["true", "false"],
  ["yes", "no"],
  ["Yes", "No"],
  ["Y", "N"],
  ["t", "f"],
  ["1", "0"],
  ["1.0", "0.0"],
];

const flag = (name: string, cells: readonly string[], missing = 0): Situation => ({
  name,
  files: { "table.csv": csv({ flag: cells, z }) },
  want: {
    rows: ROWS,
    columns: { flag: { use: "input", missing, values: truth.map((value, i) => (cells[i] === "" ? null : value)) } },
  },
});

/** Columns of yes and no in all their words. */
export const truths: readonly Situation[] = [
  ...pairs.map(([yes, no]) =>
    flag(
      `${yes} and ${no}`,
      truth.map((value) => (value ? yes : no)),
    ),
  ),
  flag(
    "True, TRUE and true in one column are one value",
    truth.map((value, i) => String(value).replace(/^./, (c) => (i % 2 === 0 ? c.toUpperCase() : c))),
  ),
  flag(
    "yes, Yes and YES in one column are one value",
    truth.map((value, i) => [value ? "yes" : "no", value ? "Yes" : "No", value ? "YES" : "NO"][i % 3] ?? ""),
  ),
  flag(
    "truths with empty cells",
    truth.map((value, i) => (i % 10 === 0 ? "" : String(value))),
    6,
  ),
  flag(
    "1 and 1.0 in one column are one value",
    truth.map((value, i) => `${Number(value)}${i % 2 === 0 ? ".0" : ""}`),
  ),
  {
    name: "m and f are words, not truths",
    files: { "table.csv": csv({ sex: truth.map((value) => (value ? "f" : "m")), z }) },
    want: { columns: { sex: { as: "category", levels: ["f", "m"] } } },
  },
  {
    name: "yes, no and maybe are three levels",
    files: { "table.csv": csv({ answer: truth.map((value, i) => (i % 3 === 0 ? "maybe" : value ? "yes" : "no")), z }) },
    want: { columns: { answer: { as: "category", levels: ["maybe", "no", "yes"] } } },
  },
  {
    name: "no in a column of countries is Norway",
    files: { "table.csv": csv({ country: truth.map((value, i) => (value ? "no" : (["se", "dk"][i % 2] ?? ""))), z }) },
    want: { columns: { country: { as: "category", levels: ["dk", "no", "se"] } } },
  },
  {
    name: "one word throughout is left out as constant by name",
    files: { "table.csv": csv({ active: many(ROWS, () => "yes"), z }) },
    want: { columns: { active: { use: "dropped" } }, notices: [/active/] },
  },
];
