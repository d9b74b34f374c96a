import { draws, many } from "./draws.ts";
import { csv } from "./dress.ts";
import type { SaidOptions, Situation } from "./situation.ts";

const ROWS = 50;
const random = draws(173);
const x = many(ROWS, () => random.real(2, 8, 3));
const y = x.map((value) => Number((2 * value).toFixed(3)));
const both = csv({ x, y });
const lineWith = (row: number, text: string): string =>
  both
    .split("\n")
    .with(row - 1, text)
    .join("\n");

/** What the message or its hint must hold for a tired person: the file, the row as a spreadsheet counts, the column, the option. */
const refused = (
  name: string,
  content: string | Uint8Array,
  message: readonly RegExp[],
  { options = { target: "y" }, as = "orders.csv" }: { options?: SaidOptions; as?: string } = {},
): Situation => ({ name, files: { [as]: content }, options, want: { error: { message } } });

/** Files with faults, and what must be said about them. */
export const messages: readonly Situation[] = [
  refused("a row with a value too few", lineWith(20, "3.5"), [/orders\.csv/, /row 20\b/, /expected 2/, /found 1/]),
  refused("a row with a value too many", lineWith(20, "3.5,7,9"), [/row 20\b/, /expected 2/, /found 3/]),
  refused(
    "a row with a value too many behind line breaks in quotes counts rows as a spreadsheet",
    `note,x\n${many(30, (i) => (i === 21 ? `a,1,2` : `"two\nlines",${i}`)).join("\n")}\n`,
    [/row 23\b|line 45\b/],
    { options: {} },
  ),
  refused(
    "a value in a wrong row behind empty lines counts the lines that a spreadsheet shows",
    `x,y\n\n\n${many(20, (i) => `${i},${i === 10 ? "abc!" : i / 3}`).join("\n")}\n`,
    [/row 14\b/, /\by\b/, /abc!/],
  ),
  refused("a quote that is never closed", lineWith(20, '"3.5,7'), [/row 20\b/, /quote/]),
  refused("text behind a closing quote", lineWith(20, '"3.5"x,7'), [/row 20\b/, /quote|"3\.5"x/]),
  refused("a letter O for a zero", lineWith(20, "3.5,7.O3"), [/row 20\b/, /column y/, /7\.O3/, /bad.?cells/i]),
  refused("a letter in an input, with the option for the column", lineWith(31, "3.5b,7"), [
    /row 31\b/,
    /column x/,
    /3\.5b/,
    /--bad-cells missing|--column x=/,
  ]),
  refused("two decimal marks", lineWith(9, "3.5.1,7"), [/row 9\b/, /column x/, /3\.5\.1/]),
  refused("a target that is not there", both, [/orders\.csv/, /"price"/, /x|y/], { options: { target: "price" } }),
  refused(
    "a target with a slip in its name names the right one",
    csv({ species: many(ROWS, (i) => ["a", "b"][i % 2] ?? ""), x }),
    [/spices/, /species/],
    { options: { target: "spices" } },
  ),
  refused("a column of --column that is not there", both, [/"zipp"/, /nearest|x|y/], {
    options: { target: "y", columns: { zipp: "category" } },
  }),
  refused("a way to read that is not known names those that are", both, [/numbr/, /number/, /category/], {
    options: { target: "y", columns: { x: "numbr" } },
  }),
  refused("an order of dates that is not known names those that are", both, [/dym/, /dmy/, /mdy/], {
    options: { target: "y", columns: { x: "date:dym" } },
  }),
  refused("a column to ignore that is not there", both, [/"xx"/], { options: { target: "y", ignore: ["xx"] } }),
  refused(
    "words where the user says number",
    csv({ city: many(ROWS, (i) => ["Bonn", "Trier"][i % 2] ?? ""), y }),
    [/row 2\b/, /city/, /Bonn/],
    { options: { target: "y", columns: { city: "number" } } },
  ),
  refused("a header row behind the end of the file", both, [/header/, /\b500\b/], {
    options: { target: "y", header: 500 },
  }),
  refused("a delimiter that does not occur", both, [/;|delimiter|x,y/], { options: { target: "y", delimiter: ";" } }),
  refused("a file of zero bytes in the middle", `${both.slice(0, 60)}\u0000\u0000${both.slice(60)}`, [
    /orders\.csv/,
    /byte|row \d+|text/,
  ]),
  refused(
    "bytes that are no UTF-8, in a file that says so",
    Buffer.concat([
      Buffer.from("\ufeffx,k\n"),
      ...many(20, (i) => Buffer.from(`${i},k\n`)),
      Buffer.from([0x39, 0x2c, 0xc3, 0x28, 0xff, 0x0a]),
    ]),
    [/row 22\b|encoding|UTF-8/],
    { options: {} },
  ),
  refused(
    "only identifiers and a target are not learned from: the columns are named before the error",
    csv({ description: many(ROWS, (i) => `nice home number ${i}`), y }),
    [/description/],
    { options: { target: "y", columns: { description: "number" } } },
  ),
  refused(
    "a JSON object a line with a slip",
    `${many(10, (i) => JSON.stringify({ x: i, y: i })).join("\n")}\n{"x": 3,, "y": 4}\n`,
    [/orders\.jsonl/, /row 11|line 11/],
    { as: "orders.jsonl" },
  ),
];
