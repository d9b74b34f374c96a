import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

interface Measured {
  readonly steps: number;
  /** By how much the process grew at most, in bytes. */
  readonly grown: number;
  readonly total: number;
  readonly fits: readonly boolean[];
  readonly largest: number;
}

test.each([
  ["wide", 8192],
  ["normalized", 8192],
  ["images", 4096],
  ["parameters", 256],
])(
  "J10 what a training is estimated to take is within a fifth of what its process grows by: %s",
  async (name, batch) => {
    const script = join(import.meta.dirname, "fixtures/step-memory.ts");
    const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", script, name]);
    const { steps, grown, total, fits, largest } = JSON.parse(stdout) as Measured;
    expect(steps).toBe(1);
    expect(grown).toBeGreaterThan(200 * 2 ** 20);
    expect(Math.abs(total / grown - 1), `estimated ${total}, grown by ${grown}`).toBeLessThan(0.2);
    expect(fits).toEqual([true, false]); // into a quarter more than that, not into a quarter less
    expect(largest).toBe(batch);
  },
  120_000,
);
