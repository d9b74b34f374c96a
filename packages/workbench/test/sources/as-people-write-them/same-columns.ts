import { gzipSync } from "node:zlib";
import { type Cell, workbook } from "./archives.ts";
import { csv, daysOf } from "./dress.ts";
import { cellsOf, type Order, orders, plainRows, selectOf, trained } from "./rows-of-every-kind.ts";
import type { Meant, Situation } from "./situation.ts";

const rows = orders(80, { seed: 3, gaps: 0.08 });
const values = (of: (row: Order) => Meant): readonly Meant[] => rows.map(of);
const missing = (of: (row: Order) => Meant): number => rows.filter((row) => of(row) === null).length;

/** All that a file of orders holds, in whichever format. */
const want: Situation["want"] = {
  rows: rows.length,
  columns: Object.fromEntries(
    (
      [
        ["paid", (row) => row.paid],
        ["member", (row) => row.member],
        ["fragile", (row) => row.fragile],
        ["rooms", (row) => row.rooms, "number"],
        ["price", (row) => row.price, "number"],
        ["share", (row) => row.share, "number"],
        ["when", (row) => row.when, "date"],
        ["sent", (row) => row.sent, "date"],
        ["at", (row) => row.at, "time"],
        ["zip", (row) => row.zip, "category"],
        ["city", (row) => row.city, "category"],
        ["grade", (row) => row.grade, "category"],
      ] as const satisfies readonly (readonly [
        string,
        (row: Order) => Meant,
        ("number" | "date" | "time" | "category")?,
      ])[]
    ).map(([name, of, as]) => [
      name,
      { use: "input", values: values(of), missing: missing(of), ...(as === undefined ? {} : { as }) },
    ]),
  ),
};
const plain = rows.map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)));
const names = Object.keys(rows[0] ?? {}) as (keyof Order)[];
const sheet: readonly (readonly Cell[])[] = [
  names,
  ...rows.map((row) =>
    names.map((name): Cell => {
      const value = row[name];
      const dated = (name === "when" || name === "sent") && typeof value === "string";
      return dated ? { day: daysOf(value) + 25_569 } : value;
    }),
  ),
];
const text = csv(cellsOf(rows, trained));

const formats: readonly (readonly [file: string, content: string | Uint8Array])[] = [
  ["orders.csv", text],
  ["orders.tsv", csv(cellsOf(rows, trained), { delimiter: "\t", end: "\r\n" })],
  ["orders.csv.gz", gzipSync(text)],
  ["orders.json", JSON.stringify(plainRows(rows))],
  ["orders.jsonl", plain.map((row) => JSON.stringify(row)).join("\n")],
  ["orders.xlsx", workbook({ Orders: sheet })],
];

/** One table in every format: the same columns, whichever holds them. */
export const sameColumns: readonly Situation[] = [
  ...formats.map(
    ([file, content]): Situation => ({
      name: file,
      files: { [file]: content },
      options: { columns: { grade: "category" } },
      want,
    }),
  ),
  {
    name: "orders.parquet",
    files: {},
    parquet: { "orders.parquet": selectOf(rows) },
    options: { columns: { grade: "category" } },
    want,
  },
];
