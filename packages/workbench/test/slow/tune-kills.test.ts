/** The whole command, killed again and again. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fork, normal, seedKey, uniform } from "nabla";
import { expect, test } from "vitest";
import { nabla, start, workFolder } from "../commands/nabla.ts";

const KILLS = 10;

/** Rows in three classes by where they lie. */
function writeRows(folder: string): void {
  const draws = normal(fork(seedKey(3), "rows"), 300);
  const lines = Array.from({ length: 150 }, (_, row) => {
    const [x = 0, y = 0] = [draws[2 * row], draws[2 * row + 1]];
    return [x, y, x + y > 0.5 ? "above" : x * y > 0 ? "alike" : "apart"].join();
  });
  writeFileSync(join(folder, "rows.csv"), `${["x,y,class", ...lines].join("\n")}\n`);
}

const words = [
  "tune",
  "rows.csv",
  "--target",
  "class",
  "--study",
  "s",
  "--no-report",
  "--hidden",
  "8",
  "--batch",
  "25",
];
const search = ["--trials", "24", "--epochs", "40", "--round", "4", "--seed", "5", "--repeats", "2"];
const whole = [...words, ...search, "--json"];
// threads that are stopped with the process must not be loading a native library
const environment = { NABLA_BLAS: "off" };

test(`Q2 the study's hash is the same for 1, 2 and 4 workers, and over ${KILLS} random kills of the whole process`, async () => {
  const folder = workFolder();
  writeRows(folder);
  const hashes: string[] = [];
  for (const workers of ["1", "2", "4"]) {
    const { code, stdout, stderr } = await nabla([...whole, "--workers", workers], { folder, environment });
    expect([code, stderr]).toEqual([0, ""]);
    hashes.push(JSON.parse(stdout).hash);
    rmSync(join(folder, ".nabla"), { recursive: true });
  }
  // each dies a while after it has told of a trial
  const waits = uniform(fork(seedKey(8), "kills"), KILLS);
  let killed = 0;
  for (const [i, wait] of waits.entries()) {
    const { child, ended } = start([...words, ...search, "--workers", i % 2 === 0 ? "2" : "1"], {
      folder,
      environment,
    });
    child.stderr?.once("data", () => setTimeout(() => child.kill("SIGKILL"), 200 * wait));
    const { signal } = await ended;
    if (signal === "SIGKILL") killed += 1;
  }
  const { stdout, code } = await nabla([...whole, "--workers", "2"], { folder, environment });
  expect(code).toBe(0);
  const { hash, trials, best } = JSON.parse(stdout);
  expect(new Set([...hashes, hash]).size).toBe(1);
  expect(killed).toBeGreaterThan(2);
  expect(trials).toBe(24);
  expect(best.model).toContain(join(".nabla", "models"));
}, 120_000);
