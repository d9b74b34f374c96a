/** The tables of the benchmark of results: what is shipped, what is fetched, and which rows nobody learns from. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";

/** The half of the tables that defaults may be chosen by, and the one that only tells how good they are. */
export type Half = "choosing" | "reporting";

/** A table as tables.json lists it. */
export interface TableEntry {
  readonly name: string;
  readonly rows: number;
  readonly inputs: number;
  readonly target: string;
  readonly task: "classification" | "regression";
  /** Whether its rows are in the order of time: the last ones are the test rows. */
  readonly ordered: boolean;
  readonly half: Half;
  readonly licence: string;
  readonly source: string;
  /** Absent from the repository where its licence is not known: made of an npm package. */
  readonly shipped: boolean;
}

/** A table as two files. */
export interface PartFiles {
  readonly train: string;
  readonly test: string;
}

const home = join(import.meta.dirname, "tables");
const vega = "vega-datasets@3.2.1";

export function listTables(): readonly TableEntry[] {
  return (JSON.parse(readFileSync(join(home, "tables.json"), "utf8")) as { readonly tables: readonly TableEntry[] })
    .tables;
}

/** Whether a row, counted from 0, is a test row: by a hash that depends on nothing else; 30% below 1,000 rows, else 25%. */
export function isTestRow(
  { name, rows, ordered }: Pick<TableEntry, "name" | "rows" | "ordered">,
  row: number,
): boolean {
  const share = rows < 1000 ? 0.3 : 0.25;
  if (ordered) return row >= Math.round(rows * (1 - share));
  return createHash("sha256").update(`${name}:${row}`).digest().readUInt32BE(0) < share * 2 ** 32;
}

/** The records of a CSV text as they stand, without their line ends: a quoted cell may hold some. */
export function recordsOf(text: string): readonly string[] {
  const records: string[] = [];
  let [start, quoted] = [0, false];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') quoted = !quoted;
    if (character !== "\n" || quoted) continue;
    records.push(text.slice(start, at));
    start = at + 1;
  }
  return start < text.length ? [...records, text.slice(start)] : records;
}

/** The cells of a record, without the quotes around them. */
function cellsIn(record: string): readonly string[] {
  const cells = record.matchAll(/(?<=^|,)(?:"((?:[^"]|"")*)"|([^,]*))(?=,|$)/g);
  return Array.from(cells, ([, quoted, plain = ""]) => quoted?.replaceAll('""', '"') ?? plain);
}

/** The cells of one column of a file, as they stand there. */
export function columnIn(path: string, column: string): readonly string[] {
  const [header = "", ...rows] = recordsOf(readFileSync(path, "utf8"));
  const place = cellsIn(header).indexOf(column);
  return rows.map((row) => cellsIn(row)[place] ?? "");
}

/** Writes train.csv and test.csv of a table into a folder. Throws where it cannot be fetched. */
export async function writeParts(entry: TableEntry, folder: string, cache: string): Promise<PartFiles> {
  const [header = "", ...rows] = recordsOf(await textOf(entry, cache));
  if (rows.length !== entry.rows) throw new Error(`${entry.name} has ${rows.length} rows, not ${entry.rows}`);
  mkdirSync(folder, { recursive: true });
  const write = (part: string, test: boolean): string => {
    const path = join(folder, `${part}.csv`);
    const chosen = rows.filter((_, row) => isTestRow(entry, row) === test);
    writeFileSync(path, `${[header, ...chosen].join("\n")}\n`);
    return path;
  };
  writeFileSync(join(folder, "meta.json"), JSON.stringify(entry));
  return { train: write("train", false), test: write("test", true) };
}

async function textOf({ name, shipped, target }: TableEntry, cache: string): Promise<string> {
  if (shipped) return gunzipSync(readFileSync(join(home, `${name}.csv.gz`))).toString();
  const path = join(cache, `${name}.csv`);
  if (!existsSync(path)) writeFileSync(path, await fetchVega(name, target, cache));
  return readFileSync(path, "utf8");
}

/** A JSON file of vega-datasets as CSV, without the rows that have no target. */
async function fetchVega(name: string, target: string, cache: string): Promise<string> {
  mkdirSync(cache, { recursive: true });
  const run = promisify(execFile);
  const { stdout } = await run("npm", ["pack", "--silent", "--pack-destination", cache, vega], { cwd: cache });
  await run("tar", ["-xzf", stdout.trim(), `package/data/${name}.json`], { cwd: cache });
  const text = readFileSync(join(cache, "package", "data", `${name}.json`), "utf8");
  return tableOf(JSON.parse(text) as readonly Readonly<Record<string, unknown>>[], target);
}

function tableOf(rows: readonly Readonly<Record<string, unknown>>[], target: string): string {
  const header = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const kept = rows.filter((row) => (row[target] ?? "") !== "");
  const lines = [header, ...kept.map((row) => header.map((column) => row[column] ?? ""))];
  return `${lines.map((cells) => cells.map(cellOf).join(",")).join("\n")}\n`;
}

function cellOf(value: unknown): string {
  const text = String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
