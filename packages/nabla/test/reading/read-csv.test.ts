import { describe, expect, it } from "vitest";
import type { CsvOptions } from "../../src/reading/csv-form.ts";
import { joinWritten } from "../../src/reading/join-written.ts";
import { type CsvTable, csvChunks, csvForm, readCsv } from "../../src/reading/read-csv.ts";
import { readJson } from "../../src/reading/read-json.ts";
import { rowOfRecord } from "../../src/reading/row-numbers.ts";
import { cellsOf, rejected, sourceOf, tableOf } from "./written.ts";

const NUMBERED = Array.from({ length: 30 }, (_, i) => [i + 0.5, i * i + 0.25] as const);
const rowsWith = (delimiter: string): string =>
  NUMBERED.map(
    (row) => `${row.map((value) => String(value).replace(".", delimiter === ";" ? "," : ".")).join(delimiter)}\n`,
  ).join("");

async function read(content: string | Uint8Array, options: Partial<CsvOptions> = {}) {
  return readCsv(sourceOf(content), { name: "data.csv", ...options });
}

describe("cells", () => {
  it("reads plain numbers to the last bit and everything else as text", async () => {
    const spelled = [
      "0",
      "-0",
      "12",
      "-7.25",
      "0.1",
      "1.50",
      "123456789012345678.5",
      "9007199254740991",
      "0.1234567890123456789",
      "1.5e-3",
      "-2.5E+10",
      "3.0e300",
      "0.000000001",
    ];
    const texts = [
      "9007199254740992",
      "01067",
      "00",
      "1E3",
      "+5",
      "1e5",
      "--1",
      "-",
      ".",
      "1.2.3",
      "1.5e",
      "1.5e400",
      "NaN",
      "true",
      "2024-05-31",
      "1,234",
      "12 kg",
      "−3",
      "é",
      "0x1F",
      "1_000",
      "-.e5",
      ".5",
      "5.",
      "-5.",
    ];
    const { columns } = await read(`a;b\n${[...spelled, ...texts].map((cell) => `${cell};x\n`).join("")}`, {
      delimiter: ";",
    });
    const expected = [...spelled.map((cell) => (cell === "-0" ? 0 : Number(cell))), ...texts];
    expect(cellsOf(columns[0] as never)).toEqual(expected);
    expect([...(columns[0]?.spellings ?? [])]).toEqual([
      [1.5, "1.50"],
      [Number("123456789012345678.5"), "123456789012345678.5"],
      [Number("0.1234567890123456789"), "0.1234567890123456789"],
      [0.0015, "1.5e-3"],
      [-2.5e10, "-2.5E+10"],
      [3e300, "3.0e300"],
      [1e-9, "0.000000001"],
    ]);
  });

  it("keeps the spellings of numbers from chunk to chunk, and of a column of many values none", async () => {
    const rows = Array.from({ length: 6000 }, (_, i) => `${i % 3}.50,${i}.10`);
    const chunks = [];
    const content = `few,many\n${rows.join("\n")}\n`;
    for await (const chunk of csvChunks(sourceOf(content), { name: "table.csv", rowsPerChunk: 600 }))
      chunks.push(chunk);
    expect(chunks).toHaveLength(10);
    for (const { columns } of chunks)
      expect([...(columns[0]?.spellings.values() ?? [])]).toEqual(["0.50", "1.50", "2.50"]);
    expect(chunks.map(({ columns }) => columns[1]?.spellings.size)).toEqual([600, 1000, ...Array(8).fill(0)]);
  });

  it("trims blanks, takes quotes off, and keeps what is within", async () => {
    const content = 'a,b,c\n "x ""y"" z" ,  1.5 ,\t\n"1.5","",  two words \n5" pipe,"a,b\r\nc",""\n';
    expect(tableOf((await read(content)).columns)).toEqual({
      a: ['x "y" z', 1.5, '5" pipe'],
      b: [1.5, null, "a,b\r\nc"],
      c: [null, "two words", null],
    });
  });

  it("takes texts that spell lists of numbers apart, where they have one length", async () => {
    const content =
      'id;point;one;words;mixed\n1;"[1, 2.5]";[0];[a, b];[1]\n2;;[1];[c];[1, 2]\n3;"[-3 nan]";[0];[d];[1]\n';
    expect(tableOf((await read(content)).columns)).toEqual({
      id: [1, 2, 3],
      "point[0]": [1, null, -3],
      "point[1]": [2.5, null, null],
      one: [0, 1, 0],
      words: ["[a, b]", "[c]", "[d]"],
      mixed: ["[1]", "[1, 2]", "[1]"],
    });
  });

  it("has no codes where there is no text, and a number where a text came first", async () => {
    const { columns } = await read("a,b\n1,x\n,2\n3,\n");
    expect(columns[0]?.codes).toBeUndefined();
    expect(Array.from(columns[1]?.codes ?? [])).toEqual([0, -2, -1]);
  });
});

describe("the form of a file", () => {
  it.each([[","], [";"], ["\t"], ["|"]])("finds the delimiter %j by all lines", async (delimiter) => {
    const { form, columns } = await read(`x${delimiter}y\n${rowsWith(delimiter)}`);
    expect(form).toMatchObject({ delimiter, header: 1, names: ["x", "y"], firstRow: 2 });
    if (delimiter !== ";") expect(cellsOf(columns[1] as never)).toEqual(NUMBERED.map(([, y]) => y));
  });

  it("is not taken in by a comma in a name, in text or in numbers", async () => {
    expect((await read(`Gewicht, kg;Ziel\n${rowsWith(";")}`)).form).toMatchObject({
      delimiter: ";",
      names: ["Gewicht, kg", "Ziel"],
    });
    const texts = await read("id|text\n1|one, two, three\n2|one, two\n3|none\n");
    expect(texts.form.delimiter).toBe("|");
    const single = await read("review\nGood, but slow\nBad\nNice\nSlow, but good\nAwful\n");
    expect(tableOf(single.columns)).toEqual({ review: ["Good, but slow", "Bad", "Nice", "Slow, but good", "Awful"] });
  });

  it("leaves out a title, blank lines and comments, and counts rows as a spreadsheet does", async () => {
    const content = `Sales report\n\n# of 2024\nx,y\n1,2\n\n# a note, with a comma, and more\n"3\n4",5\n \n\r\n6,7\n`;
    const { form, columns, rowNumbers, notices } = await read(content);
    expect(form).toMatchObject({ header: 4, firstRow: 5 });
    expect(tableOf(columns)).toEqual({ x: [1, "3\n4", 6], y: [2, 5, 7] });
    expect([0, 1, 2].map((record) => rowOfRecord(rowNumbers, record))).toEqual([5, 8, 11]);
    expect(notices.map(({ code }) => code)).toEqual(["data/title", "data/comments"]);
    expect(notices[0]?.message).toBe(
      'row 1 ("Sales report") stands before the table and is left out; if row 1 names the columns, --header 1',
    );
  });

  it("reads a line sep= as the delimiter, whatever else there is", async () => {
    const { form, columns } = await read("sep=;\r\nx;y\r\n1,5;2\r\n");
    expect(form).toMatchObject({ delimiter: ";", header: 2, firstRow: 3 });
    expect(tableOf(columns)).toEqual({ x: ["1,5"], y: [2] });
  });

  it("names the columns itself where the first row is like those below, and prints the option", async () => {
    const { form, columns, notices } = await read(rowsWith(","));
    expect(form).toMatchObject({ header: "none", firstRow: 1, names: ["column 1", "column 2"] });
    expect(columns[0]?.rows).toBe(30);
    expect(notices[0]?.message).toBe(
      "row 1 is like the rows below it, so the columns are called column 1, column 2; if it names them, --header 1",
    );
    const flowers = await read("5.1,3.5,setosa\n4.9,3.0,setosa\n7.0,3.2,virginica\n");
    expect(flowers.form.header).toBe("none");
    const named = await read("5.1,3.5,setosa\n4.9,3.0,setosa\n7.0,3.2,virginica\n", { header: 1 });
    expect(named.form).toMatchObject({ header: 1, names: ["5.1", "3.5", "setosa"] });
    expect((await read("a,b\n1,2\n", { header: "none" })).rows).toBe(2);
  });

  it("takes numbers in steps of one for names, and says so", async () => {
    const { form, notices } = await read("country,2019,2020\nFrance,1.5,2.5\nSpain,3.5,4.5\n");
    expect(form).toMatchObject({ header: 1, names: ["country", "2019", "2020"] });
    expect(notices[0]).toMatchObject({ code: "data/number-names" });
    expect(notices[0]?.message).toContain("--header none");
  });

  it("reads R's names of rows, a delimiter at the end of rows or header, and refuses other headers", async () => {
    const rows = await read('"x","y"\n"1",5.2,10.4\n"2",5.3,10.6\n"3",5.3,10.7\n');
    expect(rows.form).toMatchObject({ rowNames: true, names: ["row names", "x", "y"] });
    const named = await read('"x"\n"Mazda",5.2\n"Ford",5.3\n');
    expect(tableOf(named.columns)).toEqual({ "row names": ["Mazda", "Ford"], x: [5.2, 5.3] });
    const trailing = await read("x,y\n1.5,2,\n2.5,3,\n");
    expect(tableOf(trailing.columns)).toEqual({ x: [1.5, 2.5], y: [2, 3] });
    expect((await read("x,y,\n1.5,2\n2.5,3\n")).form.names).toEqual(["x", "y"]);
    const error = await rejected(read("a,b,c,d\n1,2\n3,4\n5,6\n"));
    expect([error.code, error.message]).toEqual([
      "data/header",
      "data.csv, row 1: expected names for the 2 values of each row, found 4 names (a, b, c, d)",
    ]);
  });

  it("leaves out a footer and a total, and keeps them when told to", async () => {
    const table = "x;y;z\n1;2;3\n4;5;6\n7;8;9\n";
    const closed = await read(`${table}\n(3 rows)\n`);
    expect([closed.rows, closed.form.footer]).toEqual([3, 1]);
    expect(closed.notices[0]?.message).toBe(
      'row 6 ("(3 rows)") closes the table and is left out; if that is a record, --footer 0',
    );
    const total = await read(`${table}Total;;18\n`);
    expect([total.rows, total.form.footer, total.columns[0]?.codes]).toEqual([3, 1, undefined]);
    expect(total.notices[0]?.message).toContain('row 5 ("Total")');
    expect((await read(`${table}Total;;18\n`, { footer: 0 })).rows).toBe(4);
    expect((await read(`${table}end of it all\n`, { footer: 1 })).rows).toBe(3);
    expect((await read(`kind;y\nTotal;1\nPart;2\nPart;3\nTotal;4\n`)).rows).toBe(4);
  });

  it("gives each column a name of its own", async () => {
    const { form, notices } = await read('a,,a,"a\nb"\n1,2,3,4\n');
    expect(form.names).toEqual(["a", "column 2", "a (2)", "a b"]);
    expect(notices[0]?.message).toBe('two columns have one name: "a" (the second is called "a (2)")');
  });

  it("names thousands of columns of one name, or of none, in no time", async () => {
    const header = `${"x,".repeat(50_000)}x (2),column 3${",".repeat(50_000)}`;
    const { form } = await read(`${header}\n${"1,".repeat(100_001)}2\n`, { header: 1 });
    expect(form.names.slice(0, 3)).toEqual(["x", "x (3)", "x (4)"]);
    expect(new Set(form.names).size).toBe(100_002);
  });

  it("reads backslashes before quotes where the file uses them, and single quotes in tabs", async () => {
    const escaped = await read('a,b\n"say \\"hi\\", then",1\n"x",2\n');
    expect(tableOf(escaped.columns)).toEqual({ a: ['say "hi", then', "x"], b: [1, 2] });
    const tabs = await read('a\tb\n"One way\t1\nTwo\t2\n"Three" ways\t3\n');
    expect(tableOf(tabs.columns)).toEqual({ a: ['"One way', "Two", '"Three" ways'], b: [1, 2, 3] });
  });

  it.each([["\n"], ["\r\n"], ["\r"], ["\n\r\n"]])("reads lines that end in %j, and mixed ones", async (end) => {
    const { columns } = await read(`a,b${end}1,x${end}2,y\r3,z\n4,"p\rq"`);
    expect(tableOf(columns)).toEqual({ a: [1, 2, 3, 4], b: ["x", "y", "z", "p\rq"] });
  });
});

describe("encodings", () => {
  const text = "größe,ort\n1.5,Zürich\n2.5,“Aarhus”\n";
  it("reads UTF-8 with a mark, UTF-16 with one and without, and what it is told", async () => {
    const expected = { größe: [1.5, 2.5], ort: ["Zürich", "“Aarhus”"] };
    const utf16 = (mark: string): Buffer => Buffer.from(mark + text, "utf16le");
    for (const content of [`\ufeff${text}`, utf16("\ufeff"), utf16(""), utf16("\ufeff").swap16(), utf16("").swap16()]) {
      expect(tableOf((await read(content)).columns)).toEqual(expected);
    }
    const sjis = Uint8Array.of(97, 44, 98, 10, 0x93, 0xfa, 44, 49, 10);
    expect(tableOf((await read(sjis, { encoding: "shift_jis" })).columns)).toEqual({ a: ["日"], b: [1] });
    const error = await rejected(read(text, { encoding: "klingon" }));
    expect(error.code).toBe("data/encoding");
  });

  it("reads Windows-1252 where nothing else can be meant, and says so with an example", async () => {
    const { columns, notices, form } = await read(Buffer.from("größe,ort\n1.5,Zürich\n2.5,café\n", "latin1"));
    expect([form.encoding, tableOf(columns)]).toEqual(["windows-1252", { größe: [1.5, 2.5], ort: ["Zürich", "café"] }]);
    expect(notices[0]?.message).toContain('read as windows-1252 ("größe")');
    const late = Buffer.from(`a,b\n${"1.5,plain text\n".repeat(80_000)}2.5,Zürich\n`, "latin1");
    expect((await read(late)).notices[0]?.code).toBe("data/encoding");
  });

  it("names the row of bytes that are no UTF-8 and may be anything", async () => {
    const cyrillic = Uint8Array.of(...Buffer.from("a,b\n1,x\n2,"), 0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2, 10);
    const error = await rejected(read(cyrillic));
    expect([error.code, error.message]).toEqual(["data/encoding", "data.csv, row 3, column b: the text is not UTF-8"]);
    expect(error.hint).toContain("--encoding latin1");
    const cut = await rejected(read(Uint8Array.of(...Buffer.from("a,b\n1,caf"), 0xc3)));
    expect(cut.message).toBe("data.csv, row 2, column b: the text is not UTF-8");
  });
});

describe("chunks", () => {
  const content = `# title\nx,y,z\n${Array.from({ length: 25 }, (_, i) => `${i},${i % 3 === 0 ? "fizz" : i / 4},\n${i % 7 === 0 ? "\n" : ""}`).join("")}Total,,\n`;
  it.each([1, 5, 7, 100])("of %i rows are the whole table", async (rowsPerChunk) => {
    const whole = await read(content);
    for (const windowBytes of [1, 10, 1000]) {
      const chunks = [];
      for await (const chunk of csvChunks(sourceOf(content, 3), { name: "data.csv", rowsPerChunk, windowBytes }))
        chunks.push(chunk);
      expect(chunks.every(({ rows }, i) => rows === rowsPerChunk || i === chunks.length - 1)).toBe(true);
      expect(chunks.flatMap(({ columns }) => cellsOf(columns[1] as never))).toEqual(cellsOf(whole.columns[1] as never));
      const last = chunks.at(-1);
      expect(last?.form).toEqual(whole.form);
      expect(last?.before).toBe(Math.floor(24 / rowsPerChunk) * rowsPerChunk);
      expect(rowOfRecord(last?.rowNumbers as never, 24)).toBe(rowOfRecord(whole.rowNumbers, 24));
    }
  });

  it("are joined to the columns of the whole, and a part is read by the form of the whole", async () => {
    const whole = await read(content);
    const chunks: CsvTable[] = [];
    for await (const chunk of csvChunks(sourceOf(content), { name: "data.csv", rowsPerChunk: 4 })) chunks.push(chunk);
    const joined = whole.columns.map((_, c) => joinWritten(chunks.map(({ columns }) => columns[c] as never)));
    expect(tableOf(joined)).toEqual(tableOf(whole.columns));
    expect(joined.map(({ texts }) => texts)).toEqual(whole.columns.map(({ texts }) => texts));
    const tail = content.slice(content.indexOf("\n9,") + 1);
    const form = { ...whole.form, start: 0, firstRow: rowOfRecord(whole.rowNumbers, 9) };
    for await (const part of csvChunks(sourceOf(tail), { name: "data.csv", rowsPerChunk: 100, form })) {
      expect(cellsOf(part.columns[0] as never)).toEqual(Array.from({ length: 16 }, (_, i) => i + 9));
      expect(rowOfRecord(part.rowNumbers, 15)).toBe(rowOfRecord(whole.rowNumbers, 24));
    }
  });

  it("start where a known form says", async () => {
    const { form } = await read(content);
    const chunks = [];
    for await (const chunk of csvChunks(sourceOf(content), { name: "data.csv", rowsPerChunk: 10, form }))
      chunks.push(chunk);
    expect(chunks.map(({ rows }) => rows)).toEqual([10, 10, 5]);
  });
});

describe("sources", () => {
  it("are closed however reading ends", async () => {
    let opened = 0;
    let closed = 0;
    const watched = (content: string) =>
      async function* () {
        opened++;
        try {
          yield* sourceOf(content, 1 << 20)();
        } finally {
          closed++;
        }
      };
    const rows = "1.5,x\n".repeat(400_000);
    await readCsv(watched(`a,b\n${rows}`), { name: "data.csv" });
    await csvForm(watched(`a,b\n${rows}`), { name: "data.csv" });
    await rejected(readCsv(watched(`<html>${rows}`), { name: "data.csv" }));
    await rejected(readCsv(watched(`a,b\n1\n${rows}`), { name: "data.csv" }));
    await rejected(readJson(watched(`[${rows}`), { name: "data.json" }));
    for await (const _ of csvChunks(watched(`a,b\n${rows}`), { name: "data.csv", rowsPerChunk: 10 })) break;
    expect([opened, closed]).toEqual([6, 6]);
  });

  it("names the row of a name that is not UTF-8", async () => {
    const error = await rejected(read(Uint8Array.of(35, 10, 97, 44, 0xff, 0xfe, 0xfd, 10, 49, 44, 50, 10)));
    expect([error.code, error.message]).toEqual(["data/encoding", "data.csv, row 2: the text is not UTF-8"]);
  });
});
