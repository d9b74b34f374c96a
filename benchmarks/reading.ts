/**
 * How fast a CSV file becomes a table: `readTable`, which also decides what each column holds, beside DuckDB's `read_csv`
 * with the types given, into a table in memory. Both take turns in one process; the ratio is DuckDB's time to ours.
 * `node --conditions=nabla-source benchmarks/reading.ts --rows 5000000 --rounds 3`.
 */

import { once } from "node:events";
import { createWriteStream, mkdtempSync, rmSync, statSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { database, literal } from "../packages/workbench/src/sources/database.ts";
import { readTable } from "../packages/workbench/src/sources/read-table.ts";

const { values } = parseArgs({
  options: { rows: { type: "string", default: "1000000" }, rounds: { type: "string", default: "3" } },
});
const ROWS = Number(values.rows);
const ROUNDS = Number(values.rounds);

const names = ["red", "green", "blue", "a longer name", "x"];
const types = [...Array.from({ length: 16 }, () => "DOUBLE"), ...["VARCHAR", "VARCHAR", "DATE", "BOOLEAN"]];

/** Twenty columns: whole numbers, numbers with three and with eight digits, words, days, yes or no. */
async function writeFile(path: string): Promise<void> {
  const file = createWriteStream(path);
  // a linear congruential generator (Numerical Recipes): the numbers only have to differ
  let state = 1;
  const draw = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const header = types.map((_, i) => `column_${i}`).join(",");
  let lines = [header];
  for (let row = 0; row < ROWS; row++) {
    const cells: string[] = [];
    for (let i = 0; i < 4; i++) cells.push(String(Math.floor(draw() * 1000)));
    for (let i = 0; i < 8; i++) cells.push((draw() * 100).toFixed(3));
    for (let i = 0; i < 4; i++) cells.push((draw() * 2 - 1).toPrecision(8));
    for (let i = 0; i < 2; i++) cells.push(names[Math.floor(draw() * names.length)] ?? "");
    cells.push(new Date(1e12 + draw() * 7e11).toISOString().slice(0, 10), draw() < 0.5 ? "true" : "false");
    lines.push(cells.join(","));
    if (lines.length < 10_000 && row < ROWS - 1) continue;
    if (!file.write(`${lines.join("\n")}\n`)) await once(file, "drain");
    lines = [];
  }
  file.end();
  await once(file, "finish");
}

async function byDuckDb(path: string): Promise<number> {
  const started = performance.now();
  await using db = await database(path);
  const columns = types.map((type, i) => `'column_${i}': '${type}'`).join(", ");
  const options = `header = true, auto_detect = false, columns = {${columns}}`;
  await db.rows(`CREATE TEMP TABLE held AS SELECT * FROM read_csv(${literal(path)}, ${options})`);
  return performance.now() - started;
}

async function byNabla(path: string): Promise<number> {
  const started = performance.now();
  const { rows } = await readTable(path);
  if (rows !== ROWS) throw new Error(`read ${rows} rows of ${ROWS}`);
  return performance.now() - started;
}

const folder = mkdtempSync(join(tmpdir(), "nabla-reading-"));
try {
  const path = join(folder, "table.csv");
  await writeFile(path);
  const megabytes = statSync(path).size / 1e6;
  console.log(`${ROWS} rows x ${types.length} columns, ${megabytes.toFixed(0)} MB, load ${loadavg()[0]?.toFixed(1)}`);
  for (let round = 0; round < ROUNDS; round++) {
    const [duck, own] = [await byDuckDb(path), await byNabla(path)];
    const memory = process.memoryUsage().rss / 2 ** 20;
    console.log(
      `DuckDB ${(duck / 1000).toFixed(2)} s, nabla ${(own / 1000).toFixed(2)} s: ${(duck / own).toFixed(2)} of its speed, ${(megabytes / (own / 1000)).toFixed(0)} MB/s, ${memory.toFixed(0)} MiB`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
