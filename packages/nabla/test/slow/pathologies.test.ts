import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { pathologies } from "../../src/testing/pathologies/pathologies.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));

test("B8 B9 B10 planted faults: the first action goes to the root of nine in ten, and eight in ten become better", {
  timeout: 300_000,
}, () => {
  const words = ["--conditions=nabla-source", "scripts/pathologies.ts", "--json", "--seed=2"];
  const { stdout } = spawnSync(process.execPath, words, { cwd: root, encoding: "utf8" });
  const { total, right, improved, rows } = JSON.parse(stdout);
  expect(total).toBeGreaterThanOrEqual(30);
  expect(rows).toHaveLength(total);
  expect(right / total, JSON.stringify(rows)).toBeGreaterThanOrEqual(0.9);
  expect(improved / total, JSON.stringify(rows)).toBeGreaterThanOrEqual(0.8);
});

test("the page lists every planted fault", () => {
  const page = readFileSync(`${root}docs/pathologies.md`, "utf8");
  for (const { name } of pathologies) expect(page).toContain(`| ${name} |`);
});
