import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

async function growth(what: "closed" | "open"): Promise<number> {
  const script = join(import.meta.dirname, "fixtures/tf1-sessions.ts");
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", script, what]);
  const [few = 0, many = 0] = JSON.parse(stdout) as number[];
  return many - few;
}

const MEBI = 2 ** 20;

test("T8 closed sessions hold nothing, even where they are kept", async () => {
  expect(await growth("closed")).toBeLessThan(10 * MEBI);
}, 60_000);

test("T8 open ones hold their variables, so the measurement would show a leak", async () => {
  expect(await growth("open")).toBeGreaterThan(100 * MEBI);
}, 60_000);
