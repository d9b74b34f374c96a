import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ModelReport } from "nabla/testing";
import { describe, expect, test } from "vitest";
import { exitCodeOf } from "../../src/commands/check.ts";
import { gradientCheckText } from "../../src/terminal/gradient-check.ts";
import { digits, nabla, penguins, workFolder } from "./nabla.ts";

/** A folder with an experiment that is quick to check. */
function experiment(lines: readonly string[]): string {
  const folder = workFolder();
  writeFileSync(join(folder, "experiment.yaml"), `${lines.join("\n")}\n`);
  return folder;
}

const small = [
  `data: ${penguins}`,
  "target: species",
  "hidden: [6]",
  "normalize: true",
  "keep: 0.8",
  "penalty: { kind: elastic, l1: 0.01, l2: 0.1 }",
];

describe("nabla check", () => {
  test("an experiment: penalty, dropout and batch norm, at the beginning and after training, in 80 columns", async () => {
    const folder = experiment(small);
    const { code, stdout } = await nabla(["check", "experiment.yaml", "--at", "0,20", "--most", "5"], { folder });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Rows {6}8 rows of penguins\.csv$/m);
    expect(stdout).toMatch(/^Step 20 {3}.*right$/m);
    expect(stdout).toMatch(/^dense1\.weights +[\d.e-]+ +\d +\d/m);
    expect(stdout).toContain("The gradients are right");
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("a model folder with its data, by random directions, as one document", async () => {
    const folder = experiment([...small, "epochs: 2", "members: 1", "periodic: 0"]);
    const trained = await nabla(["train", "--config", "experiment.yaml", "--out", "model", "--quiet"], { folder });
    expect(trained.code).toBe(0);
    const { code, stdout } = await nabla(["check", "model", penguins, "--directions", "2", "--json"], { folder });
    expect(code).toBe(0);
    const report: ModelReport = JSON.parse(stdout);
    expect(report).toMatchObject({ verdict: "right", points: [{ step: 0 }] });
    expect(report.parameters.map(({ path }) => path).sort()).toEqual([
      "batchNorm1.scale",
      "batchNorm1.shift",
      "dense1.weights",
      "dense2.bias",
      "dense2.weights",
    ]);
    // two for the base, and two for each of two directions in five parameters, but a few more beside kinks
    expect(report.runs).toBeGreaterThanOrEqual(2 + 2 * 2 * 5);
    expect(report.runs).toBeLessThan(60);
  });

  test("gradients that are wrong end with 1 and are named", async () => {
    expect([exitCodeOf("wrong"), exitCodeOf("suspicious"), exitCodeOf("right")]).toEqual([1, 0, 0]);
    const worst = { index: [3, 2], analytic: 2, numeric: 1 };
    const wrong = { path: "dense1.weights", error: 1 / 3, checked: 10, kinks: 1, worst };
    const report: ModelReport = {
      verdict: "wrong",
      error: 1 / 3,
      kinks: 1,
      runs: 22,
      numbers: 11,
      parameters: [wrong],
      table: "",
      summary: "The gradients are wrong.",
      points: [],
    };
    const examples = { rows: 8 } as never;
    const text = gradientCheckText({ layers: "relu", examples, data: "a/b.csv" }, report);
    expect(text).toMatch(/^dense1\.weights {2}3\.3e-1 {7}10 {6}1 {2}\[3, 2\]$/m);
  });

  test.each([
    ["nothing there", ["check", "none.yaml"], 1, /none\.yaml is neither an experiment file nor a model folder/],
    ["a folder that is no model", ["check", "empty", penguins], 1, /holds no model\.json/],
    ["an experiment without data", ["check", "bare.yaml"], 2, /names no data file/],
    ["steps that are none", ["check", "experiment.yaml", "--at", "0,x"], 2, /such as 0,50/],
    ["no rows", ["health", "experiment.yaml", "--rows", "1"], 2, /from 2 up/],
  ] as const)("%s", async (_, words, code, message) => {
    const folder = experiment(small);
    writeFileSync(join(folder, "bare.yaml"), "target: species\n");
    mkdirSync(join(folder, "empty"));
    const ended = await nabla(words, { folder });
    expect(ended.stderr).toMatch(message);
    expect(ended.code).toBe(code);
  });
});

test("nabla health: a network of many sigmoids, and where its gradients begin to vanish", async () => {
  const layers = Array.from({ length: 12 }, () => "  - { kind: dense, units: 16 }\n  - sigmoid").join("\n");
  const folder = experiment([
    `data: ${penguins}`,
    "target: species",
    "layers:",
    layers,
    "  - { kind: dense, units: 3 }",
  ]);
  const { code, stdout } = await nabla(["health", "experiment.yaml"], { folder });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^layer +deviation +gain +gradient +gain +dead +saturated$/m);
  expect(stdout).toMatch(/it\s+starts at/);
  expect(stdout).toMatch(/^Try {7}/m);
  for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  const json = await nabla(["health", "experiment.yaml", "--json"], { folder });
  const { verdict, findings, layers: seen } = JSON.parse(json.stdout);
  expect([verdict, seen.length]).toEqual(["unhealthy", 25]);
  expect(findings[0].code).toMatch(/^health\/vanishing-/);
});

test("nabla find-rate: a rate, a curve, and the command to go on with", async () => {
  const folder = workFolder();
  const words = ["find-rate", digits, "--target", "digit", "--hidden", "16", "--steps", "100"];
  const { code, stdout } = await nabla(words, { folder });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Rate {6}0\.0\d+, where the cost falls most steeply$/m);
  expect(stdout).toMatch(/nabla train .*digits\.csv --target digit --rate 0\.0\d+/);
  const json = JSON.parse((await nabla([...words, "--json"], { folder })).stdout);
  expect(json.rate).toBeGreaterThan(1e-4);
  expect(json.rate).toBeLessThan(json.highest);
  expect(json.curve.length).toBeGreaterThan(20);
});
