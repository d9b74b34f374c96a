import { draws, many } from "./draws.ts";
import { csv } from "./dress.ts";
import type { SaidOptions, Situation, WantedColumn } from "./situation.ts";

const ROWS = 90;
const random = draws(59);
const z = many(ROWS, () => random.real(-2, 2, 3));

interface Coded {
  readonly name: string;
  readonly column: string;
  readonly cells: readonly string[];
  readonly options?: SaidOptions;
  readonly want?: WantedColumn;
  readonly notices?: readonly RegExp[];
}

/** Codes that must stay as they are written. */
const coded = ({ name, column, cells, options, want = {}, notices = [] }: Coded): Situation => ({
  name,
  files: { "table.csv": csv({ [column]: cells, z }) },
  ...(options === undefined ? {} : { options }),
  want: {
    rows: ROWS,
    columns: {
      [column]: { as: "category", use: "input", values: cells, levels: [...new Set(cells)], missing: 0, ...want },
    },
    notices,
    quiet: [/own value/],
  },
});

const cycle = (levels: readonly string[]): readonly string[] =>
  many(ROWS, (i) => levels[(i * 7 + (i % 3)) % levels.length] ?? "");
const usZips = ["02134", "10001", "60601", "73301", "94110", "98052"];
const hashes = ["8e12345", "1234567", "4e56789", "a1b2c3d", "00e9999", "7654321"];

const kept: readonly Situation[] = [
  coded({
    name: "zips with leading zeros beside the same digits without",
    column: "zip",
    cells: cycle(["02134", "2134", "01001", "1001"]),
  }),
  coded({ name: "codes with leading zeros under any name", column: "v7", cells: cycle(["007", "012", "104", "090"]) }),
  coded({
    name: "five digits in a column called zip",
    column: "zip",
    cells: cycle(usZips.slice(1)),
    notices: [/--column zip=number/],
  }),
  coded({
    name: "five digits in a column called PLZ",
    column: "PLZ",
    cells: cycle(["53111", "50667", "54290", "10115", "80331"]),
  }),
  coded({
    name: "five digits in a column called code postal",
    column: "code postal",
    cells: cycle(["75011", "69002", "13005", "33000", "59800"]),
  }),
  coded({
    name: "counties by their federal numbers",
    column: "fips",
    cells: cycle(["01001", "06037", "36061", "48201"]),
  }),
  coded({
    name: "exponents without a point among whole numbers",
    column: "sample",
    cells: cycle(["1000", "1E3", "0", "0E8"]),
  }),
  coded({ name: "plates of a laboratory such as 2E5", column: "well", cells: cycle(["2E5", "3E5", "2D5", "3F1"]) }),
  coded({
    name: "whole numbers with underscores",
    column: "batch",
    cells: cycle(["41_10_1", "41_10_2", "4_110_1", "12_3_4"]),
  }),
  coded({ name: "1_2 is not 12", column: "site", cells: cycle(["1_2", "12", "1_3", "13"]) }),
  coded({
    name: "departments with 2A among 01 to 95",
    column: "departement",
    cells: cycle(["01", "2A", "2B", "13", "75", "95"]),
  }),
  coded({
    name: "numbers of 19 digits that differ in the last one",
    column: "account",
    cells: cycle(["9007199254740993001", "9007199254740993002", "9007199254740993003"]),
  }),
  coded({
    name: "numbers just above 2^53",
    column: "ref",
    cells: cycle(["9007199254740993", "9007199254740992", "9007199254740994"]),
  }),
  coded({ name: "short hashes of commits, some of them digits alone", column: "commit", cells: cycle(hashes) }),
  coded({
    name: "eight digits with a leading zero are no date",
    column: "member",
    cells: cycle(["04789455", "01020304", "09121999", "03041987"]),
  }),
  coded({ name: "homework hw01 and hw13", column: "hw", cells: cycle(["hw01", "hw13", "hw02"]) }),
  coded({ name: "colors in hexadecimal", column: "color", cells: cycle(["00ff00", "1e3a5f", "112233", "ffffff"]) }),
  coded({
    name: "diagnoses such as 250.00 and E11.9",
    column: "diagnosis",
    cells: cycle(["250.00", "250.01", "E11.9", "401.9", "V45.1"]),
  }),
  coded({ name: "doses of a trial beside a placebo", column: "arm", cells: cycle(["PLACEBO", "10 MG", "20 MG"]) }),
  coded({ name: "versions, some of which are numbers", column: "version", cells: cycle(["17.0.1", "14", "16.2"]) }),
  coded({ name: "openings of chess such as E04", column: "eco", cells: cycle(["E04", "C20", "B01", "A00"]) }),
  coded({
    name: "genes that spreadsheets take for dates",
    column: "gene",
    cells: cycle(["MARCH1", "SEPT2", "DEC1", "OCT4"]),
  }),
  coded({ name: "ranges of ages are no dates", column: "age", cells: cycle(["1-4", "5-10", "10-15", "15-19"]) }),
  coded({
    name: "sizes of two numbers are no dates",
    column: "tire",
    cells: cycle(["1-2-1", "2-1-3", "10-2-4", "3-3-3"]),
  }),
  coded({ name: "seats such as 12A", column: "seat", cells: cycle(["12A", "3C", "30F", "7D"]) }),
  coded({
    name: "article numbers of 13 digits",
    column: "ean",
    cells: cycle(["4006381333931", "4006381333948", "4012345678901", "5901234123457"]),
  }),
  coded({
    name: "books by ISBN with an X at the end",
    column: "isbn",
    cells: cycle(["043942089X", "0306406152", "0140449132"]),
  }),
  coded({
    name: "numbers of customers that repeat",
    column: "customer_id",
    cells: cycle(many(15, (i) => String(1000 + 37 * i))),
  }),
  coded({
    name: "the user's category for a plain number",
    column: "rooms",
    cells: cycle(["1", "2", "3", "4"]),
    options: { columns: { rooms: "category" } },
  }),
];

const zips = cycle(["2134", "1001", "60601"]);
const rooms = many(ROWS, () => random.whole(1, 8));
const weights = many(ROWS, () => random.real(40, 120, 3));
const serials = many(ROWS, (i) => 5001 + i);
const uuid = (i: number): string => {
  const hex = (length: number): string => many(length, () => random.whole(0, 15).toString(16)).join("");
  return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(8)}${String(i).padStart(4, "0")}`;
};
const stores = many(400, (i) => `S${String(i).padStart(4, "0")}`);

const others: readonly Situation[] = [
  {
    name: "the user's number for a column called zip",
    files: { "table.csv": csv({ zip: zips, z }) },
    options: { columns: { zip: "number" } },
    want: { columns: { zip: { as: "number", use: "input", values: zips.map(Number) } } },
  },
  {
    name: "a whole number that merely repeats stays a number",
    files: { "table.csv": csv({ rooms, z }) },
    want: { columns: { rooms: { as: "number", use: "input", values: rooms } } },
  },
  {
    name: "a measured number of its own in every row is no identifier",
    files: { "table.csv": csv({ weight: weights, z }) },
    want: { columns: { weight: { as: "number", use: "input", values: weights } }, quiet: [/own value|identifier/] },
  },
  {
    name: "a number that counts the rows is left out by name, with the option that brings it back",
    files: { "table.csv": csv({ id: serials, rooms, z }) },
    want: { columns: { id: { use: "dropped" }, rooms: { use: "input" } }, notices: [/(?=.*\bid\b)(?=.*--column id=)/] },
  },
  {
    name: "a number that counts the rows is an input where the user says so",
    files: { "table.csv": csv({ id: serials, rooms, z }) },
    options: { columns: { id: "number" } },
    want: { columns: { id: { as: "number", use: "input", values: serials } } },
  },
  {
    name: "random identifiers are left out by name, with the option that brings them back",
    files: { "table.csv": csv({ session: many(ROWS, uuid), rooms }) },
    want: { columns: { session: { use: "dropped" } }, notices: [/(?=.*session)(?=.*--column session=)/] },
  },
  {
    name: "names of passengers are texts, of which titles and surnames repeat, and are said by name",
    files: {
      "table.csv": csv({
        name: many(
          ROWS,
          (i) =>
            `${["Braund", "Cumings", "Allen", "Moran", "McCarthy"][i % 5]}, ${["Mr.", "Mrs.", "Miss."][i % 3]} ${["Owen", "Laura", "William", "James", "Timothy", "Ada", "Elin"][(i * 3) % 7]} ${String.fromCharCode(65 + (i % 26))}. ${i}`,
        ),
        rooms,
      }),
    },
    want: { columns: { name: { as: "text", use: "input" } }, notices: [/(?=.*\bname\b)(?=.*--column name=ignore)/] },
  },
  {
    name: "phone numbers that are all different are left out by name",
    files: { "table.csv": csv({ phone: many(ROWS, (i) => `+1 555-01${String(i).padStart(2, "0")}`), rooms }) },
    want: { columns: { phone: { use: "dropped", notAs: "number" } }, notices: [/phone/] },
  },
  {
    name: "many levels are said with their number",
    files: {
      "table.csv": csv({
        store: many(1200, (i) => stores[(i * 17) % 400] ?? ""),
        sales: many(1200, () => random.real(0, 90, 2)),
      }),
    },
    want: { columns: { store: { as: "category", use: "input" } }, notices: [/(?=.*store)(?=.*\b400\b)/] },
  },
  {
    name: "groups by codes with leading zeros keep them apart",
    files: { "table.csv": csv({ clinic: cycle(["01", "1", "02"]), z, rooms }) },
    options: { target: "rooms", task: "regression", keys: ["clinic"] },
    want: { columns: { clinic: { values: cycle(["01", "1", "02"]) } } },
  },
  {
    name: "groups by numbers beyond 2^53 keep them apart",
    files: { "table.csv": csv({ patient: cycle(["9007199254740993", "9007199254740992"]), z, rooms }) },
    options: { target: "rooms", task: "regression", keys: ["patient"] },
    want: { columns: { patient: { values: cycle(["9007199254740993", "9007199254740992"]) } } },
  },
  {
    name: "zips as JSON strings",
    files: { "table.json": JSON.stringify(many(ROWS, (i) => ({ zip: cycle(usZips)[i], z: z[i] }))) },
    want: { columns: { zip: { as: "category", values: cycle(usZips), levels: usZips } } },
  },
  {
    name: "whole numbers as JSON strings with a leading zero stay apart from those without",
    files: {
      "table.jsonl": many(ROWS, (i) => JSON.stringify({ code: cycle(["07", "7", "007"])[i], z: z[i] })).join("\n"),
    },
    want: { columns: { code: { as: "category", values: cycle(["07", "7", "007"]) } } },
  },
  {
    name: "numbers beyond 2^53 in JSON keep their digits",
    files: {
      "table.jsonl": many(
        ROWS,
        (i) => `{"account":${cycle(["9007199254740993", "9007199254740992"])[i]},"z":${z[i]}}`,
      ).join("\n"),
    },
    want: { columns: { account: { as: "category", values: cycle(["9007199254740993", "9007199254740992"]) } } },
  },
];

/** Codes that look like numbers or dates, identifiers, and what is really a number. */
export const codes: readonly Situation[] = [...kept, ...others];
