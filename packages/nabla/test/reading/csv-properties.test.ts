import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NablaError } from "../../src/base/error.ts";
import { readCsv } from "../../src/reading/read-csv.ts";
import { readJson } from "../../src/reading/read-json.ts";
import { rowOfRecord } from "../../src/reading/row-numbers.ts";
import { cellsOf, sourceOf } from "./written.ts";

const SEED = 20261129;

/** What a trimmed text is as a cell, by the words of `WrittenColumn` and nothing else. */
function cellOf(text: string): number | string | null {
  const trimmed = text.replace(/^[ \t]+|[ \t]+$/g, "");
  if (trimmed === "") return null;
  const isPlain = /^-?(0|[1-9][0-9]*)(\.[0-9]+([eE][+-]?[0-9]+)?)?$/.test(trimmed);
  const value = Number(trimmed);
  const isExact = trimmed.includes(".") ? Number.isFinite(value) : Math.abs(value) < 2 ** 53;
  return isPlain && isExact ? value + 0 : trimmed;
}

const number = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }).map(String),
  fc.tuple(fc.nat(99_999), fc.nat(1_000_000)).map(([whole, part]) => `${whole}.${part}`),
  fc.stringMatching(/^-?[0-9]{1,18}(\.[0-9]{0,18})?([eE][+-]?[0-9]{1,3})?$/),
);
const letters = fc.string({ unit: fc.constantFrom(..."ab \t,;|\"'#%/\\\r\n.-0é€日😀"), maxLength: 12 });
const cell = fc.oneof(
  { weight: 3, arbitrary: number },
  { weight: 3, arbitrary: letters },
  fc.constant(""),
  fc.constantFrom("true", "NA", "2024-05-31", "01", "+5"),
);

interface Dress {
  readonly delimiter: string;
  readonly end: string;
  readonly always: boolean;
  readonly encoding: "utf8" | "utf16le" | "marked";
  readonly lastEnd: boolean;
}

const dress: fc.Arbitrary<Dress> = fc.record({
  delimiter: fc.constantFrom(",", ";", "\t", "|", ":"),
  end: fc.constantFrom("\n", "\r\n", "\r"),
  always: fc.boolean(),
  encoding: fc.constantFrom("utf8", "utf16le", "marked"),
  lastEnd: fc.boolean(),
});

/** A table as RFC 4180 writes it. */
function write(rows: readonly (readonly string[])[], { delimiter, end, always, lastEnd }: Dress): string {
  const quoted = (text: string): string =>
    always || /["\r\n]/.test(text) || text.includes(delimiter) || /^[#%/]/.test(text)
      ? `"${text.replaceAll('"', '""')}"`
      : text;
  return rows.map((row) => row.map(quoted).join(delimiter)).join(end) + (lastEnd ? end : "");
}

function encode(text: string, encoding: Dress["encoding"]): Uint8Array {
  if (encoding === "utf16le") return Buffer.from(`\ufeff${text}`, "utf16le");
  return Buffer.from(encoding === "marked" ? `\ufeff${text}` : text);
}

/** The plainest reader of RFC 4180: a character at a time. */
function naive(text: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = "";
  let place: "start" | "plain" | "quoted" | "closed" = "start";
  const endRow = (): void => {
    rows.push([...row, field]);
    row = [];
    field = "";
    place = "start";
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? "";
    if (place === "quoted") {
      if (c !== '"') field += c;
      else if (text[i + 1] === '"') field += text[++i];
      else place = "closed";
    } else if (c === delimiter) {
      row.push(field);
      field = "";
      place = "start";
    } else if (c === "\n" || c === "\r") {
      if (c === "\r" && text[i + 1] === "\n") i++;
      endRow();
    } else if (c === '"' && field.trim() === "" && place !== "closed") {
      place = "quoted";
      field = "";
    } else {
      field += c;
      if (place === "start" && c.trim() !== "") place = "plain";
    }
  }
  if (field !== "" || row.length > 0 || place !== "start") endRow();
  return rows;
}

const isBlankRow = (row: readonly string[]): boolean => row.length === 1 && row[0]?.replace(/[ \t]/g, "") === "";

describe("random CSV", () => {
  it("reads back the cells of any table, in any form, however it is cut into chunks", async () => {
    const table = fc
      .integer({ min: 2, max: 5 })
      .chain((columns) =>
        fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 12 }),
      );
    await fc.assert(
      fc.asyncProperty(
        table,
        dress,
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 100 }),
        async (rows, form, chunkBytes, windowBytes) => {
          const header = (rows[0] ?? []).map((_, c) => `name${c}`);
          const text = write([header, ...rows], form);
          expect(naive(text, form.delimiter)).toEqual([header, ...rows]);
          const content = encode(text, form.encoding);
          const { columns, rowNumbers } = await readCsv(sourceOf(content, chunkBytes), {
            name: "random.csv",
            delimiter: form.delimiter,
            header: 1,
            footer: 0,
            windowBytes,
          });
          expect(columns.map(({ name }) => name)).toEqual(header);
          expect(columns.map(cellsOf)).toEqual(header.map((_, c) => rows.map((row) => cellOf(row[c] ?? ""))));
          expect(rowOfRecord(rowNumbers, rows.length - 1)).toBe(rows.length + 1);
        },
      ),
      { seed: SEED, numRuns: 400 },
    );
  });

  it("agrees with the plainest reader on any text, or refuses it", async () => {
    const soup = fc.string({
      unit: fc.constantFrom("a", "b", "1", "2.5", " ", ",", ",", '"', '"', "\n", "\r", "\r\n", "é"),
      maxLength: 60,
    });
    let read = 0;
    await fc.assert(
      fc.asyncProperty(soup, fc.integer({ min: 1, max: 20 }), async (body, windowBytes) => {
        const text = `x,y\n1,2\n${body}`;
        const all = naive(text, ",").slice(1);
        const rows = all.filter((row) => !isBlankRow(row));
        const found = await readCsv(sourceOf(text, 3), {
          name: "soup.csv",
          delimiter: ",",
          header: 1,
          footer: 0,
          windowBytes,
        }).catch((error: unknown) => {
          expect(error).toBeInstanceOf(NablaError);
          return error as NablaError;
        });
        if (found instanceof NablaError) {
          if (found.code === "data/ragged") expect(all.some((row) => row.length !== 2)).toBe(true);
          return;
        }
        read++;
        expect(found.columns.map(cellsOf)).toEqual([0, 1].map((c) => rows.map((row) => cellOf(row[c] ?? ""))));
      }),
      { seed: SEED, numRuns: 2000 },
    );
    expect(read).toBeGreaterThan(50);
  });

  it("finds the form of a table of numbers and words by itself", async () => {
    const value = fc.tuple(fc.nat(9999), fc.nat(99)).map(([whole, part]) => `${whole}.${part + 100}`);
    const word = fc.constantFrom("red", "green", "dark, blue", "semi;colon", 'say "hi"', "two\nlines");
    const table = fc.array(fc.tuple(value, word, value), { minLength: 3, maxLength: 12 });
    const named = fc.constantFrom("\n", "\r\n", "\r");
    await fc.assert(
      fc.asyncProperty(
        table,
        dress,
        named,
        fc.boolean(),
        fc.boolean(),
        async (rows, given, end, hasTitle, hasHeader) => {
          const form = { ...given, end, delimiter: given.delimiter === ":" ? "," : given.delimiter };
          const names = ["weight (kg)", "kind", "price"];
          const title = hasTitle ? `Report of 2024${end}${end}` : "";
          const content = encode(
            title + write(hasHeader ? [names, ...rows] : rows.map((row) => [...row]), form),
            form.encoding,
          );
          const found = await readCsv(sourceOf(content, 64), { name: "random.csv" });
          expect(found.form.delimiter).toBe(form.delimiter);
          expect(found.form.header).toBe(hasHeader ? 1 + (hasTitle ? 2 : 0) : "none");
          expect(found.columns.map(cellsOf)).toEqual([0, 1, 2].map((c) => rows.map((row) => cellOf(row[c] ?? ""))));
        },
      ),
      { seed: SEED, numRuns: 200 },
    );
  });
});

describe("random JSON", () => {
  const key = fc.constantFrom("a", "b", "key with blanks", "é", 'q"q', "");
  const scalar = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    letters,
  );
  const record = fc.dictionary(key, scalar, { noNullPrototype: true });
  const written = (value: unknown): number | string | null => {
    if (value === null || value === undefined) return null;
    if (typeof value === "string") return cellOf(value);
    if (typeof value === "boolean") return String(value);
    const isWhole = /^-?[0-9]+$/.test(String(value));
    return isWhole && !Number.isSafeInteger(value) ? String(value) : Number(value) + 0;
  };

  it("reads back any records, as a list or as lines, however they are cut into chunks", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { minLength: 2, maxLength: 10 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 60 }),
        async (records, asLines, chunkBytes, windowBytes) => {
          const text = asLines
            ? records.map((one) => JSON.stringify(one)).join("\r\n")
            : JSON.stringify(records, undefined, windowBytes % 3);
          const { columns, rows } = await readJson(sourceOf(text, chunkBytes), { name: "random.json", windowBytes });
          expect(rows).toBe(records.length);
          const keys = [...new Set(records.flatMap((one) => Object.keys(one)))];
          const expected = Object.fromEntries(keys.map((name) => [name, records.map((one) => written(one[name]))]));
          const found = Object.fromEntries(
            columns.map((column, c) => [column.name === `column ${c + 1}` ? "" : column.name, cellsOf(column)]),
          );
          expect(found).toEqual(expected);
        },
      ),
      { seed: SEED, numRuns: 400 },
    );
  });
});

describe("damaged files", () => {
  const csv = Buffer.from(
    '# note\nname,size,"the kind"\n"Anna ""A""",1.50,x\nBert,,"two\r\nlines"\n\nTotal,3.5,\n(2 rows)\n',
  );
  const json = Buffer.from('[{"a":1.5,"b":{"c":"x\\n"},"l":[1,2]},{"a":null,"b":{"c":"\\u00e9"},"l":[3,4]}]\n');
  const lines = Buffer.from('{"a":true,"t":["x"]}\n{"a":false,"t":[]}\n["x",2]\n');
  const nested = Buffer.from('{"columns":["a","b"],"data":[[1,"x"],[2,"y"]],"index":[0,1]}');

  it("never hang, and end in nothing but a NablaError", async () => {
    const damage = fc.tuple(
      fc.nat(),
      fc.constantFrom("flip", "cut", "insert", "double", "drop"),
      fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('",;{}[]\\\n\r\t#:-0Ne\0'))),
    );
    const outcomes = { read: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(csv, json, lines, nested),
        fc.array(damage, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 64 }),
        async (original, damages, windowBytes) => {
          let bytes = [...original];
          for (const [place, kind, byte] of damages) {
            const at = place % (bytes.length + 1);
            if (kind === "flip") bytes[at] = byte;
            else if (kind === "cut") bytes = bytes.slice(0, at);
            else if (kind === "insert") bytes.splice(at, 0, byte);
            else if (kind === "double") bytes = [...bytes.slice(0, at), ...bytes.slice(at >> 1)];
            else bytes.splice(at, 3);
          }
          const source = sourceOf(Uint8Array.from(bytes), 1 + (windowBytes % 7));
          const reading =
            original === csv
              ? readCsv(source, { name: "bad", windowBytes })
              : readJson(source, { name: "bad", windowBytes });
          await reading.then(
            ({ columns, rows }) => {
              outcomes.read++;
              for (const column of columns) expect(cellsOf(column).length).toBe(rows);
            },
            (error: unknown) => {
              outcomes.refused++;
              if (!(error instanceof NablaError)) throw error;
            },
          );
        },
      ),
      { seed: SEED, numRuns: 10_000 },
    );
    expect(Math.min(outcomes.read, outcomes.refused)).toBeGreaterThan(1000);
  });
});
