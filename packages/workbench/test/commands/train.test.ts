import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { widthOf } from "../../src/text/layout.ts";
import { digits, nabla, penguins, workFolder } from "./nabla.ts";

test("digits with no option at all: a summary of 80 columns, a model, a stored run, and nothing of the test part", async () => {
  const folder = workFolder();
  const { code, stdout, stderr } = await nabla(["train", digits, "--target", "digit"], { folder });
  expect(code).toBe(0);
  for (const line of stdout.split("\n").filter((text) => !/nabla (train|evaluate|predict)|\.nabla/.test(text)))
    expect(widthOf(line)).toBeLessThanOrEqual(80);
  expect(stdout).toMatch(/1,078 train, 360 dev, 359 test \(sealed\)/);
  expect(stdout).toMatch(/baseline \(most frequent class\) 90\.0%/);
  const [, error = "100"] = /Error {5}dev ([\d.]+)%/.exec(stdout) ?? [];
  expect(Number(error)).toBeLessThanOrEqual(3);
  const [, run = ""] = /run (digits-[0-9a-f]{6}) in \.nabla\/nabla\.db/.exec(stdout) ?? [];
  expect(stdout).toContain(`nabla evaluate ${run} --on test`);
  // what was chosen by the data is chosen again, and not typed
  expect(stdout).toMatch(/nabla train \S*digits\.csv --target digit --until-good --time 5m$/m);
  expect(readdirSync(join(folder, ".nabla", "models", run)).sort()).toEqual(["model.json", "weights.safetensors"]);
  expect(readdirSync(join(folder, ".nabla", "checkpoints"))).toEqual([]);
  const shown = JSON.parse((await nabla(["show", run, "--json"], { folder })).stdout);
  expect(shown.rows.test).toBe(359);
  expect(shown.testEvaluations).toEqual([]);
  expect(JSON.stringify({ ...shown, rows: {}, job: {}, testEvaluations: undefined })).not.toMatch(/test/i);
  // ten of the training that is watched, and one of each other member
  expect(stderr.trim().split("\n").length).toBeLessThanOrEqual(14);
  expect(stderr).not.toContain("\u001b");
});

test("--json prints the document and nothing else; regression has rmse beside the error", async () => {
  const folder = workFolder();
  const words = ["train", penguins, "--target", "body_mass_g", "--json", "--seed", "2", "--out", "model"];
  const { code, stdout, stderr } = await nabla(words, { folder });
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout.trim().split("\n")).toHaveLength(1);
  const number = expect.any(Number);
  const score = { cost: number, error: number, rmse: number };
  expect(JSON.parse(stdout)).toEqual({
    run: expect.stringMatching(/^penguins-[0-9a-f]{6}$/),
    task: "regression",
    target: "body_mass_g",
    rows: { train: 205, dev: 69, test: 68 },
    parameters: number,
    epochs: number,
    seconds: number,
    seed: 2,
    train: score,
    dev: score,
    baseline: { error: number },
    baselines: ["linear", "neighbors"].map((method) => ({
      method,
      error: number,
      gain: number,
      from: number,
      to: number,
    })),
    shipped: {
      kind: "members",
      networks: 8,
      rows: 274,
      parts: ["train", "dev"],
      outOfFold: { ...score, rows: 274, from: number, to: number },
    },
    model: join(folder, "model"),
    verdict: expect.any(String),
    recipe: expect.any(Array),
  });
  expect(existsSync(join(folder, "model", "model.json"))).toBe(true);
});

test("one seed gives one model to the last bit, and an experiment file what its options give", async () => {
  const folder = workFolder();
  const words = ["train", penguins, "--target", "species", "--quiet", "--epochs", "5", "--seed", "4"];
  await nabla([...words, "--out", "a", "--hidden", "16", "--activation", "tanh"], { folder });
  const written = `data: ${penguins}\ntarget: species\nhidden: [16]\nactivation: tanh\nepochs: 50\nseed: 4\noutput: b\n`;
  writeFileSync(join(folder, "experiment.yaml"), written);
  const { code, stderr } = await nabla(["train", "--config", "experiment.yaml", "--epochs", "5", "--quiet"], {
    folder,
  });
  expect([code, stderr]).toEqual([0, ""]);
  const weights = (name: string): Buffer => readFileSync(join(folder, name, "weights.safetensors"));
  expect(weights("a").equals(weights("b"))).toBe(true);
});

/** What the document of a training without a result says. */
const lowerRate = expect.objectContaining({ code: "rate/high", options: ["--rate", expect.any(String)] });
const diverged = { verdict: "diverged", model: null, recipe: expect.arrayContaining([lowerRate]) };

test("numbers that go wrong end the training with step and tensor, and the run says so", async () => {
  const folder = workFolder();
  const words = [
    "train",
    digits,
    "--target",
    "digit",
    "--optimizer",
    "gradientDescent",
    "--rate",
    "1e12",
    "--hidden",
    "8",
  ];
  const { code, stdout, stderr } = await nabla([...words, "--json"], { folder });
  expect([code, JSON.parse(stdout)]).toEqual([1, expect.objectContaining(diverged)]);
  expect(stderr).toMatch(/step \d+, in epoch 1: .* is not finite/);
  expect((await nabla(["runs"], { folder })).stdout).toMatch(/^digits-[0-9a-f]{6} +diverged/m);
});

test("numbers that stay finite and run away are no result: exit code 1, no model, and a rate to try instead", async () => {
  const folder = workFolder();
  // with weight decay the weights themselves would leave what is finite
  const words = ["train", penguins, "--target", "body_mass_g", "--rate", "500", "--optimizer", "adam"];
  const { code, stdout, stderr } = await nabla([...words, "--json"], { folder });
  expect([code, JSON.parse(stdout)]).toEqual([1, expect.objectContaining(diverged)]);
  expect(stderr).toMatch(/the training diverged: the cost rose from \S+ to \S+, and its weights are/);
  expect(stderr).toContain("a lower rate than 500, such as 0.003");
  const [run] = JSON.parse((await nabla(["runs", "--json"], { folder })).stdout);
  expect([run.status, run.outcome.reason, run.model]).toEqual(["failed", "diverged", undefined]);
  expect(existsSync(join(folder, ".nabla", "models", run.id))).toBe(false);
  const shown = (await nabla(["show", run.id], { folder })).stdout;
  expect(shown).not.toMatch(/\d{6,}(\.\d+)?%/);
  expect((await nabla(["runs"], { folder })).stdout).toMatch(/diverged .* >1000%/);
});

test("a time limit ends the training", async () => {
  const folder = workFolder();
  const words = ["train", penguins, "--target", "sex", "--epochs", "100000", "--patience", "100000", "--time", "300ms"];
  const { code, stdout } = await nabla(words, { folder });
  expect(code).toBe(0);
  expect(stdout).toContain("ended by the time limit");
});
