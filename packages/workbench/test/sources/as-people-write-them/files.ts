import { gzipSync, zstdCompressSync } from "node:zlib";
import { type Cell, workbook, zip } from "./archives.ts";
import { draws, many } from "./draws.ts";
import { csv, daysOf } from "./dress.ts";
import type { SaidOptions, Situation } from "./situation.ts";

const ROWS = 40;
const random = draws(131);
const x = many(ROWS, () => random.real(2, 8, 3));
const y = x.map((value) => Number((2 * value).toFixed(3)));
const both = csv({ x, y });
const read: Situation["want"] = {
  rows: ROWS,
  columns: { x: { as: "number", use: "input", values: x }, y: { as: "number", use: "target", values: y } },
};
const part = (from: number, to: number): string => csv({ x: x.slice(from, to), y: y.slice(from, to) });
const file = (
  name: string,
  files: Situation["files"],
  want: Situation["want"] = read,
  rest: Partial<Situation> = {},
): Situation => ({ name, files, options: { target: "y" }, want, ...rest });

// 40 rows of i and 2 i under x and y, as bzip2 1.0.8 packs them
const bzip2 = Buffer.from(
  "QlpoOTFBWSZTWZTgJpEAAHHYgAAQAAR/4ABgMAC1gwfqR6f6qjaFNN+qpkbSYan6ptUz9VQH81GfdgwYAQJAsA3NOVmM6Ao7AeiAeXZgfX1VSSZxAgQIEzMVWKuQIECBLd27gQIECZi+KzvXmoW26m9qvOot1LbbqZmK8VXMzM8/i7kinChISnATSIA=",
  "base64",
);
const packed = gzipSync(both);
const parts = {
  "parts/part-0001.csv": part(0, 15),
  "parts/part-0002.csv": part(15, 31),
  "parts/part-0003.csv": part(31, 40),
};

const containers: readonly Situation[] = [
  file("gzip", { "table.csv.gz": packed }),
  file("gzip of several members", {
    "table.csv.gz": Buffer.concat([
      gzipSync(both.slice(0, 100)),
      gzipSync(both.slice(100, 101)),
      gzipSync(both.slice(101)),
    ]),
  }),
  file("gzip of JSON lines", {
    "table.jsonl.gz": gzipSync(many(ROWS, (i) => JSON.stringify({ x: x[i], y: y[i] })).join("\n")),
  }),
  file("gzip in a file called .csv", { "table.csv": packed }),
  file("plain text in a file called .csv.gz", { "table.csv.gz": both }, { ...read }),
  file(
    "a gzip file that is cut off is named",
    { "table.csv.gz": packed.subarray(0, packed.length - 40) },
    { error: { message: [/table\.csv\.gz/, /ends early|cut|complete/] } },
  ),
  file("zstd", { "table.csv.zst": zstdCompressSync(Buffer.from(both)) }),
  file(
    "bzip2",
    { "table.csv.bz2": bzip2 },
    { rows: 40, columns: { x: { values: many(40, (i) => i) }, y: { values: many(40, (i) => 2 * i) } } },
  ),
  file("zip of one file", { "table.zip": zip({ "data/table.csv": both }) }),
  file("zip of one file as a Mac makes it", {
    "table.zip": zip({ "table.csv": both, "__MACOSX/._table.csv": "\u0000\u0005\u0016\u0007" }),
  }),
  file("zip of several parts", { "table.zip": zip({ "1.csv": part(0, 20), "2.csv": part(20, 40) }) }),
  file(
    "a zip file that is cut off is named",
    { "table.zip": zip({ "table.csv": both }).subarray(0, 200) },
    { error: { message: [/table\.zip/, /cut|end|damaged|zip/] } },
  ),
  file(
    "a zip without a table is named",
    { "table.zip": zip({ "readme.md": "# nothing" }) },
    { error: { message: [/table\.zip/, /no |readme/] } },
  ),
];

const severals: readonly Situation[] = [
  file("a pattern of names", parts, read, { read: "parts/part-*.csv" }),
  file("a folder of parts", { ...parts, "parts/_SUCCESS": "", "parts/.part-0001.csv.crc": "crc" }, read, {
    read: "parts",
  }),
  file(
    "a list of files, in its order",
    parts,
    { rows: ROWS, columns: { x: { values: [...x.slice(15, 31), ...x.slice(0, 15), ...x.slice(31)] } } },
    { read: ["parts/part-0002.csv", "parts/part-0001.csv", "parts/part-0003.csv"] },
  ),
  file(
    "parts with columns in another order",
    { "a.csv": part(0, 20), "b.csv": csv({ y: y.slice(20), x: x.slice(20) }) },
    read,
    { read: ["a.csv", "b.csv"] },
  ),
  file(
    "parts in two formats of text",
    { "a.csv": part(0, 20), "b.csv": csv({ x: x.slice(20), y: y.slice(20) }, { delimiter: ";" }) },
    read,
    { read: ["a.csv", "b.csv"] },
  ),
  file(
    "parts with a column too few are named",
    { "a.csv": part(0, 20), "b.csv": csv({ y: y.slice(20) }) },
    { error: { message: [/b\.csv/, /\bx\b/] } },
    { read: ["a.csv", "b.csv"] },
  ),
  file(
    "a column is read alike in all parts",
    {
      "a.csv": csv({ zip: many(20, () => "10115"), y: y.slice(0, 20) }),
      "b.csv": csv({ zip: many(20, () => "01067"), y: y.slice(20) }),
    },
    { rows: ROWS, columns: { zip: { as: "category", levels: ["10115", "01067"] } } },
    { read: ["a.csv", "b.csv"] },
  ),
  file(
    "a pattern that matches nothing is said",
    parts,
    { error: { message: [/part-x\*\.csv/] } },
    { read: "parts/part-x*.csv" },
  ),
  file("a name that holds a comma", { "sales, 2024.csv": both, sales: "a\n1\n" }),
  file("a name that holds the marks of a pattern", { "t[1]*.csv": both, "t1x.csv": "a\n1\n" }, read, {
    read: "t[1]*.csv",
  }),
];

const umlauts = csv({ ort: many(ROWS, (i) => ["Köln", "Zürich"][i % 2] ?? ""), y });
const cities = { ort: { as: "category", values: many(ROWS, (i) => ["Köln", "Zürich"][i % 2] ?? "") } } as const;
const bigEndian = Buffer.from(`\ufeff${umlauts}`, "utf16le").swap16();
const euros = csv({ preis: y.map((value) => `${value.toFixed(2)} \u0080`), x });
const latin = Buffer.from(umlauts, "latin1");
const encodings: readonly Situation[] = [
  file(
    "UTF-16 with a mark",
    { "table.csv": Buffer.from(`\ufeff${umlauts}`, "utf16le") },
    { rows: ROWS, columns: cities },
  ),
  file("UTF-16 with a mark, high bytes first", { "table.csv": bigEndian }, { rows: ROWS, columns: cities }),
  file("UTF-16 without a mark", { "table.csv": Buffer.from(umlauts, "utf16le") }, { rows: ROWS, columns: cities }),
  file(
    "UTF-16 with tabs, as a spreadsheet saves Unicode text",
    { "table.txt": Buffer.from(`\ufeff${umlauts.replaceAll(",", "\t")}`, "utf16le") },
    { rows: ROWS, columns: cities },
  ),
  file(
    "Latin-1 where the user says so",
    { "table.csv": latin },
    { rows: ROWS, columns: cities },
    { options: { target: "y", encoding: "latin1" } },
  ),
  file(
    "Windows-1252 where the user says so",
    { "table.csv": Buffer.from(euros, "latin1") },
    { rows: ROWS, columns: { preis: { as: "number", unit: "€", values: y.map((value) => Number(value.toFixed(2))) } } },
    { options: { encoding: "windows-1252" } },
  ),
  file(
    "Latin-1 without a word is read right, or the option is named",
    { "table.csv": latin },
    { columns: cities, says: [/encoding/i] },
  ),
  file(
    "Cyrillic where the user says so",
    {
      "table.csv": Buffer.from([
        ...Buffer.from("x,k\n"),
        ...many(ROWS, (i) => [
          ...Buffer.from(`${x[i]},`),
          ...(i % 2 === 0 ? [0xe4, 0xe0] : [0xed, 0xe5, 0xf2]),
          10,
        ]).flat(),
      ]),
    },
    { rows: ROWS, columns: { k: { as: "category", levels: ["да", "нет"] } } },
    { options: { encoding: "windows-1251" } },
  ),
  file(
    "an encoding that nobody knows is refused by name",
    { "table.csv": both },
    { error: { message: [/klingon/] } },
    { options: { target: "y", encoding: "klingon" } },
  ),
];

const days = many(ROWS, (i) => new Date(Date.UTC(2023, 0, 2 + 5 * i)).toISOString().slice(0, 10));
const sheet: readonly (readonly Cell[])[] = [
  ["x", "when", "paid", "share", "city", "y"],
  ...many(ROWS, (i): readonly Cell[] => [
    x[i] ?? null,
    { day: daysOf(days[i] ?? "") + 25_569 },
    i % 3 === 0,
    { percent: 0.01 * (i + 1) },
    i % 2 === 0 ? "Köln & Bonn" : "Trier",
    y[i] ?? null,
  ]),
];
const sheetRead: Situation["want"] = {
  rows: ROWS,
  columns: {
    x: { as: "number", values: x },
    when: { as: "date", values: days },
    paid: { values: many(ROWS, (i) => i % 3 === 0) },
    city: { as: "category", levels: ["Köln & Bonn", "Trier"] },
    y: { use: "target", values: y },
  },
};
const excel: readonly Situation[] = [
  file("a workbook with numbers, dates, truths and texts", { "table.xlsx": workbook({ Sales: sheet }) }, sheetRead),
  file(
    "a workbook of several sheets: the first, and the others named",
    { "table.xlsx": workbook({ Sales: sheet, Costs: [["a"], [1]], Notes: [["n"], ["x"]] }) },
    { ...sheetRead, notices: [/(?=.*Costs)(?=.*Notes)(?=.*--sheet)/] },
  ),
  file("a sheet that the user says", { "table.xlsx": workbook({ Cover: [["hello"]], Sales: sheet }) }, sheetRead, {
    options: { target: "y", sheet: "Sales" },
  }),
  file(
    "a sheet that is not there is answered with those that are",
    { "table.xlsx": workbook({ Cover: [["hello"]], Sales: sheet }) },
    { error: { message: [/Sails/, /Sales/] } },
    { options: { target: "y", sheet: "Sails" } },
  ),
  file(
    "a title above the table of a workbook",
    { "table.xlsx": workbook({ Sales: [["Sales of the year"], [], ...sheet] }) },
    sheetRead,
  ),
  file(
    "empty cells of a workbook are missing",
    {
      "table.xlsx": workbook({
        S: [["x", "y"], ...many(ROWS, (i): readonly Cell[] => [i % 4 === 0 ? null : (x[i] ?? null), y[i] ?? null])],
      }),
    },
    {
      rows: ROWS,
      columns: { x: { as: "number", missing: 10, values: x.map((value, i) => (i % 4 === 0 ? null : value)) } },
    },
  ),
  file(
    "numbers kept as texts in a workbook",
    {
      "table.xlsx": workbook({ S: [["x", "y"], ...many(ROWS, (i): readonly Cell[] => [String(x[i]), y[i] ?? null])] }),
    },
    { rows: ROWS, columns: { x: { as: "number", values: x } } },
  ),
  file("a workbook in a file called .csv", { "table.csv": workbook({ Sales: sheet }) }, sheetRead),
];

const list = (values: readonly (string | number)[]): string =>
  values.map((value) => (typeof value === "string" ? `'${value}'` : value)).join(", ");
const select = `SELECT unnest([${list(x)}]) AS x, unnest([${list(y)}]) AS y`;
const numbered = `(SELECT range AS i FROM range(${ROWS}))`;
const parquets: readonly Situation[] = [
  { name: "Parquet", files: {}, parquet: { "table.parquet": select }, options: { target: "y" }, want: read },
  {
    name: "Parquet in a file called .csv",
    files: {},
    parquet: { "table.csv": select },
    options: { target: "y" },
    want: { says: [/Parquet/] },
  },
  {
    name: "types of Parquet",
    files: {},
    parquet: {
      "table.parquet": `SELECT i, i * 0.25::FLOAT AS f, (i * 1.5)::DECIMAL(9, 2) AS d, i % 3 = 0 AS flag, DATE '2024-02-27' + i::INTEGER AS day,
        TIMESTAMP '2024-02-27 12:00:00' + INTERVAL (i) HOUR AS at, TIME '00:30:00' + INTERVAL (i % 23) HOUR AS clock,
        CASE WHEN i % 2 = 0 THEN 'NA' ELSE 'DE' END AS country, (9007199254740992 + i % 2)::BIGINT AS account FROM ${numbered}`,
    },
    want: {
      rows: ROWS,
      columns: {
        f: { as: "number", values: many(ROWS, (i) => i / 4) },
        d: { as: "number", values: many(ROWS, (i) => i * 1.5) },
        flag: { values: many(ROWS, (i) => i % 3 === 0) },
        day: { as: "date", values: many(ROWS, (i) => new Date(Date.UTC(2024, 1, 27 + i)).toISOString().slice(0, 10)) },
        at: {
          as: "date",
          values: many(ROWS, (i) => new Date(Date.UTC(2024, 1, 27, 12 + i)).toISOString().slice(0, 19)),
        },
        clock: { as: "time", values: many(ROWS, (i) => `${String(i % 23).padStart(2, "0")}:30:00`) },
        country: { as: "category", levels: ["DE", "NA"], missing: 0 },
        account: { as: "category", values: many(ROWS, (i) => (i % 2 === 0 ? "9007199254740992" : "9007199254740993")) },
      },
    },
  },
  {
    name: "nulls, NaN, structures and lists of Parquet",
    files: {},
    parquet: {
      "table.parquet": `SELECT CASE WHEN i % 4 = 0 THEN NULL ELSE i * 0.5 END::DOUBLE AS x, CASE WHEN i % 5 = 0 THEN 'nan'::DOUBLE ELSE i::DOUBLE END AS n,
        {'city': CASE WHEN i % 2 = 0 THEN 'Bonn' ELSE 'Trier' END} AS address, [i, i * 2, i * i] AS v, NULL::VARCHAR AS note FROM ${numbered}`,
    },
    want: {
      rows: ROWS,
      columns: {
        x: { as: "number", missing: 10, values: many(ROWS, (i) => (i % 4 === 0 ? null : i / 2)) },
        n: { as: "number", missing: 8, values: many(ROWS, (i) => (i % 5 === 0 ? null : i)) },
        "address.city": { as: "category", levels: ["Bonn", "Trier"] },
        "v[2]": { as: "number", values: many(ROWS, (i) => i * i) },
        note: { use: "dropped" },
      },
    },
  },
];

const named = (
  name: string,
  files: Situation["files"],
  message: readonly RegExp[],
  options: SaidOptions = { target: "y" },
): Situation => file(name, files, { error: { message } }, { options });
const bytes = (...values: readonly number[]): Uint8Array =>
  Uint8Array.from([...values, ...many(64, (i) => (i * 7) % 256)]);
const kinds: readonly Situation[] = [
  ...[
    "table.txt",
    "table.dat",
    "table.data",
    "table.tab",
    "table",
    "TABLE.CSV",
    "table.csv.txt",
    "my.table.2024.csv",
  ].map((name) =>
    file(`text in a file called ${name}`, { [name]: name.endsWith("tab") ? both.replaceAll(",", "\t") : both }),
  ),
  named("an empty file", { "table.csv": "" }, [/table\.csv/, /empty/]),
  named("empty lines alone", { "table.csv": "\n\n  \n" }, [/table\.csv/, /empty|blank/]),
  named("a header alone", { "table.csv": "x,y\n" }, [/table\.csv/, /no rows/]),
  named(
    "a page instead of a table",
    { "table.csv": "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>x,y</body></html>\n" },
    [/table\.csv/, /HTML/],
  ),
  named("a page without a declaration", { "table.csv": '\n  <html lang="en">\n<body>404, not found</body></html>' }, [
    /HTML/,
  ]),
  named("XML instead of a table", { "table.csv": '<?xml version="1.0"?>\n<rows><row x="1"/></rows>\n' }, [/XML/]),
  named(
    "a pointer of Git LFS",
    { "table.csv": "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n" },
    [/Git LFS|git lfs/i],
  ),
  named("a PDF", { "table.csv": Buffer.from("%PDF-1.7\n%\xe2\xe3\n1 0 obj\n", "latin1") }, [/PDF/]),
  named("a picture", { "table.csv": bytes(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a) }, [/PNG/]),
  named("a database of SQLite", { "table.csv": Buffer.from(`SQLite format 3\u0000${"\u0000".repeat(84)}`) }, [
    /SQLite/,
  ]),
  named("an old workbook", { "table.xls": bytes(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1) }, [/xls/, /xlsx|CSV/]),
  named("an array of NumPy", { "table.npy": Buffer.from("\x93NUMPY\x01\x00v\x00{'descr': '<f8'}", "latin1") }, [
    /NumPy|npy/,
  ]),
  named("a pickle of Python", { "table.pkl": bytes(0x80, 0x04, 0x95, 0x10, 0, 0, 0, 0, 0, 0, 0) }, [/pickle|pkl/i]),
  named("HDF5", { "table.h5": bytes(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a) }, [/HDF5|h5/]),
  named("Arrow", { "table.feather": Buffer.from(`ARROW1\u0000\u0000${"\u0000".repeat(60)}`) }, [
    /Arrow|Feather|feather/,
  ]),
  named("a file that is not there", { "table.csv": both }, [/tabel\.csv/, /exist/]),
  named("a broken Parquet file", { "table.parquet": "PAR1 and nothing more" }, [/table\.parquet/, /Parquet/]),
  file(
    "JSON in a file called .csv is read or named",
    { "table.csv": JSON.stringify(many(ROWS, (i) => ({ x: x[i], y: y[i] }))) },
    { says: [/JSON/] },
  ),
];

/** What a path can mean: archives, several files, encodings, workbooks, Parquet, and what is no table. */
export const files: readonly Situation[] = [
  ...containers,
  ...severals,
  ...encodings,
  ...excel,
  ...parquets,
  ...kinds.map((one) => (one.name === "a file that is not there" ? { ...one, read: "tabel.csv" } : one)),
];
