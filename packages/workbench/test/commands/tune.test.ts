import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { digits, type Ended, nabla, penguins, start, workFolder } from "./nabla.ts";

const small = [
  "--trials",
  "6",
  "--epochs",
  "4",
  "--hidden",
  "6",
  "--optimizer",
  "adam",
  "--round",
  "3",
  "--workers",
  "1",
];

function withSpace(folder: string, text: string): readonly string[] {
  writeFileSync(join(folder, "space.yaml"), text);
  return ["tune", penguins, "--target", "species", "--space", "space.yaml", ...small];
}

test("--json prints one document, and the model it names answers", async () => {
  const folder = workFolder();
  const words = ["tune", penguins, "--target", "species", "--study", "first", ...small, "--json"];
  const { code, stdout, stderr } = await nabla(words, { folder });
  expect([code, stderr]).toEqual([0, ""]);
  const { study, hash, trials, best, shipped, seconds, pruned, failed } = JSON.parse(stdout);
  expect({ study, trials, failed }).toEqual({ study: "first", trials: 6, failed: 0 });
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(pruned).toBeLessThan(6);
  expect(seconds).toBeGreaterThan(0);
  expect(Object.keys(best.values)).toEqual(["rate", "batch", "schedule", "penalty", "activation", "keep"]);
  expect(best.interval[0]).toBeLessThanOrEqual(best.error);
  expect(best.interval[1]).toBeGreaterThanOrEqual(best.error);
  const predicted = await nabla(["predict", best.model, penguins, "--out", "answers.csv"], { folder });
  expect(predicted.code).toBe(0);
  const shown = await nabla(["show", best.run], { folder });
  expect(shown.stdout).toContain(`trial ${best.trial} of the study first`);
  // the defaults are the first trial, and are compared with what is handed over
  expect(shipped.defaults).toBeGreaterThanOrEqual(0);
  expect(shipped.trials).toContain(best.trial);
  expect(shipped.gain[0]).toBeCloseTo(shipped.defaults - shipped.error, 10);
  // the same study goes on, and nothing is trained again that was
  const again = await nabla(["tune", "--study", "first", "--json"], { folder });
  expect(JSON.parse(again.stdout)).toMatchObject({ hash, trials: 6, best, shipped });
});

test("a study is told from its space to its next commands, and grows by --trials and another space", async () => {
  const folder = workFolder();
  const words = withSpace(folder, "rate: { logUniform: [1e-3, 1e-1] }\n");
  const first = await nabla([...words, "--study", "grown", "--pruner", "none", "--no-report"], { folder });
  expect(first.code).toBe(0);
  for (const part of [
    "grown: 6 trials",
    "0.001 to 0.1, by powers of ten",
    "6 done, 0 pruned",
    "Defaults",
    "Optimism",
    "Finalists",
  ])
    expect(first.stdout).toContain(part);
  expect(Math.max(...first.stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  writeFileSync(join(folder, "space.yaml"), "rate: { logUniform: [1e-4, 1] }\nkeep: { uniform: [0.5, 1] }\n");
  const more = ["--study", "grown", "--space", "space.yaml", "--trials", "9"];
  const second = await nabla(["tune", ...more, "--sampler", "tpe", "--no-report"], { folder });
  expect([second.code, second.stderr]).toEqual([0, expect.any(String)]);
  expect(second.stdout).toContain("grown: 9 trials, 6 of them done before");
  expect(second.stdout).toContain("9 done");
});

test.each([
  ["raet: { logUniform: [1e-3, 1] }", 'there is no hyperparameter "raet"\nhint: did you mean rate'],
  ["rate: { logUniform: [1, 1e-3] }", "needs two finite bounds above 0 with from <= to, received 1 to 0.001"],
  ["rate: { logUniform: [1e-3, 1]", "space.yaml, line 1, column "],
])("the space %j is refused before anything is written", async (text, message) => {
  const folder = workFolder();
  const { code, stdout, stderr } = await nabla(withSpace(folder, text), { folder });
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toContain(message);
  expect(existsSync(join(folder, ".nabla"))).toBe(false);
});

test("wrong usage is told with what would be right", async () => {
  const folder = workFolder();
  const refused = async (...words: readonly string[]) =>
    await nabla(["tune", penguins, "--target", "species", ...words], { folder });
  const sampler = await refused("--sampler", "tpee");
  expect([sampler.code, sampler.stderr]).toEqual([2, expect.stringContaining("did you mean tpe")]);
  const name = await refused("--study", "../up");
  expect([name.code, name.stderr]).toEqual([2, expect.stringContaining("letters, digits, dots")]);
  const trials = await refused("--trials", "0");
  expect([trials.code, trials.stderr]).toEqual([
    2,
    expect.stringContaining("trials must be a whole number not below 1"),
  ]);
  const unknown = await nabla(["tune", "--study", "nobody"], { folder });
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('there is no study "nobody"')]);
});

test("a study resumes its own data and experiment, and with no other", async () => {
  const folder = workFolder();
  const own = ["tune", penguins, "--target", "species", "--study", "own"];
  expect((await nabla([...own, ...small, "--quiet"], { folder })).code).toBe(0);
  const refused = async (...words: readonly string[]) => await nabla(["tune", ...words, "--study", "own"], { folder });
  const data = await refused(digits);
  expect([data.code, data.stderr]).toEqual([1, expect.stringContaining("the study own is about other data")]);
  const epochs = await refused("--epochs", "7");
  expect(epochs.stderr).toContain("the study own began with epochs 4, not 7: its trials could not be compared");
  const round = await refused("--round", "5");
  expect(round.stderr).toContain("began with round 3, not 5");
});

test("trials that fail are recorded, and too many in a row end the study with their common cause", async () => {
  const folder = workFolder();
  const words = withSpace(folder, "rate: { logUniform: [1e25, 1e30] }\n");
  const { code, stderr } = await nabla([...words, "--failures", "4", "--study", "bad"], { folder });
  expect(code).toBe(1);
  expect(stderr).toMatch(/4 trials in a row failed, .* of them with: .*is not finite/);
  const again = await nabla(["tune", "--study", "bad"], { folder });
  expect(again.stderr).toContain("trials in a row failed");
});

test("without a dev part there is nothing to compare trials by", async () => {
  const folder = workFolder();
  writeFileSync(join(folder, "experiment.yaml"), "split: { train: 100, dev: 0, test: 0 }\n");
  const words = ["tune", penguins, "--target", "species", "--config", "experiment.yaml", "--members", "1"];
  const { code, stderr } = await nabla(words, { folder });
  expect(code).toBe(1);
  expect(stderr).toMatch(/dev/);
  expect(existsSync(join(folder, ".nabla"))).toBe(false);
});

test("one process leads a study; Ctrl-C ends it where it can be resumed, and --time with a model", async () => {
  const folder = workFolder();
  const words = ["tune", penguins, "--target", "species", "--epochs", "30", "--hidden", "6", "--workers", "1"];
  const { child, ended } = start([...words, "--trials", "5000", "--study", "long"], { folder });
  const second = await new Promise<Ended>((resolve) =>
    child.stderr?.once("data", () => resolve(nabla(["tune", "--study", "long"], { folder }))),
  );
  expect([second.code, second.stderr]).toEqual([
    1,
    expect.stringMatching(/process \d+ on .* still works on the study long/),
  ]);
  child.kill("SIGINT");
  const { code, stdout } = await ended;
  expect(code).toBe(130);
  expect(stdout).toContain("stopped by you");
  expect(stdout).toContain("nabla tune --study long");
  const timed = await nabla(["tune", "--study", "long", "--time", "5s", "--json", "--no-report"], { folder });
  expect(timed.code).toBe(0);
  const { best, trials } = JSON.parse(timed.stdout);
  expect(trials).toBeLessThan(5000);
  expect(existsSync(best.model)).toBe(true);
});
