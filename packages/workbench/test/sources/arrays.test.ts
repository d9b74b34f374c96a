/** Tables and images as NumPy and Arrow write them (golden/make-arrays.py). */
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Column } from "nabla";
import { readNpyArray } from "nabla/exchange";
import { afterAll, expect, test } from "vitest";
import { holdsImages, readImages } from "../../src/sources/read-images.ts";
import { readTable } from "../../src/sources/read-table.ts";
import { scan } from "../../src/sources/scan.ts";
import { rejected } from "./files.ts";

const home = await mkdtemp(join(tmpdir(), "nabla-arrays-"));
afterAll(() => rm(home, { recursive: true, force: true }));
const golden = (name: string): string => fileURLToPath(new URL(`golden/${name}`, import.meta.url));

/** The cells of a column as numbers or level names; null for none. */
function cellsOf(columns: readonly Column[], name: string): readonly (number | string | null)[] {
  const column = columns.find((one) => one.name === name);
  if (column === undefined) throw new Error(`no column ${name}`);
  if (column.kind === "category") return Array.from(column.codes, (code) => column.levels[code] ?? null);
  return Array.from(column.values.data, (value) => (Number.isNaN(value) ? null : value));
}

const twelve = Array.from({ length: 12 }, (_, i) => i);

test.each(["lz4.arrow", "zstd.arrow", "plain.arrow", "stream.arrows"])("%s is read by its types", async (name) => {
  const { columns, rows, profile } = await readTable(golden(name));
  expect(rows).toBe(12);
  expect(cellsOf(columns, "whole")).toEqual(twelve.map((i) => (i === 3 ? null : i)));
  expect(cellsOf(columns, "long")).toEqual(twelve.map((i) => i * 2 ** 40));
  expect(cellsOf(columns, "beyond")[1]).toBe("1152921504606846977");
  expect(cellsOf(columns, "share")).toEqual(twelve.map((i) => i / 8));
  expect(cellsOf(columns, "price")).toEqual(twelve.map((i) => (i === 1 ? null : i + 0.25)));
  expect(cellsOf(columns, "kind").slice(0, 4)).toEqual(["cat", "dog", "owl", "cat"]);
  expect(cellsOf(columns, "zip")[7]).toBe("00007");
  const leap = Date.UTC(2024, 1, 28) / 86_400_000;
  expect(cellsOf(columns, "day")).toEqual(twelve.map((i) => leap + i));
  expect(cellsOf(columns, "moment")).toEqual(twelve.map((i) => leap + i + 0.25));
  expect(cellsOf(columns, "open").slice(0, 4)).toEqual(["false", "true", null, "true"]);
  expect(cellsOf(columns, "pair[1]")).toEqual(twelve.map((i) => 0 - i));
  expect(cellsOf(columns, "fixed[0]")).toEqual(twelve);
  expect(cellsOf(columns, "place.city").slice(0, 2)).toEqual(["Ulm", "Jena"]);
  const said = profile.notices.map(({ message }) => message).join("\n");
  expect(said).toContain("column ragged: lists of different lengths");
});

test("a model's rows come in chunks, whatever the batches of the file", async () => {
  const found = await scan(golden("lz4.arrow"), {
    columns: [
      { name: "kind", kind: "category", levels: ["owl", "cat"] },
      { name: "whole", kind: "number" },
    ],
    chunkRows: 5,
  });
  const [codes, numbers]: [number[], number[]] = [[], []];
  for await (const { columns } of found) {
    const [kind, whole] = columns;
    if (kind?.kind === "category") codes.push(...kind.codes);
    if (whole?.kind === "number") numbers.push(...whole.values.data);
  }
  expect(codes.slice(0, 6)).toEqual([1, 2, 0, 1, 2, 0]);
  expect(numbers).toEqual(twelve.map((i) => (i === 3 ? Number.NaN : i)));
});

test("arrays of one file are columns of one table, with the names that a list gives them", async () => {
  const { columns } = await readTable(golden("table.npz"));
  expect(columns.map(({ name }) => name)).toEqual(["width", "höhe", "area", "y", "weight"]);
  expect(cellsOf(columns, "höhe")).toEqual(twelve.map((i) => (i % 5) - 2));
  expect(cellsOf(columns, "y").slice(0, 4)).toEqual(["cat", "dog", "owl", "cat"]);
  const fortran = await readTable(golden("fortran.npz"), { target: "target" });
  expect(cellsOf(fortran.columns, "X[2]")).toEqual(twelve.map((i) => i * i));
  expect(fortran.target?.kind).toBe("number");
  expect(fortran.profile.notices.map(({ message }) => message)).toContain(
    "note left out: of another length than 12 rows",
  );
  const beside = await readTable(golden("X_small.npy"), { target: "y" });
  expect(cellsOf(beside.columns, "X[0]")).toEqual(twelve.map((i) => i / 4));
  expect(beside.target?.name).toBe("y");
  const objects = await readTable(golden("objects.npz"));
  expect(objects.profile.notices.map(({ message }) => message).join()).toContain(
    "column y: the array holds Python objects",
  );
});

test("arrays of pictures are images, with the parts that they come in", async () => {
  expect([await holdsImages(golden("pictures.npz")), await holdsImages(golden("table.npz"))]).toEqual([true, false]);
  const { image, columns, target, givenParts, labels } = await readImages(golden("pictures.npz"));
  expect([image, labels.length]).toEqual([[9, 8, 1], 12]);
  expect(Array.from(givenParts ?? [])).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 2]);
  expect(target?.kind === "category" && [target.levels, Array.from(target.codes)]).toEqual([
    ["0", "1"],
    twelve.map((i) => i % 2),
  ]);
  const pixel = (row: number, y: number, x: number): number => row + y * x;
  const [column] = columns;
  if (column?.kind !== "number") throw new Error("no pixels");
  expect(column.values.data[(10 * 9 + 4) * 8 + 3]).toBe(pixel(10, 4, 3));
  const turned = await readImages(golden("channels-first.npz"));
  expect(turned.image).toEqual([9, 8, 3]);
  const [colored] = turned.columns;
  if (colored?.kind !== "number") throw new Error("no pixels");
  const at = ((10 * 9 + 4) * 8 + 3) * 3;
  expect(Array.from(colored.values.data.slice(at, at + 3), Math.round)).toEqual([22, 11, 7]);
  expect(turned.profile.notices.map(({ code }) => code)).toEqual(["data/channels-first", "data/pixel-range"]);
});

test("what is damaged or something else is refused by name", async () => {
  for (const name of ["table.npz", "lz4.arrow", "X_small.npy", "stream.arrows"]) {
    const bytes = await readFile(golden(name));
    const cut = join(home, name);
    await writeFile(cut, bytes.subarray(0, Math.floor(bytes.length * 0.6)));
    const error = await rejected(readTable(cut));
    expect([name, error.code]).toEqual([name, expect.stringMatching(/^data\/(unreadable|damaged)$/)]);
    expect(error.message).toContain(name);
  }
  const renamed = join(home, "renamed.csv");
  await copyFile(golden("plain.arrow"), renamed);
  const { profile } = await readTable(renamed);
  expect(profile.notices.map(({ message }) => message)).toContain("renamed.csv: an Arrow file, and is read as one");
  const asked = await rejected(readTable(golden("table.npz"), { format: "parquet" }));
  expect([asked.code, asked.message]).toEqual(["data/format", "table.npz is a NumPy file, not a Parquet file"]);
});

test("texts of both widths, either byte order and any order of axes", () => {
  const npy = (literal: string, data: Uint8Array): Uint8Array => {
    const header = Buffer.from(`${literal}\n`, "latin1");
    const start = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]);
    return Buffer.concat([start, header, data]);
  };
  const wide = Buffer.alloc(16);
  for (const [i, point] of [0x68, 0xf6, 0x1f600, 0].entries()) wide.writeUInt32BE(point, 4 * i);
  expect(readNpyArray(npy("{'descr': '>U2', 'fortran_order': False, 'shape': (2,), }", wide))).toEqual({
    shape: [2],
    texts: ["hö", "😀"],
  });
  const narrow = npy("{'descr': '|S1', 'fortran_order': True, 'shape': (2, 3), }", Buffer.from("adbecf"));
  expect(readNpyArray(narrow)).toEqual({ shape: [2, 3], texts: ["a", "b", "c", "d", "e", "f"] });
});
