import { mkdtempSync, rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openData } from "../../src/sources/data-source.ts";
import { formatOfCode } from "../../src/sources/number-format.ts";
import { rejected } from "./files.ts";
import { opened } from "./open-data.ts";
import { type WorkbookXml, workbookOf } from "./workbook-of.ts";
import { zipOf } from "./zip-of.ts";

const folder = mkdtempSync(join(tmpdir(), "nabla-workbooks-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function book(xml: WorkbookXml, name = "book.xlsx"): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, workbookOf(xml));
  return path;
}

/** The text of the first sheet of a workbook with these rows, and what is said of it. */
async function sheet(
  data: string,
  xml: Omit<WorkbookXml, "sheets"> = {},
): Promise<{ text: string; notices: readonly string[] }> {
  const { parts, notices } = await opened(await book({ ...xml, sheets: { Data: data } }));
  return { text: parts[0]?.text ?? "", notices };
}

const fixture = (name: string): string => join(import.meta.dirname, "../fixtures/workbooks", name);

test("a workbook that ExcelJS wrote", async () => {
  const found = await opened(fixture("exceljs.xlsx"));
  expect(found.parts).toEqual([
    {
      name: "exceljs.xlsx (Data)",
      format: "csv",
      text: `Visits

group,zip,when,day,share,ok,worked,sum,err,clock,text
G0,01067,2024-02-28T00:15:00,1900-02-01,0,true,0,2.5,0,08:30:00,"a ""q"", b
line 0"
G0,01068,2024-02-29T03:15:00,1940-01-31,0.125,false,0.125,3.5,1,08:30:01,"a ""q"", b
line 1"
G2,01069,2024-03-01T06:15:00,1980-01-31,0.25,true,0.25,4.5,,08:30:02,"a ""q"", b
line 2"
G2,01070,2024-03-02T09:15:00,2020-01-31,0.375,false,0.375,5.5,3,08:30:03,bold plain
`,
    },
  ]);
  expect(found.notices).toEqual([
    "exceljs.xlsx holds 3 sheets, and Data is read; --sheet names another: Notes",
    "exceljs.xlsx (Data): 1 cell with an error (#DIV/0!), read as missing",
    "exceljs.xlsx (Data): 2 merged cells over several rows, read in each of them",
    "exceljs.xlsx (Data): 4 durations, read in days",
  ]);
});

test("a workbook that SheetJS wrote, whatever its name", async () => {
  const text = `a,d,big,neg,tiny,t
1,2024-01-05,1.0e21,-1.5,1.0e-7,01067
0.30000000000000004,2023-12-31,123456789012,-0.25,5.0e-324,ümlaut
`;
  expect(await opened(fixture("sheetjs.xlsx"))).toEqual({
    name: "sheetjs.xlsx",
    parts: [{ name: "sheetjs.xlsx", format: "csv", text }],
    notices: [],
  });
  const bytes = await readFile(fixture("sheetjs.xlsx"));
  for (const [name, content] of [
    ["other.csv", bytes],
    ["in.zip", zipOf({ "report/table.xlsx": bytes })],
  ] as const) {
    await writeFile(join(folder, name), content);
    expect((await opened(join(folder, name))).parts[0]?.text).toBe(text);
  }
  await using source = await openData(fixture("sheetjs.xlsx"));
  expect(source.parts[0]?.plain).toBe(true);
});

test("cells of every type", async () => {
  const cells = [
    '<c t="s"><v>1</v></c>',
    '<c t="inlineStr"><is><r><t>in</t></r><r><t xml:space="preserve"> line</t></r></is></c>',
    '<c t="str"><f>A1&amp;"x"</f><v>a &lt; b</v></c>',
    '<c t="b"><v>1</v></c>',
    '<c t="b"><v>0</v></c>',
    "<c><v>1.50</v></c>",
    '<c t="n"><v>1E-3</v></c>',
    "<c><v>12345678901234567890</v></c>",
    '<c t="d"><v>2024-05-31</v></c>',
    '<c t="e"><v>#N/A</v></c>',
    "<c><f>SUM(A1)</f></c>",
    "<c/>",
    '<c t="s"><v>0</v></c>',
  ].join("");
  const strings = '<si><t>a_x000D_b, "c"</t></si><si><r><t>東京</t></r><rPh sb="0" eb="1"><t>トウキョウ</t></rPh></si>';
  const found = await sheet(`<row>${cells}</row>`, { strings });
  expect(found.text).toBe('東京,in line,a < b,true,false,1.5,0.001,1.2345678901234567e19,2024-05-31,"a\rb, ""c"""\n');
  expect(found.notices).toEqual([
    "book.xlsx: 1 cell with an error (#N/A), read as missing",
    "book.xlsx: 1 formula without a stored result, read as missing; a spreadsheet stores them when it saves the file",
  ]);
});

test("dates and times are written as the format of the cell shows them", async () => {
  const formats = {
    164: "yyyy\\-mm\\-dd hh:mm",
    165: "0.0%",
    166: "[h]:mm:ss",
    167: "00000",
    168: "mmm yy",
    169: "mm:ss.000",
  };
  const styles = [0, 14, 22, 20, 164, 165, 166, 167, 168, 169, 45];
  const cell = (style: number, value: number): string => `<c s="${style}"><v>${value}</v></c>`;
  const row = (...cells: readonly string[]): string => `<row>${cells.join("")}</row>`;
  const values = [
    cell(0, 45_443),
    cell(1, 45_443),
    cell(1, 45_443.25),
    cell(2, 45_443),
    cell(3, 0.520_833_333_333_333_3),
    cell(4, 45_443.520_833_333_336),
  ];
  const more = [
    cell(5, 0.125),
    cell(6, 1.5),
    cell(7, 1067),
    cell(8, 45_413),
    cell(9, 0.000_711_805_555_555_6),
    cell(10, 0.5),
  ];
  const data =
    row(...values) +
    row(...more) +
    row(cell(1, 1), cell(1, 59), cell(1, 60), cell(1, 61), cell(1, -3), cell(1, 3_000_000));
  const expected = [
    "45443,2024-05-31,2024-05-31T06:00:00,2024-05-31T00:00:00,12:30:00,2024-05-31T12:30:00",
    "0.125,1.5,01067,2024-05-01,00:01:01.500,12:00:00",
    // Excel's 29 February 1900 is no day, and dates end with the year 9999
    "1900-01-01,1900-02-28,60,1900-03-01,-3,3000000",
  ];
  expect((await sheet(data, { formats, styles })).text).toBe(`${expected.join("\n")}\n`);
  const old = await sheet(row(cell(1, 0), cell(1, 43_981), cell(3, 0.5)), { formats, styles, from1904: true });
  expect(old.text).toBe("1904-01-01,2024-05-31,12:00:00\n");
});

test.each([
  ["General", ""],
  ["#,##0.00", ""],
  ['0.0" days"', ""],
  ["0\\m", ""],
  ["[Red]0;[Blue]-0", ""],
  ["[$€-407] #,##0", ""],
  ["0.00E+00", ""],
  ["_(* #,##0_);_(* (#,##0)", ""],
  ["@", ""],
  ["dd/mm/yy", "date"],
  ["[$-F800]dddd, mmmm dd, yyyy", "date"],
  ["mmmm", "date"],
  ["yyyy", "date"],
  ['d"." mmm;@', "date"],
  ["h:mm AM/PM", "time"],
  ["mm:ss", "time"],
  ["m/d/yy h:mm", "date time"],
  ["[mm]:ss", "duration"],
  ["[h]", "duration"],
  ["000", "digits"],
])("numbers of the format %s are of the kind '%s'", (code, kind) => {
  const { date, time, duration, digits } = formatOfCode(code);
  const found = Object.entries({ date, time, duration, digits: digits > 0 }).filter(([, is]) => is);
  expect(found.map(([name]) => name).join(" ")).toBe(kind);
});

test("rows stay where they are, and empty columns and ends are left out", async () => {
  const data = [
    '<row r="2"><c r="C2" t="inlineStr"><is><t>A title</t></is></c></row>',
    '<row r="4"><c r="C4" t="inlineStr"><is><t>x</t></is></c><c r="E4" t="inlineStr"><is><t>y</t></is></c></row>',
    '<row r="5"><c r="C5"><v>1</v></c></row>',
    '<row r="7" hidden="1"><c r="E7"><v>2</v></c></row>',
    '<row r="900"><c r="AB900" s="3"/></row>',
  ].join("");
  expect(await sheet(data)).toEqual({
    text: "\nA title\n\nx,y\n1,\n\n,2\n",
    notices: ["book.xlsx: 1 hidden row, read like the others"],
  });
});

test("names of elements may have a prefix", async () => {
  expect(
    (await sheet('<row><c t="s"><v>0</v></c><c><v>2</v></c></row>', { prefix: "x:", strings: "<si><t>a</t></si>" }))
      .text,
  ).toBe("a,2\n");
});

test("a sheet is chosen by name or number, and hidden ones when they are asked for", async () => {
  const row = (value: number): string => `<row><c><v>${value}</v></c></row>`;
  const sheets = { Old: row(1), "Q1 &amp; Q2": row(2), "03": row(3), Blank: "" };
  const path = await book({ sheets, states: { Old: "hidden" } });
  const read = async (sheet?: string | number): Promise<string | undefined> =>
    (await opened(path, sheet === undefined ? {} : { sheet })).parts[0]?.text;
  expect(await Promise.all([undefined, "q1 & q2", 2, "1", "Old", "03"].map(read))).toEqual([
    "2\n",
    "2\n",
    "2\n",
    "1\n",
    "1\n",
    "3\n",
  ]);
  expect((await opened(path)).notices).toEqual([
    "book.xlsx holds 4 sheets, and Q1 & Q2 is read; --sheet names another: 03 or Blank",
  ]);
  expect((await opened(path, { sheet: 2 })).notices).toEqual([]);
  expect(await rejected(read("Q1 & Q3"))).toMatchObject({
    code: "data/sheet",
    message: 'book.xlsx holds no sheet "Q1 & Q3"; it holds Old, Q1 & Q2, 03 and Blank',
    hint: '--sheet "Q1 & Q2"',
  });
  expect(await rejected(read("Blank"))).toMatchObject({
    code: "data/empty",
    message: "book.xlsx: the sheet Blank is empty",
    hint: expect.stringContaining('--sheet "Q1 & Q2"'),
  });
  await writeFile(join(folder, "a.csv"), "a\n1\n");
  expect((await rejected(opened(join(folder, "a.csv"), { sheet: 1 }))).message).toBe(
    "a.csv: only workbooks have sheets",
  );
});

test("the totals below a table are no record", async () => {
  const rows = ["a", "b"].map((name) => `<c t="inlineStr"><is><t>${name}</t></is></c>`).join("");
  const data = `<row>${rows}</row>${[1, 2, 3].map((i) => `<row><c><v>${i}</v></c><c><v>${i}</v></c></row>`).join("")}`;
  const found = await sheet(data, { table: 'ref="A1:B4" displayName="T" totalsRowCount="1"' });
  expect(found).toEqual({
    text: "a,b\n1,1\n2,2\n",
    notices: ["book.xlsx: row 4 left out: it holds the totals of a table"],
  });
  expect((await sheet(data, { table: 'ref="A1:B4" displayName="T"' })).text).toBe("a,b\n1,1\n2,2\n3,3\n");
});

test("merged cells fill the rows that they reach over, and no other columns", async () => {
  const data = `<row><c><v>1</v></c><c/><c><v>2</v></c></row><row><c r="C2"><v>3</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B9"/></mergeCells>`;
  expect(await sheet(data)).toEqual({
    text: "1,2\n1,3\n",
    notices: ["book.xlsx: 1 merged cell over several rows, read in each of them"],
  });
});

test("a workbook that is not whole says where", async () => {
  const cases: readonly (readonly [data: string, why: string])[] = [
    ['<row r="3"/><row r="2"/>', "row 2 does not follow row 3"],
    ['<row r="1e9"/>', "row 1e9 does not follow row 0"],
    ['<row><c r="ZZZZ1"><v>1</v></c></row>', "row 1 has a cell ZZZZ1 beyond the last column"],
    ['<row><c t="s"><v>7</v></c></row>', "a cell holds text 7, and there are 0 texts"],
    ["<row><c><v>1,5</v></c></row>", "a number is written as 1,5"],
  ];
  for (const [data, why] of cases) {
    const error = await rejected(sheet(data));
    expect([error.code, error.message]).toEqual(["data/damaged", `book.xlsx: the workbook is damaged: ${why}`]);
  }
  const error = await rejected(sheet("<row><c><v>1</c></row>"));
  expect(error.message).toMatch(/^book\.xlsx: the workbook is damaged: its XML is not whole: \d+:\d+: /);
});
