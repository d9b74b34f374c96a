import { draws, many } from "./draws.ts";
import { csv } from "./dress.ts";
import type { SaidOptions, Situation } from "./situation.ts";

const ROWS = 40;
const random = draws(97);
const x = many(ROWS, () => random.real(2, 8, 3));
const y = x.map((value) => Number((2 * value).toFixed(3)));
const both = csv({ x, y });
const body = csv({ x, y }, { header: false });
const half = csv({ x, y }, { delimiter: ";" });

const read: Situation["want"] = {
  rows: ROWS,
  columns: { x: { as: "number", use: "input", values: x }, y: { as: "number", use: "target", values: y } },
};
const said = (...notices: readonly RegExp[]): Situation["want"] => ({ ...read, notices });
const file = (
  name: string,
  content: string | Uint8Array,
  want: Situation["want"] = read,
  { as = "table.csv", options = { target: "y" } }: { as?: string; options?: SaidOptions } = {},
): Situation => ({ name, files: { [as]: content }, options, want });

const rows = (header: string, row: (i: number) => string): string => `${[header, ...many(ROWS, row)].join("\n")}\n`;

/** With the two columns of a file without names. */
const nameless: Situation["want"] = {
  rows: ROWS,
  columns: { "column 1": { as: "number", values: x }, "column 2": { as: "number", values: y } },
  notices: [/header/],
};
const none: SaidOptions = {};
const city = many(ROWS, (i) => ["Bonn", "Köln"][i % 2] ?? "");
const metadata = many(9, (i) => `Station ${i}: value ${i}\n`).join("");
const mixedEnds = many(ROWS, (i) => `${x[i]},${y[i]}${["\n", "\r\n", "\r"][i % 3]}`).join("");

const before: readonly Situation[] = [
  file("a title above the header", `Export of 2025-01-06\n${half}`, said(/row 2\b|header/)),
  file("a title and an empty line above the header", `Sales report\n\n${both}`, said(/header|row 3/)),
  file("a title with empty cells", `Sales report,\n${both}`, said(/header|row 2/)),
  file("a title with a comma", `Sales, all regions, 2024\nprinted on Monday\n\n${both}`, said(/header|row 4/)),
  file("comments above the header", `# monthly means\n# of a station\n${both}`),
  file("comments with %", `% exported by a laboratory\n% second line\n${both}`),
  file("comments with //", `// exported\n${both}`),
  file("comments between the rows", both.replace(/^((?:.*\n){12})/, "$1# recalibrated here\n")),
  file("nine lines of metadata above the header", `${metadata}\n${both}`, said(/header|row 11/)),
  file("sep=; above the header", `sep=;\n${half}`),
  file("sep=, in quotes above the header", `"sep=,"\n${both}`),
  file("no header, only numbers", body, nameless, { options: none }),
  file(
    "no header where the user says so",
    body,
    { rows: ROWS, columns: { "column 1": { values: x }, "column 2": { values: y } } },
    { options: { header: "none" } },
  ),
  file(
    "a header of numbers where the user says so",
    csv({ 1990: x, 2000: y }),
    { rows: ROWS, columns: { 1990: { values: x }, 2000: { values: y } } },
    { options: { header: 1 } },
  ),
  file(
    "years as names of columns above measured numbers are noticed",
    csv({ 1990: x, 2000: y }),
    { says: [/header/] },
    { options: none },
  ),
  file(
    "years as names of columns beside a word are a header",
    rows("country,1990,2000,2010", (i) => `${city[i]}${i % 7},${x[i]},${y[i]},${(y[i] ?? 0) + 0.5}`),
    { rows: ROWS, columns: { country: { as: "category" }, 1990: { values: x }, 2000: { values: y } } },
    { options: none },
  ),
  file("the header in row 3 where the user says so", `a title\nunits,kg\n${both}`, read, {
    options: { target: "y", header: 3 },
  }),
  file(
    "no header before names and numbers",
    csv({ city, x }, { header: false }),
    { rows: ROWS, columns: { "column 1": { as: "category", values: city }, "column 2": { values: x } } },
    { options: { header: "none" } },
  ),
  file("a line of units below the header is named", both.replace("x,y\n", "x,y\nkg,m\n"), { says: [/row 2|\bkg\b/] }),
];

const names: readonly Situation[] = [
  file(
    "row names of R",
    `"x","y"\n${many(ROWS, (i) => `"${i + 1}",${x[i]},${y[i]}`).join("\n")}\n`,
    said(/row names|first column|header/i),
  ),
  file(
    "row names of R that are words",
    `x,y\n${many(ROWS, (i) => `Mazda RX${i},${x[i]},${y[i]}`).join("\n")}\n`,
    said(/row names|first column|header/i),
  ),
  file("the index of pandas", `,x,y\n${many(ROWS, (i) => `${i},${x[i]},${y[i]}`).join("\n")}\n`),
  file("a comma at the end of the header alone", both.replace("x,y\n", "x,y,\n")),
  file("a comma at the end of every row", both.replaceAll("\n", ",\n")),
  file("three commas at the end of every row", both.replaceAll("\n", ",,,\n")),
  file("a comma at the end of every row but the header", both.replaceAll("\n", ",\n").replace("x,y,\n", "x,y\n")),
  file(
    "two columns of one name: a suffix and a notice",
    rows("a,y,a", (i) => `${x[i]},${y[i]},${i % 5}`),
    {
      rows: ROWS,
      columns: { a: { values: x }, "a (2)": { as: "number", values: many(ROWS, (i) => i % 5) } },
      notices: [/(?=.*\ba\b)(?=.*a \(2\))/],
    },
  ),
  file(
    "two columns of one name, both left out",
    rows("a,x,a,y", (i) => `${i},${x[i]},${i % 5},${y[i]}`),
    { ...read, columns: { ...read.columns, a: { use: "dropped" }, "a (2)": { use: "dropped" } } },
    { options: { target: "y", ignore: ["a", "a (2)"] } },
  ),
  file(
    "a column without a name",
    rows("x,,y", (i) => `${x[i]},${i % 3},${y[i]}`),
    { ...read, columns: { ...read.columns, "column 2": { as: "number" } } },
  ),
  file("names in quotes with commas and blanks", csv({ "weight, kg": x, " y ": y }, { quoteAll: true }), {
    rows: ROWS,
    columns: { "weight, kg": { values: x }, y: { values: y } },
  }),
  file("a name over two lines is one line", `"x\n(mm)",y\n${body}`, {
    rows: ROWS,
    columns: { "x (mm)": { values: x }, y: { values: y } },
  }),
  file(
    "names in capitals are kept",
    csv({ X: x, Y: y }),
    { rows: ROWS, columns: { X: { values: x }, Y: { values: y } } },
    { options: none },
  ),
  file(
    "names with accents, brackets and dollar signs",
    csv({ "größe (m²)": x, "preis [$]": y }),
    { rows: ROWS, columns: { "größe (m²)": { values: x }, "preis [$]": { values: y } } },
    { options: none },
  ),
];

const delimiters: readonly Situation[] = [
  file(
    "a comma in a name of a file of semicolons",
    csv({ "Gewicht, kg": many(ROWS, (i) => `${i},5`), Ziel: many(ROWS, (i) => `${i * 2},25`) }, { delimiter: ";" }),
    {
      rows: ROWS,
      columns: {
        "Gewicht, kg": { as: "number", values: many(ROWS, (i) => i + 0.5) },
        Ziel: { values: many(ROWS, (i) => i * 2 + 0.25) },
      },
    },
    { options: { target: "Ziel" } },
  ),
  file(
    "a delimiter that fits every line wins over one that fits the rows alone",
    rows("tags,y", (i) => `${["red;blue;green", "blue;black;white"][i % 2]},${y[i]}`),
    { rows: ROWS, columns: { tags: { as: "category" }, y: { values: y } } },
  ),
  file(
    "another delimiter from the middle on is refused, and no row is lost",
    rows("x,y", (i) => `${x[i]}${i < 20 ? "," : ";"}${y[i]}`),
    { error: { message: [/row 22\b|row \d+/] } },
  ),
  file("bars", csv({ x, y }, { delimiter: "|" })),
  file("tabs in a file called .csv", csv({ x, y }, { delimiter: "\t" })),
  file("tabs in a file called .txt", csv({ x, y }, { delimiter: "\t" }), read, { as: "table.txt" }),
  file("commas in a file called .tsv", both, read, { as: "table.tsv" }),
  file(
    "semicolons around texts with commas",
    csv({ note: many(ROWS, (i) => `a, b and ${["c", "d"][i % 2]}, e`), x, y }, { delimiter: ";" }),
  ),
  file(
    "commas in quotes in a file of semicolons",
    csv({ note: many(ROWS, (i) => ["one; two", "three"][i % 2] ?? ""), x, y }, { delimiter: ";" }),
    { ...read, columns: { ...read.columns, note: { as: "category", levels: ["one; two", "three"] } } },
  ),
  file("a delimiter that the user says", csv({ x, y }, { delimiter: "~" }), read, {
    options: { target: "y", delimiter: "~" },
  }),
  file(
    "columns by blanks, as old files of laboratories have them",
    rows("  x          y", (i) => `  ${String(x[i]).padEnd(10)}${String(y[i]).padStart(8)}`),
    read,
    { as: "table.dat" },
  ),
  file(
    "one column and no delimiter at all",
    `y\n${y.join("\n")}\n`,
    { rows: ROWS, columns: { y: { values: y } } },
    { options: none },
  ),
  file(
    "one column of words, one of them with a semicolon",
    `note\n${many(ROWS, (i) => (i === 17 ? "red; blue" : (["red", "blue"][i % 2] ?? ""))).join("\n")}\n`,
    { rows: ROWS, columns: { note: { as: "category" } } },
    { options: none },
  ),
  file(
    "numbers with a decimal comma in a file of commas without quotes are refused by row",
    `x,y\n${many(ROWS, (i) => `${i},5,${i % 7 === 0 ? 2 : `${i},25`}`).join("\n")}\n`,
    { error: { message: [/row \d+/, /x,y|\b[23]\b/] } },
  ),
];

const lines: readonly Situation[] = [
  file("lines that end in three ways", `x,y\r\n${mixedEnds}`),
  file("lines that end in LF and then in CR", both.slice(0, 200) + both.slice(200).replaceAll("\n", "\r")),
  file("CRLF from the second half on", both.slice(0, 300) + both.slice(300).replaceAll("\n", "\r\n")),
  file("CR alone", both.replaceAll("\n", "\r")),
  file("CR CR LF, as some exports write it", both.replaceAll("\n", "\r\r\n")),
  file("empty lines between the rows and at the end", `${both.replaceAll("\n", "\n\n")}\n\n\n`),
  file("lines of commas at the end", `${both},\n,\n,\n`),
  file("no line end behind the last row", both.slice(0, -1)),
  file("a byte order mark", `\ufeff${both}`),
  file("a byte order mark before a quoted name", `\ufeff"x","y"\n${body}`),
  file("an end-of-file mark of DOS", `${both}\u001a`),
  file("a footer with a sum", `${both}Total,${y.reduce((sum, value) => sum + value, 0).toFixed(3)}\n`, {
    says: [/Total/],
  }),
  file("a footer that counts the rows", `${both}(${ROWS} rows)\n`, said(/\(40 rows\)|row 42|footer/)),
  file("a footer in words behind an empty line", `${both}\nSource: statistics office\n`, said(/Source|row 43|footer/)),
  file("line breaks in quotes", csv({ note: many(ROWS, (i) => `first\nsecond ${i % 2}`), x, y }), {
    ...read,
    columns: { ...read.columns, note: { as: "category", levels: ["first\nsecond 0", "first\nsecond 1"] } },
  }),
  file("doubled quotes in quotes", csv({ note: many(ROWS, (i) => `12" ${i % 2 === 0 ? "disk" : "pipe"}`), x, y }), {
    ...read,
    columns: { ...read.columns, note: { levels: ['12" disk', '12" pipe'] } },
  }),
  file(
    "a quote within a text without quotes",
    rows("note,x,y", (i) => `a ${i % 2 === 0 ? 12 : 24}" pipe,${x[i]},${y[i]}`),
    { ...read, columns: { ...read.columns, note: { levels: ['a 12" pipe', 'a 24" pipe'] } } },
  ),
  file(
    "quotes escaped by backslashes",
    rows("note,x,y", (i) => `"the \\"${["big", "small"][i % 2]}\\" one",${x[i]},${y[i]}`),
    { ...read, columns: { ...read.columns, note: { levels: ['the "big" one', 'the "small" one'] } } },
  ),
  file(
    "blanks behind delimiters and before quotes",
    rows("note, x, y", (i) => `"a", ${x[i]}, ${y[i]}`),
  ),
];

/** What stands before, between and behind the rows of a text file. */
export const headers: readonly Situation[] = [...before, ...names, ...delimiters, ...lines];
