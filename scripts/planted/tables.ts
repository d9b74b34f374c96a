/** Tables that others measured, from the half of the benchmark that no default is chosen by. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { isTestRow, listTables } from "../../benchmarks/results/tables.ts";
import type { Draws } from "./draws.ts";
import { type Dealt, fromCsv, type Sheet } from "./sheet.ts";

const folder = join(import.meta.dirname, "..", "..", "benchmarks", "results", "tables");

/** Rows of the train file of a table of the benchmark, dealt into rows to learn from and fresh ones. */
export function tableRows(name: string, rows: number, fresh = 800): (draws: Draws) => Dealt {
  return (draws) => {
    const whole = readTrainRows(name);
    const order = draws.shuffled(whole.rows);
    return {
      train: { ...whole, rows: order.slice(0, rows) },
      fresh: { ...whole, rows: order.slice(rows, rows + fresh) },
    };
  };
}

function readTrainRows(name: string): Sheet {
  const entry = listTables().find((table) => table.name === name && table.half === "reporting" && table.shipped);
  if (entry === undefined) throw new RangeError(`${name} is no shipped table of the reporting half`);
  const [columns = [], ...rows] = fromCsv(gunzipSync(readFileSync(join(folder, `${name}.csv.gz`))).toString("utf8"));
  return { columns, rows: rows.filter((_, row) => !isTestRow(entry, row)), target: entry.target };
}
