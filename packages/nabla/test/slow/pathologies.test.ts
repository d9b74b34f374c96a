import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { pathologies } from "../../src/testing/pathologies/pathologies.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));

test("B8 B9 B10 planted faults, held out by seed: the first action goes to the root of nine in ten, and eight in ten become better", {
  timeout: 300_000,
}, () => {
  const words = ["--conditions=nabla-source", "scripts/pathologies.ts", "--json"];
  const { stdout } = spawnSync(process.execPath, words, { cwd: root, encoding: "utf8" });
  const { seeds, total, right, improved, rows } = JSON.parse(stdout);
  expect(pathologies.length).toBeGreaterThanOrEqual(30);
  expect(seeds.length).toBeGreaterThan(1);
  for (const seed of seeds) expect(seed).toBeGreaterThan(1000); // remedies are worked on with small seeds
  expect(total).toBe(seeds.length * pathologies.length);
  expect(rows).toHaveLength(total);
  expect(right / total, JSON.stringify(rows)).toBeGreaterThanOrEqual(0.9);
  expect(improved / total, JSON.stringify(rows)).toBeGreaterThanOrEqual(0.8);
});

test("the page lists every planted fault", () => {
  const page = readFileSync(`${root}docs/pathologies.md`, "utf8");
  for (const { name } of pathologies) expect(page).toContain(`| ${name} |`);
});
