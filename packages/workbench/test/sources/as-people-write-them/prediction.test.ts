import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { compact, type Preparation, prepare, preparedInputs, wantedColumns } from "nabla";
import { type RowColumn, tableFromRows } from "nabla/reading";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { scan } from "../../../src/sources/scan.ts";
import { csv } from "./dress.ts";
import { writeParquet } from "./parquet.ts";
import {
  cellsOf,
  datedRows,
  type Order,
  orders,
  plainRows,
  selectOf,
  trained,
  trainingFile,
} from "./rows-of-every-kind.ts";
import { readWith } from "./run-situation.ts";

const CODES = { rooms: "number", grade: "category" };
let folder = "";
let preparation: Preparation;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nabla-prediction-"));
  const path = join(folder, "train.csv");
  await writeFile(path, trainingFile(orders(300, { seed: 7, gaps: 0.05 })));
  preparation = prepare.fit(await readWith(path, { target: "returned", columns: CODES }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What rows of a program must have. */
function rowColumns(): readonly RowColumn[] {
  return wantedColumns(preparation).map(({ name, reading, levels }) => {
    if (reading === undefined) throw new Error(`column ${name} has no reading`);
    return compact({ name, reading, levels });
  });
}

/** The inputs of a network for the rows of a file. */
async function inputsOf(path: string): Promise<readonly (readonly number[])[]> {
  const found: number[][] = [];
  for await (const table of await scan(path, { columns: wantedColumns(preparation), chunkRows: 17 })) {
    const { data, shape } = preparedInputs(preparation, table);
    const width = shape[1] ?? 0;
    for (let row = 0; row < table.rows; row++)
      found.push(Array.from(data.slice(row * width, (row + 1) * width), Number));
  }
  return found;
}

const turned = (columns: Readonly<Record<string, readonly string[]>>): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    [...Object.entries(columns), ["note", Object.values(columns)[0]?.map((_, i) => `n${i}`) ?? []]].reverse(),
  );
const text = (rows: readonly Order[], dress: Partial<typeof trained> = {}): string =>
  csv(cellsOf(rows, { ...trained, ...dress }));

type Form = readonly [name: string, file: string, content: (rows: readonly Order[]) => string | Uint8Array];
const forms: readonly Form[] = [
  [
    "TRUE, YES and true",
    "a.csv",
    (rows) => text(rows, { paid: ["TRUE", "FALSE"], member: ["YES", "NO"], fragile: ["true", "false"] }),
  ],
  [
    "true, 1 and yes",
    "b.csv",
    (rows) => text(rows, { paid: ["true", "false"], member: ["1", "0"], fragile: ["yes", "no"] }),
  ],
  [
    "1, true and True",
    "c.csv",
    (rows) => text(rows, { paid: ["1", "0"], member: ["true", "false"], fragile: ["True", "False"] }),
  ],
  ["Y, N, t and f", "d.csv", (rows) => text(rows, { paid: ["Y", "N"], member: ["t", "f"], fragile: ["1.0", "0.0"] })],
  [
    "1.0 for 1",
    "e.csv",
    (rows) => text(rows, { rooms: (value) => value.toFixed(1), grade: (value) => value.toFixed(1) }),
  ],
  ["words for nothing", "f.csv", (rows) => text(rows, { nothing: "NA" })],
  ["tabs and columns in another order", "g.tsv", (rows) => csv(turned(cellsOf(rows, trained)), { delimiter: "\t" })],
  [
    "CRLF, semicolons and quotes",
    "h.csv",
    (rows) => csv(cellsOf(rows, trained), { delimiter: ";", end: "\r\n", quoteAll: true }),
  ],
  ["gzip", "i.csv.gz", (rows) => gzipSync(text(rows))],
  ["a JSON list", "j.json", (rows) => JSON.stringify(plainRows(rows))],
  [
    "JSON lines",
    "k.jsonl",
    (rows) =>
      plainRows(rows)
        .map((row) => JSON.stringify(row))
        .join("\n"),
  ],
  [
    "JSON lines without the keys of missing values",
    "l.jsonl",
    (rows) =>
      plainRows(rows)
        .map((row) => JSON.stringify(Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null))))
        .join("\n"),
  ],
  [
    "JSON of texts as the file trained on writes them",
    "m.json",
    (rows) => {
      const columns = Object.entries(cellsOf(rows, trained));
      return JSON.stringify(rows.map((_, i) => Object.fromEntries(columns.map(([name, cells]) => [name, cells[i]]))));
    },
  ],
];

describe.each([
  ["complete rows", 0],
  ["rows with missing values", 0.2],
] as const)("%s give the same inputs", (_, gaps) => {
  const rows = orders(50, { seed: 11, gaps });
  let expected: readonly (readonly number[])[] = [];
  beforeAll(async () => {
    const path = join(folder, `same-${gaps}.csv`);
    await writeFile(path, text(rows));
    expected = await inputsOf(path);
  });

  it("which differ from row to row and know every column", () => {
    expect(expected).toHaveLength(50);
    expect(new Set(expected.map((row) => row.join())).size).toBe(50);
    expect(preparation.columns.map(({ name }) => name)).toEqual(Object.keys(cellsOf(rows, trained)));
    for (const row of expected) for (const value of row) expect(Number.isFinite(value)).toBe(true);
  });

  it.each(forms)("as %s", async (_, file, content) => {
    const path = join(folder, `${gaps}-${file}`);
    await writeFile(path, content(rows));
    expect(await inputsOf(path)).toEqual(expected);
  });

  it("as Parquet", async () => {
    const path = join(folder, `${gaps}.parquet`);
    await writeParquet(path, selectOf(rows));
    expect(await inputsOf(path)).toEqual(expected);
  });

  it.each([
    [
      "texts",
      (): readonly Readonly<Record<string, unknown>>[] => {
        const columns = Object.entries(cellsOf(rows, trained));
        return rows.map((_, i) => Object.fromEntries(columns.map(([name, cells]) => [name, cells[i]])));
      },
    ],
    ["numbers and truths", () => plainRows(rows)],
    ["dates of JavaScript", () => datedRows(rows)],
    [
      "undefined for what is missing",
      () =>
        plainRows(rows).map((row) =>
          Object.fromEntries(Object.entries(row).map(([key, value]) => [key, value ?? undefined])),
        ),
    ],
  ] as const)("as rows given to the library: %s", (_, made) => {
    const table = tableFromRows(made(), rowColumns());
    const { data, shape } = preparedInputs(preparation, table);
    const width = shape[1] ?? 0;
    expect(
      Array.from({ length: rows.length }, (_, row) => Array.from(data.slice(row * width, (row + 1) * width), Number)),
    ).toEqual(expected);
  });
});

describe("what training has not seen", () => {
  const known = orders(20, { seed: 13, gaps: 0 });
  const write = async (name: string, change: (columns: Record<string, readonly string[]>) => void): Promise<string> => {
    const columns = { ...cellsOf(known, trained) };
    change(columns);
    await writeFile(join(folder, name), csv(columns));
    return join(folder, name);
  };
  const changed = async (
    name: string,
    change: (columns: Record<string, readonly string[]>) => void,
  ): Promise<readonly number[]> => {
    const [before, after] = [
      await inputsOf(await write("known.csv", () => {})),
      await inputsOf(await write(name, change)),
    ];
    return after.flatMap((row, i) => (row.join() === before[i]?.join() ? [] : [i]));
  };

  it("a date later than all others is a date", async () => {
    const at = await changed("later.csv", (columns) => {
      columns.when = columns.when?.with(3, "31/12/2031") ?? [];
    });
    expect(at).toEqual([3]);
  });

  it("a code without its zero is another code", async () => {
    const row = known.findIndex(({ zip }) => zip === "01067");
    const other = known.findIndex(({ zip }) => zip === "1067");
    expect(row).toBeGreaterThanOrEqual(0);
    expect(other).toBeGreaterThanOrEqual(0);
    expect(
      await changed("zero.csv", (columns) => {
        columns.zip = columns.zip?.with(row, "1067") ?? [];
      }),
    ).toEqual([row]);
  });

  it("a level is unknown, and so is a number as text of a code that was never seen", async () => {
    expect(
      await changed("levels.csv", (columns) => {
        columns.city = columns.city?.with(2, "Aachen") ?? [];
        columns.zip = columns.zip?.with(5, "99999") ?? [];
      }),
    ).toEqual([2, 5]);
  });

  it("a date in another order than in training is refused by row, not guessed", async () => {
    const path = await write("order.csv", (columns) => {
      columns.when = columns.when?.map(() => "12/25/2023") ?? [];
    });
    await expect(inputsOf(path)).rejects.toThrow(/row 2.*when.*12\/25\/2023/s);
  });

  it("a word in a column of numbers is refused by row", async () => {
    const path = await write("word.csv", (columns) => {
      columns.rooms = columns.rooms?.with(6, "many") ?? [];
    });
    await expect(inputsOf(path)).rejects.toThrow(/row 8.*rooms.*many/s);
  });
});
