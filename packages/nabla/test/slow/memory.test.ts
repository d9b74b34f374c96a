import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

// Loading modules widens the young generation, and garbage of the first thousands of steps touches its pages.
const steady = "--max-semi-space-size=1";

async function measure(what: "programs" | "steps"): Promise<readonly [before: number, after: number]> {
  const script = join(import.meta.dirname, "fixtures/memory.ts");
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", steady, script, what]);
  return JSON.parse(stdout) as [number, number];
}

test("a thousand programs that are dropped leave nothing behind", async () => {
  const [few, many] = await measure("programs");
  expect(many - few).toBeLessThan(20 * 2 ** 20);
}, 60_000);

test("a hundred thousand steps keep the resident size flat", async () => {
  const [early, late] = await measure("steps");
  expect(late / early).toBeLessThan(1.05);
}, 60_000);
