import { expect, test } from "vitest";
import { columnFrom, decideColumn, readCsv } from "../../src/reading/index.ts";

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

/** The levels of the first column, row by row. */
async function levels(text: string): Promise<readonly (string | undefined)[]> {
  const { columns } = await readCsv(() => bytes(text), { name: "codes.csv" });
  const [written] = columns;
  if (written === undefined) return [];
  const { column } = columnFrom(written, decideColumn(written).reading);
  return column.kind === "category" ? Array.from(column.codes, (code) => column.levels[code]) : [];
}

test("a text that a spreadsheet is told to keep is that text", async () => {
  const codes = ["001", "002", "010", "001", ""];
  const plain = codes.map((code) => `="${code}",1`);
  const quoted = codes.map((code) => `"=""${code}""",1`);
  const wanted = ["001", "002", "010", "001", undefined];
  expect(await levels(`code,x\n${plain.join("\n")}\n`)).toEqual(wanted);
  expect(await levels(`code,x\n${quoted.join("\n")}\n`)).toEqual(wanted);
});

test("where some texts are other formulas, all stay as they are", async () => {
  expect(await levels('code,x\n="001",1\n=A1+1,2\n="001",3\n=A1+1,4\n')).toEqual([
    '="001"',
    "=A1+1",
    '="001"',
    "=A1+1",
  ]);
});
