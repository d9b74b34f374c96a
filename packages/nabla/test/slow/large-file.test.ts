import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("J4 a file of 512 MiB trains under a heap of 64 MiB in bounded memory, to the bits that rows in memory give", async () => {
  const script = join(import.meta.dirname, "fixtures/large-file.ts");
  const { stdout } = await promisify(execFile)(process.execPath, ["--max-old-space-size=64", script]);
  const { bytes, peak, same } = JSON.parse(stdout) as { bytes: number; peak: number; same: boolean };
  expect(bytes).toBe(512 * 2 ** 20);
  expect(peak).toBeLessThan(300 * 2 ** 20);
  expect(same).toBe(true);
}, 120_000);
