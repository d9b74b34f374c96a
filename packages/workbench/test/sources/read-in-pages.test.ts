/** Files of data in pages: read as the command reads them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { NablaError } from "nabla";
import { profileTable, readTable } from "nabla/tables";
import { afterAll, expect, test } from "vitest";
import { readTable as readByCommand } from "../../src/sources/read-table.ts";

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
  const parquet = await said(() => readTable(new File(["PAR1"], "a.parquet")));
  expect(parquet).toEqual(["data/format", expect.stringContaining("a.parquet is a Parquet file"), expect.any(String)]);
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
