import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Column, Table } from "nabla";
import { describe, expect, it } from "vitest";
import { literal } from "../../src/sources/database.ts";
import { profile, readTable } from "../../src/sources/read-table.ts";
import { hashTable } from "../../src/sources/written-table.ts";
import { filesForTests, lines } from "./files.ts";

const file = filesForTests();
const examples = (name: string) => new URL(`../../../../examples/data/${name}`, import.meta.url).pathname;

/** A column's values as a spreadsheet shows them; null is missing. */
function shown(column: Column | undefined): readonly (number | string | null)[] {
  if (column === undefined) return [];
  if (column.kind === "category") return Array.from(column.codes, (code) => column.levels[code] ?? null);
  return Array.from(column.values.data, (value) => (Number.isNaN(value) ? null : value));
}
const columns = (table: Table) => Object.fromEntries(table.columns.map((column) => [column.name, shown(column)]));
const codes = (notices: readonly { readonly code: string }[]) => notices.map(({ code }) => code);

describe("readTable of slips and long numbers", () => {
  it("makes no class of a slip in a target of whole numbers", async () => {
    const text = lines("x,y", 60, (i) => `${i % 7},${i === 16 ? "l2" : 1 + (i % 3)}`);
    const path = await file("slip.csv", text);
    const table = await readTable(path, { target: "y", badCells: "missing" });
    expect(table.target).toMatchObject({ kind: "category", levels: ["1", "2", "3"] });
    expect(table.rows).toBe(59);
    expect(table.profile.notices.map(({ message }) => message)).toEqual(
      expect.arrayContaining([expect.stringMatching(/l2/), "1 row without a target left out"]),
    );
  });

  it("tells whole numbers of Parquet apart that one double stands for, in lists too", async () => {
    const path = await file("long.parquet", "");
    {
      const db = await (await DuckDBInstance.create(":memory:")).connect();
      const rows = Array.from({ length: 40 }, (_, i) => `(${9007199254740992n + BigInt(i % 2)}, -${i}, ${i % 5})`).join(
        ", ",
      );
      await db.run(
        `COPY (SELECT a::BIGINT AS account, b::BIGINT AS below, [a, a]::BIGINT[] AS long, [b, c]::BIGINT[] AS short,
          [c, b, c]::DECIMAL(18,0)[] AS amounts, (c + 0.125)::DECIMAL(38,4) AS price FROM (VALUES ${rows}) AS t(a, b, c))
         TO ${literal(path)} (FORMAT parquet)`,
      );
    }
    const found = columns(await readTable(path));
    const names = ["account", "below", "long[0]", "long[1]", "short[0]", "short[1]"];
    expect(Object.keys(found)).toEqual([...names, "amounts[0]", "amounts[1]", "amounts[2]", "price"]);
    for (const name of ["account", "long[0]", "long[1]"])
      expect(found[name]?.slice(0, 3)).toEqual(["9007199254740992", "9007199254740993", "9007199254740992"]);
    expect(found["short[0]"]?.slice(0, 3)).toEqual([0, -1, -2]);
    expect(found["amounts[2]"]?.slice(0, 6)).toEqual([0, 1, 2, 3, 4, 0]);
    expect(found.price?.slice(0, 3)).toEqual([0.125, 1.125, 2.125]);
  });
});

describe("readTable on real files", () => {
  it("reads digits in the file's order and classifies ten whole numbers", async () => {
    const table = await readTable(examples("digits.csv"), { target: "digit" });
    const text = (await readFile(examples("digits.csv"), "utf8"))
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.split(","));
    expect(table.rows).toBe(1797);
    expect(shown(table.target)).toEqual(text.map((cells) => cells[64]));
    expect(table.target).toMatchObject({ levels: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"] });
    expect(columns(table).pixel_3_4).toEqual(text.map((cells) => Number(cells[3 * 8 + 4])));
    expect(table.columns.length).toBe(61);
    expect(table.profile.task).toEqual({
      task: "classification",
      reason: "10 distinct whole numbers in 1,797 rows: classification",
    });
    expect(table.profile.notices).toEqual([
      {
        code: "data/constant",
        message:
          "columns pixel_0_0, pixel_4_0 and pixel_4_7: always the same value, left out; --column pixel_0_0=number makes one an input",
      },
    ]);
  });

  it("reads penguins with their missing values", async () => {
    const table = await readTable(examples("penguins.csv"), { target: "species" });
    expect(table.rows).toBe(344);
    expect(columns(table).body_mass_g?.slice(0, 4)).toEqual([3750, 3800, 3250, null]);
    expect(columns(table).sex?.slice(0, 4)).toEqual(["MALE", "FEMALE", "FEMALE", null]);
    expect(table.profile.task?.reason).toBe("3 names in 344 rows: classification");
    expect(table.profile.columns.find(({ name }) => name === "sex")).toMatchObject({
      as: "category",
      missing: 11,
      distinct: 2,
      examples: ["MALE", "FEMALE"],
    });
    expect(table.profile.columns.find(({ name }) => name === "body_mass_g")).toMatchObject({
      as: "number",
      missing: 2,
      minimum: 2700,
      maximum: 6300,
    });
    expect(table.profile.notices.map(({ message }) => message)).toEqual([
      expect.stringContaining("19 missing values in columns bill_length_mm (2)"),
    ]);
  });

  it("takes a number with many values for a regression, and drops rows without it with a notice", async () => {
    const table = await readTable(examples("penguins.csv"), {
      target: "body_mass_g",
      inputs: ["sex", "flipper_length_mm"],
    });
    expect(table.rows).toBe(342);
    expect(table.columns.map(({ name }) => name)).toEqual(["sex", "flipper_length_mm"]);
    expect(table.target).toMatchObject({ kind: "number" });
    expect(table.profile.task).toEqual({
      task: "regression",
      reason: "94 distinct whole numbers in 342 rows: regression",
    });
    expect(table.profile.notices).toContainEqual({
      code: "data/missing-target",
      message: "2 rows without a target left out",
    });
  });

  it("hashes the file's bytes", async () => {
    const expected = createHash("sha256")
      .update(await readFile(examples("penguins.csv")))
      .digest("hex");
    expect(await hashTable(examples("penguins.csv"))).toBe(expected);
    // what an ending says is of no matter to the bytes: --format tells how such a file is read
    const odd = await file("penguins.weird", await readFile(examples("penguins.csv")));
    expect(await hashTable(odd)).toBe(expected);
    expect((await readTable(odd, { format: "csv", target: "species" })).rows).toBe(344);
  });
});

describe("readTable on forms of text", () => {
  const expected = { "größe in m": [1.5, 2], "a b": ["x\ny, z", "ü"] };
  const plain = '\ufeffgröße in m,a b\n1.5,"x\ny, z"\n2,ü\n';

  it.each([
    ["a byte order mark, quoted line breaks, unicode", "t.csv", plain],
    ["Windows line ends", "t.csv", 'größe in m,a b\r\n1.5,"x\ny, z"\r\n2,ü\r\n'],
    ["mixed line ends", "t.csv", 'größe in m,a b\r\n1.5,"x\ny, z"\n2,ü\r\n'],
    ["old Mac line ends", "t.csv", 'größe in m,a b\r1.5,"x\ny, z"\r2,ü\r'],
    ["no last line end, spaces around values", "t.csv", ' größe in m , a b\n 1.5 ,"x\ny, z"\n2, ü '],
    ["blank lines", "t.csv", '\n\ngröße in m,a b\n\n1.5,"x\ny, z"\n\n2,ü\n\n\n'],
    ["semicolons and decimal commas", "t.csv", 'größe in m;a b\n1,5;"x\ny, z"\n2;ü\n'],
    ["tabs", "t.tsv", 'größe in m\ta b\n1.5\t"x\ny, z"\n2\tü\n'],
    ["gzip", "t.csv.gz", gzipSync(plain)],
    ["JSON lines", "t.jsonl", '{"größe in m":1.5,"a b":"x\\ny, z"}\n{"a b":"ü","größe in m":2}\n'],
    ["a JSON list", "t.json", '[{"größe in m":"1.5","a b":"x\\ny, z"},{"größe in m":2,"a b":"ü"}]'],
    ["a name with signs of a pattern", "t[1]*?.csv", plain],
  ])("reads %s", async (_, name, content) => {
    expect(columns(await readTable(await file(name, content)))).toEqual(expected);
  });

  it("takes the usual words for missing ones", async () => {
    const table = await readTable(await file("m.csv", 'a,b\n1,x\nNA,n/a\n"",N/A\nnull,\n?,NaN\n-,x\n7,y\n8,y\n9,x\n'));
    expect(columns(table)).toEqual({
      a: [1, null, null, null, null, null, 7, 8, 9],
      b: ["x", null, null, null, null, "x", "y", "y", "x"],
    });
  });

  it("reads Parquet's own types, with null and NaN missing", async () => {
    const path = await file("types.parquet", "");
    const db = await (await DuckDBInstance.create(":memory:")).connect();
    const select = `SELECT * FROM (VALUES
      (1::BIGINT, 0.5::FLOAT, 1.25::DECIMAL(9, 2), true, DATE '1970-01-03', 'x', [1]),
      (2, 'nan'::FLOAT, NULL, false, DATE '1969-12-31', NULL, [2]),
      (3, 2.5, 3, false, NULL, 'y', NULL)) t(whole, real, exact, flag, day, word, list)`;
    await db.run(`COPY (${select}) TO ${literal(path)} (FORMAT parquet)`);
    const table = await readTable(path);
    expect(columns(table)).toEqual({
      whole: [1, 2, 3],
      real: [0.5, null, 2.5],
      exact: [1.25, null, 3],
      flag: ["true", "false", "false"],
      day: [2, -1, null],
      word: ["x", null, "y"],
    });
    expect(table.profile.columns.map(({ as }) => as)).toEqual([
      "number",
      "number",
      "number",
      "category",
      "date",
      "category",
    ]);
    expect(codes(table.profile.notices)).toContain("data/nested");
  });

  it("names columns without a name by their place", async () => {
    expect(Object.keys(columns(await readTable(await file("n.csv", ",b\n1,2\n3,4\n"))))).toEqual(["column 1", "b"]);
  });

  it("keeps the order of a file that is read by two threads", async () => {
    const rows = 200_000;
    const table = await readTable(
      await file(
        "order.csv",
        lines("i,text", rows, (i) => `${i},${"word ".repeat(i % 7)}${i % 5}`),
      ),
    );
    const [column] = table.columns;
    expect(column?.kind === "number" && column.values.data.every((value, i) => value === i)).toBe(true);
    expect(column?.kind === "number" && column.values.dtype).toBe("float32");
  });
});

describe("profile", () => {
  it("names a column of lists once, and not where it is left out on demand", async () => {
    const records = Array.from({ length: 100 }, (_, i) => ({ x: i * 1.5, tags: ["a", `b${i % 3}`] }));
    const path = await file("tags.json", JSON.stringify(records));
    const messages = (await profile(path)).notices.map(({ message }) => message);
    expect(messages).toEqual(["column tags: lists of texts, which cannot be inputs; left out"]);
    expect((await profile(path, { ignore: ["tags"] })).notices).toEqual([]);
  });

  it("leaves out what teaches nothing, turns dates into days, and says so", async () => {
    const path = await file(
      "mixed.csv",
      lines(
        "id,name,flat,day,when,ok,x,c",
        60,
        (i) =>
          `${i + 1},person ${i},7,2024-01-${10 + (i % 9)},${1 + (i % 9)}.2.1970,${i % 2 ? "yes" : "no"},${i % 4 ? i / 8 : ""},${"abc"[i % 3]}`,
      ),
    );
    const table = await readTable(path, { target: "c" });
    expect(table.profile.columns.map(({ name, as, use }) => [name, as, use])).toEqual([
      ["id", "number", "dropped"],
      ["name", "text", "dropped"],
      ["flat", "number", "dropped"],
      ["day", "date", "input"],
      ["when", "date", "input"],
      ["ok", "category", "input"],
      ["x", "number", "input"],
      ["c", "category", "target"],
    ]);
    expect(columns(table).day?.[0]).toBe(Date.UTC(2024, 0, 10) / 86_400_000);
    expect(columns(table).when?.slice(0, 2)).toEqual([31, 32]);
    expect(table.profile.notices.map(({ message }) => message)).toEqual([
      "column when: no date shows in which order 1.2.1970 is written; it is read with the day before month (1970-02-01); for the other order, --column when=date:mdy",
      "column flat: always the same value, left out; --column flat=number makes it an input",
      "column id: nearly every row has its own value, left out; --column id=number makes it an input",
      "column name: texts that hardly repeat, left out; --column name=text makes it an input",
      "15 missing values in column x",
      "only 60 rows: errors will be coarse",
    ]);
    expect(await profile(path, { target: "c" })).toEqual(table.profile);
  });

  it("counts rows that repeat an earlier one", async () => {
    const found = await profile(
      await file(
        "twice.csv",
        lines("a,b", 120, (i) => `${i < 3 ? 0 : i},${i < 3 ? "" : i / 7}`),
      ),
    );
    expect(found.notices).toContainEqual({ code: "data/duplicates", message: "2 rows repeat an earlier one" });
  });

  it.each([
    ["names", (i: number) => `k${i % 4}`, undefined, "classification", "4 names in 200 rows: classification"],
    [
      "few whole numbers",
      (i: number) => `${i % 7}`,
      undefined,
      "classification",
      "7 distinct whole numbers in 200 rows: classification",
    ],
    [
      "0 and 1",
      (i: number) => `${i % 2}.0`,
      undefined,
      "classification",
      "2 distinct whole numbers in 200 rows: classification",
    ],
    [
      "many whole numbers",
      (i: number) => `${i % 50}`,
      undefined,
      "regression",
      "50 distinct whole numbers in 200 rows: regression",
    ],
    [
      "fractions",
      (i: number) => `${(i % 5) / 2}`,
      undefined,
      "regression",
      "5 distinct numbers with fractions in 200 rows: regression",
    ],
    [
      "dates",
      (i: number) => `2024-01-${10 + (i % 9)}`,
      undefined,
      "regression",
      "dates, as days since 1970: regression",
    ],
    ["what was asked", (i: number) => `${i % 7}`, "regression", "regression", "regression, as asked"],
  ] as const)("decides the task from a target of %s", async (_, value, asked, task, reason) => {
    const path = await file(
      "task.csv",
      lines("x,y", 200, (i) => `${i / 3},${value(i)}`),
    );
    const found = await profile(path, { target: "y", ...(asked === undefined ? {} : { task: asked }) });
    expect(found.task).toEqual({ task, reason });
  });

  it("orders classes of numbers by value, and writes them as the file does", async () => {
    const table = await readTable(
      await file(
        "classes.csv",
        lines("x,y", 90, (i) => `${i / 3},${[10, 9, 2][i % 3]}.0`),
      ),
      { target: "y" },
    );
    expect(table.target).toMatchObject({ levels: ["2.0", "9.0", "10.0"] });
    expect(shown(table.target).slice(0, 3)).toEqual(["10.0", "9.0", "2.0"]);
  });

  it("leaves out what closes a table, and keeps it when told to", async () => {
    const path = await file("total.csv", "city;n\nBonn;4\nUlm;6\nKiel;7\nTotal;17\n");
    const found = await profile(path);
    expect([found.rows, found.notices[0]?.message]).toEqual([
      3,
      'row 5 ("Total") closes the table and is left out; if that is a record, --footer 0',
    ]);
    const kept = await profile(path, { footer: 0 });
    expect([kept.rows, kept.notices.map(({ code }) => code)]).toEqual([4, ["data/few-rows"]]);
    expect((await profile(path, { footer: 2 })).rows).toBe(2);
  });
});
