import { draws, many } from "./draws.ts";
import type { SaidOptions, Situation } from "./situation.ts";

const ROWS = 40;
const random = draws(113);
const x = many(ROWS, () => random.real(2, 8, 3));
const y = x.map((value) => Number((2 * value).toFixed(3)));
const city = many(ROWS, (i) => ["Bonn", "Köln"][i % 2] ?? "");
const records = many(ROWS, (i) => ({ x: x[i], city: city[i], y: y[i] }));
const lines = (rows: readonly unknown[]): string => `${rows.map((row) => JSON.stringify(row)).join("\n")}\n`;

const read: Situation["want"] = {
  rows: ROWS,
  columns: { x: { as: "number", values: x }, city: { as: "category", values: city }, y: { use: "target", values: y } },
};
const json = (
  name: string,
  content: string | Uint8Array,
  want: Situation["want"] = read,
  { as = "table.json", options = { target: "y" } }: { as?: string; options?: SaidOptions } = {},
): Situation => ({ name, files: { [as]: content }, options, want });
const asLines = { as: "table.jsonl" };
const nothing = { options: {} };

const byRow = (values: readonly unknown[]): object => Object.fromEntries(values.map((value, i) => [String(i), value]));
const keys = many(250, (i) => `f${i}`);
const vectors = many(ROWS, () => many(3, () => random.real(-2, 2, 3)));
const gappy = many(ROWS, (i) => (i % 4 === 0 ? null : (x[i] ?? null)));

const layouts: readonly Situation[] = [
  json("a list of objects", JSON.stringify(records)),
  json("a list of objects over many lines", JSON.stringify(records, null, 2)),
  json("an object a line", lines(records), read, asLines),
  json("an object a line in a file called .json", lines(records)),
  json("a list in a file called .jsonl", JSON.stringify(records), read, asLines),
  json("objects one behind the other over many lines", records.map((row) => JSON.stringify(row, null, 2)).join("\n")),
  json("pandas' default: columns of rows", JSON.stringify({ x: byRow(x), city: byRow(city), y: byRow(y) })),
  json(
    "pandas' split",
    JSON.stringify({
      columns: ["x", "city", "y"],
      index: many(ROWS, (i) => i),
      data: records.map((row) => [row.x, row.city, row.y]),
    }),
  ),
  json("pandas' index: rows by their number", JSON.stringify(byRow(records))),
  json(
    "pandas' table",
    JSON.stringify({
      schema: {
        fields: [
          { name: "index", type: "integer" },
          { name: "x", type: "number" },
          { name: "city", type: "string" },
          { name: "y", type: "number" },
        ],
        primaryKey: ["index"],
        pandas_version: "1.4.0",
      },
      data: records.map((row, index) => ({ index, ...row })),
    }),
  ),
  json("columns as lists", JSON.stringify({ x, city, y })),
  json(
    "rows as lists under a list of names",
    JSON.stringify([["x", "city", "y"], ...records.map((row) => [row.x, row.city, row.y])]),
  ),
  json(
    "rows as lists without names",
    JSON.stringify(records.map((row) => [row.x, row.city, row.y])),
    { rows: ROWS, columns: { "column 1": { values: x }, "column 2": { values: city }, "column 3": { values: y } } },
    nothing,
  ),
  json("records in an object of an interface", JSON.stringify({ status: "ok", count: ROWS, data: records })),
  json("records two levels down", JSON.stringify({ response: { items: records } })),
];

const values: readonly Situation[] = [
  json(
    "250 keys",
    lines(many(60, (i) => Object.fromEntries(keys.map((key, k) => [key, (i * 7 + k * 3) % 11])))),
    {
      rows: 60,
      columns: { f0: { values: many(60, (i) => (i * 7) % 11) }, f249: { values: many(60, (i) => (i * 7 + 747) % 11) } },
    },
    { ...asLines, options: {} },
  ),
  json("a byte order mark", `\ufeff${JSON.stringify(records)}`),
  json("a byte order mark before lines", `\ufeff${lines(records)}`, read, asLines),
  json("lines that end in CRLF, and empty lines", lines(records).replaceAll("\n", "\r\n\r\n"), read, asLines),
  json("NaN is missing", JSON.stringify(many(ROWS, (i) => ({ x: gappy[i], y: y[i] }))).replaceAll("null", "NaN"), {
    rows: ROWS,
    columns: { x: { as: "number", missing: 10, values: gappy } },
  }),
  json(
    "NaN in lines is missing",
    lines(many(ROWS, (i) => ({ x: gappy[i], y: y[i] }))).replaceAll("null", "NaN"),
    { rows: ROWS, columns: { x: { as: "number", missing: 10, values: gappy } } },
    asLines,
  ),
  json(
    "infinities of Python are missing or named",
    lines(many(ROWS, (i) => ({ x: gappy[i], y: y[i] }))).replaceAll("null", "-Infinity"),
    { says: [/infinit|\bx\b/i] },
    asLines,
  ),
  json(
    "NaN within a text stays",
    JSON.stringify(many(ROWS, (i) => ({ note: i % 2 === 0 ? "NaN, they said" : "a: NaN}", y: y[i] }))),
    { rows: ROWS, columns: { note: { levels: ["NaN, they said", "a: NaN}"] } } },
  ),
  json("null is missing", JSON.stringify(many(ROWS, (i) => ({ x: gappy[i], y: y[i] }))), {
    rows: ROWS,
    columns: { x: { missing: 10, values: gappy } },
  }),
  json(
    "a key that some rows lack is missing there",
    JSON.stringify(many(ROWS, (i) => (gappy[i] === null ? { y: y[i] } : { x: gappy[i], y: y[i] }))),
    { rows: ROWS, columns: { x: { missing: 10, values: gappy } } },
  ),
  json(
    "a key that comes late",
    lines(many(ROWS, (i) => (i < 30 ? { y: y[i] } : { y: y[i], late: i }))),
    { rows: ROWS, columns: { late: { missing: 30, values: many(ROWS, (i) => (i < 30 ? null : i)) } } },
    asLines,
  ),
  json(
    "keys in another order in every row",
    lines(records.map((row, i) => (i % 2 === 0 ? row : { y: row.y, city: row.city, x: row.x }))),
    read,
    asLines,
  ),
  json(
    "nested objects are flattened",
    JSON.stringify(many(ROWS, (i) => ({ address: { city: city[i], geo: { lat: x[i] } }, y: y[i] }))),
    {
      rows: ROWS,
      columns: { "address.city": { as: "category", values: city }, "address.geo.lat": { as: "number", values: x } },
    },
  ),
  json(
    "a nested object that some rows lack",
    JSON.stringify(many(ROWS, (i) => ({ ...(gappy[i] === null ? { a: null } : { a: { x: gappy[i] } }), y: y[i] }))),
    { rows: ROWS, columns: { "a.x": { as: "number", missing: 10, values: gappy } } },
  ),
  json(
    "colors as objects of three numbers",
    JSON.stringify(
      many(ROWS, (i) => ({ input: { r: vectors[i]?.[0], g: vectors[i]?.[1], b: vectors[i]?.[2] }, output: city[i] })),
    ),
    {
      rows: ROWS,
      columns: {
        "input.r": { values: vectors.map((v) => v[0] ?? null) },
        "input.b": { values: vectors.map((v) => v[2] ?? null) },
      },
      classes: ["Bonn", "Köln"],
    },
    { options: { target: "output" } },
  ),
  json("lists of numbers of one length are inputs", JSON.stringify(many(ROWS, (i) => ({ v: vectors[i], y: y[i] }))), {
    rows: ROWS,
    columns: {
      "v[0]": { as: "number", use: "input", values: vectors.map((v) => v[0] ?? null) },
      "v[2]": { as: "number", use: "input", values: vectors.map((v) => v[2] ?? null) },
    },
  }),
  json(
    "lists of numbers of several lengths are left out by name with the reason",
    JSON.stringify(many(ROWS, (i) => ({ v: many(1 + (i % 3), () => i), x: x[i], y: y[i] }))),
    { rows: ROWS, columns: { x: { values: x } }, notices: [/(?=.*\bv\b)(?=.*length)/] },
  ),
  json(
    "lists of words are left out by name with the reason",
    JSON.stringify(many(ROWS, (i) => ({ tags: [city[i], "x"], x: x[i], y: y[i] }))),
    { rows: ROWS, columns: { x: { values: x } }, notices: [/(?=.*tags)(?=.*list)/] },
  ),
  json("true and false", JSON.stringify(many(ROWS, (i) => ({ paid: i % 3 === 0, y: y[i] }))), {
    rows: ROWS,
    columns: { paid: { use: "input", values: many(ROWS, (i) => i % 3 === 0) } },
  }),
  json(
    "prices as strings are numbers",
    JSON.stringify(many(ROWS, (i) => ({ price: (x[i] ?? 0).toFixed(2), y: y[i] }))),
    { rows: ROWS, columns: { price: { as: "number", values: x.map((value) => Number(value.toFixed(2))) } } },
  ),
  json(
    "strings and numbers in one column",
    JSON.stringify(many(ROWS, (i) => ({ x: i % 2 === 0 ? x[i] : String(x[i]), y: y[i] }))),
    { rows: ROWS, columns: { x: { as: "number", values: x } } },
  ),
  json(
    "dates of JSON",
    JSON.stringify(many(ROWS, (i) => ({ at: `2024-0${1 + (i % 9)}-1${i % 8}T0${i % 10}:30:00.000Z`, y: y[i] }))),
    {
      rows: ROWS,
      columns: { at: { as: "date", values: many(ROWS, (i) => `2024-0${1 + (i % 9)}-1${i % 8}T0${i % 10}:30:00`) } },
    },
  ),
  json(
    "numbers with exponents",
    JSON.stringify(many(ROWS, (i) => ({ x: 0, y: y[i], i }))).replaceAll(
      /"x":0,"y":([\d.]+),"i":(\d+)/g,
      '"x":$2.5e-3,"y":$1',
    ),
    { rows: ROWS, columns: { x: { as: "number", values: many(ROWS, (i) => Number(`${i}.5e-3`)) } } },
  ),
  json(
    "escapes in names and texts",
    JSON.stringify(many(ROWS, (i) => ({ größe: x[i], 'a "b"': city[i], y: y[i] }))).replaceAll("ö", "\\u00f6"),
    { rows: ROWS, columns: { größe: { values: x }, 'a "b"': { values: city } } },
  ),
  json(
    "a key that always holds null is left out by name",
    JSON.stringify(many(ROWS, (i) => ({ note: null, x: x[i], y: y[i] }))),
    { rows: ROWS, columns: { note: { use: "dropped" } }, notices: [/note/] },
  ),
  json("a key with a point", JSON.stringify(many(ROWS, (i) => ({ "v1.2": x[i], y: y[i] }))), {
    rows: ROWS,
    columns: { "v1.2": { values: x } },
  }),
  json(
    "the last of two equal keys, or a word about them",
    lines(records).replaceAll('"x":', '"x":0,"x":'),
    { rows: ROWS, columns: { x: { values: x } } },
    asLines,
  ),
  json("bytes of UTF-8", new TextEncoder().encode(JSON.stringify(records)), read),
  json(
    "150 keys in 200 rows",
    lines(many(200, (i) => Object.fromEntries(many(150, (k) => [`f${k}`, (i * 13 + k) % 17])))),
    { rows: 200, columns: { f149: { values: many(200, (i) => (i * 13 + 149) % 17) } } },
    { ...asLines, options: {} },
  ),
];

const refused = (name: string, content: string, message: readonly RegExp[], as = "table.json"): Situation =>
  json(name, content, { error: { message } }, { as });
const faults: readonly Situation[] = [
  refused("an empty list has no rows", "[]", [/no rows/]),
  refused("an empty object has no rows", "{}", [/no rows|no columns|no list/]),
  refused("a list that is cut off", JSON.stringify(records).slice(0, 500), [/table\.json/, /end|cut|\]|complete/]),
  refused("a comma behind the last object", JSON.stringify(records).replace("]", ",]"), [/table\.json/, /,|comma/]),
  refused("single quotes, as Python prints them", JSON.stringify(records).replaceAll('"', "'"), [
    /table\.json/,
    /'|quote/,
  ]),
  refused("comments in JSON", `// settings\n${JSON.stringify(records)}`, [/table\.json/, /\/\/|comment|JSON/]),
  refused(
    "a line that is cut off is named",
    `${lines(records.slice(0, 10))}{"x": 3.1, "ci`,
    [/row 11|line 11/],
    "table.jsonl",
  ),
  refused(
    "a line that is no object is named",
    `${lines(records.slice(0, 10))}nonsense\n${lines(records.slice(10))}`,
    [/row 11|line 11/, /nonsense/],
    "table.jsonl",
  ),
  refused("a page instead of JSON is named", "<!DOCTYPE html><html><body>404</body></html>", [/HTML/]),
  refused("one number", "42", [/table\.json/, /\b42\b|objects?|rows/]),
];

/** JSON in the layouts and with the values that programs write. */
export const jsonFiles: readonly Situation[] = [...layouts, ...values, ...faults];
