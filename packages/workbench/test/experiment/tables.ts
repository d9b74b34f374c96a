import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fork, normal, seedKey } from "nabla";
import { onTestFinished } from "vitest";

/** What is planted into the table of patients. */
export interface Planted {
  readonly rows?: number;
  /** A column that gives the answer away. */
  readonly leak?: boolean;
  /** Rows that repeat an earlier one: [row, the row it repeats]. */
  readonly copies?: readonly (readonly [number, number])[];
  /** How far numbers move from the first to the last row. */
  readonly slope?: number;
  /** Rows without a target. */
  readonly untargeted?: readonly number[];
}

/**
 * Patients of eight visits each, from two clinics, over some years: three numbers whose sum, with noise, says who is ill.
 * Written as CSV into a folder that is gone after the test.
 */
export function patients({ rows = 400, leak = false, copies = [], slope = 0, untargeted = [] }: Planted = {}): string {
  const draws = ["a", "b", "c", "noise"].map((name) => normal(fork(seedKey(11), name), rows));
  const lines: string[] = [];
  for (let row = 0; row < rows; row++) {
    const [a = 0, b = 0, c = 0, noise = 0] = draws.map((list) => list[row] ?? 0);
    const state = a + b + c + noise > 0 ? "ill" : "well";
    const day = `${2020 + Math.floor((row * 5) / rows)}-${String(1 + (row % 12)).padStart(2, "0")}-15`;
    const given = leak ? [state === "ill" ? 1 + noise / 10 : noise / 10] : [];
    const numbers = [a + (slope * row) / rows, b, c, ...given].map(String);
    const target = untargeted.includes(row) ? "" : state;
    lines.push([`p${Math.floor(row / 8)}`, day, row % 3 === 0 ? "north" : "south", ...numbers, target].join());
  }
  for (const [row, from] of copies) lines[row] = lines[from] ?? "";
  const folder = mkdtempSync(join(tmpdir(), "nabla-tables-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "patients.csv");
  const header = ["patient", "day", "clinic", "a", "b", "c", ...(leak ? ["discharge"] : []), "state"];
  writeFileSync(file, `${[header.join(), ...lines].join("\n")}\n`);
  return file;
}
