/** Files of data in pages: read as the command reads them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { NablaError } from "nabla";
import { type ParquetLibrary, profileTable, readTable } from "nabla/tables";
import { afterAll, expect, test } from "vitest";
import { readTable as readByCommand } from "../../src/sources/read-table.ts";
import { writeParquet } from "./as-people-write-them/parquet.ts";

const folder = mkdtempSync(join(tmpdir(), "nabla-tables-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const data = new URL("../../../../examples/data/", import.meta.url);
const houses = [
  "id;gebaut;Fläche;Preis;Zone",
  "a1;03.05.1999;81,5 m²;1.200,50 €;01067",
  "a2;17.11.2004;n/a;980,00 €;10115",
  "a3;28.02.1987;64,0 m²;750,25 €;01067",
  ...Array.from({ length: 9 }, (_, i) => `b${i};09.0${i + 1}.2011;${120 + i},25 m²;2.${310 + i},00 €;80331`),
  "",
].join("\r\n");
const records = [
  { size: 3, kind: "x", at: { city: "Rom" } },
  { size: null, kind: "y", at: { city: "Bonn" } },
  { size: 4.5, kind: "x", at: { city: "Rom" } },
  { size: 5, kind: "y", at: { city: "Rom" } },
];

/** Files as people have them, with what is asked of them. */
const files: readonly (readonly [name: string, content: Uint8Array | string, options: object])[] = [
  ["penguins.csv", readFileSync(new URL("penguins.csv", data)), { target: "species" }],
  ["digits.csv", readFileSync(new URL("digits.csv", data)), { target: "digit" }],
  ["artworks.csv", readFileSync(new URL("artworks.csv", data)), { target: "artist", ignore: ["title"] }],
  ["houses.csv", houses, { target: "Preis", columns: { Zone: "category" }, keys: ["id"] }],
  ["latin.csv", Buffer.from(houses.replaceAll(" €", ""), "latin1"), { target: "Preis", encoding: "latin1" }],
  ["wide.csv", Buffer.from(`\ufeff${houses}`, "utf16le"), { target: "Preis", missing: ["980,00 €"] }],
  ["packed.csv.gz", gzipSync(houses), { target: "Preis" }],
  ["records.json", JSON.stringify(records), { target: "kind" }],
  ["lines.jsonl", records.map((row) => JSON.stringify(row)).join("\n"), { target: "size" }],
];

test.each(files)("%s is read as the command reads it", async (name, content, options) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  const { fileRow: placed, ...expected } = await readByCommand(path, options);
  const bytes = Uint8Array.from(readFileSync(path));
  for (const source of [new File([bytes], name), bytes]) {
    const { fileRow, ...read } = await readTable(source, { ...options, name });
    expect(read).toEqual(expected);
    expect(await fileRow?.(2)).toBe(await placed?.(2));
  }
  expect(await profileTable(new File([bytes], name), options)).toEqual(expected.profile);
});

/** Every type that Parquet has for values, as DuckDB writes it, with gaps. */
const types = `SELECT * REPLACE (CASE WHEN i % 11 = 4 THEN NULL ELSE day END AS day) FROM (SELECT
  i, (i % 100)::TINYINT AS tiny, (3000000000 + i)::UINTEGER AS wide, (i % 5)::UBIGINT AS counted, 9007199254740990 + i AS account,
  (18446744073709551000 + i)::UBIGINT AS largest, i / 7 AS ratio, (i / 3)::FLOAT AS short, CASE WHEN i = 3 THEN 'nan'::DOUBLE ELSE i END AS gap,
  (i * 57 / 100)::DECIMAL(9, 2) AS price, (i + 0.5)::DECIMAL(38, 4) AS sum, (123456789012345678.12 + i)::DECIMAL(38, 4) AS sold,
  i % 3 = 0 AS flag, (DATE '1969-12-20' + i::INTEGER) AS day, TIMESTAMP '2024-02-28 23:59:59.123457' + INTERVAL (i) HOUR AS moment,
  (TIMESTAMP '1969-12-30 12:00:00' + INTERVAL (i) MINUTE)::TIMESTAMP_MS AS coarse, (TIMESTAMP '2024-01-01' + INTERVAL (i) DAY)::TIMESTAMP_NS AS fine,
  TIMESTAMPTZ '2024-05-01 00:30:00+02' + INTERVAL (i) DAY AS zoned, TIME '23:10:05.25' + INTERVAL (i) MINUTE AS clock,
  CASE WHEN i % 4 = 1 THEN NULL ELSE 'größe ' || (i % 6) END AS word, (CASE WHEN i % 2 = 0 THEN 'a' ELSE 'b' END)::ENUM('a', 'b') AS grade,
  '{"a": ' || i || '}' AS json, ('00000000-0000-0000-0000-0000000000' || (10 + i % 20))::UUID AS uuid, 'ab'::BLOB AS bytes,
  CASE WHEN i % 5 = 0 THEN NULL ELSE { 'city': 'c' || (i % 3), 'at': { 'x': i, 'y': i % 2 = 0 } } END AS place,
  [i, i + 1]::INTEGER[] AS pair, [i, NULL]::BIGINT[] AS half, [1.25, i]::DECIMAL(9, 2)[] AS costs, ['a'] AS words,
  CASE WHEN i % 2 = 0 THEN [1] ELSE [1, 2] END AS uneven
  FROM range(60) t(i))`;

test("a Parquet file is read as the command reads it, whatever its types and however it is packed", async () => {
  const path = join(folder, "types.parquet");
  const hyparquet = (): Promise<ParquetLibrary> => import("hyparquet");
  const both = async (): Promise<ParquetLibrary> => ({
    ...(await hyparquet()),
    ...(await import("hyparquet-compressors")),
  });
  for (const [select, form, parquet] of [
    [types, "", hyparquet],
    // hyparquet loses the highest bit of such numbers where they are packed by their differences
    [`SELECT * EXCLUDE wide FROM (${types})`, ", ROW_GROUP_SIZE 2048, PARQUET_VERSION v2", hyparquet],
    [types, ", COMPRESSION zstd", both],
  ] as const) {
    await writeParquet(path, select, form);
    const { fileRow: placed, ...expected } = await readByCommand(path, { target: "flag" });
    expect(expected.profile.columns.length).toBeGreaterThan(30);
    const { fileRow, ...read } = await readTable(new File([Uint8Array.from(readFileSync(path))], "types.parquet"), {
      target: "flag",
      parquet,
    });
    expect(read).toEqual(expected);
    expect(await fileRow?.(2)).toBe(await placed?.(2));
  }
  const bytes = Uint8Array.from(readFileSync(path));
  const packed = readTable(bytes, { name: "a.parquet", parquet: hyparquet });
  await expect(packed).rejects.toMatchObject({
    code: "data/unreadable",
    message: expect.stringMatching(/^a\.parquet .* packed by ZSTD$/),
    hint: expect.stringContaining("hyparquet-compressors"),
  });
  await expect(readTable(bytes.subarray(0, 300), { parquet: both })).rejects.toMatchObject({ code: "data/unreadable" });
  await expect(readTable(bytes)).rejects.toMatchObject({
    code: "data/format",
    hint: expect.stringContaining("npm install hyparquet"),
  });
  await writeParquet(path, "SELECT 1 AS a WHERE false", "");
  await expect(readTable(Uint8Array.from(readFileSync(path)), { parquet: hyparquet })).rejects.toMatchObject({
    code: "data/no-rows",
  });
});

test("what is wrong with a file is said as the command says it", async () => {
  const wrong: readonly (readonly [name: string, content: string, options: object])[] = [
    ["a.csv", "a,b\n1,2\n3\n", { target: "b" }],
    ["b.csv", "a,b\n1,2\n3,4\n", { target: "c" }],
    ["c.csv", `n,y\n${"1,2\n".repeat(30)}x,3\n`, { target: "y", columns: { n: "number" } }],
    ["d.json", '[{"a": 1}, {"a": ]', {}],
    ["e.csv", "", {}],
  ];
  const said = async (read: () => Promise<unknown>): Promise<unknown> => {
    try {
      await read();
    } catch (error) {
      if (error instanceof NablaError) return [error.code, error.message, error.hint];
      throw error;
    }
    return "nothing";
  };
  for (const [name, content, options] of wrong) {
    const path = join(folder, name);
    writeFileSync(path, content);
    const expected = await said(() => readByCommand(path, options));
    expect(expected).not.toBe("nothing");
    expect(await said(() => readTable(new File([content], name), options))).toEqual(expected);
  }
  const cut = await said(() => readTable(new File([Uint8Array.from(gzipSync(houses).subarray(0, 40))], "a.csv.gz")));
  expect(cut).toEqual([
    "data/damaged",
    expect.stringContaining("a.csv.gz is compressed with gzip"),
    expect.any(String),
  ]);
  const gone = new Response("gone", { status: 404 });
  expect(await said(() => readTable(gone, { name: "a.csv" }))).toEqual([
    "data/fetch",
    "there is no file a.csv: the server answered 404",
    "check its address",
  ]);
  expect(await said(() => readTable("a.csv" as never))).toEqual(expect.arrayContaining(["options/type"]));
});
