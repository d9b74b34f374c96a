import type { Column, Table } from "nabla";
import { describe, expect, it } from "vitest";
import { scan, scanNotices } from "../../src/sources/scan.ts";
import { filesForTests, lines, rejected } from "./files.ts";

const file = filesForTests();
const wanted = [
  { name: "x", kind: "number" },
  { name: "c", kind: "category" },
] as const;

async function chunksOf(chunks: AsyncIterable<Table>): Promise<Table[]> {
  const found: Table[] = [];
  for await (const chunk of chunks) found.push(chunk);
  return found;
}
const numbers = (column: Column | undefined) => (column?.kind === "number" ? [...column.values.data] : []);
const names = (column: Column | undefined) =>
  column?.kind === "category" ? Array.from(column.codes, (code) => column.levels[code] ?? null) : [];

describe("scan", () => {
  it("reads in chunks of the size asked for, in the file's order, and again from the start", async () => {
    const rows = 5000;
    const path = await file(
      "long.csv",
      lines("c,x,note", rows, (i) => `${"abc"[i % 3]},${i},n${i}`),
    );
    const found = await scan(path, { columns: wanted, chunkRows: 1500 });
    expect(found.extra).toEqual(["note"]);
    for (let pass = 0; pass < 2; pass++) {
      const chunks = await chunksOf(found);
      expect(chunks.map((chunk) => chunk.rows)).toEqual([1500, 1500, 1500, 500]);
      expect(chunks.flatMap((chunk) => numbers(chunk.columns[0]))).toEqual(Array.from({ length: rows }, (_, i) => i));
      expect(chunks.flatMap((chunk) => names(chunk.columns[1]))).toEqual(
        Array.from({ length: rows }, (_, i) => "abc"[i % 3]),
      );
    }
  });

  it("keeps rows with missing values, and a constant column, which a model may want all the same", async () => {
    const [chunk] = await chunksOf(await scan(await file("gaps.csv", "x,c\n1,k\n,k\n1,\n"), { columns: wanted }));
    expect(numbers(chunk?.columns[0])).toEqual([1, Number.NaN, 1]);
    expect(names(chunk?.columns[1])).toEqual(["k", "k", null]);
  });

  it("reads dates as days where numbers are expected", async () => {
    const [chunk] = await chunksOf(await scan(await file("days.csv", "x,c\n1970-01-11,k\n"), { columns: wanted }));
    expect(numbers(chunk?.columns[0])).toEqual([10]);
  });

  it("reads the target too, with numbered classes as they were named in training", async () => {
    const path = await file("target.jsonl", '{"y":3.0,"x":1}\n{"y":"10","x":2}\n{"x":3}\n');
    const target = { name: "y", kind: "category", levels: ["3", "10"] } as const;
    const [chunk] = await chunksOf(await scan(path, { columns: [wanted[0]], targets: [target] }));
    expect(names(chunk?.target)).toEqual(["3", "10", null]);
    expect(chunk?.columns.map(({ name }) => name)).toEqual(["x"]);
  });

  it("says what it leaves out around the rows, each once, whatever the chunks", async () => {
    const rows = lines("x,c", 10, (i) => `${i},k`);
    const path = await file("report.csv", `Report\n\n${rows}Total,45\n`);
    for (const chunkRows of [3, 5, 100]) {
      const found = await scan(path, { columns: wanted, chunkRows });
      const chunks = await chunksOf(found);
      expect(chunks.flatMap((chunk) => numbers(chunk.columns[0]))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      expect(scanNotices(found, wanted).map(({ message }) => message)).toEqual([
        expect.stringContaining('row 1 ("Report") stands before the table'),
        expect.stringContaining('row 14 ("Total") closes the table'),
      ]);
    }
  });

  it("says which of several files it reads, and of which of them it leaves something out", async () => {
    const first = await file("a.csv", "x,c\n1,k\n2,k\n");
    const second = await file("b.csv", "Report\n\nx,c\n3,k\n4,k\n");
    const found = await scan(`${first},${second}`, { columns: wanted });
    const chunks = await chunksOf(found);
    expect(chunks.flatMap((chunk) => numbers(chunk.columns[0]))).toEqual([1, 2, 3, 4]);
    expect(found.notices().map(({ message }) => message)).toEqual([
      "2 files, read one after another: a.csv and b.csv",
      expect.stringMatching(/^b\.csv: row 1 \("Report"\)/),
    ]);
  });

  it("tells how a model learned a column whose cells do not fit", async () => {
    const path = await file("dressed.csv", 'x,c\n1.5,k\n"1.234,5",k\n');
    const columns = [{ ...wanted[0], reading: { as: "number" } as const }];
    const error = await rejected(chunksOf(await scan(path, { columns })));
    expect(error).toMatchObject({
      code: "data/not-a-number",
      message: 'dressed.csv, row 3, column x: expected a number, found "1.234,5"',
      hint: "the model learned this column from numbers such as 1234.5: write the cells so, or read them as missing with --bad-cells missing",
    });
  });

  it("names a column that is missing, at once", async () => {
    const error = await rejected(scan(await file("less.csv", "xs,c\n1,k\n"), { columns: wanted }));
    expect([error.code, error.message]).toEqual(["data/missing-column", 'less.csv: there is no column "x"']);
    expect(error.hint).toContain("xs");
  });

  it("names row and column of a cell of the wrong kind", async () => {
    const path = await file(
      "wrong.csv",
      lines("c,x", 3000, (i) => `k,${i === 2500 ? "heavy" : i}`),
    );
    const error = await rejected(chunksOf(await scan(path, { columns: wanted })));
    expect([error.code, error.message]).toEqual([
      "data/not-a-number",
      'wrong.csv, row 2502, column x: expected a number, found "heavy"',
    ]);
  });

  it("names the row of a ragged file", async () => {
    const error = await rejected(scan(await file("ragged.csv", "x,c\n1,k\n2\n"), { columns: wanted }).then(chunksOf));
    expect([error.code, error.message]).toEqual([
      "data/ragged",
      "ragged.csv, row 3: expected 2 values as in the header, found 1",
    ]);
  });
});
