import { execFile } from "node:child_process";
import { mkdtemp, open, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { normal, seedKey } from "nabla";
import { expect, test } from "vitest";

const child = fileURLToPath(new URL("../sources/children/train-rows.ts", import.meta.url));
const COLUMNS = 16;
const HEAP = 32;

/** A file of some thousand random rows, again and again. */
async function writeRows(path: string, times: number): Promise<number> {
  const rows = 4000;
  const draws = normal(seedKey(1), rows * COLUMNS);
  let text = "";
  for (let row = 0; row < rows; row++) {
    const numbers = [...draws.subarray(row * COLUMNS, (row + 1) * COLUMNS)].map((x) => x.toFixed(4));
    text += `${numbers.join()},${numbers[0]}\n`;
  }
  const file = await open(path, "w");
  await file.writeFile(`${Array.from({ length: COLUMNS }, (_, i) => `x${i}`).join()},y\n`);
  for (let i = 0; i < times; i++) await file.writeFile(text);
  await file.close();
  return rows * times;
}

async function trained(path: string): Promise<{ rows: number; cost: number; megabytes: number }> {
  const options = [`--max-old-space-size=${HEAP}`, "--conditions=nabla-source", child, path, String(COLUMNS)];
  const { stdout } = await promisify(execFile)(process.execPath, options);
  return JSON.parse(stdout);
}

test("J4 a CSV larger than the heap limit trains in memory that hardly grows with the file", async () => {
  const home = await mkdtemp(join(tmpdir(), "nabla-large-"));
  try {
    const [small, large] = [join(home, "small.csv"), join(home, "large.csv")];
    // both long enough to have filled every buffer, so that only what grows with the file is left
    const few = await writeRows(small, 150);
    const rows = await writeRows(large, 600);
    const bytes = (await stat(large)).size;
    expect(bytes).toBeGreaterThan(2 * HEAP * 2 ** 20);
    const [little, much] = [await trained(small), await trained(large)];
    expect(much.rows).toBe(rows);
    expect(much.cost).toBeLessThan(0.2);
    // less than what the prepared inputs alone of the further rows would take, the allocator's moods included
    expect(much.megabytes - little.megabytes).toBeLessThan(((rows - few) * COLUMNS * 4) / 2 ** 20 / 1.2);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}, 120_000);
